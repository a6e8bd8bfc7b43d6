"""A repeatable order of a table's rows: a hash of the primary key, which the source can compute itself."""

from __future__ import annotations

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
    "date": "hashint4extended({0} - date '2000-01-01', {1})",
    "timestamp without time zone": "timestamp_hash_extended({0}, {1})",
    "timestamp with time zone": "interval_hash_extended({0} - timestamptz '2000-01-01 00:00:00+00', {1})",
    "time without time zone": "time_hash_extended({0}, {1})",
    "interval": "interval_hash_extended({0}, {1})",
    "bytea": "hashtextextended(pg_catalog.md5({0}), {1})",
}


def row_hash(table: Table, seed: int, alias: str) -> str:
    """SQL of a bigint that orders the rows of `table`, seen as `alias`, in a repeatable way.

    Over the primary key where there is one. Without, over the text of the whole row, which a wrapper computes here.
    """
    value = literal(seed) + "::bigint"
    if not table.primary_key:
        return f"pg_catalog.hashtextextended({alias}::text, {value})"
    for name in table.primary_key:
        value = _column_hash(table.column[name], f"{alias}.{ident(name)}", value)
    return value


def _column_hash(column: Column, reference: str, seed: str) -> str:
    function = _FUNCTIONS.get(column.base_type) if column.is_builtin else None
    if function is None:
        # Enums hash by OID, which differs between databases; the text does not.
        function = "hashtextextended({0}::text, {1})"
    elif column.collation is not None and "text" in function:
        # A nondeterministic collation cannot be hashed.
        function = 'hashtextextended({0} COLLATE "C", {1})'
    return "pg_catalog." + function.format(reference, seed)
