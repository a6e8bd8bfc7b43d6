"""Expressions in steps: each column of a step is computed once a value, however often the next ones name it."""

from __future__ import annotations

from collections.abc import Mapping

from devdb.masking.kind import Fit

Step = Mapping[str, str]


def text(value: str) -> str:
    """SQL (text): the value without the blanks that fill char(n), compared and searched by its octets.

    A collation that takes different texts for equal ones would make the functions that search fail.
    """
    return f'(({value})::pg_catalog.text COLLATE pg_catalog."C")'


def subject(value: str, fit: Fit) -> str:
    """SQL (text): what keyed functions are to look at, the same for values that count as the same."""
    if not fit.ignores_case:
        return text(value)
    plain = f"({value})::pg_catalog.text"
    if fit.base_type.rpartition(".")[2].strip('"') == "citext":
        # It compares by the database's collation, whatever the column's.
        plain = f'({plain} COLLATE pg_catalog."default")'
    return f'(pg_catalog.lower({plain}) COLLATE pg_catalog."C")'


def stepwise(*steps: Step, result: str) -> str:
    """SQL: `result` over the columns of all `steps`, of which each may name those of the steps before it.

    Only the first may name columns of the query around: the others would find their own of the same name.
    """
    first, *others = steps
    source = f"(SELECT {_columns(first)} OFFSET 0) AS s"
    for step in others:
        # OFFSET 0 keeps the planner from copying the expressions to where they are named.
        source = f"(SELECT *, {_columns(step)} FROM {source} OFFSET 0) AS s"
    return f"(SELECT {result} FROM {source})"


def _columns(step: Step) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in step.items())
