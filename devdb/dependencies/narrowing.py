"""A source of which only what some objects need is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import psycopg

from devdb.catalog.model import Name, Source
from devdb.catalog.schema_archive import Archive
from devdb.dependencies import reading
from devdb.dependencies.finding import find
from devdb.dependencies.model import Closure, Graph
from devdb.dependencies.pieces import restricted
from devdb.settings.settings import Only
from devdb.sqltext.templates import Templates

_IDENTITIES = """
    SELECT CASE i.type WHEN 'foreign table' THEN 'table' ELSE i.type END, i.identity
    FROM ROWS FROM (pg_catalog.unnest(%s::oid[]), pg_catalog.unnest(%s::oid[])) AS o (classid, objid)
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
    WHERE i.identity IS NOT NULL
"""


@dataclass(frozen=True)
class Narrowing:
    """What some objects need, and nothing else."""

    graph: Graph
    closure: Closure

    @property
    def objects(self) -> tuple[Only, ...]:
        """What it is about, so that it is found again."""
        return tuple((thing.identity, thing.type) for thing in self.closure.seeds)

    def narrowed(self, source: Source) -> Source:
        """The source with the tables, keys, sequences and views that are needed. Its schemas are all there."""
        oids = self._relations
        tables = tuple(table for table in source.tables if table.oid in oids)
        names = {Name(thing.schema, thing.name) for thing in self.closure.things if thing.type in _RELATIONS}
        known = {Name(thing.schema, thing.name) for thing in self.graph.things if thing.type == "sequence"}
        kept = {table.name for table in tables}
        return replace(
            source,
            tables=tables,
            foreign_keys=tuple(key for key in source.foreign_keys if {key.child.oid, key.parent.oid} <= oids),
            sequences=tuple(
                sequence if sequence.owner is None or sequence.owner[0] in kept else replace(sequence, owner=None)
                for sequence in source.sequences
                # One that numbers an identity column is part of its table.
                if sequence.name in names
                or (sequence.name not in known and sequence.owner is not None and sequence.owner[0] in kept)
            ),
            materialized_views=tuple(name for name in source.materialized_views if name in names),
            views={name: kind for name, kind in source.views.items() if name in names},
            whole=source,
        )

    def restricted(self, archive: Archive) -> Archive:
        """What makes the objects that are needed."""
        return restricted(archive, self.graph, self.closure.things)

    def identities(self, connection: psycopg.Connection[Any]) -> set[tuple[str, str]]:
        """Type and identity of every object that is needed and of every part of one, in the source's words."""
        things = set(self.closure.things)
        oids = {oids for thing, oids in self.graph.oids.items() if thing in things}
        oids |= {part for part, thing in self.graph.parts.items() if thing in things}
        classes, objects = zip(*sorted(oids), strict=True) if oids else ((), ())
        found = connection.execute(_IDENTITIES, (list(classes), list(objects))).fetchall()
        return {(str(kind), str(identity)) for kind, identity in found}

    @cached_property
    def _relations(self) -> frozenset[int]:
        tables = (thing for thing in self.closure.things if thing.type in _RELATIONS)
        return frozenset(self.graph.oids[thing][1] for thing in tables if thing in self.graph.oids)


_RELATIONS = ("table", "foreign table", "view", "materialized view", "sequence")


def narrowing(
    connection: psycopg.Connection[Any], templates: Templates, seeds: Sequence[Only], schemas: Sequence[str] | None
) -> Narrowing:
    """What these objects of the source need. Raises UsageError for one that is not there, or in none of `schemas`."""
    graph = reading.read(connection, templates, schemas)
    return Narrowing(graph, graph.needed([find(graph, text, type=type_) for text, type_ in seeds]))
