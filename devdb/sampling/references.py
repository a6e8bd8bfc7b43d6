"""How a foreign key's references are read from the child's rows: plain columns, or a virtual key's expressions."""

from __future__ import annotations

from dataclasses import dataclass

from devdb.catalog.model import ForeignKey, Table
from devdb.sampling.hashing import row_hash
from devdb.sqltext.quoting import ident


def is_plain(key: ForeignKey) -> bool:
    """The child's columns are the values, whatever else its row holds."""
    return key.values is None and key.when is None and not key.each


def lateral(key: ForeignKey) -> str:
    """SQL to follow the child in FROM, which must be alone there: its references as r (v1, v2, …), for virtual keys.

    The expressions name the child's columns bare, so nothing else may be in sight. A row of which the key's condition
    does not hold refers to nothing, and its values are not even looked at: they may be of no use as a key.
    """
    if is_plain(key):
        return ""
    if key.each:
        (value,) = _expressions(key)
        elements = _when(key, f"(\n{value}\n)")
        return (
            f"CROSS JOIN LATERAL (\nSELECT DISTINCT {_cast(key, 0, 'devdb_element')} AS v1\n"
            f"FROM pg_catalog.unnest({elements}) AS devdb_element\n) AS r"
        )
    values = ", ".join(f"{value} AS v{position}" for position, value in enumerate(compared(key), start=1))
    return f"CROSS JOIN LATERAL (\nSELECT {values}\n) AS r"


def compared(key: ForeignKey) -> tuple[str, ...]:
    """SQL over the child's bare columns: what `lateral` calls v1, v2, …, as an index on them would have to hold it.

    Not with `each`, whose elements have no names of their own.
    """
    return tuple(_when(key, _cast(key, position, f"\n{value}\n")) for position, value in enumerate(_expressions(key)))


def value(key: ForeignKey, parent_column: str, alias: str) -> str:
    """SQL: what the child's row `alias` says for `parent_column`, as it is compared: type and collation.

    For a virtual key, `lateral` must follow the child in FROM.
    """
    position = key.parent_columns.index(parent_column)
    if not is_plain(key):
        return f"r.v{position + 1}"
    return key.value(parent_column, f"{alias}.{ident(key.child_columns[position])}")


def bare_value(key: ForeignKey, parent_column: str, alias: str) -> str:
    """As `value`, without a cast that an index or a wrapper would not see through."""
    if not is_plain(key):
        return value(key, parent_column, alias)
    name = key.child_columns[key.parent_columns.index(parent_column)]
    if key.child.column[name].collation != key.parent.column[parent_column].collation:
        return value(key, parent_column, alias)
    return f"{alias}.{ident(name)}"


def present(key: ForeignKey, alias: str) -> str:
    """SQL: the condition under which the child's row `alias` refers to anything."""
    if not is_plain(key):
        references = [f"r.v{position}" for position in range(1, len(key.parent_columns) + 1)]
    else:
        references = [f"{alias}.{ident(name)}" for name in key.child_columns]
    return " AND ".join(f"{reference} IS NOT NULL" for reference in references)


@dataclass(frozen=True)
class Checked:
    """A foreign key whose rows are looked at once they are there; `nulled` are the columns that become NULL, if any."""

    key: ForeignKey
    nulled: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.key)

    @property
    def is_proven(self) -> bool:
        """ADD CONSTRAINT will check it."""
        return self.key.is_validated and not self.key.is_virtual

    @property
    def child(self) -> Table:
        return self.key.child

    @property
    def shown_columns(self) -> tuple[str, ...]:
        return self.key.shown_columns

    @property
    def dangling(self) -> str:
        """SQL: FROM and WHERE of the child's rows, seen as c, that point at nothing."""
        return f"""{self.key.child.only} AS c {lateral(self.key)}
WHERE NOT EXISTS (
    SELECT FROM {self.key.parent.only} AS p
    WHERE {joined(self.key, "p", "c")}
)
  AND {present(self.key, "c")}"""


def joined(key: ForeignKey, parent: str, child: str) -> str:
    """SQL: the condition under which the row `child` refers to the row `parent`."""
    if is_plain(key):
        return key.joined(parent, child)
    return " AND ".join(
        f"{parent}.{ident(name)} {equals} {value(key, name, child)}"
        for name, equals in zip(key.parent_columns, key.equals, strict=True)
    )


def ordering(table: Table, order_by: str | None, *, seed: int, alias: str) -> str:
    """SQL for ORDER BY: the user's words, then a repeatable order for what they leave open."""
    terms = [order_by] if order_by is not None else []
    terms.append(row_hash(table, seed, alias))
    terms += [f"{alias}.{ident(name)}" for name in table.primary_key]
    # On lines of their own: the user's may end in a comment.
    return "\n, ".join(terms)


def _expressions(key: ForeignKey) -> tuple[str, ...]:
    return tuple(map(ident, key.child_columns)) if key.values is None else key.values


def _when(key: ForeignKey, value: str) -> str:
    # A WHERE would not do: the server may compute the value first.
    return value if key.when is None else f"CASE WHEN (\n{key.when}\n) THEN {value} END"


def _cast(key: ForeignKey, position: int, expression: str) -> str:
    column = key.parent.column[key.parent_columns[position]]
    collate = f" COLLATE {column.collation}" if column.collation else ""
    return f"({expression})::{key.compared_types[position]}{collate}"
