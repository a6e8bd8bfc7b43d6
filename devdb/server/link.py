"""The link from the dev database to the source: what the foreign server and its schemas are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devdb.errors import Refused
from devdb.server.connection import session_options
from devdb.settings import Settings
from devdb.sqltext.quoting import fitting

SETUP_SCHEMA = "fdw_setup"
_PREFIX = "prod_"
# Tables in one IMPORT FOREIGN SCHEMA.
_BATCH = 200
# What of a connection's own parameters the wrapper must know too.
_CARRIED = frozenset({
    "sslmode", "sslrootcert", "sslcrl", "channel_binding", "gssencmode", "connect_timeout",
    "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
})  # fmt: skip


@dataclass(frozen=True)
class Import:
    """One schema of the source, as it is imported.

    `batches` are lists of table names; `key_domains` columns of keys to be seen as a domain's base type (table, column,
    type in SQL); `with_children` parents of legacy inheritance. `generated` are tables that are declared here, of which
    the wrapper imports none (devdb.dictionary.tables.ForeignTable).
    """

    schema: str
    foreign_schema: str
    tables: Sequence[str]
    key_domains: Sequence[tuple[str, str, str]]
    with_children: Sequence[str]
    generated: Sequence[object] = ()

    @property
    def batches(self) -> Iterator[Sequence[str]]:
        for first in range(0, len(self.tables), _BATCH):
            yield self.tables[first : first + _BATCH]


@dataclass(frozen=True)
class Address:
    """A connection's server, as this machine reached it and as it describes itself."""

    system_identifier: str
    host: str
    port: int
    own_port: int
    socket_directories: str | None
    dbname: str
    parameters: Mapping[str, str]


def foreign_parameters(settings: Settings) -> dict[str, Any]:
    """What wrapper/link.sql is to be given for a source that is not PostgreSQL.

    Raises SettingsError for a file of the password that cannot be read.
    """
    source = settings.source
    described = source.described
    sized = {"fetch_size": str(source.fetch_size)} if "fetch_size" in described.options.server else {}
    return {
        "wrapper": described.name,
        "server_options": {**sized, **described.server(source.place), **source.fdw_options, **described.steady},
        "user_option": described.user_option,
        "user": source.user,
        "password": settings.source_password,
    }


def session(password: str) -> dict[str, str]:
    """Settings of the session that makes the link: it begins with the password, which no statement holds.

    In hex, as the database may have any encoding.
    """
    return {"devdb.source_password": password.encode().hex()} if password else {}


def foreign_schemas(schemas: Collection[str]) -> dict[str, str]:
    """The foreign schema of each of the source's: prod_<schema>, cut to a length that PostgreSQL allows.

    Raises Refused when one is also the name of a schema of the source.
    """
    named = {schema: fitting(_PREFIX + schema) for schema in schemas}
    clashing = sorted(({*named.values(), SETUP_SCHEMA}) & set(schemas))
    if clashing:
        raise Refused(
            f"the source's schema {clashing[0]} has the name of a schema that devdb uses in the dev database",
            hint="leave it out with source.schemas",
        )
    return named


def server_options(
    source: Address, target: Address, *, fdw_options: Mapping[str, str], session: Mapping[str, str], fetch_size: int
) -> dict[str, str]:
    """Options of the foreign server.

    `session` are settings of the source's session. The source's address is the one that this machine used, unless both
    are one server, which may know itself by another. `fdw_options` have the last word.
    """
    server = {name: value for name, value in source.parameters.items() if name in _CARRIED}
    if source.system_identifier == target.system_identifier and source.own_port == target.own_port:
        server |= {"host": _own_host(target), "port": str(target.own_port)}
    else:
        server |= {"host": source.host, "port": str(source.port)}
    server |= {
        "dbname": source.dbname,
        "application_name": "devdb",
        "options": session_options(session),
        "fetch_size": str(fetch_size),
        "updatable": "false",
        "truncatable": "false",
        **fdw_options,
    }
    return {name: value for name, value in server.items() if value}


def _own_host(server: Address) -> str:
    """How a server reaches itself: the way in which this machine did, by socket or by TCP."""
    if not server.host.startswith("/"):
        return "localhost"
    directories = [entry.strip().strip('"') for entry in (server.socket_directories or "").split(",") if entry.strip()]
    return directories[0] if directories else server.host
