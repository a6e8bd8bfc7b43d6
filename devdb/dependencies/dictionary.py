"""What needs what in a source that is not PostgreSQL, by its dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from devdb.dependencies.model import Graph, Need, Thing, Unknown
from devdb.dictionary.model import Dictionary, RemoteTable

Place = tuple[str, str]  # schema and name

_PLAIN = re.compile(r"[\w$#]+")
_TABLE_TYPES = {"temporary": "temporary table", "external": "external table"}
# How the types of objects are called elsewhere, for what is a table or a view there.
_RELATIONS = frozenset({"table", "view", "materialized view", *_TABLE_TYPES.values()})
_ROUTINES = frozenset({"function", "procedure", "package", "package body", "type body", "trigger"})
# A body is another object than what it belongs to; that comes with it.
_BODIES = {"package body": "package", "type body": "type"}
_PART = r'[`"\[]?([\w$#]+)[`"\]]?'
_NEXT_VALUES = (
    re.compile(rf"{_PART}\s*\.\s*{_PART}\s*\.\s*\"?nextval\b", re.IGNORECASE),
    re.compile(rf"\bnext(?:val\s*\(|\s+value\s+for)\s*{_PART}\s*\.\s*{_PART}", re.IGNORECASE),
)


def graph(dictionary: Dictionary, schemas: Sequence[str] | None = None) -> Graph:
    """The objects that the dictionary tells of, and their needs. `schemas` as of Graph; in any case of letters."""
    things = _things(dictionary)
    needs = [
        *_of_keys(dictionary.tables, things),
        *_of_triggers(dictionary, things),
        *_of_defaults(dictionary, things),
        *_noted(dictionary, things),
    ]
    ordered = sorted({(need.of, need.needs, need.kind): need for need in reversed(needs)}.values(), key=_place)
    chosen = None if schemas is None else {schema.casefold() for schema in schemas}
    return Graph(
        things=tuple(sorted(dict.fromkeys(things.values()), key=lambda thing: (thing.schema, thing.name, thing.type))),
        needs=tuple(ordered),
        unknown=tuple(_missing(dictionary, things)),
        schemas=None
        if chosen is None
        else tuple(schema for schema in dictionary.all_schemas if schema.casefold() in chosen),
    )


def _place(need: Need) -> tuple[Thing, str, Thing]:
    return need.of, need.kind, need.needs


def _things(dictionary: Dictionary) -> dict[tuple[str, Place], Thing]:
    """Every object by its type and place, its type in small letters; tables and views by the type "relation" too."""
    things: dict[tuple[str, Place], Thing] = {}

    def add(type: str, schema: str, name: str, identity: str | None = None) -> None:
        thing = Thing(type, schema, name, identity or _identity(schema, name))
        things.setdefault((type, (schema, name)), thing)
        if type in _RELATIONS:
            things.setdefault(("relation", (schema, name)), thing)

    for table in dictionary.tables:
        add(_TABLE_TYPES.get(table.kind, table.kind), table.schema, table.name)
    for sequence in dictionary.sequences:
        add("sequence", sequence.schema, sequence.name)
    for trigger in dictionary.triggers:
        on = f"{_written(trigger.name)} on {_identity(trigger.schema, trigger.table)}"
        add("trigger", trigger.schema, trigger.name, on)
    for dependency in dictionary.dependencies:
        for schema, name, type in (dependency.of, dependency.needs):
            known = type.lower()
            # A materialized view is a table as well, and a table may be called so where it is temporary.
            # What does not exist is Oracle's note that a synonym was found in the place of a name of one's own.
            if known != "non-existent" and not (known in _RELATIONS and ("relation", (schema, name)) in things):
                add(known, schema, name)
    return things


def _identity(schema: str, name: str) -> str:
    return f"{_written(schema)}.{_written(name)}" if schema else _written(name)


def _written(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _of_keys(tables: Sequence[RemoteTable], things: Mapping[tuple[str, Place], Thing]) -> Iterator[Need]:
    for table in tables:
        for key in table.foreign_keys:
            child, parent = things["relation", (table.schema, table.name)], things.get(("relation", key.parent))
            if parent is not None and parent != child:
                yield Need(child, parent, "fk", key.name)


def _of_triggers(dictionary: Dictionary, things: Mapping[tuple[str, Place], Thing]) -> Iterator[Need]:
    for one in dictionary.triggers:
        table = things.get(("relation", (one.schema, one.table)))
        if table is not None:
            trigger = things["trigger", (one.schema, one.name)]
            yield Need(table, trigger, "trigger", is_first=False)
            yield Need(trigger, table, "trigger")


def _of_defaults(dictionary: Dictionary, things: Mapping[tuple[str, Place], Thing]) -> Iterator[Need]:
    """Sequences that defaults take numbers of, by the text of the default."""
    places = {
        (schema.casefold(), name.casefold()): (schema, name) for type, (schema, name) in things if type == "sequence"
    }
    if not places:
        return
    for table in dictionary.tables:
        for column in table.columns:
            for pattern in _NEXT_VALUES:
                for schema, name in pattern.findall(column.default or ""):
                    place = places.get((schema.casefold(), name.casefold()))
                    if place is not None:
                        of = things["relation", (table.schema, table.name)]
                        yield Need(of, things["sequence", place], "sequence", column.name)


def _noted(dictionary: Dictionary, things: Mapping[tuple[str, Place], Thing]) -> Iterator[Need]:
    """The needs that the source itself has noted, and what belongs together."""
    for dependency in dictionary.dependencies:
        of, needs = (_thing(things, one) for one in (dependency.of, dependency.needs))
        if of is not None and needs is not None and of != needs:
            yield Need(of, needs, _kind(of, needs))
    for (type, place), thing in things.items():
        head = things.get((_BODIES[type], place)) if type in _BODIES else None
        if head is not None:
            yield Need(head, thing, "routine", is_first=False)
            yield Need(thing, head, "routine")


def _thing(things: Mapping[tuple[str, Place], Thing], told: tuple[str, str, str]) -> Thing | None:
    schema, name, type = told
    known = type.lower()
    return things.get((known, (schema, name))) or (
        things.get(("relation", (schema, name))) if known in _RELATIONS else None
    )


def _kind(of: Thing, needs: Thing) -> str:
    if of.type == "synonym":
        return "synonym"
    if needs.type == "type" and of.type not in _ROUTINES:
        return "type"
    if of.type in ("view", "materialized view", "trigger"):
        return of.type if of.type == "trigger" else "view"
    if of.type in _ROUTINES:
        return "routine"
    if needs.type == "sequence":
        return "sequence"
    return "type" if of.type == "type" else "default"


def _missing(dictionary: Dictionary, things: Mapping[tuple[str, Place], Thing]) -> Iterator[Unknown]:
    """Keys whose parent cannot be seen."""
    for table in dictionary.tables:
        for key in table.foreign_keys:
            if ("relation", key.parent) not in things:
                of = things["relation", (table.schema, table.name)]
                yield Unknown(of, f"the parent of {key.name}, {_identity(*key.parent)}, cannot be seen")
