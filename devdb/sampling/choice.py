"""What a run chooses: each table's rule, and how each key is followed, worked out from the settings and the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devdb.catalog.model import ForeignKey, Name, Source, Table
from devdb.sampling.rules import BOOKKEEPING
from devdb.settings import Rule, Settings

if TYPE_CHECKING:
    from devdb.settings import Follow


@dataclass(frozen=True)
class Reference:
    """One foreign key, declared or virtual, as the sample uses it.

    `is_cut`: it is not followed upward; the columns `nulled` become NULL where the parent is missing. `follow` says
    which children are taken over it, None for none.
    """

    key: ForeignKey
    is_cut: bool = False
    follow: Follow | None = None
    nulled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What the sample of one run is, before any row was read.

    `rules` has every filled table: bookkeeping, seeds, a percentage and barred tables are worked in. `notes` are worth
    telling before the run.
    """

    rules: Mapping[Name, Rule]
    references: tuple[Reference, ...]
    notes: tuple[str, ...] = ()


def choose(source: Source, settings: Settings) -> Choice:
    """What `settings` choose of `source`."""
    rules = {table.name: _rule(table, settings) for table in source.filled_tables}
    references = tuple(Reference(key) for key in source.foreign_keys if "f" not in (key.child.kind, key.parent.kind))
    return Choice(rules, references)


def _rule(table: Table, settings: Settings) -> Rule:
    if table.name.name.lower() in BOOKKEEPING:
        return Rule.of("all")
    return settings.sampling.rule_for(table.name.schema, table.name.name)
