"""Types by what can be done with their values."""

from __future__ import annotations

from enum import Enum

from devdb.catalog.model import Column


class Family(Enum):
    """Types that a kind of mask serves alike."""

    TEXT = "text"
    INTEGER = "whole numbers"
    NUMERIC = "decimal numbers"
    FLOAT = "floating-point numbers"
    BOOLEAN = "booleans"
    DATE = "dates"
    TIMESTAMP = "timestamps"
    TIME = "times of day"
    INTERVAL = "intervals"
    UUID = "UUIDs"
    INET = "network addresses"
    MAC = "MAC addresses"
    JSON = "JSON"
    BYTES = "octets"
    ENUM = "enums"
    ARRAY = "arrays"
    GEOMETRY = "geometries"
    OTHER = "other types"


_BY_TYPE = {
    "text": Family.TEXT,
    "character varying": Family.TEXT,
    "character": Family.TEXT,
    "bpchar": Family.TEXT,
    "name": Family.TEXT,
    "citext": Family.TEXT,
    "smallint": Family.INTEGER,
    "integer": Family.INTEGER,
    "bigint": Family.INTEGER,
    "numeric": Family.NUMERIC,
    "real": Family.FLOAT,
    "double precision": Family.FLOAT,
    "boolean": Family.BOOLEAN,
    "date": Family.DATE,
    "timestamp without time zone": Family.TIMESTAMP,
    "timestamp with time zone": Family.TIMESTAMP,
    "time without time zone": Family.TIME,
    "time with time zone": Family.TIME,
    "interval": Family.INTERVAL,
    "uuid": Family.UUID,
    "inet": Family.INET,
    "cidr": Family.INET,
    "macaddr": Family.MAC,
    "macaddr8": Family.MAC,
    "json": Family.JSON,
    "jsonb": Family.JSON,
    "bytea": Family.BYTES,
    "geometry": Family.GEOMETRY,
    "geography": Family.GEOMETRY,
}


def family_of(column: Column) -> Family:
    """The family of a column's type, whose domain and length do not matter."""
    if column.is_array:
        return Family.ARRAY
    if column.base_kind == "e":
        return Family.ENUM
    return family_named(column.base_type)


def family_named(base_type: str) -> Family:
    """The family of a type by its name, as format_type() spells it; extensions' types in any schema."""
    return _BY_TYPE.get(base_type.rpartition(".")[2].strip('"'), Family.OTHER)
