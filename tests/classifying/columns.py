"""Tables and columns made up, for what is told by names alone."""

from __future__ import annotations

from devdb.catalog.model import Column, Name, Table, UniqueKey

_SPELLED = {"timestamptz": "timestamp with time zone", "float8": "double precision", "varchar": "character varying"}


def column(name: str, type: str = "text", *, not_null: bool = False, kind: str = "b") -> Column:
    """A column of a type as format_type spells it; `kind` is pg_type.typtype."""
    spelled = _SPELLED.get(type, type)
    return Column(
        name=name,
        type=spelled,
        base_type=spelled.split("(")[0],
        sized_type=spelled,
        base_kind=kind,
        base_schema="pg_catalog",
        is_array=spelled.endswith("[]"),
        is_domain=False,
        not_null=not_null,
        is_generated=False,
        identity="",
        collation=None,
    )


def table(*columns: Column, name: str = "t", key: tuple[str, ...] = (), unique: tuple[str, ...] = ()) -> Table:
    keys = [UniqueKey(names, ("=",), ("text",)) for names in (key, unique) if names]
    return Table(
        oid=1,
        name=Name("public", name),
        kind="r",
        row_estimate=None,
        bytes=0,
        partition_root=None,
        has_children=False,
        primary_key=key,
        columns=columns,
        unique_keys=tuple(keys),
    )
