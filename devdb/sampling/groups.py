"""Tables that are completed together, and what is noted of their rows meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from devdb.catalog.model import Table
from devdb.sampling.keys import Expansion, KeySet, declared
from devdb.sampling.scratch import Scratch
from devdb.sqltext.quoting import ident


@dataclass(frozen=True)
class Identity:
    """What tells the rows of a table apart: its primary key or, without one, its text and a number among equals."""

    table: Table

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """Name and SQL, over the row t, of each value."""
        if self.table.primary_key:
            return tuple((f"i{n}", f"t.{ident(name)}") for n, name in enumerate(self.table.primary_key, 1))
        columns = ", ".join(f"t.{ident(name)}" for name in self.table.loaded_columns)
        return (("i1", f"pg_catalog.md5(ROW({columns})::text)"),)

    @property
    def is_numbered(self) -> bool:
        """Equal rows must be counted."""
        return not self.table.primary_key

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.values) + (("number",) if self.is_numbered else ())

    @property
    def numbering(self) -> str:
        """SQL: the row's number among its equals."""
        return f"pg_catalog.row_number() OVER (PARTITION BY {', '.join(sql for _, sql in self.values)})"

    @property
    def declared(self) -> tuple[str, ...]:
        if not self.table.primary_key:
            return ("i1 text", "number bigint")
        return tuple(
            declared(f"i{n}", self.table.column[name].type, self.table.column[name])
            for n, name in enumerate(self.table.primary_key, 1)
        )

    def matched(self, left: str, right: str) -> str:
        """SQL: the condition under which two records of identities are the same."""
        return " AND ".join(f"{left}.{name} = {right}.{name}" for name in self.names)


@dataclass(frozen=True)
class Group:
    """Tables that are completed together.

    `kind` is "parents" (one table, after all that refer to it), "children" (one table, after the one whose children its
    rows are) or "rounds". In rounds, `added` maps the OID of each table to the temporary table of its rows by the round
    that brought them, `stage` to that of its rows that arrive and, for the tables that children are put into, `known`
    to that of the rows that are there.
    """

    tables: tuple[Table, ...]
    key_sets: tuple[KeySet, ...]
    expansions: tuple[Expansion, ...] = ()
    kind: Literal["parents", "children", "rounds"] = "parents"
    added: Mapping[int, Scratch] = field(default_factory=dict)
    known: Mapping[int, Scratch] = field(default_factory=dict)
    stage: Mapping[int, Scratch] = field(default_factory=dict)

    @property
    def is_cyclic(self) -> bool:
        return self.kind == "rounds"

    @property
    def title(self) -> str:
        return f"completing {', '.join(str(table.name) for table in self.tables)}"

    @property
    def reads(self) -> frozenset[int]:
        """The filled tables that must be there before this group is completed, by OID."""
        return frozenset(
            [ask.child.oid for key_set in self.key_sets for ask in key_set.asks]
            + [expansion.parent.oid for expansion in self.expansions]
            + [table.oid for table in self.tables]
        )

    @property
    def max_level(self) -> int | None:
        """The number of times that children are looked for at most; None: until there are none."""
        depths = [expansion.follow.depth for expansion in self.expansions]
        bounded = [depth for depth in depths if depth is not None]
        return None if len(bounded) < len(depths) else max(bounded, default=0)

    def identity(self, table: Table) -> Identity:
        return Identity(table)

    def total(self, table: Table) -> str:
        """The variable that counts rows of `table` that were fetched because a key refers to them."""
        return f"total_{table.oid}"

    def children(self, table: Table) -> str:
        """The variable that counts rows of `table` that were fetched as children."""
        return f"children_{table.oid}"

    def came(self, table: Table) -> str:
        """The variable that counts those that the last round brought."""
        return f"came_{table.oid}"

    def coming(self, table: Table) -> str:
        """The variable that counts those that this round brings."""
        return f"coming_{table.oid}"

    def remembered(self, table: Table) -> tuple[tuple[str, str], ...]:
        """What later rounds look at of a row t of `table`: alias and SQL of each value, its keys and its references."""
        values = [(alias, f"t.{ident(name)}") for name, alias in self._aliases[table.oid].items()]
        return tuple(values + (list(self.identity(table).values) if table.oid in self.known else []))

    def alias(self, table: Table, column: str) -> str:
        """What `added` calls a column of `table`: the table's own names could be those of ours."""
        return self._aliases[table.oid][column]

    def aliases(self, table: Table, columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.alias(table, column) for column in columns)

    def renamed(self, table: Table, columns: Iterable[str]) -> str:
        """SQL: columns of `added`, seen as a, under the table's own names."""
        return ", ".join(f"a.{self.alias(table, name)} AS {ident(name)}" for name in dict.fromkeys(columns))

    def added_columns(self, table: Table) -> str:
        """The columns of `added` as CREATE TABLE declares them."""
        columns = ["round integer"]
        if self.expansions:
            columns += ["is_chosen boolean", "is_new boolean"]
        if table.oid in self.leaves:
            columns.append("leaf oid")
        for name, alias in self._aliases[table.oid].items():
            columns.append(declared(alias, table.column[name].type, table.column[name]))
        if table.oid in self.entered:
            columns += [text for text in self.identity(table).declared if not text.startswith("number ")]
        return ", ".join(columns)

    def known_columns(self, table: Table) -> str:
        """The columns of `known` as CREATE TABLE declares them."""
        identity = self.identity(table)
        return ", ".join([*identity.declared, "is_chosen boolean", f"PRIMARY KEY ({', '.join(identity.names)})"])

    @cached_property
    def entered(self) -> frozenset[int]:
        """Tables into which children are put, by OID."""
        return frozenset(expansion.child.oid for expansion in self.expansions)

    @cached_property
    def _aliases(self) -> Mapping[int, Mapping[str, str]]:
        found: dict[int, dict[str, str]] = {table.oid: {} for table in self.tables}
        for table, names in itertools.chain(
            ((key_set.table, key_set.column_names) for key_set in self.key_sets),
            ((ask.child, ask.key.read_columns) for key_set in self.key_sets for ask in key_set.asks if ask.is_inner),
            ((item.parent, item.key.parent_columns) for item in self.expansions if item.is_inner),
        ):
            for name in names:
                found[table.oid].setdefault(name, f"c{len(found[table.oid]) + 1}")
        return found

    @cached_property
    def leaves(self) -> frozenset[int]:
        """Tables of which a round must know the partition that each row lies in, by OID."""
        return (
            frozenset(
                ask.child.oid for key_set in self.key_sets for ask in key_set.asks if ask.is_inner and ask.partition
            )
            | frozenset(key_set.table.oid for key_set in self.key_sets if key_set.parent != key_set.table)
            | frozenset(item.parent.oid for item in self.expansions if item.is_inner and item.partition)
        )
