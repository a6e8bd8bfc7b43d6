"""Expressions in steps: each column of a step is computed once a value, however often the next ones name it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from devdb.masking.kind import Fit
from devdb.masking.once import is_column, once

Step = Mapping[str, str]


def text(value: str) -> str:
    """SQL (text): the value without the blanks that fill char(n), compared and searched by its octets.

    A collation that takes different texts for equal ones would make the functions that search fail.
    """
    return f'(({value})::pg_catalog.text COLLATE pg_catalog."C")'


def text_once(value: str, use: Callable[[str], str]) -> str:
    """SQL of `use` of the value as `text` has it, worked out once; `use` may be of `stepwise`."""
    # Steps would find columns of their own in place of one without its table. What is in a query around costs more
    # than its own time: whatever a branch not taken has is told of each row.
    return use(text(value)) if "." in value and is_column(value) else once(text(value), use, "devdb_text")


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
    # What a step passes on costs 0.02 microseconds a column, so no step has what nobody names any more.
    named = _words(result)
    kept: list[list[str]] = []
    for step in reversed(steps):
        kept.insert(0, sorted(named - step.keys()))
        named |= _words(*step.values())
    source, known = "", set[str]()
    for step, names in zip(steps, kept, strict=True):
        columns = [name for name in names if name in known] + [f"{of} AS {name}" for name, of in step.items()]
        # OFFSET 0 keeps the planner from copying the expressions to where they are named.
        source = f"(SELECT {', '.join(columns)}{source and f' FROM {source}'} OFFSET 0) AS s"
        known |= step.keys()
    return f"(SELECT {result} FROM {source})"


def _words(*expressions: str) -> set[str]:
    """Every name in them, and more."""
    return {word for expression in expressions for word in re.findall(r"\w+", expression)}
