"""A database that a source which is not PostgreSQL is looked at through: its tables, as PostgreSQL would have them.

Who asks it for schema gets PostgreSQL's answer: tables have their keys, and are empty. Who asks it for rows gets the
source's: each table has one child, the foreign table. It is made anew, and dropped when it has served.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module

import psycopg
from psycopg.conninfo import make_conninfo

from devdb import explaining
from devdb.catalog import dev_server
from devdb.catalog.model import Name, Source
from devdb.dictionary import reading, schema, tables
from devdb.dictionary.dialect import Dialect, Reading
from devdb.dictionary.model import Dictionary
from devdb.dictionary.schema import LocalSchema
from devdb.dictionary.tables import ForeignTable
from devdb.errors import Refused, ScriptFailed
from devdb.progress import Reporter
from devdb.sampling.fetching import Queries
from devdb.server import link
from devdb.server.connection import Connection, application_name, connect, raise_if_lost, refused
from devdb.server.runner import Server
from devdb.settings import Settings
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

_DIALECTS = {"oracle_fdw": "oracle", "mysql_fdw": "mysql", "tds_fdw": "tds"}
# Databases are marked by locks on this class and the hash of their name, for as long as somebody needs them.
_LOCK_CLASS = 0x64657664


@dataclass(frozen=True)
class StandIn:
    """What stands in for a source. `settings` are those of the run, whose source it is.

    `local` is the schema that followed from the dictionary, `version` the source's own word of itself.
    """

    settings: Settings
    local: LocalSchema
    dialect: Dialect
    version: str
    dictionary: Dictionary

    @property
    def name(self) -> str:
        """What the source is called."""
        source = self.settings.source
        said = source.place.dbname or ", ".join(self.local.schemas)
        return f"{said} ({source.described.source})"

    @property
    def positions(self) -> list[tuple[str, str, int]]:
        """Of the sequences whose position the source tells: schema, name and last value."""
        told = [(one.name, one.last_value) for one in self.local.numberings]
        return [(name.schema, name.name, last) for name, last in told if last is not None]

    def sized(self, source: Source) -> Source:
        """The source as a run sees it: with as many rows as the dictionary says, as the tables here have none."""
        remote = {table.name: table.remote for table in self.local.tables}
        reads = self._reads
        tables = {
            table.oid: replace(
                table,
                row_estimate=remote[table.name].row_estimate,
                bytes=remote[table.name].bytes or 0,
                reads=reads[table.name],
                is_distant=True,
                heeds_lists=self.settings.source.described.keys != "query",
            )
            for table in source.tables
        }
        keys = (replace(key, child=tables[key.child.oid], parent=tables[key.parent.oid]) for key in source.foreign_keys)
        return replace(source, tables=tuple(tables.values()), foreign_keys=tuple(keys))

    def foreign_tables(self, foreign_schema: str, schema: str, names: Sequence[str]) -> list[ForeignTable]:
        """The foreign tables from which these tables of a schema are loaded."""
        options = self.settings.source.table_options
        return [
            tables.loaded_from(table, Name(foreign_schema, table.name.name), self.dialect, options)
            for table in self.local.tables
            if table.name.schema == schema and table.name.name in names
        ]

    def queries(self, foreign_schemas: Mapping[str, str]) -> Queries | None:
        """How rows are chosen by queries of the source's own; None where conditions do it."""
        if self.settings.source.described.keys != "query":
            return None
        # The only source of that kind.
        from devdb.dictionary.tds_queries import TsqlQueries

        of = {Name(foreign_schemas[table.name.schema], table.name.name): table for table in self.local.tables}
        return TsqlQueries(
            of={name: self.dialect.table_options(one.remote, one.columns)["query"] for name, one in of.items()},
            columns={name: {column.name: column.remote.name for column in one.columns} for name, one in of.items()},
        )

    @property
    def _reads(self) -> Mapping[Name, Mapping[str, str]]:
        """SQL of the values of columns that are not fetched as they are, over the foreign table's row f."""
        return {
            table.name: {
                one.name: one.becomes.read.format(f"f.{ident(one.name)}")
                for one in table.columns
                if one.becomes.read is not None
            }
            for table in self.local.tables
        }


