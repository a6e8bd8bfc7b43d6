"""Columns that must be masked alike, because keys say that one holds values of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from devdb.catalog.model import ForeignKey, Name, Source
from devdb.errors import SettingsError
from devdb.masking.decisions import Decision, Decisions
from devdb.settings.mask import Mask

Place = tuple[Name, str]


@dataclass(frozen=True)
class Shared:
    """Decisions that know of keys, and for each masked column of a key all those that are masked with it.

    `derived` are those that nobody named.
    """

    decisions: Decisions
    members: Mapping[Place, tuple[Place, ...]]
    derived: frozenset[Place]
    errors: tuple[SettingsError, ...]


def share(source: Source, keys: Sequence[ForeignKey], decisions: Decisions) -> Shared:
    """Give every column of a key the mask that one of them has. `errors` has what contradicts itself."""
    parent_of: dict[Place, Place] = {}
    because: dict[Place, str] = {}
    arrays: set[Place] = set()

    def top(place: Place) -> Place:
        while (above := parent_of.get(place, place)) != place:
            place = above
        return place

    for key in keys:
        if key.values is not None:
            continue
        child, parent = source.root(key.child).name, source.root(key.parent).name
        for mine, other in zip(key.child_columns, key.parent_columns, strict=True):
            here, there = (child, mine), (parent, other)
            because.setdefault(here, f"refers to {parent}.{other}")
            because.setdefault(there, f"{child}.{mine} refers to it")
            if key.each:
                arrays.add(here)
            parent_of[top(here)] = top(there)
    together: dict[Place, list[Place]] = {}
    for place in because:
        together.setdefault(top(place), []).append(place)
    columns = dict(decisions.columns)
    errors: list[SettingsError] = []
    members: dict[Place, tuple[Place, ...]] = {}
    derived: set[Place] = set()
    for places in together.values():
        said = [columns[place] for place in places if place in columns and _speaks(columns[place])]
        masks = {_of_values(decision, arrays) for decision in said}
        if len(masks) > 1:
            errors.append(_contradiction(said))
        elif said and next(iter(masks)) is not None:
            (mask,) = masks
            assert mask is not None
            for place in places:
                decision = columns.get(place)
                if decision is None:
                    continue
                members[place] = tuple(places)
                if decision.mask is None:
                    derived.add(place)
                    given = Mask.of({"kind": "array", "element": mask}) if place in arrays else mask
                    given = given.at(mask.path, mask.line)
                    columns[place] = replace(decision, mask=given, mask_from=because[place])
    conditional = [key for key in keys if key.values is not None or key.when is not None]
    errors += [error for key in conditional if (error := _out_of_reach(source, key, columns)) is not None]
    return Shared(replace(decisions, columns=columns), members, frozenset(derived), tuple(errors))


def _speaks(decision: Decision) -> bool:
    """Whether somebody said what becomes of the column's values; a class alone says nothing that a key could not."""
    return decision.mask is not None or decision.mask_from is not None


def _of_values(decision: Decision, arrays: set[Place]) -> Mask | None:
    mask = decision.mask
    if mask is not None and (decision.table.name, decision.column.name) in arrays and mask.kind == "array":
        return mask.inner["element"]
    return mask


def _contradiction(said: list[Decision]) -> SettingsError:
    first, other = said[0], next(one for one in said[1:] if one.mask != said[0].mask)
    told = [
        f"{one.table.name}.{one.column.name} {'is kept' if one.mask is None else f'is masked by {one.mask}'}"
        f" ({one.mask_from})"
        for one in (first, other)
    ]
    placed = other.mask or first.mask
    return SettingsError(
        f"{' and '.join(told)}: keys say that they hold the same values",
        path=None if placed is None else placed.path,
        line=None if placed is None else placed.line,
        hint="say it of one of them: the others follow",
    )


def _out_of_reach(source: Source, key: ForeignKey, columns: Mapping[Place, Decision]) -> SettingsError | None:
    """What an expression reads cannot be masked: it would read something else, or fail."""
    child, parent = source.root(key.child).name, source.root(key.parent).name
    read = key.when_columns if key.values is None else key.read_columns
    for table, names in ((child, read), (parent, () if key.values is None else key.parent_columns)):
        for name in names:
            decision = columns.get((table, name))
            if decision is not None and decision.mask is not None:
                return SettingsError(
                    f"{table}.{name} cannot be masked: the virtual key {key.name} has an expression over it",
                    path=decision.mask.path,
                    line=decision.mask.line,
                    hint="keep the column, or take the virtual key out of the settings",
                )
    return None
