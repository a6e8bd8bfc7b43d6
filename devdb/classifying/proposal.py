"""A proposal for one column: its class, its mask, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The classes of a proposal; those of the settings may have other names.
INTERNAL, CONFIDENTIAL, SECRET = "internal", "confidential", "secret"

Written = str | Mapping[str, object]  # a mask as the settings write it


@dataclass(frozen=True)
class Proposal:
    """What devdb would decide about a column. It never holds a value.

    `mask` None keeps the values. `matched` of `sampled` values are what `reason` says; None where none were looked at.
    """

    classified: str
    mask: Written | None
    reason: str
    matched: int | None = None
    sampled: int | None = None

    @property
    def is_kept(self) -> bool:
        return self.classified == INTERNAL


def written(mask: Written | None) -> str:
    """The mask on one line, as a person writes it: date_shift(days: 180); `-` for none."""
    if mask is None:
        return "-"
    if isinstance(mask, str):
        return mask
    if "sql" in mask:
        return f"sql: {mask['sql']}"
    options = ", ".join(f"{key}: {_option(value)}" for key, value in mask.items() if key != "kind")
    return f"{mask['kind']}({options})" if options else str(mask["kind"])


def _option(value: object) -> str:
    if isinstance(value, Mapping):
        if "kind" in value:
            return written(value)
        return "{" + ", ".join(f"{key}: {_option(item)}" for key, item in value.items()) + "}"
    return str(value)


def as_plain(mask: Written | None) -> object:
    """The mask as plain values, for JSON and YAML."""
    if isinstance(mask, Mapping):
        return {key: as_plain(value) if isinstance(value, Mapping) else value for key, value in mask.items()}
    return mask
