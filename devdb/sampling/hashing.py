"""Hashes that the source can compute itself: a repeatable order of a table's rows, and a test of composite keys."""

from __future__ import annotations

from collections.abc import Sequence

from devdb.catalog.model import Column, Table
from devdb.sqltext.quoting import ident, literal

# PostgreSQL's own extended hash functions of types that can be keys. They take a seed, are immutable, and so are sent
# to the source by a wrapper; for these types their results do not change between major versions. hashint8 agrees with
# hashint4 and hashint2 on equal numbers: a key that grows from integer to bigint keeps its sample.
_FUNCTIONS = {
    "smallint": "hashint2extended({0}, {1})",
    "integer": "hashint4extended({0}, {1})",
    "bigint": "hashint8extended({0}, {1})",
    "text": "hashtextextended({0}, {1})",
    "character varying": "hashtextextended({0}, {1})",
    "bpchar": "hashbpcharextended({0}, {1})",
    "numeric": "hash_numeric_extended({0}, {1})",
    "uuid": "uuid_hash_extended({0}, {1})",
    "boolean": "hashint4extended({0}::integer, {1})",
    "real": "hashfloat4extended({0}, {1})",
    "double precision": "hashfloat8extended({0}, {1})",
    "oid": "hashoidextended({0}, {1})",
    "name": "hashnameextended({0}, {1})",
    "inet": "hashinetextended({0}, {1})",
    "cidr": "hashinetextended({0}, {1})",
    "macaddr": "hashmacaddrextended({0}, {1})",
    "timestamp without time zone": "timestamp_hash_extended({0}, {1})",
    "time without time zone": "time_hash_extended({0}, {1})",
    "interval": "interval_hash_extended({0}, {1})",
    # The functions of these cannot be called by name, or not in every release. An array is hashed by them.
    "date": "hash_array_extended(ARRAY[{0}], {1})",
    "timestamp with time zone": "hash_array_extended(ARRAY[{0}], {1})",
    "time with time zone": "hash_array_extended(ARRAY[{0}], {1})",
    "bytea": "hash_array_extended(ARRAY[{0}], {1})",
}

# Types whose hash follows from the value alone, whatever the encoding of the database and the byte order of the server.
_BY_VALUE = frozenset({
    "smallint", "integer", "bigint", "oid", "boolean",
    "date", "timestamp without time zone", "timestamp with time zone",
})  # fmt: skip


def row_hash(table: Table, seed: int, alias: str) -> str:
    """SQL of a bigint that orders the rows of `table`, seen as `alias`, in a repeatable way.

    Over the primary key where there is one. Without, over the text of the whole row, which a wrapper computes here.
    """
    value = literal(str(seed)) + "::bigint"
    if not table.primary_key:
        # Columns by name: what a wrapper calls the table may have one more, and its own name may be a column's.
        row = ", ".join(f"{alias}.{ident(column.name)}" for column in table.columns)
        return f"pg_catalog.hashtextextended(ROW({row})::text, {value})"
    for name in table.primary_key:
        value = _column_hash(table.column[name], f"{alias}.{ident(name)}", value)
    return value


def key_hash(columns: Sequence[Column], references: Sequence[str]) -> str | None:
    """SQL of a bigint that equal keys have in common on any two servers; `references` say where the columns are.

    Over those columns that can be hashed alike everywhere. None when these are fewer than two: a hash of one says no
    more than the column.
    """
    value = "0"
    hashed = 0
    for column, reference in zip(columns, references, strict=True):
        if column.is_builtin and column.base_type in _BY_VALUE:
            value = _column_hash(column, reference, value)
            hashed += 1
    return value if hashed > 1 else None


def is_hashed(column: Column) -> bool:
    """The server can hash the column's values: not so those of `bit varying` and of composite types, for instance."""
    return column.is_builtin and column.base_type in _FUNCTIONS


def _column_hash(column: Column, reference: str, seed: str) -> str:
    function = _FUNCTIONS.get(column.base_type) if column.is_builtin else None
    if function is None:
        # Enums hash by OID, which differs between databases; the text does not.
        function = "hashtextextended({0}::text, {1})"
    elif column.collation is not None and "text" in function:
        # A nondeterministic collation cannot be hashed.
        function = 'hashtextextended({0} COLLATE "C", {1})'
    return "pg_catalog." + function.format(reference, seed)
