"""The SQL that makes a graph of tables in a database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from devdb.sqltext.quoting import ident, literal

if TYPE_CHECKING:
    from foreign_key_graphs import Key, Reference, Row, Table


def declared(table: Table) -> Iterator[str]:
    """Statements that make the table, its partitions and its keys."""
    columns = ["n integer NOT NULL", *(["part integer NOT NULL"] if table.is_partitioned else [])]
    columns += [f"{ident(column.name)} {type_sql(column.sql_type)}" for column in table.columns]
    columns += [f"{ident(name)} {sql_type}" for name, sql_type in table.others]
    for key in table.keys:
        if key.part is None:
            columns.append(_unique(key))
    tail = " PARTITION BY LIST (part)" if table.is_partitioned else ""
    yield f"CREATE TABLE {table.sql} ({', '.join(columns)}){tail}"
    if table.is_partitioned:
        for part, parent, bounds in (
            ("zero", None, "FOR VALUES IN (0)"),
            ("both", None, "FOR VALUES IN (1, 2) PARTITION BY LIST (part)"),
            ("one", "both", "FOR VALUES IN (1)"),
            ("two", "both", "FOR VALUES IN (2)"),
            ("rest", None, "DEFAULT"),
        ):
            yield f"CREATE TABLE {table.part_sql(part)} PARTITION OF {table.part_sql(parent)} {bounds}"
    for key in table.keys:
        if key.part is not None:
            yield f"ALTER TABLE {table.part_sql(key.part)} ADD {_unique(key)}"


def column_names(table: Table) -> list[str]:
    names = ["n", *(["part"] if table.is_partitioned else [])]
    return [*names, *(column.name for column in table.columns), *(name for name, _ in table.others)]


def written(table: Table, row: Row) -> list[str | None]:
    """The row's texts, in the order of `column_names`."""
    texts: list[str | None] = [str(row.shown)]
    if table.is_partitioned:
        texts.append(str(row.values["part"]))
    for column in table.columns:
        value = row.values.get(column.name)
        texts.append(None if value is None else column.text(value))
    return texts + [row.texts.get(name) for name, _ in table.others]


def inserted(table: Table, row: Row) -> str:
    """As `written`, for a person to read."""
    named = zip(column_names(table), written(table, row), strict=True)
    names, texts = zip(*((ident(name), literal(text)) for name, text in named if text is not None), strict=True)
    return f"INSERT INTO {table.sql} ({', '.join(names)}) VALUES ({', '.join(texts)})"


def constraint(reference: Reference) -> Iterator[str]:
    """Statements that declare the key, and what it does not allow to be NULL."""
    children = [ident(reference.child_columns[position].name) for position in reference.order]
    parents = [ident(reference.parent_key.columns[position].name) for position in reference.order]
    yield (
        f"ALTER TABLE {reference.child.part_sql(reference.child_part)} ADD CONSTRAINT {ident(reference.name)} "
        f"FOREIGN KEY ({', '.join(children)}) "
        f"REFERENCES {reference.parent.part_sql(reference.parent_part)} ({', '.join(parents)})"
        f"{' MATCH FULL' if reference.is_full else ''} {reference.deferrable}"
    )
    for column in reference.child_columns if reference.not_null else ():
        yield f"ALTER TABLE {reference.child.sql} ALTER COLUMN {ident(column.name)} SET NOT NULL"


def type_sql(text: str) -> str:
    """SQL of a type; those of ours are written schema.name without quotes."""
    schema, dot, name = text.rpartition(".")
    return f"{ident(schema)}.{ident(name)}" if dot and "COLLATE" not in text else text


def _unique(key: Key) -> str:
    kind = "PRIMARY KEY" if key.is_primary else "UNIQUE"
    return f"{kind} ({', '.join(ident(column.name) for column in key.columns)})"
