"""Which format the rows of a table travel in, from one server to another."""

from __future__ import annotations

from typing import Literal

from devdb.catalog.model import Column, Table

# Types, as catalog/columns.sql spells them, whose binary form says nothing of the server, its release or its settings.
# Not so: reg* types (OIDs), xml (checked again, by settings), money (a locale's decimals), aclitem (has none), those of
# extensions (of a release each).
_PLAIN = frozenset({
    "boolean", "bytea", '"char"', "name", "bigint", "smallint", "integer", "text", "oid", "tid", "xid", "xid8", "cid",
    "json", "jsonb", "jsonpath", "point", "lseg", "path", "box", "polygon", "line", "circle", "real", "numeric",
    "double precision", "macaddr", "macaddr8", "inet", "cidr", '"bit"', "bit varying", "bpchar", "character varying",
    "date", "time without time zone", "time with time zone", "timestamp without time zone", "timestamp with time zone",
    "interval", "uuid", "pg_lsn", "tsvector", "tsquery", "int4range", "int8range", "numrange", "tsrange", "tstzrange",
    "daterange", "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange",
    "datemultirange",
})  # fmt: skip


def copy_format(table: Table) -> Literal["binary", "text"]:
    """How COPY may carry the rows of `table` to another server, as the same types: binary where that is safe."""
    return "binary" if all(_is_plain(column) for column in table.columns if not column.is_generated) else "text"


def _is_plain(column: Column) -> bool:
    # An enum travels by its labels. An array and a composite name types by OIDs, which differ but for the system's own:
    # servers from 14 on overlook that, for what it is worth.
    if column.base_kind == "e":
        return True
    return column.is_builtin and column.base_type.removesuffix("[]") in _PLAIN
