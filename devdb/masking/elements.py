"""SQL of arrays whose elements are masked, and whose shape stays."""

from __future__ import annotations

from devdb.sqltext.quoting import literal


def each_masked(array: str, masked: str, base_type: str) -> str:
    """SQL of an array of the masked elements, of which the current one is devdb_element."""
    elements = f"pg_catalog.unnest({array}) WITH ORDINALITY AS devdb_element (value, place)"
    return (
        f"CASE WHEN pg_catalog.array_ndims({array}) IS NULL THEN {array}"
        f" WHEN pg_catalog.array_ndims({array}) = 1 AND pg_catalog.array_lower({array}, 1) = 1"
        f" THEN (SELECT pg_catalog.array_agg({masked} ORDER BY devdb_element.place) FROM {elements})"
        f" ELSE {_shaped(array, masked, base_type, elements)} END"
    )


def _shaped(array: str, masked: str, base_type: str, elements: str) -> str:
    """SQL of an array of any shape, by way of its text: no function makes one."""
    lengths = [f"COALESCE(pg_catalog.array_length({array}, {axis}), 1)" for axis in range(1, 7)]
    blocks = ", ".join(f"{' * '.join(lengths[axis:])} AS b{axis}" for axis in range(6))
    opening, closing = (
        " + ".join(
            f"(pg_catalog.array_ndims({array}) > {axis} AND ({place}) % devdb_blocks.b{axis} = 0)::integer"
            for axis in range(6)
        )
        for place in ("devdb_element.place - 1", "devdb_element.place")
    )
    backslash = chr(92)
    written = f"pg_catalog.replace(({masked})::text, {literal(backslash)}, {literal(backslash * 2)})"
    written = f"""'"' || pg_catalog.replace({written}, '"', {literal(backslash + '"')}) || '"'"""
    comma = "';'" if base_type == "box" else "','"
    element = f"pg_catalog.repeat('{{', {opening}) || COALESCE({written}, 'NULL') || pg_catalog.repeat('}}', {closing})"
    return (
        f"(SELECT (pg_catalog.array_dims({array}) || '=' || pg_catalog.string_agg({element}, {comma}"
        f" ORDER BY devdb_element.place))::{base_type}[]"
        f" FROM {elements}, (SELECT {blocks} OFFSET 0) AS devdb_blocks)"
    )
