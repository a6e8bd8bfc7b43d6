"""Keys that the schema does not declare, made up by hypothesis: plain columns, conditions, documents, arrays."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from foreign_key_graphs import Reference, Table, Virtual
from graph_sql import type_sql
from hypothesis import strategies as st
from key_types import KeyColumn

from devdb.sqltext.quoting import ident

_KINDS = ("plain", "plain", "condition", "document", "document", "array", "array", "polymorphic")


def virtual_references(
    draw: st.DrawFn, tables: Sequence[Table], references: list[Reference], chance: random.Random
) -> None:
    """Add references that the settings will declare, to keys of whole tables."""
    parents = [table for table in tables if any(key.part is None for key in table.keys)]
    for _ in range(draw(st.integers(0, len(tables)), label="virtual keys") if parents else 0):
        child = draw(st.sampled_from(tables))
        kind = draw(st.sampled_from(_KINDS))
        count = draw(st.integers(1, 3)) if kind == "polymorphic" else 1
        made: list[Reference] = []
        for _ in range(count):
            parent = draw(st.sampled_from(parents))
            narrow = kind in ("array", "polymorphic")
            keys = [key for key in parent.keys if key.part is None and not (narrow and len(key.columns) > 1)]
            if keys:
                name = f"virtual {len(references) + len(made)}"
                made.append(Reference(name, child, [], parent, draw(st.sampled_from(keys))))
        if made:
            _FILLS[kind](made, chance)
            references += made


def _plain(made: list[Reference], chance: random.Random, *, conditional: bool = False) -> None:
    """The child's own columns refer; under a condition, what they hold otherwise refers to nothing."""
    (reference,) = made
    child = reference.child
    kind = child.new_other("integer") if conditional else None
    reference.child_columns = [
        child.new_column(KeyColumn("", column.sql_type, column.text, column.type))
        for column in reference.parent_key.columns
    ]
    when = None if kind is None else f"{ident(kind)} % 2 = 1 -- odd"
    reference.virtual = Virtual(
        [ident(column.name) for column in reference.child_columns], when, frozenset({kind} if kind else ())
    )
    for row in child.rows:
        is_meant = True
        if kind is not None:
            row.texts[kind] = chance.choice([None, "0", "1", "3"])
            is_meant = row.texts[kind] in ("1", "3")
        key = _chosen(reference, chance)
        values: list[int | None] = [chance.choice([None, chance.randrange(60)]) for _ in reference.child_columns]
        if key is not None:
            values = list(key)
        elif is_meant:
            values[chance.randrange(len(values))] = None
        for column, value in zip(reference.child_columns, values, strict=True):
            row.values[column.name] = value
        if is_meant and key is not None:
            reference.virtual.held[row.n] = [key]


def _conditional(made: list[Reference], chance: random.Random) -> None:
    _plain(made, chance, conditional=True)


def _document(made: list[Reference], chance: random.Random) -> None:
    """Values lie in a document, as texts or as numbers, at different depths; some documents mean something else."""
    (reference,) = made
    child = reference.child
    sql_type = chance.choice(["jsonb", "jsonb", "json"])
    name = child.new_other(sql_type)
    paths = [
        chance.choice([[f"it's {i}"], [f"k{i}"], ["in", f"k{i}"]]) for i in range(len(reference.parent_key.columns))
    ]
    when = f"{ident(name)} ->> 'kind' = 'this'" if chance.random() < 0.4 else None
    reference.virtual = Virtual([_at(name, path) for path in paths], when, frozenset({name}))
    for row in child.rows:
        if chance.random() < 0.1:
            row.texts[name] = None
            continue
        key = _chosen(reference, chance)
        kind = "this" if when is None else chance.choice(["this", "this", "that", None])
        document: dict[str, object] = {"in": {}, "kind": kind}
        for position, path in enumerate(paths):
            _set(document, path, _json(reference, position, key, kind, chance))
        if key is None and kind == "this":
            # One value is missing at least, or NULL.
            _set(document, chance.choice(paths), None)
        if key is not None and kind == "this":
            reference.virtual.held[row.n] = [key]
        row.texts[name] = json.dumps(document) if key or chance.random() < 0.9 else chance.choice(["[]", '"x"', "7"])


def _json(
    reference: Reference, position: int, key: tuple[int, ...] | None, kind: str | None, chance: random.Random
) -> object:
    column = reference.parent_key.columns[position]
    if kind != "this":
        return chance.choice(["no such value", 7, None, [1]])
    value = chance.randrange(60) if key is None else key[position]
    text = column.text(value)
    return int(text) if column.sql_type in ("integer", "bigint") and chance.random() < 0.5 else text


def _at(name: str, path: Sequence[str]) -> str:
    quoted = [step.replace("'", "''") for step in path]
    return ident(name) + "".join(f" -> '{step}'" for step in quoted[:-1]) + f" ->> '{quoted[-1]}' -- at"


def _set(document: dict[str, object], path: Sequence[str], value: object) -> None:
    inner = document
    for step in path[:-1]:
        found = inner.setdefault(step, {})
        assert isinstance(found, dict)
        inner = found
    inner[path[-1]] = value


def _array(made: list[Reference], chance: random.Random) -> None:
    """Each element of an array refers; some are NULL, some are there twice."""
    (reference,) = made
    child = reference.child
    (column,) = reference.parent_key.columns
    base, _, collation = column.sql_type.partition(" COLLATE ")
    name = child.new_other(f"{type_sql(base)}[]" + (f" COLLATE {collation}" if collation else ""))
    reference.virtual = Virtual([ident(name)], mentioned=frozenset({name}))
    for row in child.rows:
        if chance.random() < 0.2:
            continue
        keys = [_chosen(reference, chance) for _ in range(chance.choice([0, 1, 2, 2, 3, 5]))]
        row.texts[name] = _array_text([None if key is None else column.text(key[0]) for key in keys])
        reference.virtual.held[row.n] = [key for key in keys if key is not None]


def _array_text(elements: Sequence[str | None]) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    return "{" + ",".join("NULL" if text is None else quoted(text) for text in elements) + "}"


def _polymorphic(made: list[Reference], chance: random.Random) -> None:
    """One column refers to one table or another, as a second column says; to be read as a value of either's type."""
    child = made[0].child
    kind, target = child.new_other("text"), child.new_other("text")
    for number, reference in enumerate(made):
        (column,) = reference.parent_key.columns
        sql_type = type_sql(column.sql_type.partition(" COLLATE ")[0])
        reference.virtual = Virtual(
            [f"{ident(target)}::{sql_type}"],
            f"{ident(kind)} = 'it''s {number}'",
            mentioned=frozenset({kind}),
            whole=frozenset({target}),
        )
    for row in child.rows:
        number = chance.randrange(-1, len(made))
        row.texts[kind] = chance.choice([None, "nothing"]) if number < 0 else f"it's {number}"
        row.texts[target] = chance.choice([None, "no such value"])
        if number >= 0:
            reference = made[number]
            assert reference.virtual is not None
            key = _chosen(reference, chance)
            row.texts[target] = None
            if key is not None:
                row.texts[target] = reference.parent_key.columns[0].text(key[0])
                reference.virtual.held[row.n] = [key]


def _chosen(reference: Reference, chance: random.Random) -> tuple[int, ...] | None:
    targets = list(reference.rows_by_key())
    return chance.choice(targets) if targets and chance.random() < 0.8 else None


_FILLS = {
    "plain": _plain,
    "condition": _conditional,
    "document": _document,
    "array": _array,
    "polymorphic": _polymorphic,
}
