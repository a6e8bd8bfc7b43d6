"""The table that says which migrations were applied: made, read and written exactly as Flyway does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from devdb.catalog import source as catalog
from devdb.errors import Refused, UsageError
from devdb.migrations.checksum import java_hash
from devdb.migrations.naming import Version
from devdb.progress import Reporter
from devdb.server.connection import Connection, raise_if_lost, refused
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

TABLE = "flyway_schema_history"
BASELINE_DESCRIPTION = "<< Flyway Baseline >>"
SCHEMA_DESCRIPTION = "<< Flyway Schema Creation >>"

_COLUMNS = (
    *("installed_rank", "version", "description", "type", "script"),
    *("checksum", "installed_by", "installed_on", "execution_time", "success"),
)
# Of Flyway 4 to 12. SCHEMA, BASELINE and DELETE are rows that stand for no file.
SYNTHETIC = frozenset({"SCHEMA", "BASELINE", "DELETE"})
_BASELINES = frozenset({"BASELINE", "SQL_BASELINE", "JDBC_BASELINE", "SCRIPT_BASELINE"})
_OTHERS = frozenset({"SQL", "JDBC", "SCRIPT", "CUSTOM", "SPRING_JDBC"})
_UNDO = "UNDO_"
# Flyway's session or transaction lock: "Flyway" as one number, and the name of the table.
_LOCK = int.from_bytes(b"Flyway", "big")
# Flyway tries 50 times, a second apart.
_TRIES, _PAUSE_S = 200, 0.25


@dataclass(frozen=True)
class Row:
    """One row of the table. `version` is None for what is repeatable; `execution_time` is in ms."""

    installed_rank: int
    version: Version | None
    description: str
    type: str
    script: str
    checksum: int | None
    installed_by: str
    installed_on: datetime
    execution_time: int
    success: bool

    @property
    def is_undo(self) -> bool:
        return self.type.startswith(_UNDO)

    @property
    def is_baseline(self) -> bool:
        return self.type in _BASELINES


@dataclass(frozen=True)
class Session:
    """What the connection began with, which each migration finds again. `schema` is where bare names go."""

    schema: str
    search_path: str
    user: str
    dbname: str


class History:
    """The table of one schema, there or not. What it writes is for the connection that the caller chooses."""

    def __init__(
        self, connection: Connection, templates: Templates, *, schema: str | None = None, table: str = TABLE
    ) -> None:
        """`schema` None is the first of the search path. Raises UsageError if that has none."""
        self._connection = connection
        self._templates = templates
        (found,) = self.ask("session.sql")
        if schema is None and found.schema is None:
            raise UsageError("no schema of the search path exists", hint="say which one is meant with --schema")
        self.schema: str = found.schema if schema is None else schema
        self.table = table
        path = found.search_path
        if schema is not None and schema != found.schema:
            path = f"{_quoted(schema)}, {path}" if path else _quoted(schema)
        self.session = Session(self.schema, path, found.user, found.dbname)
        self.refresh()

    def refresh(self) -> None:
        """Look again whether schema and table are there. Raises Refused for a table that is not one of these."""
        (found,) = self.ask("state.sql", schema=self.schema, table=self.table)
        self.has_schema: bool = found.has_schema
        self.schema_is_empty: bool = found.is_empty
        self.exists: bool = found.columns is not None
        if found.columns is None:
            return
        missing = [name for name in _COLUMNS if name not in found.columns]
        unknown = [name for name in found.columns if name not in _COLUMNS]
        if missing:
            raise Refused(
                f"{self}: this is no table of Flyway 4 or later: there is no column {missing[0]}",
                hint="--table names another one",
            )
        if unknown:
            raise Refused(
                f"{self}: the columns {', '.join(unknown)} are not known: it seems to be of a newer Flyway",
                hint="use that Flyway; devdb changes nothing here",
            )

    def rows(self) -> list[Row]:
        """All rows, in the order in which they were written. Raises Refused for one that a newer Flyway wrote."""
        if not self.exists:
            return []
        rows = []
        for row in self.ask("rows.sql", schema=self.schema, table=self.table):
            what = f"{self}, installed_rank {row.installed_rank}"
            if row.type.removeprefix(_UNDO) not in SYNTHETIC | _BASELINES | _OTHERS:
                hint = "use that Flyway; devdb changes nothing here"
                raise Refused(
                    f"{what}: the type {row.type!r} is not known: it seems to be of a newer Flyway", hint=hint
                )
            try:
                version = None if row.version is None else Version(row.version)
            except ValueError as exc:
                raise Refused(f"{what}: {exc}") from None
            rows.append(Row(**{**row._asdict(), "version": version}))
        return rows

    def creation(self) -> str:
        """The SQL that makes the table; and before it the schema, of which the first row tells, if it is not there."""
        return self._sql(
            "create.sql",
            schema=self.schema,
            table=self.table,
            new_schema=None if self.has_schema else _quoted(self.schema),
            description=SCHEMA_DESCRIPTION,
            installed_by=self.session.user,
        )

    def addition(
        self,
        *,
        version: Version | None,
        description: str,
        type: str,
        script: str,
        checksum: int | None,
        execution_time_ms: int = 0,
        success: bool = True,
    ) -> str:
        """The SQL that adds a row after all others."""
        return self._sql(
            "add.sql",
            schema=self.schema,
            table=self.table,
            version=None if version is None else str(version),
            description=abbreviated(description),
            type=type,
            script=script if len(script) <= 1000 else f"...{script[3:1000]}",
            checksum=checksum,
            installed_by=self.session.user,
            execution_time=execution_time_ms,
            success=success,
        )

    def removal_of_failed(self) -> str:
        return self._sql("remove_failed.sql", schema=self.schema, table=self.table)

    def alignment(self, row: Row, *, description: str, type: str, checksum: int | None) -> str:
        """The SQL that makes a row say what the file says."""
        return self._sql(
            "align.sql",
            schema=self.schema,
            table=self.table,
            installed_rank=row.installed_rank,
            description=abbreviated(description),
            type=type,
            checksum=checksum,
        )

    def restoration(self) -> str:
        """The SQL that gives a session the role and the search path that it began with."""
        return self._sql("restore.sql", user=self.session.user, search_path=self.session.search_path)

    @property
    def lock_number(self) -> int:
        """The number of the advisory lock that Flyway holds while it applies migrations of this table."""
        return _LOCK + java_hash(f"{_quoted(self.schema)}.{_quoted(self.table)}")

    def lock(self, reporter: Reporter, *, tries: int = _TRIES) -> None:
        """Take Flyway's lock until the connection ends; waits as Flyway does. Raises Refused naming who holds it."""
        if self._connection.info.server_version >= 140000:
            self._connection.execute("SET idle_session_timeout = 0")
        for number in range(tries):
            # Flyway's is of a transaction or of a session, which exclude each other.
            key = f"{self.lock_number}::pg_catalog.int8"
            (row,) = catalog.ask(self._connection, self._templates, "catalog/advisory_lock.sql", key=key)
            if row.is_taken:
                self.refresh()
                return
            who = f"{row.application_name or 'a session'} of user {row.user}" if row.pid else "another session"
            if number == 0:
                reporter.note(f"{self} is locked by {who}: waiting")
            time.sleep(_PAUSE_S)
        raise Refused(
            f"{self} is locked by {who}" + (f" (server process {row.pid})" if row.pid else ""),
            hint="migrations are being applied there; wait for that to end",
        )

    @property
    def server_version(self) -> int:
        return self._connection.info.server_version

    def write(self, sql: str) -> None:
        """Run SQL that another method returned. Raises ScriptFailed, or ConnectionFailed if the connection was lost."""
        try:
            self._connection.execute(sql.encode())
        except psycopg.Error as exc:
            raise_if_lost(self._connection, exc)
            self._connection.execute("ROLLBACK")
            raise refused(exc, path=str(self)) from exc

    def ask(self, name: str, **parameters: object) -> list[Any]:
        """The answer to a question of ours. Raises as questions to the catalog do."""
        script = self._templates.render(f"migrations/{name}", **parameters)
        try:
            with self._connection.cursor(row_factory=namedtuple_row) as cursor:
                return cursor.execute((script.text or "").encode()).fetchall()
        except psycopg.Error as exc:
            raise_if_lost(self._connection, exc)
            raise refused(exc, path=script.name) from exc

    def __str__(self) -> str:
        return f"{ident(self.schema)}.{ident(self.table)}"

    def _sql(self, name: str, **parameters: object) -> str:
        text = self._templates.render(f"migrations/{name}", **parameters).text or ""
        # Without its header: there are many of them in a dry run.
        return text.partition("\n\n")[2]


def abbreviated(description: str) -> str:
    """A description as it fits into the table."""
    return description if len(description) <= 200 else f"{description[:197]}..."


def _quoted(name: str) -> str:
    """As Flyway quotes, which is always."""
    return '"' + name.replace('"', '""') + '"'