@contextmanager
def standing_in(
    settings: Settings,
    templates: Templates,
    maintenance: Connection,
    *,
    command: str,
    report: Reporter,
    yes: bool = False,
    warn: Callable[[str], None] | None = None,
) -> Iterator[StandIn]:
    """Have a stand-in for the source, until the end.

    `maintenance` is a connection to the dev server; `yes` goes on, with a warning, where that would note the source's
    password. Raises Refused, SettingsError or ConnectionFailed when the source cannot be looked at, and what to do.
    """
    _refuse_lacking(settings, maintenance)
    if settings.source_password is not None:
        dev_server.refuse_noting(maintenance, templates, yes=yes, warn=warn or report.warning)
    dbname = settings.standin_dbname(os.getpid())
    _drop_left_over(settings, maintenance)
    _hold(maintenance, dbname)
    template = settings.target.template
    made = f"CREATE DATABASE {ident(dbname)} TEMPLATE {ident(template or 'template0')}"
    try:
        maintenance.execute(f"DROP DATABASE IF EXISTS {ident(dbname)} WITH (FORCE)".encode())
        maintenance.execute((made if template else f"{made} ENCODING 'UTF8'").encode())
    except psycopg.errors.InsufficientPrivilege as exc:
        raise Refused(
            f"a source behind {settings.source.wrapper} is looked at through a database of its own: {exc}".strip(),
            hint="have an administrator grant CREATEDB on the dev server",
        ) from exc
    except psycopg.Error as exc:
        raise_if_lost(maintenance, exc)
        raise refused(exc, path="a stand-in for the source", what=f"making the database {dbname}") from exc
    try:
        # Moments have no zone at many a source, and whatever this server's is, they are read alike.
        maintenance.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {ident(dbname)} SET timezone = 'UTC'".encode())
        params = settings.target_conninfo(dbname)
        password = settings.source_password
        session = link.session("" if password is None else password.get_secret_value())
        # Some thousands of statements, each a transaction, of which nothing is kept.
        session["synchronous_commit"] = "off"
        connection = connect(make_conninfo(**params), session=session, application_name=application_name(command))
        try:
            yield _made(settings, templates, connection, dbname, report)
        finally:
            connection.close()
    finally:
        with suppress(psycopg.Error):
            maintenance.execute(f"DROP DATABASE IF EXISTS {ident(dbname)} WITH (FORCE)".encode())


def _made(settings: Settings, templates: Templates, connection: Connection, dbname: str, report: Reporter) -> StandIn:
    source = settings.source
    described = source.described
    dialect: Dialect = import_module(f"devdb.dictionary.{_DIALECTS[described.name]}").DIALECT
    report.step(f"reading the dictionary of {described.source}")
    heard: list[str] = []
    connection.add_notice_handler(lambda said: heard.append(said.message_primary or ""))
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        server = Server(connection, out=nowhere, err=nowhere, on_notice=lambda _said: None)

        def run(name: str, **parameters: object) -> None:
            script = templates.render(name, single_transaction=False, **parameters)
            try:
                server.run(script)
            except ScriptFailed as exc:
                raise explaining.explained(explaining.with_words(exc, heard), script, ()) from exc

        run("wrapper/link.sql", **link.foreign_parameters(settings))
        wanted = source.schemas or ((source.place.dbname,) if described.is_schema and source.place.dbname else None)
        run(f"wrapper/{described.name}.sql", server="prod_server", schemas=wanted or ())
        try:
            dictionary = reading.read(connection, templates)
        except ScriptFailed as exc:
            said = explaining.with_words(exc, heard)
            raise explaining.of_source(said) or said from exc
        asked = Reading(
            case=source.case,
            lob_limit_bytes=source.lob_limit_bytes if source.lobs else None,
            unsupported=source.unsupported_types,
            zero_dates=source.zero_dates,
        )
        understood = schema.understanding(connection)
        local = schema.local_schema(dictionary, dialect, asked, schemas=wanted, understood=understood)
        notes = [*local.notes]
        notes += schema.apply(connection, local.pre_data)
        notes += schema.apply(connection, local.post_data)
        foreign = link.foreign_schemas(local.schemas)
        for name in local.schemas:
            connection.execute(f"CREATE SCHEMA {ident(foreign[name])}".encode())
            comment = "devdb: the source''s tables"
            connection.execute(f"COMMENT ON SCHEMA {ident(foreign[name])} IS '{comment}'".encode())
        for table in local.tables:
            child = tables.child_of(
                table, Name(foreign[table.name.schema], table.name.name), dialect, source.table_options
            )
            run("wrapper/foreign_table.sql", table=child)
    for note in notes:
        report.note(note)
    return StandIn(settings.with_standin(dbname, local.schemas), local, dialect, dictionary.version, dictionary)


def _refuse_lacking(settings: Settings, maintenance: Connection) -> None:
    described = settings.source.described
    row = maintenance.execute(
        "SELECT FROM pg_catalog.pg_available_extensions WHERE name = %s", (described.name,)
    ).fetchone()
    if row is None and settings.target.template is None:
        major = maintenance.info.server_version // 10000
        raise Refused(
            f"the dev server has no {described.name}, which reads {described.source}",
            hint=f"install {described.package.format(major=major)} there, or use the image that "
            "Dockerfile.postgres-oraclefdw makes, which has it",
        )


def _hold(maintenance: Connection, dbname: str) -> bool:
    row = maintenance.execute(
        "SELECT pg_catalog.pg_try_advisory_lock(%s, pg_catalog.hashtext(%s))", (_LOCK_CLASS, dbname)
    ).fetchone()
    return row == (True,)


def _drop_left_over(settings: Settings, maintenance: Connection) -> None:
    """Drop stand-ins for this dev database whose makers are gone."""
    pattern = settings.standin_dbname(0).removesuffix("0")
    names = maintenance.execute(
        "SELECT datname FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname, %s)", (pattern,)
    ).fetchall()
    for (name,) in names:
        if _hold(maintenance, str(name)):
            with suppress(psycopg.Error):
                maintenance.execute(f"DROP DATABASE IF EXISTS {ident(str(name))} WITH (FORCE)".encode())
            maintenance.execute(
                "SELECT pg_catalog.pg_advisory_unlock(%s, pg_catalog.hashtext(%s))", (_LOCK_CLASS, name)
            )
