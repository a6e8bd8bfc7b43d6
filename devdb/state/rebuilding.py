"""What makes emptied schemas anew: the schema.sql that devdb saved, SQL files, or a command."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pglast
from pglast import ast
from pglast.enums import TransactionStmtKind

from devdb.catalog import schema_file, schema_replay
from devdb.catalog.schema_file import Entry
from devdb.errors import Refused, ScriptFailed, SettingsError
from devdb.server.connection import Connection
from devdb.settings import Settings
from devdb.sqltext.quoting import ident
from devdb.sqltext.script import Script
from devdb.state.disk import sql_files

Rewrite = Callable[[str], "str | None"]

_TRANSACTION = re.compile(r"\b(?:begin|start|commit|end|rollback|abort|prepare)\b", re.IGNORECASE)
_PASSED_OVER = (
    TransactionStmtKind.TRANS_STMT_BEGIN,
    TransactionStmtKind.TRANS_STMT_START,
    TransactionStmtKind.TRANS_STMT_COMMIT,
)
_ENDS_S = 10


@dataclass(frozen=True)
class Rebuilding:
    """Scripts to run in the transaction of the reset, or a command to run outside of any."""

    scripts: tuple[Script, ...] = ()
    command: str | None = None

    @property
    def described(self) -> str:
        """In a few words, for people."""
        return f"the command {self.command}" if self.command else ", ".join(script.name for script in self.scripts)


def rebuilding(settings: Settings) -> Rebuilding:
    """What the settings say. Raises SettingsError for a file or directory that is not there, or is empty."""
    said = settings.reset.rebuild
    if said is not None and said.command is not None:
        return Rebuilding(command=said.command)
    if said is not None and said.migrations is not None:
        directory = settings.beside / said.migrations
        files = sql_files(directory) if directory.is_dir() else []
        if not files:
            raise SettingsError(f"reset.rebuild.migrations: there are no SQL files in {directory}", path=settings.path)
        return Rebuilding(tuple(Script.from_file(path) for path in files))
    path = settings.output_directory / "schema.sql"
    if said is not None and said.schema_file is not None:
        path = settings.beside / said.schema_file
    if not path.is_file():
        raise SettingsError(
            f"there is no {path}",
            path=settings.path,
            hint="build-dev-db writes it; or say with reset.rebuild what makes the schemas anew",
        )
    return Rebuilding((_of_schemas(path, settings.reset.schemas),))


def rewriting(connection: Connection, on_missing_role: Callable[[str], None]) -> Rewrite:
    """What is done to each statement of a script: what this server does not know is left out, as in a build.

    BEGIN and COMMIT are passed over: all scripts are one transaction. Raises Refused for what would end that.
    """
    known = {str(name) for (name,) in connection.execute("SELECT s.name FROM pg_catalog.pg_settings AS s")}
    roles = {str(name) for (name,) in connection.execute("SELECT r.rolname FROM pg_catalog.pg_roles AS r")}
    replayed = schema_replay.replay_filter(known, roles, on_missing_role)

    def rewrite(statement: str) -> str | None:
        return None if _is_passed_over(statement) else replayed(statement)

    return rewrite


def run_command(command: str, connection: Connection, *, cwd: Path) -> None:
    """Run `command` by the shell, what it prints going to stderr. Raises ScriptFailed unless its status is 0.

    It finds the dev database by PGHOST, PGPORT, PGUSER and PGDATABASE; a password it finds as devdb does.
    """
    info = connection.info
    place = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
    try:
        child = subprocess.Popen(
            ["/bin/sh", "-c", command],
            env={**os.environ, **{name: value for name, value in place.items() if value}},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            start_new_session=True,
        )
    except OSError as exc:
        raise ScriptFailed(f"cannot be run: {exc.strerror}", path="reset.rebuild.command") from exc
    try:
        ended = child.wait()
    finally:
        _end(child)
    if ended:
        raise ScriptFailed(f"{command}: ended with status {ended}", path="reset.rebuild.command")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the command and what it started, if it is still at work: we are to end."""
    if child.poll() is not None:
        return
    os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(_ENDS_S)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _is_passed_over(statement: str) -> bool:
    if not _TRANSACTION.search(statement[:1000]):
        return False
    try:
        parsed = [each.stmt for each in pglast.parse_sql(statement)]
    except pglast.parser.ParseError:
        return False
    for each in parsed:
        if isinstance(each, ast.TransactionStmt) and each.kind not in _PASSED_OVER:
            kind = TransactionStmtKind(each.kind or 0)
            if kind not in (
                TransactionStmtKind.TRANS_STMT_SAVEPOINT,
                TransactionStmtKind.TRANS_STMT_RELEASE,
                TransactionStmtKind.TRANS_STMT_ROLLBACK_TO,
            ):
                raise Refused(
                    f"{' '.join(statement.split())[:60]}: the rebuild is one transaction, which a script must not end",
                    hint="a rebuild that needs several is one for reset.rebuild.command",
                )
            return False
    return bool(parsed) and all(isinstance(each, ast.TransactionStmt) for each in parsed)


def _of_schemas(path: Path, schemas: Collection[str]) -> Script:
    """The part of a schema.sql that makes these schemas; every line knows where it stands in the file."""
    lines: list[str] = []
    origins: list[tuple[str, int]] = []

    def add(text: str, first: int) -> None:
        for number, line in enumerate(text.split("\n")):
            lines.append(line)
            origins.append((str(path), first + number))

    for section in (schema_file.pre_data(path), schema_file.post_data(path)):
        add(schema_file.settings(section), section.origins[0][1])
        for entry in _entries(section, schemas):
            add(entry.text, entry.line)
    return Script(str(path), "\n".join(lines) + "\n", path=path, origins=(*origins, origins[-1]), directory=path.parent)


def _entries(section: Script, schemas: Collection[str]) -> Iterator[Entry]:
    named = re.compile("|".join(rf"(?<![\w.]){re.escape(ident(schema))}\." for schema in schemas))
    for entry in schema_file.entries(section):
        if entry.kind == "SCHEMA":
            is_wanted = entry.name in schemas
        elif entry.kind in ("CAST", "TRANSFORM"):
            # They live in no schema, and go with the types that they are about.
            is_wanted = named.search(entry.text) is not None
        else:
            is_wanted = entry.schema in schemas or entry.kind == "EXTENSION"
        if is_wanted:
            yield entry
