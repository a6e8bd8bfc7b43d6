"""Values as masks leave them: many at a time, on a real server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from devdb.masking import registry
from devdb.masking.families import Family, family_named
from devdb.masking.kind import Fit
from devdb.settings.mask import Mask

KEY = "5e" * 32
OTHER_KEY = "a7" * 32
_SIZED = re.compile(r"\((\d+)(?:,(-?\d+))?\)")


def fit_of(type_name: str, **said: Any) -> Fit:
    """What fits a column of a type, as format_type() spells it: numeric(8,2), character varying(3)[]."""
    sized = _SIZED.search(type_name)
    base_type = re.sub(r"\(.*\)", "", type_name)
    family = Family.ARRAY if base_type.endswith("[]") else family_named(base_type)
    if sized is not None and family is Family.NUMERIC:
        said = {"precision": int(sized[1]), "scale": int(sized[2] or 0), **said}
    elif sized is not None and family is Family.TEXT:
        said = {"length": int(sized[1]), **said}
    return Fit(type_name, base_type, family, **said)


class Masks:
    """A connection, and what masks make there of values by one key. Values go in and come out as text."""

    def __init__(self, connection: psycopg.Connection[Any], key: str = KEY):
        self.connection = connection
        self._key = key
        # As a build has it: it would compile for seconds what runs for milliseconds.
        connection.execute("SET jit = off")

    def __call__(
        self,
        mask: Any,
        type_name: str,
        values: Sequence[str | None],
        *,
        by: Sequence[str | None] | None = None,
        by_type: str = "text",
        as_type: str | None = None,
        **said: Any,
    ) -> list[Any]:
        """Mask `values` of a type; `by` are those of the column "by", `as_type` is another type that they have."""
        fit = fit_of(type_name, **said)
        wanted = Mask.of(mask)
        assert registry.refusal(wanted, fit) is None
        self.connection.execute("SELECT set_config('devdb.mask_key', %s, false)", [self._key])
        text = expression(wanted, fit).replace("%", "%%")
        rows = self.connection.execute(
            f"SELECT ({text})::text FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS u (v, b, place),"
            f" LATERAL (SELECT u.v::{as_type or fit.base_type} AS x, u.b::{by_type} AS by OFFSET 0) AS f"
            " ORDER BY u.place",
            [list(values), list(by) if by is not None else [None] * len(values)],
        )
        return [masked for (masked,) in rows]

    def with_key(self, key: str) -> Masks:
        return Masks(self.connection, key)

    def row(self, mask: Any, type_name: str, select: str, **said: Any) -> tuple[Any, ...]:
        """One row by SQL, in which {mask} is the masked value of f.x."""
        self.connection.execute("SELECT set_config('devdb.mask_key', %s, false)", [self._key])
        found = self.connection.execute(select.replace("{mask}", expression(Mask.of(mask), fit_of(type_name, **said))))
        (row,) = found.fetchall()
        return tuple(row)


def expression(mask: Mask, fit: Fit) -> str:
    """SQL of the masked value of f.x."""
    return registry.expression(mask, "f.x", fit, lambda name: f'f."{name}"')


def refusal(mask: Any, type_name: str, **said: Any) -> str:
    """Why it cannot serve; nothing when it can."""
    return registry.refusal(Mask.of(mask), fit_of(type_name, **said)) or ""


def is_injective(mask: Mapping[str, Any] | str, type_name: str, **said: Any) -> bool:
    wanted = Mask.of(mask)
    return registry.kind_of(wanted).is_injective(fit_of(type_name, **said), wanted.options)
