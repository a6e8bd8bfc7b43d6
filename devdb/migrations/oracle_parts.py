"""Parts of migration files for Oracle: what DBMS_METADATA says of each object, in an order by the dictionary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.catalog.graph import components
from devdb.dependencies import dictionary
from devdb.dependencies.model import Graph, Thing
from devdb.dictionary.model import Dictionary, RemoteTable
from devdb.errors import Refused
from devdb.migrations import oracle_ddl
from devdb.migrations.layers import Part
from devdb.progress import Reporter
from devdb.server.connection import application_name, close_quietly, connect, raise_if_lost
from devdb.settings import Settings
from devdb.sqltext.templates import Templates
from devdb.standin import standing_in

_NAME = "devdb migrations create"
_TABLES = ("table", "temporary table", "external table")
# The kind of the file that each type of object goes to.
_KINDS = {
    **dict.fromkeys((*_TABLES, "view", "materialized view", "synonym"), "TAB"),
    **dict.fromkeys(("type", "sequence"), "TYP"),
    **dict.fromkeys(("function", "procedure", "type body"), "FP"),
    **dict.fromkeys(("package", "package body"), "PKG"),
    "trigger": "TRG",
}
_BLOCKS = ("type", "type body", "function", "procedure", "package", "package body", "trigger")

_TYPES = "SELECT object_type FROM fdw_setup.oracle_ddl WHERE owner = %s AND object_name = %s"
_DDL = "SELECT ddl FROM fdw_setup.oracle_ddl WHERE owner = %s AND object_name = %s AND object_type = %s"


@dataclass(frozen=True)
class Oracle:
    """A source that is Oracle, with what its dictionary tells, and a connection to what stands in for it."""

    connection: psycopg.Connection[Any]
    dictionary: Dictionary
    graph: Graph
    report: Reporter

    def parts(self, things: Collection[Thing], made: Collection[Thing]) -> list[tuple[Part, Thing]]:
        """What makes `things` but for those `made` already, each part with its thing, in an order that works.

        Raises Refused for an object of which Oracle does not tell this user.
        """
        known = dict.fromkeys(thing for thing in things if thing.type in _KINDS)
        groups = components({thing: [need for need in self._first(thing) if need in known] for thing in known})
        ordered = [thing for group in groups for thing in group]
        places = {thing: number for number, thing in enumerate(ordered)}
        for thing in sorted({thing for thing in things if thing.type not in _KINDS and thing.schema}):
            self.report.warning(f"{thing} is not created: that is an administrator's")
        found: list[tuple[Part, Thing]] = []
        keys: list[tuple[oracle_ddl.Key, Thing]] = []
        for thing in ordered:
            if thing in made:
                continue
            texts, own = self._texts(thing)
            keys += [(key, thing) for key in own]
            # Those that need each other have no order: Oracle compiles them when they are called for.
            needs = {places[need] for need in self._first(thing) if places.get(need, len(places)) < places[thing]}
            is_view = thing.type in ("view", "materialized view", "synonym")
            text = "\n\n".join(texts)
            found.append((Part(places[thing], _KINDS[thing.type], text, frozenset(needs), is_view=is_view), thing))
        parents = {(thing.schema, thing.name): places[thing] for thing in ordered if thing.type in _TABLES}
        for number, (key, child) in enumerate(keys, start=len(ordered)):
            if key.parent in parents:
                both = frozenset({places[child], parents[key.parent]})
                found.append((Part(number, "TAB", key.statement, both), child))
            else:
                self.report.warning(f"{child}: a foreign key is left out, its parent cannot be seen: {key.statement}")
        return found

    def _first(self, thing: Thing) -> Iterator[Thing]:
        """What must be there before it, and what the synonyms among that stand for; foreign keys come later."""
        for need in self.graph.needs_of.get(thing, ()):
            if not need.is_first or need.kind == "fk" or thing.type == "synonym":
                continue
            yield from self._meant(need.needs)

    def _meant(self, thing: Thing) -> Iterator[Thing]:
        """The thing and, through synonyms of synonyms (Oracle lets them run in a ring), what they stand for."""
        found = {thing: None}
        todo = [thing]
        while todo:
            for need in self.graph.needs_of.get(todo.pop(), ()):
                if need.of.type == "synonym" and need.needs not in found:
                    found[need.needs] = None
                    todo.append(need.needs)
        yield from found

    def _texts(self, thing: Thing) -> tuple[list[str], list[oracle_ddl.Key]]:
        """The statements that make the thing, and its foreign keys."""
        name = oracle_ddl.quoted(thing.schema, thing.name)
        if thing.type not in _TABLES:
            ddl = self._ddl(thing, thing.type.upper())
            if thing.type in _BLOCKS:
                return [oracle_ddl.block(ddl)], []
            return [oracle_ddl.view(ddl) if "view" in thing.type else oracle_ddl.plain(ddl)], []
        table = self._tables[thing.schema, thing.name]
        # The rows of a materialized view lie in a table of its own, of the same name.
        is_view = "MATERIALIZED VIEW" in self._types(thing)
        keys: list[oracle_ddl.Key] = []
        if is_view:
            texts = [oracle_ddl.view(self._ddl(thing, "MATERIALIZED VIEW"))]
        else:
            text, keys = oracle_ddl.table(self._ddl(thing, "TABLE"))
            texts = [text]
        for index in table.indexes:
            texts.append(oracle_ddl.plain(self._ddl(Thing("index", thing.schema, index.name, index.name), "INDEX")))
        if table.comment:
            texts.append(oracle_ddl.comment("MATERIALIZED VIEW" if is_view else "TABLE", name, table.comment))
        for column in table.columns:
            if column.comment:
                on = oracle_ddl.quoted(thing.schema, thing.name, column.name)
                texts.append(oracle_ddl.comment("COLUMN", on, column.comment))
        return texts, keys

    @property
    def _tables(self) -> Mapping[tuple[str, str], RemoteTable]:
        return {(table.schema, table.name): table for table in self.dictionary.tables}

    def _types(self, thing: Thing) -> set[str]:
        return {str(type_) for (type_,) in self._asked(thing, _TYPES, thing.schema, thing.name)}

    def _ddl(self, thing: Thing, type_: str) -> str:
        rows = self._asked(thing, _DDL, thing.schema, thing.name, type_)
        if not rows or not rows[0][0]:
            raise Refused(f"{thing}: Oracle tells nothing of it to this user", hint=_HINT)
        return str(rows[0][0])

    def _asked(self, thing: Thing, question: str, *names: str) -> Sequence[tuple[Any, ...]]:
        try:
            return self.connection.execute(question.encode(), names).fetchall()
        except psycopg.Error as exc:
            raise_if_lost(self.connection, exc)
            detail = f": {exc.diag.message_detail}" if exc.diag.message_detail else ""
            raise Refused(f"{thing}: {exc.diag.message_primary}{detail}", hint=_HINT) from exc


_HINT = "for objects of others DBMS_METADATA wants GRANT SELECT_CATALOG_ROLE for the source's user"


@contextmanager
def looked_at(settings: Settings, report: Reporter) -> Iterator[Oracle]:
    """The source, which is Oracle, until the end. Raises as `standing_in` does."""
    templates = Templates(settings.sql_directories)
    name = application_name(_NAME)
    maintenance = connect(
        make_conninfo(**settings.target_conninfo(settings.target.maintenance_db)), application_name=name
    )
    try:
        with standing_in(settings, templates, maintenance, command=_NAME, report=report) as standin:
            connection = connect(make_conninfo(**standin.settings.source_conninfo()), application_name=name)
            try:
                script = templates.render("migrations/oracle_ddl.sql", server="prod_server")
                connection.execute((script.text or "").encode())
                graph = dictionary.graph(standin.dictionary, settings.source.schemas)
                yield Oracle(connection, standin.dictionary, graph, report)
            finally:
                close_quietly(connection)
    finally:
        close_quietly(maintenance)
