"""mysql_fdw: MySQL and MariaDB. Its README of release 2.9, and what release 2.8 was seen to send."""

from __future__ import annotations

from devdb.wrappers.places import server_port_name
from devdb.wrappers.wrapper import Documented, Place, Wrapper


def _server(place: Place) -> dict[str, str]:
    said = {"host": place.host, "port": None if place.port is None else str(place.port)}
    return {name: value for name, value in said.items() if value is not None}


WRAPPER = Wrapper(
    name="mysql_fdw",
    source="MySQL or MariaDB",
    package="postgresql-{major}-mysql-fdw",
    options=Documented(
        server=frozenset({
            "host", "port", "secure_auth", "init_command", "use_remote_estimate", "reconnect", "sql_mode", "ssl_key",
            "ssl_cert", "ssl_ca", "ssl_capath", "ssl_cipher", "fetch_size", "character_set", "mysql_default_file",
            "truncatable",
        }),
        user=frozenset({"username", "password"}),
        table=frozenset({"dbname", "table_name", "max_blob_size", "fetch_size", "truncatable"}),
        importing=frozenset({
            "import_default", "import_not_null", "import_enum_as_text", "import_generated",
        }),
    ),
    user_option="username",
    server=_server,
    place=server_port_name,
    snapshot="one per session, of tables that InnoDB keeps (START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY)",
    keys="list",
    folding="keep",
    max_keys=1000,
    quotes_lists=False,
    sends_functions=True,
    computes=True,
    hides_errors=True,
    is_schema=True,
    steady={
        "init_command": "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        "reconnect": "false",
        # By default characters of four bytes arrive as question marks.
        "character_set": "utf8mb4",
        # Only one command may be given to begin with. This option is pasted into one that sets variables, and so may
        # set another: the zone that moments are told in.
        "sql_mode": "ANSI_QUOTES', time_zone = '+00:00",
    },
    reserved={
        "init_command": "is set by devdb itself, to read one snapshot and nothing else",
        "character_set": "is set by devdb itself, so that every character arrives",
        "sql_mode": "is set by devdb itself, with the time zone",
        "reconnect": "is set by devdb itself: a new connection would see another snapshot",
        "username": "belongs to source.user",
        "password": "belongs to DEVDB_SOURCE_PASSWORD or source.password_file",
    },
    system_schemas=frozenset({"information_schema", "mysql", "performance_schema", "sys"}),
)  # fmt: skip
