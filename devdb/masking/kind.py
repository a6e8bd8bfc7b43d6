"""What a kind of mask is, and what its values have to fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from devdb.masking.families import Family

# SQL of another column of the same row, raw, by its name.
Row = Callable[[str], str]


@dataclass(frozen=True)
class Fit:
    """What masked values have to fit: one column, or the strictest of several that must be masked alike.

    `type` is the column's, with its length and its domain, as a cast spells it; `base_type` without either. `length` is
    in characters, None for any; `precision` and `scale` are those of a numeric. `is_unique` says that different values
    must stay different; `ignores_case`, that values which differ in case alone are the same, or would clash.
    `encoding` is the database's, as PostgreSQL calls it; `locale` Faker's name of the one to take names and places of.
    """

    type: str
    base_type: str
    family: Family
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    not_null: bool = False
    is_unique: bool = False
    ignores_case: bool = False
    encoding: str = "UTF8"
    locale: str = "en_US"


class Kind(ABC):
    """A kind of mask. `options` are of the kind's model in devdb.settings.mask; the settings have validated them.

    `families` are those of types that it can serve. `label` tells keyed functions what they are used for: two kinds
    that must not give away that they mask the same value have different ones.
    """

    name: ClassVar[str]
    families: ClassVar[frozenset[Family]]
    # Whether NULL becomes NULL by the expression itself; whoever uses the kind sees to it otherwise.
    is_strict: ClassVar[bool] = True

    @property
    def label(self) -> str:
        return self.name

    def refusal(self, fit: Fit, options: Any) -> str | None:
        """Why it cannot serve, and what would be right; None when it can. The family was looked at before."""
        return None

    def is_injective(self, fit: Fit, options: Any) -> bool:
        """Whether different values stay different: by construction, or as surely as digests of 80 bits and more do."""
        return False

    @abstractmethod
    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        """SQL of the masked value, for `value`, SQL of the raw one as `fit.base_type`; it may be named several times.

        Built-in functions alone, with their schema; subqueries only over `value` or over nothing. Fails for no value of
        the type. The result is of `fit.base_type`, or is cast to `fit.type` explicitly, and so must fit its length by
        itself: a cast would cut it.
        """
