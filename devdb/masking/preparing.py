"""From decisions to a source whose tables know how they are masked; everything that cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import psycopg

from devdb.catalog.model import Column, ForeignKey, Name, Source, Table
from devdb.masking import checking, constraints, decisions
from devdb.masking.plan import Plan, partition_errors, plan
from devdb.masking.shared import Shared, share
from devdb.settings import Settings, one_error
from devdb.sqltext.templates import Templates

Propose = Callable[[Table, Column], "str | None"]


def decided(
    connection: psycopg.Connection[Any],
    templates: Templates,
    source: Source,
    settings: Settings,
    keys: Sequence[ForeignKey],
) -> Shared:
    """What was decided of each column, keys considered. Raises SettingsError for what is said of columns in vain."""
    labels = decisions.read_labels(connection, templates)
    return share(source, keys, decisions.decide(source, settings, labels))


def prepare(
    connection: psycopg.Connection[Any],
    templates: Templates,
    source: Source,
    settings: Settings,
    *,
    keys: Sequence[ForeignKey],
    followed: Sequence[ForeignKey],
    entered: Collection[Name],
    taken: Collection[Name],
    propose: Propose,
) -> tuple[Plan, Source]:
    """How the tables that are `taken` are masked, and the source with tables that know it.

    `keys` are all of the sample's, `followed` those by which rows are looked for; children are put into the tables
    `entered`. `propose` says what to write about a column. The source is asked for its constraints, and for masked
    values of some rows of each table. Raises SettingsError with every mistake, and Refused for columns on which nobody
    decided.
    """
    shared = decided(connection, templates, source, settings, keys)
    with_masks = {
        one.table.oid: one.table
        for one in shared.decisions.columns.values()
        if one.mask is not None and one.table.name in taken
    }
    limits = constraints.read(connection, templates, with_masks.values())
    planned, errors = plan(source, shared, limits, locale=settings.masking.locale)
    applied = planned.applied(source, followed, entered)
    errors += [*shared.errors, *partition_errors(applied, planned, followed)]
    if errors:
        raise one_error(errors)
    decisions.refuse_undecided([one for one in shared.decisions.undecided if one.table.name in taken], propose)
    if broken := checking.check(connection, planned, with_masks.values(), limits):
        raise one_error(broken)
    return planned, applied
