"""postgres_fdw: PostgreSQL itself. The manual's pages on postgres_fdw and on libpq's parameters, releases 13 to 18."""

from __future__ import annotations

from devdb.wrappers.places import server_port_name
from devdb.wrappers.wrapper import Documented, Place, Wrapper

_READ_ONLY = "is set by devdb itself, to keep the link read-only"


def _server(place: Place) -> dict[str, str]:
    said = {"host": place.host, "port": None if place.port is None else str(place.port), "dbname": place.dbname}
    return {name: value for name, value in said.items() if value is not None}


WRAPPER = Wrapper(
    name="postgres_fdw",
    source="PostgreSQL",
    package="postgresql-{major}",
    options=Documented(
        server=frozenset({
            "analyze_sampling", "application_name", "async_capable", "batch_size", "channel_binding",
            "connect_timeout", "dbname", "extensions", "fdw_startup_cost", "fdw_tuple_cost", "fetch_size",
            "gssdelegation", "gssencmode", "gsslib", "host", "hostaddr", "keep_connections", "keepalives",
            "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname", "load_balance_hosts",
            "max_protocol_version", "min_protocol_version", "options", "parallel_abort", "parallel_commit",
            "passfile", "port", "require_auth", "requirepeer", "service", "ssl_max_protocol_version",
            "ssl_min_protocol_version", "sslcert", "sslcertmode", "sslcompression", "sslcrl", "sslcrldir", "sslkey",
            "sslmode", "sslnegotiation", "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout",
            "truncatable", "updatable", "use_remote_estimate", "use_scram_passthrough",
        }),
        user=frozenset({
            "user", "password", "password_required", "gssdelegation", "sslcert", "sslkey", "sslpassword",
            "use_scram_passthrough",
        }),
        table=frozenset({
            "schema_name", "table_name", "use_remote_estimate", "fetch_size", "batch_size", "updatable", "truncatable",
            "async_capable", "analyze_sampling",
        }),
        column=frozenset({"column_name"}),
        importing=frozenset({"import_collate", "import_default", "import_generated", "import_not_null"}),
    ),
    user_option="user",
    server=_server,
    place=server_port_name,
    snapshot="one per transaction (REPEATABLE READ)",
    keys="array",
    folding="lower",
    reserved={
        "options": _READ_ONLY,
        "updatable": _READ_ONLY,
        "truncatable": _READ_ONLY,
        "user": "belongs to source.user",
        "password": "belongs to ~/.pgpass or PGPASSWORD",
        "fetch_size": "belongs to source.fetch_size",
    },
    system_schemas=frozenset({"pg_catalog", "information_schema"}),
)  # fmt: skip
