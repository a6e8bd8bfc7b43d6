"""Graphs of foreign keys made up by hypothesis."""

from __future__ import annotations

import random
from collections.abc import Sequence

from foreign_key_graphs import PARTITIONS, SCHEMAS, TABLE_NAMES, Graph, Key, Reference, Row, Table
from graph_choices import choose, copy_rows, rules
from hypothesis import strategies as st
from key_types import KEY_TYPES, PART, KeyColumn
from virtual_strategies import virtual_references

_PART_COLUMN = KeyColumn("part", PART.sql, PART.text, PART)


@st.composite
def graphs(draw: st.DrawFn, *, max_tables: int = 12, is_wide: bool = False) -> Graph:
    """A graph of tables, with twice as many foreign keys at most, and rules for them.

    What rows hold is chance, repeatable but not shrunk. A wide one has virtual keys, follows, cuts and seeds besides.
    """
    chance = random.Random(draw(st.integers(0, 2**32), label="rows"))
    tables = [
        Table(
            draw(st.sampled_from(SCHEMAS)),
            TABLE_NAMES[number] if number < len(TABLE_NAMES) else f"table {number}",
            draw(st.integers(0, 4)) == 0,
        )
        for number in range(draw(st.integers(1, max_tables), label="tables"))
    ]
    references: list[Reference] = []
    for number, table in enumerate(tables):
        _keys(draw, table, tables[:number], references)
        _rows(table, draw(st.integers(0, 25)), chance, references)
    with_keys = [table for table in tables if table.keys]
    for _ in range(draw(st.integers(0, 2 * len(tables)), label="foreign keys") if with_keys else 0):
        parent = draw(st.sampled_from(with_keys))
        possible = tables if any(key.part is None for key in parent.keys) else [t for t in tables if t is not parent]
        if not possible:
            continue
        reference = _reference(draw, draw(st.sampled_from(possible)), parent, references)
        references.append(reference)
        _fill(reference, chance)
    if is_wide:
        virtual_references(draw, tables, references, chance)
    graph = Graph(tables, references)
    for table in tables:
        table.rule = draw(rules(table))
    if is_wide:
        choose(draw, graph, chance)
    copy_rows(graph, chance)
    return graph


def _keys(draw: st.DrawFn, table: Table, earlier: Sequence[Table], references: list[Reference]) -> None:
    """Give a table its keys: made of columns of its own, or partly of those that refer to an earlier table."""
    has_primary = draw(st.integers(0, 3)) > 0
    for number in range(draw(st.integers(1 if has_primary else 0, 3))):
        is_primary = has_primary and number == 0
        parents = [parent for parent in earlier if parent.keys and parent.keys[0].is_primary]
        columns: list[KeyColumn] = []
        if parents and draw(st.integers(0, 2 if is_primary else 5)) == 0:
            parent = draw(st.sampled_from(parents))
            reference = _reference(draw, table, parent, references, of_key=True)
            references.append(reference)
            columns += reference.child_columns
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3])) - (1 if columns else 0)):
            key_type = draw(st.sampled_from(KEY_TYPES))
            columns.append(table.new_column(KeyColumn("", key_type.sql, key_type.text, key_type)))
        if table.is_partitioned:
            columns.insert(draw(st.integers(0, len(columns))), _PART_COLUMN)
        table.keys.append(Key(columns, is_primary))
    if table.is_partitioned and draw(st.booleans()):
        key_type = draw(st.sampled_from(KEY_TYPES))
        column = table.new_column(KeyColumn("", key_type.sql, key_type.text, key_type))
        table.keys.append(Key([column], False, draw(st.sampled_from(["zero", "one", "rest"]))))


