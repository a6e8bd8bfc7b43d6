"""Bring code tables' rows from their files into the dev database: all of them, or none."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO, cast

from devdb import dev_database
from devdb.catalog import source as catalog
from devdb.codes import csv_file
from devdb.codes.csv_file import CsvFile
from devdb.codes.plan import Plan, plan
from devdb.errors import CheckFailed, DevdbError, Refused, ScriptFailed, SettingsError
from devdb.progress import Reporter
from devdb.server.connection import Connection
from devdb.server.printer import Printer
from devdb.server.runner import Server
from devdb.settings import Settings
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates

# As sql/codes/ raises them.
_MISTAKE, _REFERRED = "DVC01", "DVC02"
_COLUMN = re.compile(r"^Context: COPY .*?, line \d+, column (.+?)(?:: |$)", re.MULTILINE)


@dataclass(frozen=True)
class Loaded:
    """What became of one table. `gone` rows are in no file any more; `gone_keys` are the first 20 of them.

    `deleted` of them were deleted.
    """

    table: str
    inserted: int
    updated: int
    unchanged: int
    gone: int
    gone_keys: Sequence[str]
    deleted: int


def load(
    settings: Settings, reporter: Reporter, *, prune: bool = False, yes: bool = False, dry_run: bool = False
) -> list[Loaded]:
    """Load every file of `settings.code_tables`, in one transaction. Returns one value a table, in the order loaded.

    `prune` deletes rows that are in no file any more; `yes` does so too where a file has no rows at all. A dry run
    writes the SQL to standard output, and returns nothing.
    """
    if not settings.code_tables:
        raise SettingsError(
            "code_tables names no table", path=settings.path, hint="code_tables: {public.kind: kind.csv}"
        )
    files = _read(settings)
    templates = Templates(settings.sql_directories)
    with dev_database.opened(settings, "load-codes", templates, dry_run=dry_run) as connection:
        reporter.step("reading the dev database's catalog")
        planned = _plan(settings, connection, templates, files)
        empty = [str(each.name) for each in planned.tables if not each.file.rows]
        if prune and empty and not yes:
            raise Refused(
                f"there are no rows in the files of {', '.join(empty)}: all rows there would be deleted",
                hint="--yes deletes them all the same",
            )
        script = templates.render(
            "codes/load.sql",
            tables=planned.tables,
            groups=planned.groups,
            referring=planned.referring,
            sequences=planned.sequences,
            prune=prune,
        )
        if dry_run:
            Printer(sys.stdout).run(script)
            return []
        _run(connection, script, reporter, {each.path for each in planned.tables})
        rows = connection.execute(_LOADED).fetchall()
        return [Loaded(*row) for row in rows]  # type: ignore[arg-type]  # as the statement says


_LOADED = """
    SELECT c.table_name, c.inserted, c.updated, c.unchanged, c.gone, c.gone_keys, c.deleted
    FROM pg_temp.devdb_codes AS c ORDER BY c.place
"""


def _read(settings: Settings) -> Mapping[str, CsvFile]:
    """Every file, by its table as in the settings. Raises CheckFailed with the mistakes of all."""
    files, mistakes = {}, []
    for table, said in settings.code_tables.items():
        try:
            files[table] = csv_file.read(
                settings.beside / said.file, delimiter=said.delimiter, encoding=said.encoding, null=said.null
            )
        except CheckFailed as exc:
            mistakes.append(exc.message)
    if mistakes:
        raise CheckFailed("\n".join(mistakes), hint="nothing was loaded")
    return files


def _plan(settings: Settings, connection: Connection, templates: Templates, files: Mapping[str, CsvFile]) -> Plan:
    dev = catalog.read(connection, templates, database=catalog.read_database(connection, templates), schemas=None)
    needed: dict[int, list[str]] = {}
    for row in catalog.ask(connection, templates, "codes/needed.sql", schemas=()):
        needed.setdefault(row.table_oid, []).append(row.name)
    return plan(settings, dev, files, needed)


def _run(connection: Connection, script: Script, reporter: Reporter, paths: set[str]) -> None:
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        server = Server(
            connection,
            out=nowhere,
            err=cast(TextIO, _Steps(reporter)),
            on_notice=lambda said: reporter.detail(said.message_primary or "", level=1),
        )
        try:
            server.run(script)
        except ScriptFailed as exc:
            raise _explained(exc, paths) from exc


def _explained(exc: ScriptFailed, paths: set[str]) -> DevdbError:
    """What a failure means to the person who wrote the file."""
    if exc.sqlstate == _MISTAKE:
        return CheckFailed(exc.reason, hint="nothing was loaded")
    if exc.sqlstate == _REFERRED:
        return Refused(
            exc.reason, hint="nothing was loaded; keep these rows in the file, or change what refers to them"
        )
    if str(exc.path) not in paths:
        return exc
    column = _COLUMN.search(exc.message)
    where = f" (column {column[1]})" if column else ""
    return CheckFailed(f"{exc.path}:{exc.line}: {exc.reason}{where}", hint="nothing was loaded")


class _Steps(io.TextIOBase):
    r"""Takes what the script \warns, a line at a time, and tells the reporter of it as steps."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def write(self, text: str) -> int:
        self._reporter.step(text.rstrip("\n"))
        return len(text)
