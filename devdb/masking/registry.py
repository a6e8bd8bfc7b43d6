"""From a mask, as the settings say it, to SQL."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from devdb.masking.kind import Fit, Kind, Row
from devdb.settings.mask import Mask

# Each module has KINDS, a tuple of kinds.
_MODULES = ("plain", "digests", "shapes", "people", "network", "numbers", "dates", "structured", "binary")


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name."""
    modules = [import_module(f"devdb.masking.kinds.{name}") for name in _MODULES]
    return {kind.name: kind for module in modules for kind in module.KINDS}


def kind_of(mask: Mask) -> Kind:
    """The kind that `mask` names; the settings know no others."""
    return kinds()[mask.kind]


def refusal(mask: Mask, fit: Fit) -> str | None:
    """Why `mask` cannot serve for what `fit` asks, and what would be right; None when it can."""
    kind = kind_of(mask)
    if fit.family not in kind.families:
        served = ", ".join(sorted(family.value for family in kind.families))
        return f"{mask.kind} cannot serve {fit.base_type}: it is for {served}"
    return kind.refusal(fit, mask.options)


def expression(mask: Mask, value: str, fit: Fit, row: Row) -> str:
    """SQL of the masked value as `fit.type`, for `value`, SQL of the raw one as `fit.base_type`. NULL stays NULL."""
    kind = kind_of(mask)
    masked = kind.sql(value, fit, mask.options, row)
    if not kind.is_strict:
        masked = f"CASE WHEN {value} IS NULL THEN NULL ELSE {masked} END"
    return f"({masked})::{fit.type}"
