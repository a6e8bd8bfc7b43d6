"""Queries in T-SQL that choose rows at the source: tds_fdw heeds no condition but those in the query itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Name
from devdb.dictionary.tds_literals import bracketed, remote_condition, remote_literal


@dataclass(frozen=True)
class TsqlQueries:
    """Of each foreign table its query, SELECT … FROM … and no more, and the source's names of the columns."""

    of: Mapping[Name, str]
    columns: Mapping[Name, Mapping[str, str]]

    def constant(self, type_: str, value: str) -> str | None:
        """PostgreSQL's SQL of a text, a constant of T-SQL for the value; None for types that cannot be written."""
        return remote_literal(type_, value)

    def condition(self, column: str, constants: str) -> str:
        """PostgreSQL's SQL of a text, a condition: the column is one of a list, which is SQL of a text as well."""
        return remote_condition(column, constants)

    def spread(self, foreign: Name, column: str, *, prime: int, factor: int, seed: int) -> str:
        """T-SQL of the number that orders rows in a repeatable way, as devdb.sampling.fetching computes it."""
        key = f"CAST({bracketed(self.columns[foreign][column])} AS bigint)"
        return f"((({key} % {prime} + {prime}) % {prime}) * {factor} + {seed}) % {prime}"

    def ordered(
        self, foreign: Name, column: str, *, is_descending: bool = False, nulls_first: bool | None = None
    ) -> list[str]:
        """T-SQL of what to order by for an order of a column; `nulls_first` is None where there are none.

        To SQL Server, NULL is the least of all values.
        """
        name = bracketed(self.columns[foreign][column])
        order = f"{name} DESC" if is_descending else name
        if nulls_first is None or nulls_first is not is_descending:
            return [order]
        first, second = ("0", "1") if nulls_first else ("1", "0")
        return [f"CASE WHEN {name} IS NULL THEN {first} ELSE {second} END", order]

    def choosing(
        self, foreign: Name, *, where: str | None = None, order_by: Sequence[str] = (), limit: int | None = None
    ) -> str:
        """The query of the foreign table with that much of T-SQL added."""
        query = self.of[foreign]
        if limit is not None:
            query = f"SELECT TOP ({limit}) {query.removeprefix('SELECT ')}"
        query += f" WHERE {where}" if where is not None else ""
        return query + (f" ORDER BY {', '.join(order_by)}" if order_by else "")
