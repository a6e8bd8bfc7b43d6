"""Graphs of foreign keys made up by hypothesis."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from foreign_key_graphs import (
    KEY_TYPES,
    PART,
    PARTITIONS,
    SCHEMAS,
    TABLE_NAMES,
    Graph,
    Key,
    KeyColumn,
    Reference,
    Row,
    Table,
)  # fmt: skip
from hypothesis import strategies as st


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A graph of up to 12 tables with up to 20 foreign keys. What rows hold is chance, repeatable but not shrunk."""
    chance = random.Random(draw(st.integers(0, 2**32), label="rows"))
    tables = [
        Table(draw(st.sampled_from(SCHEMAS)), TABLE_NAMES[number], draw(st.integers(0, 4)) == 0)
        for number in range(draw(st.integers(1, 12), label="tables"))
    ]
    references: list[Reference] = []
    for number, table in enumerate(tables):
        _keys(draw, table, tables[:number], references)
        _rows(table, draw(st.integers(0, 25)), chance, references)
    with_keys = [table for table in tables if table.keys]
    for _ in range(draw(st.integers(0, 20), label="foreign keys") if with_keys else 0):
        parent = draw(st.sampled_from(with_keys))
        children = tables if any(key.part is None for key in parent.keys) else [t for t in tables if t is not parent]
        if not children:
            continue
        reference = _reference(draw, draw(st.sampled_from(children)), parent, len(references))
        references.append(reference)
        _fill(reference, chance)
    for table in tables:
        table.rule = draw(_rules())
    return Graph(tables, references)


def _rules() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.just("none"),
        st.just("none"),
        st.just("all"),
        st.builds(lambda limit: {"limit": limit}, st.integers(1, 5)),
        st.builds(lambda limit: {"limit": limit, "order_by": "n DESC"}, st.integers(1, 5)),
        st.builds(lambda rest: {"where": f"n % 5 = {rest} -- some"}, st.integers(0, 5)),
        st.builds(lambda percent: {"percent": percent}, st.sampled_from([1, 20.5, 60])),
    )


def _keys(draw: st.DrawFn, table: Table, earlier: Sequence[Table], references: list[Reference]) -> None:
    """Give a table its keys: made of columns of its own, or partly of those that refer to an earlier table."""
    has_primary = draw(st.integers(0, 3)) > 0
    for number in range(draw(st.integers(1 if has_primary else 0, 3))):
        is_primary = has_primary and number == 0
        parents = [parent for parent in earlier if parent.keys and parent.keys[0].is_primary]
        columns: list[KeyColumn] = []
        if is_primary and parents and draw(st.integers(0, 2)) == 0:
            parent = draw(st.sampled_from(parents))
            reference = _reference(draw, table, parent, len(references), of_key=True)
            references.append(reference)
            columns += reference.child_columns
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3])) - (1 if columns else 0)):
            key_type = draw(st.sampled_from(KEY_TYPES))
            columns.append(table.new_column(key_type.sql, key_type.text, key_type))
        if table.is_partitioned:
            columns.insert(draw(st.integers(0, len(columns))), KeyColumn("part", "integer", str, PART))
        table.keys.append(Key(columns, is_primary))
    if table.is_partitioned and draw(st.booleans()):
        key_type = draw(st.sampled_from(KEY_TYPES))
        column = table.new_column(key_type.sql, key_type.text, key_type)
        table.keys.append(Key([column], False, draw(st.sampled_from(["zero", "one", "rest"]))))


def _reference(draw: st.DrawFn, child: Table, parent: Table, number: int, *, of_key: bool = False) -> Reference:
    keys = [key for key in parent.keys if key.part is None or child is not parent]
    key = keys[0] if of_key else draw(st.sampled_from(keys))
    columns = []
    for column in key.columns:
        types = [(column.sql_type, column.text)]
        if column.sql_type == column.type.sql:
            types += column.type.referring.items()
        sql_type, text = draw(st.sampled_from(types))
        columns.append(child.new_column(sql_type, text, column.type))
    # Between a table and a partition of its own PostgreSQL refuses to make one.
    parts = st.just(None) if child is parent or of_key else st.sampled_from([None, None, None, *PARTITIONS])
    return Reference(
        name=f"reference {number}",
        child=child,
        child_columns=columns,
        parent=parent,
        parent_key=key,
        child_part=draw(parts) if child.is_partitioned else None,
        parent_part=key.part or (draw(parts) if parent.is_partitioned else None),
        order=draw(st.permutations(range(len(columns)))),
        is_full=draw(st.booleans()),
        not_null=not of_key and draw(st.integers(0, 3)) == 0,
        deferrable=draw(st.sampled_from(["", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])),
        is_in_key=of_key,
    )


def _rows(table: Table, wanted: int, chance: random.Random, references: Sequence[Reference]) -> None:
    """Make rows with distinct keys, fewer than wanted where there are too few keys."""
    taken: list[set[tuple[int | None, ...]]] = [set() for _ in table.keys]
    in_key = [reference for reference in references if reference.child is table and reference.is_in_key]
    targets = [list(reference.rows_by_key()) for reference in in_key]
    for _ in range(wanted * 3):
        row = Row(len(table.rows))
        if table.is_partitioned:
            row.values["part"] = chance.randrange(4)
        if not all(targets):
            return
        for reference, keys in zip(in_key, targets, strict=True):
            for column, value in zip(reference.child_columns, chance.choice(keys), strict=True):
                row.values[column.name] = value
        for key in table.keys:
            wide = sum(column.name not in row.values for column in key.columns) == 1
            for column in key.columns:
                if column.name not in row.values:
                    is_null = not key.is_primary and chance.random() < 0.1
                    row.values[column.name] = None if is_null else chance.randrange(60 if wide else 6)
        found = [
            (seen, tuple(row.values[column.name] for column in key.columns))
            for key, seen in zip(table.keys, taken, strict=True)
            if table.lies_in(row, key.part)
        ]
        if any(None not in values and values in seen for seen, values in found):
            continue
        for seen, values in found:
            seen.add(values)
        table.rows.append(row)
        if len(table.rows) == wanted:
            return


def _fill(reference: Reference, chance: random.Random) -> None:
    """Have the child's rows refer to rows of the parent, or to nothing in every way that the key allows."""
    targets = list(reference.rows_by_key())
    names = [column.name for column in reference.parent_key.columns]
    anything = [[row.values[name] for name in names] for row in reference.parent.rows] or [[0 for _ in names]]
    in_scope = [row for row in reference.child.rows if reference.child.lies_in(row, reference.child_part)]
    reference.not_null = reference.not_null and bool(targets or not in_scope)
    for row in reference.child.rows:
        if row not in in_scope:
            # The key is not this partition's: whatever it says, it refers to nothing.
            values: list[int | None] = list(chance.choice(anything))
            if reference.not_null:
                values = [value or 0 for value in values]
        elif targets and (reference.not_null or chance.random() < 0.8):
            values = list(chance.choice(targets))
        elif reference.is_full or chance.random() < 0.5:
            values = [None for _ in reference.child_columns]
        else:
            values = [chance.choice([None, chance.randrange(60)]) for _ in reference.child_columns]
            values[chance.randrange(len(values))] = None
        for column, value in zip(reference.child_columns, values, strict=True):
            row.values[column.name] = value
