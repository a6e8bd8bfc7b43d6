"""What a run must know of the dev server before it changes anything there, and the lock that lets only one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import psycopg

from devdb.catalog.model import Database
from devdb.catalog.source import ask
from devdb.errors import Refused
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

# In the comment of a database that devdb made; what else the comment says is the user's.
_MARK = re.compile(r"\s*\[made by devdb[^\]]*\]")


@dataclass(frozen=True)
class DevServer:
    """Facts of the dev server, as sql/catalog/dev_server.sql asks for them.

    `is_there` and the next three are of the dev database. `lc_collate` and `lc_ctype` are the source's as this server
    spells them, None when it does not know them. `lock_table_size` is in locks.
    """

    is_there: bool
    comment: str | None
    accepts_connections: bool | None
    tablespace: str | None
    is_superuser: bool
    can_create_databases: bool
    can_create_roles: bool
    lc_collate: str | None
    lc_ctype: str | None
    lock_table_size: int
    settings: frozenset[str]
    roles: frozenset[str]
    available_extensions: frozenset[str]

    @property
    def is_ours(self) -> bool:
        """The dev database was made by devdb, or there is none."""
        return not self.is_there or _MARK.search(self.comment or "") is not None

    def marked_comment(self, source: str, now: datetime | None = None) -> str:
        """The comment that the dev database gets: what it says today, and devdb's mark."""
        made = (now or datetime.now(timezone.utc)).strftime("%Y-%m-%d %H:%M UTC")
        said = _MARK.sub("", self.comment or "").strip()
        return f"{said} [made by devdb from {source.replace(']', ')')}, {made}]".strip()


def read(connection: psycopg.Connection[Any], templates: Templates, *, dbname: str, source: Database) -> DevServer:
    """Facts of the dev server, through a connection to any of its databases."""
    (row,) = ask(
        connection,
        templates,
        "catalog/dev_server.sql",
        dbname=dbname,
        lc_collate=source.lc_collate,
        lc_ctype=source.lc_ctype,
    )
    values = row._asdict()
    for name in ("settings", "roles", "available_extensions"):
        values[name] = frozenset(values[name] or ())
    return DevServer(**values)


def lock(connection: psycopg.Connection[Any], templates: Templates, dbname: str) -> None:
    """Take the lock on the dev database `dbname`, until `connection` ends. Raises Refused naming who holds it."""
    if connection.info.server_version >= 140000:
        connection.execute("SET idle_session_timeout = 0")
    (row,) = ask(connection, templates, "catalog/lock.sql", dbname=dbname)
    if not row.is_taken:
        holder = "another session" if row.pid is None else f"{row.application_name} (server process {row.pid})"
        from_where = f", from {row.address}" if row.address else ""
        since = f", since {row.since}" if row.since else ""
        raise Refused(
            f"another run is at the dev database {dbname}: {holder} of user {row.user}{from_where}{since}",
            hint="wait for it to end, or end it",
        )


def noting(connection: psycopg.Connection[Any], templates: Templates) -> list[str]:
    """Settings by which this server would keep a password that goes into a mapping, and which this user cannot change.

    Each with the value that would not keep it.
    """
    kept = []
    for row in ask(connection, templates, "catalog/noting.sql"):
        try:
            with connection.transaction(force_rollback=True):
                connection.execute("SELECT pg_catalog.set_config(%s, %s, true)", (row.name, row.quiet))
        except psycopg.errors.InsufficientPrivilege:
            kept.append(f"{row.name} = {row.quiet}")
    return kept


def refuse_noting(
    connection: psycopg.Connection[Any], templates: Templates, *, yes: bool, warn: Callable[[str], None]
) -> None:
    """The password goes into a mapping, and nowhere else on this server. Raises Refused, or with `yes` warns."""
    kept = noting(connection, templates)
    if not kept:
        return
    what = "the dev server would keep the password of the source where others may read it"
    user = ident(connection.info.user)
    remedy = "; ".join(f"ALTER ROLE {user} SET {setting}" for setting in kept)
    if not yes:
        raise Refused(what, hint=f"have a superuser say {remedy}; or let it happen with --yes")
    warn(f"{what}: {remedy} prevents that")


def schemas(connection: psycopg.Connection[Any], templates: Templates) -> tuple[list[str], list[str]]:
    """The schemas of a dev database that hold something: those of devdb's link, and the others."""
    found = ask(connection, templates, "catalog/dev_schemas.sql")
    return [row.name for row in found if row.is_ours], [row.name for row in found if not row.is_ours]


def dependents(connection: psycopg.Connection[Any], templates: Templates, *, schemas: Collection[str]) -> list[str]:
    """Objects of other schemas that emptying `schemas` would drop as well."""
    found = ask(connection, templates, "catalog/dependents.sql", schemas=list(schemas))
    return [f"{row.type} {row.identity}" for row in found]