def _reference(
    draw: st.DrawFn, child: Table, parent: Table, references: Sequence[Reference], *, of_key: bool = False
) -> Reference:
    keys = [key for key in parent.keys if key.part is None or child is not parent]
    key = keys[0] if of_key else draw(st.sampled_from(keys))
    columns = []
    shared = None if of_key or len(key.columns) == 1 else draw(st.sampled_from([None, *_sharable(child, references)]))
    for column in key.columns:
        if shared is not None and column.type is PART and shared not in columns:
            columns.append(shared)
            continue
        types = [(column.sql_type, column.text)]
        if column.sql_type == column.type.sql:
            types += column.type.referring.items()
        sql_type, text = draw(st.sampled_from(types))
        columns.append(child.new_column(KeyColumn("", sql_type, text, column.type)))
    is_shared = shared in columns
    # Between a table and a partition of its own PostgreSQL refuses to make one.
    parts = st.just(None) if child is parent or of_key else st.sampled_from([None, None, None, *PARTITIONS])
    return Reference(
        name=f"reference {len(references)}",
        child=child,
        child_columns=columns,
        parent=parent,
        parent_key=key,
        child_part=draw(parts) if child.is_partitioned else None,
        parent_part=key.part or (draw(parts) if parent.is_partitioned else None),
        order=draw(st.permutations(range(len(columns)))),
        is_full=not is_shared and draw(st.booleans()),
        not_null=not of_key and not is_shared and draw(st.integers(0, 3)) == 0,
        deferrable=draw(st.sampled_from(["", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])),
        is_in_key=of_key,
        shared=frozenset({shared.name} if shared is not None and is_shared else ()),
    )


def _sharable(child: Table, references: Sequence[Reference]) -> list[KeyColumn]:
    """Columns that two references may have in common, as a tenant's number is: the values of all are of one kind."""
    found = [
        column
        for reference in references
        for column in reference.child_columns
        if reference.child is child and not reference.is_in_key and not reference.is_full and column.type is PART
    ]
    return found + ([_PART_COLUMN] if child.is_partitioned else [])


def _rows(table: Table, wanted: int, chance: random.Random, references: Sequence[Reference]) -> None:
    """Make rows with distinct keys, fewer than wanted where there are too few keys."""
    taken: list[set[tuple[int | None, ...]]] = [set() for _ in table.keys]
    in_key = [reference for reference in references if reference.child is table and reference.is_in_key]
    targets = [list(reference.rows_by_key()) for reference in in_key]
    primary = {column for key in table.keys if key.is_primary for column in key.columns}
    for _ in range(wanted * 3):
        row = Row(len(table.rows))
        if table.is_partitioned:
            row.values["part"] = chance.randrange(4)
        for reference, keys in zip(in_key, targets, strict=True):
            may_be_null = not primary.intersection(reference.child_columns)
            if not keys and not may_be_null:
                return
            is_null = not keys or (may_be_null and chance.random() < 0.2)
            nothing = (None,) * len(reference.child_columns)
            values: Sequence[int | None] = nothing if is_null else chance.choice(keys)
            row.values |= {column.name: value for column, value in zip(reference.child_columns, values, strict=True)}
        for key in table.keys:
            wide = sum(column.name not in row.values for column in key.columns) == 1
            for column in key.columns:
                if column.name not in row.values:
                    is_null = not key.is_primary and chance.random() < 0.1
                    row.values[column.name] = None if is_null else chance.randrange(60 if wide else 6)
        of_row = [
            (seen, tuple(row.values[column.name] for column in key.columns))
            for key, seen in zip(table.keys, taken, strict=True)
            if table.lies_in(row, key.part)
        ]
        if any(None not in key_values and key_values in seen for seen, key_values in of_row):
            continue
        for seen, key_values in of_row:
            seen.add(key_values)
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
    given = [position for position, column in enumerate(reference.child_columns) if column.name in reference.shared]
    free = [position for position in range(len(names)) if position not in given]
    for row in reference.child.rows:
        held = {position: row.values.get(reference.child_columns[position].name) for position in given}
        fitting = [key for key in targets if all(key[position] == value for position, value in held.items())]
        if row not in in_scope:
            # The key is not this partition's: whatever it says, it refers to nothing.
            values: list[int | None] = list(chance.choice(anything))
            if reference.not_null:
                values = [value or 0 for value in values]
        elif fitting and (reference.not_null or chance.random() < 0.8):
            values = list(chance.choice(fitting))
        elif reference.is_full or chance.random() < 0.5:
            values = [None for _ in reference.child_columns]
        else:
            values = [chance.choice([None, chance.randrange(60)]) for _ in reference.child_columns]
            values[chance.choice(free)] = None
        for position in free:
            row.values[reference.child_columns[position].name] = values[position]
