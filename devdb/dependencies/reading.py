"""Read what needs what in a PostgreSQL database: a fixed number of questions, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from devdb.catalog.source import ask
from devdb.dependencies.model import Graph, Need, Thing, Unknown
from devdb.sqltext.templates import Templates

if TYPE_CHECKING:
    from devdb.dependencies.names import Names

Key = tuple[int, int]  # the OIDs of a catalog and of an object

_TABLES = ("table", "foreign table", "view", "materialized view")
_ROUTINES = ("function", "procedure", "aggregate")
# What comes with its table, and is created after it.
_OF_TABLES = ("trigger", "policy", "rule")
_PARTS = ("check", "index")


@dataclass(frozen=True)
class _Catalog:
    """The things of a database by their OIDs; members of an extension are the extension."""

    things: Mapping[Key, Thing]
    parts: Mapping[Key, tuple[Key, str, str]]

    def whole(self, key: Key) -> tuple[Thing | None, str, str]:
        """The thing that this is, or is part of; as which part, and that part's name."""
        kind = detail = ""
        passed = set()
        while key not in self.things:
            if key not in self.parts or key in passed:
                return None, "", ""
            passed.add(key)
            key, role, name = self.parts[key]
            kind, detail = kind or role, detail or name
        return self.things[key], kind, detail


def read(connection: psycopg.Connection[Any], templates: Templates, schemas: Sequence[str] | None = None) -> Graph:
    """What needs what, in all schemas; `schemas` are those whose objects may be asked for, None if all are.

    Raises ScriptFailed or ConnectionFailed.
    """
    with _one_snapshot(connection):
        return _read(connection, templates, schemas)


