"""How each table is masked: which columns on their way, which only once the keys are complete, and by what SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from hashlib import sha256

from devdb.catalog.model import Column, ForeignKey, Name, Source, Table
from devdb.errors import SettingsError
from devdb.masking import keyed, registry
from devdb.masking.constraints import Constraint
from devdb.masking.decisions import Decision, Decisions
from devdb.masking.families import Family, family_named, family_of
from devdb.masking.kind import Fit
from devdb.masking.shared import Shared
from devdb.settings.mask import Mask
from devdb.sqltext.quoting import ident

_SIZED = re.compile(r"\((\d+)(?:,(-?\d+))?\)")


@dataclass(frozen=True)
class Masked:
    """One masked column: the decision, what its values have to fit, and SQL of the mask over the raw row f."""

    decision: Decision
    fit: Fit
    sql: str

    @property
    def mask(self) -> Mask:
        assert self.decision.mask is not None
        return self.decision.mask


@dataclass(frozen=True)
class Plan:
    """Every masked column, by table and name, and the decisions on all columns, keys considered."""

    decisions: Decisions
    masked: Mapping[tuple[Name, str], Masked]

    def of(self, table: Table) -> dict[str, Masked]:
        """The masked columns of the table, in its order."""
        found = {name: self.masked.get((table.name, name)) for name in table.loaded_columns}
        return {name: one for name, one in found.items() if one is not None}

    def applied(self, source: Source, followed: Sequence[ForeignKey], entered: Iterable[Name]) -> Source:
        """The source, its tables knowing how a load is to mask them.

        `followed` are the keys by which rows are looked for: what is masked of their columns is raw until they are
        complete. `entered` are the tables that children are put into, some of whose rows may be there already.
        """
        raw: dict[Name, set[str]] = {}
        for key in followed:
            raw.setdefault(source.root(key.child).name, set()).update(key.read_columns)
            raw.setdefault(source.root(key.parent).name, set()).update(key.parent_columns)
        children = frozenset(entered)
        tables = {table.oid: self._applied(table, raw.get(table.name, set()), children) for table in source.tables}
        keys = tuple(
            replace(key, child=tables[key.child.oid], parent=tables[key.parent.oid]) for key in source.foreign_keys
        )
        return replace(source, tables=tuple(tables.values()), foreign_keys=keys)

    def _applied(self, table: Table, keys: Set[str], entered: Set[Name]) -> Table:
        masked = self.of(table)
        held = {name for name, one in masked.items() if name in keys or one.mask.kind == "shuffle"}
        if table.name in entered and not table.primary_key:
            # Only their text tells rows without a key apart: masked alike, different ones would be taken for one.
            held = set(masked)
        if any(masked[name].mask.sql is not None or _by(masked[name].mask) in held for name in held):
            held = set(masked)
        held |= {by for name in held if (by := _by(masked[name].mask)) in masked}
        if not masked:
            return table
        on_the_way = {name: one.sql for name, one in masked.items() if name not in held}
        if not held:
            return replace(table, masks=on_the_way)
        shuffled = [name for name in table.loaded_columns if name in held and masked[name].mask.kind == "shuffle"]
        settles = {name: masked[name].sql for name in held if name not in shuffled}
        settles |= {name: f"s{number}.value" for number, name in enumerate(shuffled, start=1)}
        return replace(
            table,
            masks=on_the_way,
            stage=f"devdb_raw_{table.oid}",
            settles=settles,
            shuffled=tuple((name, rows, values) for name in shuffled for rows, values in [_orders(table, name)]),
        )


def plan(
    source: Source, shared: Shared, constraints: Mapping[int, Sequence[Constraint]], *, locale: str
) -> tuple[Plan, list[SettingsError]]:
    """The masks of all columns that have one, and what of them cannot be."""
    errors: list[SettingsError] = []
    fits: dict[tuple[Name, str], Fit] = {}
    decided = {place: one for place, one in shared.decisions.columns.items() if one.mask is not None}
    for place, decision in decided.items():
        fits[place] = _fit(source, decision, constraints.get(decision.table.oid, ()), locale)
    masked = {}
    told: set[tuple[object, ...]] = set()
    # What is wrong with one column of a key is wrong with all: it is said of the one that has its mask in the settings.
    for place, decision in sorted(decided.items(), key=lambda item: item[0] in shared.derived):
        mask = decision.mask
        assert mask is not None
        together = [fits[other] for other in shared.members.get(place, ()) if other in fits]
        fit = _strictest(fits[place], together) if together else fits[place]
        limits = constraints.get(decision.table.oid, ())
        found = _mistake(decision, mask, fit, together, limits)
        if found is None:
            masked[place] = Masked(decision, fit, _sql(decision.column, mask, fit))
        elif (said := (mask.path, mask.line, found)) not in told:
            told.add(said)
            errors.append(_refused(decision, mask, *found))
    return Plan(shared.decisions, masked), errors


def partition_errors(source: Source, planned: Plan, followed: Iterable[ForeignKey]) -> list[SettingsError]:
    """Keys that a partition has by itself, of a table whose rows wait elsewhere: who knows there where a row will lie?

    `source` is one that the plan was applied to.
    """
    found = []
    for key in followed:
        for table in (key.child, key.parent):
            root = source.by_oid[source.root(table).oid]
            if root.oid == table.oid or root.stage is None:
                continue
            name = next(iter(root.settles), None) or root.shuffled[0][0]
            mask = planned.masked[root.name, name].mask
            found.append(
                SettingsError(
                    f"{root.name}.{name} cannot be masked: the key {key.name} belongs to its partition {table.name}",
                    path=mask.path,
                    line=mask.line,
                    hint="keep the column, declare the key on the partitioned table, or cut it (on_missing: set_null)",
                )
            )
    return found


def _fit(source: Source, decision: Decision, constraints: Sequence[Constraint], locale: str) -> Fit:
    column = decision.column
    sized = _SIZED.search(column.sized_type)
    family = family_of(column)
    numbers = (int(sized[1]), int(sized[2] or 0)) if sized else (None, None)
    of = family_named(column.base_type.removesuffix("[]")) if column.is_array else family
    unique = [one for one in constraints if one.kind == "unique" and column.name in one.columns]
    return Fit(
        type=column.type,
        base_type=column.base_type,
        family=family,
        length=63 if column.base_type == "name" else numbers[0] if of is Family.TEXT else None,
        precision=numbers[0] if of is Family.NUMERIC else None,
        scale=numbers[1] if of is Family.NUMERIC else None,
        not_null=column.not_null,
        is_unique=any(not _is_unique_without(decision.table, column.name, one) for one in unique),
        ignores_case=column.base_type.endswith("citext") or any(one.folds_case() for one in unique),
        encoding=source.database.encoding,
        locale=locale,
    )


def _of_elements(fit: Fit) -> Family:
    return family_named(fit.base_type.removesuffix("[]")) if fit.family is Family.ARRAY else fit.family


def _is_unique_without(table: Table, column: str, index: Constraint) -> bool:
    """Whether other columns of the index are a key by themselves: the column adds nothing that could be violated."""
    rest = set(index.columns) - {column}
    return not index.has_expressions and any(rest.issuperset(key.columns) for key in table.unique_keys)


def _strictest(fit: Fit, others: Sequence[Fit]) -> Fit:
    """What fits every column that is masked with this one; the type stays the column's own.

    Of arrays, whose elements are such values, it is the elements that fit.
    """
    lengths = [one.length for one in others if one.length is not None]
    precisions = [one.precision for one in others if one.precision is not None]
    whole = {"smallint": 0, "integer": 1, "bigint": 2}
    named = {one.base_type.removesuffix("[]") for one in others}
    smallest = min(named & whole.keys(), key=lambda name: whole[name], default=None)
    array = "[]" if fit.family is Family.ARRAY else ""
    return replace(
        fit,
        base_type=fit.base_type if smallest is None else smallest + array,
        length=min(lengths, default=None),
        precision=min(precisions, default=None),
        not_null=any(one.not_null for one in others),
        is_unique=True,
        ignores_case=any(one.ignores_case for one in others),
    )


def _mistake(
    decision: Decision, mask: Mask, fit: Fit, together: Sequence[Fit], constraints: Sequence[Constraint]
) -> tuple[str, str | None] | None:
    """What is wrong with masking the column so, and what would be right; `together` are all columns of its keys."""
    is_key = bool(together)
    table, name = decision.table, decision.column.name
    if name in table.partition_columns:
        return "decides in which partition a row lies, and cannot be masked", "keep it, or mask what it says elsewhere"
    excluded = [one.name for one in constraints if one.kind == "exclusion" and name in one.columns]
    if excluded:
        return f"takes part in the exclusion constraint {excluded[0]}, and cannot be masked", "keep the column"
    if len({_of_elements(one) for one in together}) > 1:
        types = ", ".join(sorted({one.base_type for one in together}))
        return f"the types of its keys' columns differ too much to be masked alike: {types}", "keep the columns"
    if (is_key or fit.is_unique) and not decision.column.is_deterministic and mask.sql is None:
        return "different texts are equal by its collation, and would be masked differently", "keep the column"
    if is_key and mask.kind in ("sql", "shuffle"):
        return f"takes part in a key, and {mask.kind} would not change all its columns alike", _INJECTIVE
    if (reason := registry.refusal(mask, fit)) is not None:
        return reason, None
    if fit.is_unique and mask.sql is None and not registry.kind_of(mask).is_injective(fit, mask.options):
        unique = [one.name for one in constraints if one.kind == "unique" and name in one.columns]
        because = "takes part in a key" if is_key else f"is unique by {unique[0]}" if unique else "must stay unique"
        return f"{because}, and {mask.kind} may give different values the same mask", _INJECTIVE
    return None


def _refused(decision: Decision, mask: Mask, reason: str, hint: str | None) -> SettingsError:
    message = f"{decision.table.name}.{decision.column.name}: {reason}"
    if decision.mask_from != f"{mask.path}:{mask.line}":
        message += f" ({decision.mask_from})"
    return SettingsError(message, path=mask.path, line=mask.line, hint=hint)


_INJECTIVE = "what keeps different values different: email, hash, username, uuid, pattern, number, phone, iban"


def _sql(column: Column, mask: Mask, fit: Fit) -> str:
    value = f"f.{ident(column.name)}"
    if fit.family is Family.TEXT and column.type not in ("text", "character varying"):
        value = f"{value}::text"
    elif column.is_domain:
        value = f"{value}::{column.base_type}"
    return registry.expression(mask, value, fit, lambda name: f"f.{ident(name)}")


def _by(mask: Mask) -> str | None:
    by = getattr(mask.options, "by", None)
    return by if isinstance(by, str) else None


def _orders(table: Table, column: str) -> tuple[str, str]:
    """SQL of two orders of a stage's rows r, which only the key knows."""
    names = table.primary_key or table.loaded_columns
    row = f'ROW({", ".join(f"r.{ident(name)}" for name in names)})::text COLLATE pg_catalog."C"'
    place = sha256(f"{table.name.sql}.{ident(column)}".encode()).hexdigest()
    rows, values = (
        f"pg_catalog.hashtextextended({row}, {keyed.seed(f'shuffle {what} {place}')}), {row}"
        for what in ("rows", "values")
    )
    return rows, values
