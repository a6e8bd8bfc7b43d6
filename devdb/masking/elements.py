"""SQL of arrays whose elements are masked, and whose shape stays."""

from __future__ import annotations

from devdb.masking.once import once
from devdb.sqltext.quoting import literal

_MOST_DIMENSIONS = 6
_ELEMENTS = "WITH ORDINALITY AS devdb_element (value, place)"


def each_masked(array: str, masked: str, base_type: str) -> str:
    """SQL of an array of the masked elements; in `masked` the raw one is devdb_element.value."""
    elements = f"pg_catalog.unnest({array}) {_ELEMENTS}"
    flat = f"(SELECT pg_catalog.array_agg({masked} ORDER BY devdb_element.place) FROM {elements})"
    is_plain = f"pg_catalog.array_ndims({array}) = 1 AND pg_catalog.array_lower({array}, 1) = 1"
    shaped = once(
        flat, lambda line: f"CASE WHEN {is_plain} THEN {line} ELSE {_shaped(line, array, base_type)} END", "devdb_line"
    )
    return f"CASE WHEN pg_catalog.array_ndims({array}) IS NULL THEN {array} ELSE {shaped} END"


def _shaped(line: str, array: str, base_type: str) -> str:
    """SQL of the elements of `line` in the shape of `array`, by way of its text: no function makes one."""
    axes = range(_MOST_DIMENSIONS)
    lengths = [f"COALESCE(pg_catalog.array_length({array}, {axis + 1}), 1)" for axis in axes]
    blocks = ", ".join(f"{' * '.join(lengths[axis:])} AS b{axis}" for axis in axes)
    opening, closing = (
        " + ".join(
            f"(pg_catalog.array_ndims({array}) > {axis} AND ({place}) % devdb_blocks.b{axis} = 0)::integer"
            for axis in axes
        )
        for place in ("devdb_element.place - 1", "devdb_element.place")
    )
    backslash = chr(92)
    written = f"pg_catalog.replace(devdb_element.value::text, {literal(backslash)}, {literal(backslash * 2)})"
    written = f"""'"' || pg_catalog.replace({written}, '"', {literal(backslash + '"')}) || '"'"""
    comma = "';'" if base_type == "box" else "','"
    element = f"pg_catalog.repeat('{{', {opening}) || COALESCE({written}, 'NULL') || pg_catalog.repeat('}}', {closing})"
    return (
        f"(SELECT (pg_catalog.array_dims({array}) || '=' || pg_catalog.string_agg({element}, {comma}"
        f" ORDER BY devdb_element.place))::{base_type}[]"
        f" FROM pg_catalog.unnest({line}) {_ELEMENTS}, (SELECT {blocks} OFFSET 0) AS devdb_blocks)"
    )