@contextmanager
def _one_snapshot(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """All questions see one state of the catalog, unless a transaction is under way that decides."""
    is_idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    if is_idle:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield
    finally:
        if is_idle and not connection.closed:
            connection.execute("ROLLBACK")


def _read(connection: psycopg.Connection[Any], templates: Templates, schemas: Sequence[str] | None) -> Graph:
    objects = ask(connection, templates, "dependencies/objects.sql")
    classes = _classes(connection)
    extensions = {row.objid: _thing(row) for row in objects if row.type == "extension"}
    members = {(row.classid, row.objid): extensions.get(row.extension) for row in objects}
    things = {key: members[key] or _thing(row) for row in objects for key in [(row.classid, row.objid)]}
    parts: dict[Key, tuple[Key, str, str]] = {}
    rows = ask(connection, templates, "dependencies/parts.sql")
    # Each is let go once it is read, as there are many; from the end, so that what is said first holds.
    for row in (rows.pop() for _ in range(len(rows))):
        parts[row.classid, row.objid] = ((row.refclassid, row.refobjid), row.kind, row.detail)
    catalog = _Catalog(things, parts)
    lineage = {
        ((classes["pg_class"], row.child), (classes["pg_class"], row.parent)): row.is_partition
        for row in ask(connection, templates, "dependencies/inherits.sql")
    }
    ours = {(things[child], things[parent]): kind for (child, parent), kind in lineage.items() if child in things}
    roles = ask(connection, templates, "dependencies/roles.sql")
    in_bodies = list(_in_bodies(connection, templates, objects, catalog, classes))
    needs = [
        *_recorded(ask(connection, templates, "dependencies/needs.sql"), catalog, ours),
        *(
            Need(parent, child, "partition", is_first=False)
            for (child, parent), is_partition in ours.items()
            if is_partition
        ),
        *_casts(ask(connection, templates, "dependencies/casts.sql"), catalog, classes),
        *(Need(things[classes["pg_policy"], row.policy], _role(row), "role") for row in roles),
        # Last: what PostgreSQL itself has noted is certain.
        *(one for one in in_bodies if isinstance(one, Need)),
    ]
    oids = {_thing(row): (row.classid, row.objid) for row in objects if members[row.classid, row.objid] is None}
    return Graph(
        things=tuple(dict.fromkeys([*(things.values()), *map(_role, roles)])),
        needs=_sorted(needs),
        unknown=tuple(one for one in in_bodies if isinstance(one, Unknown)),
        oids=oids,
        parts={key: thing for key in parts for thing in [catalog.whole(key)[0]] if thing is not None},
        schemas=None if schemas is None else tuple(schemas),
    )


def _classes(connection: psycopg.Connection[Any]) -> Mapping[str, int]:
    """The OIDs of the catalogs, the same in every database of a release."""
    names = ["pg_class", "pg_proc", "pg_type", "pg_cast", "pg_policy"]
    rows = connection.execute(
        "SELECT name, ('pg_catalog.' || name)::regclass::oid::bigint FROM pg_catalog.unnest(%s::text[]) AS name",
        [names],
    )
    return {str(name): int(oid) for name, oid in rows}


def _thing(row: Any) -> Thing:
    return Thing(row.type, row.schema, row.name, row.identity)


def _role(row: Any) -> Thing:
    return Thing("role", "", row.name, row.identity)


def _recorded(rows: Sequence[Any], catalog: _Catalog, lineage: Mapping[tuple[Thing, Thing], bool]) -> Iterator[Need]:
    """The needs that PostgreSQL has noted, of whole things."""
    for row in rows:
        of, part, detail = catalog.whole((row.classid, row.objid))
        needs, _, _ = catalog.whole((row.refclassid, row.refobjid))
        if of is None or needs is None or of == needs or part == "inherited":
            continue
        kind = _kind(of, needs, part, lineage)
        yield Need(of, needs, kind, detail or row.column)
        if of.type in _OF_TABLES and needs.type in _TABLES and needs.schema == of.schema and _is_on(of, needs):
            yield Need(needs, of, of.type, is_first=False)


def _is_on(of: Thing, table: Thing) -> bool:
    """Whether a trigger, a policy or a rule is that table's."""
    return of.identity.endswith(f" on {table.identity}")


def _kind(of: Thing, needs: Thing, part: str, lineage: Mapping[tuple[Thing, Thing], bool]) -> str:
    if needs.type in ("extension", "schema"):
        return needs.type
    if part == "fk" and needs.type in _TABLES:
        return "fk"
    if needs.type in ("type", "domain", "collation") or (of.type == "domain" and needs.type in _TABLES):
        return "type"
    if of.type in _OF_TABLES:
        return of.type
    # Of a domain the type itself holds the default.
    if part == "default" or (of.type == "domain" and not part):
        return "sequence" if needs.type == "sequence" else "default"
    if part in _PARTS or part == "fk":
        return "index" if part == "fk" else part
    if of.type in ("view", "materialized view"):
        return "view"
    if (of, needs) in lineage:
        return "partition" if lineage[of, needs] else "inherits"
    if of.type == "event trigger":
        return "trigger"
    if of.type in _ROUTINES:
        return "routine"
    if needs.type in ("server", "foreign-data wrapper"):
        return "server"
    if needs.type in _TABLES:
        return "type"  # a column of the row type of a table
    # A table's own: the operator classes and functions of its partition key.
    return "partition" if of.type in _TABLES else "operator"


def _casts(rows: Sequence[Any], catalog: _Catalog, classes: Mapping[str, int]) -> Iterator[Need]:
    """Casts come with their function, for expressions name that alone; without one, with the one type that is ours."""
    for row in rows:
        cast = catalog.things.get((classes["pg_cast"], row.oid))
        if cast is None or cast.type == "extension":
            continue
        function, _, _ = catalog.whole((classes["pg_proc"], row.function))
        ends = {catalog.whole((classes["pg_type"], oid))[0] for oid in (row.source, row.target)} - {None}
        owner = function if function is not None else ends.pop() if len(ends) == 1 else None
        if owner is not None and owner.type != "extension":
            yield Need(owner, cast, "cast", is_first=False)


def _in_bodies(
    connection: psycopg.Connection[Any],
    templates: Templates,
    objects: Sequence[Any],
    catalog: _Catalog,
    classes: Mapping[str, int],
) -> Iterator[Need | Unknown]:
    """What bodies need that PostgreSQL keeps as text, and defaults that name things by text."""
    routines = ask(connection, templates, "dependencies/routines.sql")
    defaults = ask(connection, templates, "dependencies/defaults.sql")
    (own,) = ask(connection, templates, "dependencies/names.sql")
    texts = [
        row
        for row in routines
        if row.source and not row.is_aggregate and (classes["pg_proc"], row.oid) in catalog.things
    ]
    if not texts and not defaults:
        return
    # The parser takes a while to load, and most of what it reads is not asked for when nothing has a body.
    from devdb.dependencies import bodies
    from devdb.dependencies.names import path_of

    reading = bodies.Reading(_names(objects, routines, own, catalog, classes))
    schemas = {row.schema for row in objects} | {row.name for row in objects if row.type == "schema"} | {"public"}
    path = path_of(own.search_path, own.user, schemas)
    for row in texts:
        setting = bodies.search_path(row.settings)
        text = bodies.Text(
            of=catalog.things[classes["pg_proc"], row.oid],
            language=row.language,
            source=row.source,
            signature=bodies.signature(row),
            path=path if setting is None else path_of(setting, own.user, schemas, is_fixed=True),
            transition_tables=tuple(row.transition_tables or ()),
        )
        yield from reading.of(text)
    for row in defaults:
        table = catalog.things.get((classes["pg_class"], row.relation))
        if table is not None and table.type != "extension":
            yield from reading.expression(table, row.expression, "default", row.column, path)


def _names(
    objects: Sequence[Any], routines: Sequence[Any], own: Any, catalog: _Catalog, classes: Mapping[str, int]
) -> Names:
    """All names that a body may mean."""
    from devdb.dependencies.names import Callable, Names, Place
    from devdb.dependencies.references import Sort

    relations: dict[Place, Thing] = {}
    types: dict[Place, Thing] = {}
    collations: dict[Place, Thing] = {}
    operators: dict[Place, list[Callable]] = {}
    called: dict[Sort, dict[Place, list[Callable]]] = {"routine": {}, "procedure": {}}
    for row in objects:
        place, thing = (row.schema, row.name), catalog.things[row.classid, row.objid]
        if row.classid == classes["pg_class"]:
            relations[place] = types[place] = thing
        elif row.classid == classes["pg_type"]:
            types[place] = thing
        elif row.type == "collation":
            collations[place] = thing
        elif row.type == "operator":
            count = 1 if "(NONE," in row.identity or row.identity.endswith(",NONE)") else 2
            operators.setdefault(place, []).append(Callable(thing, count, count))
    for row in routines:
        thing_or_none, _, _ = catalog.whole((classes["pg_proc"], row.oid))
        if thing_or_none is not None:
            one = Callable(thing_or_none, row.fewest, row.most)
            sort: Sort = "procedure" if row.is_procedure else "routine"
            called[sort].setdefault((row.schema, row.name), []).append(one)
    single: dict[Sort, Mapping[Place, Thing]] = {"relation": relations, "type": types, "collation": collations}
    callable_: dict[Sort, Mapping[Place, Sequence[Callable]]] = {**called, "operator": operators}
    return Names(
        single=single,
        callable=callable_,
        own={
            "relation": frozenset(own.relations),
            "routine": frozenset(own.routines),
            "type": frozenset(own.types),
            "operator": frozenset(own.operators),
        },
    )


def _sorted(needs: Sequence[Need]) -> tuple[Need, ...]:
    """One need of each kind between two things, in the order of their names."""
    kept: dict[tuple[Thing, Thing, str], Need] = {}
    for need in needs:
        kept.setdefault((need.of, need.needs, need.kind), need)
    return tuple(sorted(kept.values(), key=lambda need: (need.of, need.kind, need.needs)))
