"""Values of every type, from MariaDB through the wrapper into what the dialect makes of their columns."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from linking import HERE, ask_dictionary, linked
from mariadb_server import MariaDb

from devdb.catalog.model import Name
from devdb.dictionary import reading
from devdb.dictionary.dialect import Reading
from devdb.dictionary.model import RemoteColumn
from devdb.dictionary.mysql import DIALECT
from devdb.dictionary.schema import LocalSchema, apply, local_schema
from devdb.dictionary.tables import loaded_from
from devdb.server.cluster import Cluster
from devdb.sqltext.quoting import ident, literal
from devdb.sqltext.templates import Templates

UTC = datetime.timezone.utc


@pytest.fixture(scope="module")
def link(cluster: Cluster, mariadb: MariaDb, mysql_fdw: None) -> Iterator[psycopg.Connection[Any]]:
    """A database linked to one that holds types.sql."""
    assert mysql_fdw is None
    mariadb.run((HERE / "types.sql").read_text(encoding="utf-8"))
    with linked(cluster, mariadb) as connection:
        connection.execute("SET timezone TO 'Europe/Berlin'")
        ask_dictionary(connection, "every_type")
        yield connection
    mariadb.run("DROP DATABASE every_type")


def load(connection: psycopg.Connection[Any], wanted: Reading) -> LocalSchema:
    """Make the tables anew and fill them, as a load does."""
    dictionary = reading.read(connection, Templates())
    schema = local_schema(dictionary, DIALECT, wanted, schemas=["every_type"])
    connection.execute("DROP SCHEMA IF EXISTS every_type, prod CASCADE; CREATE SCHEMA prod")
    assert apply(connection, schema.pre_data) == []
    for table in schema.tables:
        foreign = loaded_from(table, Name("prod", table.name.name), DIALECT, {})
        columns = ", ".join(f"{ident(name)} {type_sql}" for name, type_sql, _ in foreign.columns)
        options = ", ".join(f"{name} {literal(value)}" for name, value in foreign.options.items())
        made = f"CREATE FOREIGN TABLE {foreign.name.sql} ({columns}) SERVER prod_server OPTIONS ({options})"
        connection.execute(made.encode())
        values = [(one.becomes.read or "{}").format(f"f.{ident(one.name)}") for one in table.columns]
        names = ", ".join(ident(one.name) for one in table.columns)
        filled = f"INSERT INTO {table.name.sql} ({names}) SELECT {', '.join(values)} FROM {foreign.name.sql} AS f"
        connection.execute(filled.encode())
    assert apply(connection, schema.post_data) == []
    return schema


@pytest.fixture(scope="module")
def ends(link: psycopg.Connection[Any]) -> dict[int, dict[str, Any]]:
    """The rows that were loaded, by their id."""
    load(link, Reading(unsupported="text", zero_dates="replace", lob_limit_bytes=1_000_000))
    with link.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        # psycopg has no value for intervals of such length, nor for -infinity.
        cursor.execute("SELECT *, t::text AS t FROM every_type.ends")
        return {row["id"]: row for row in cursor}


def test_every_row_arrives(ends):
    assert sorted(ends) == [1, 2, 3, 4, 5]


def test_numbers_arrive_whole(ends):
    assert [ends[1][name] for name in ("ti", "tu", "si", "su", "mi", "mu", "i", "iu", "iz")] == [
        -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, 42,
    ]  # fmt: skip
    assert (ends[1]["bi"], ends[1]["bu"]) == (-(2**63), Decimal(2**64 - 1))
    assert ends[1]["dec_"] == Decimal("9" * 35 + "." + "9" * 30)
    assert (ends[1]["du"], ends[1]["f"], ends[1]["db"]) == (Decimal("999.99"), 1.5, 0.30000000000000004)
    assert (ends[4]["db"], ends[5]["db"]) == (1.7976931348623157e308, 2.2250738585072014e-308)


def test_what_is_not_0_is_true(ends):
    assert [ends[row]["flag"] for row in (1, 2, 3, 4, 5)] == [True, None, False, True, True]


def test_bits_keep_their_width(ends):
    assert [ends[1][name] for name in ("b1", "b3", "b8", "b40", "b64")] == [
        True, "101", "10000001", "1" + "0" * 38 + "1", "1" * 64,
    ]  # fmt: skip
    assert [ends[3][name] for name in ("b1", "b3", "b8")] == [False, "000", "00000000"]


def test_texts_arrive_whole(link, ends):
    row = ends[1]
    assert (row["c"], row["vc"], row["tt"], row["latin"]) == ("ab", "vc  ", "tiny", "é€")
    assert row["tx"] == "te\nxt\t😀ü\\'\""
    assert (row["vl"], row["mt"], row["lt"]) == ("💧" * 5000, "é" * 40000, "abcdefgh" * 20000)
    assert link.execute("SELECT id, length(v) FROM every_type.wide ORDER BY id").fetchall() == [
        (1, 1),
        (2, 60000),
        (3, 1),
    ]
    assert {ends[3][name] for name in ("c", "c0", "vc", "vl", "tt", "tx", "mt", "lt", "s")} == {""}


def test_bytes_arrive_as_far_as_they_can(ends):
    row = ends[1]
    assert (row["bin"], row["vb"], row["tb"]) == (b"a\0\0\0\0", b"x" * 8190 + b"\0\xff", b"\0")
    # Nobody fetches these: the first value too long would end the scan.
    assert {row[name] for name in ("bl", "vbl") for row in ends.values()} == {None}


def test_labels_are_texts(ends):
    assert [ends[row]["e"] for row in (1, 2, 3, 4)] == ["ü", None, "a", ""]
    assert ends[1]["s"] == "x,z"


def test_documents_addresses_and_places_arrive(ends):
    row = ends[1]
    assert row["j"] == {"a": [1, "ü😀", None]}
    assert row["u"] == uuid.UUID("123e4567-e89b-12d3-a456-426655440000")
    assert (str(row["i6"]), str(row["i4"])) == ("2001:db8::1", "192.0.2.1")
    assert row["p"] == "0101000000000000000000f03f0000000000000040"


def test_moments_do_not_depend_on_anybody_s_time_zone(ends):
    row = ends[1]
    assert (row["da"], row["y"]) == (datetime.date(9999, 12, 31), 2155)
    assert row["dt"] == datetime.datetime(2024, 2, 29, 12, 34, 56, 123456)
    # In Berlin this hour came twice.
    assert row["ts"].astimezone(UTC) == datetime.datetime(2024, 10, 27, 0, 30, 0, 123000, tzinfo=UTC)
    assert [ends[row]["t"] for row in (1, 3, 4)] == ["-838:59:59.123", "25:00:00", "-00:00:01"]


def test_nulls_stay_nulls(ends):
    assert {name for name, value in ends[2].items() if value is not None} == {"id"}


def test_zero_dates_become_null_or_minus_infinity(link, ends):
    assert ends
    told = link.execute("""
        SELECT da::text, dt::text, (ts AT TIME ZONE 'UTC')::text, needed::text, (moment AT TIME ZONE 'UTC')::text
        FROM every_type.zero_dates ORDER BY id
    """).fetchall()
    assert told == [
        (None, None, None, "-infinity", "-infinity"),
        (None, None, None, "-infinity", "2024-05-06 07:08:09"),
        ("2024-02-29", "2024-02-29 01:02:03.456", "2024-02-29 01:02:03", "2024-02-29", "2024-02-29 01:02:03"),
    ]


@pytest.mark.usefixtures("ends")
def test_zero_dates_are_refused_unless_they_are_to_be_replaced(link):
    with pytest.raises(psycopg.errors.DatetimeFieldOverflow, match="0000-00-00"):
        load(link, Reading(unsupported="text"))


def column(kind: str, declared: str, **more: Any) -> RemoteColumn:
    return RemoteColumn("c", kind, declared, **more)


NOW = "CURRENT_TIMESTAMP(6)"
MOMENT = "2024-01-01 00:00:00"


@pytest.mark.parametrize(
    ("remote", "type_sql", "default"),
    [
        (column("tinyint", "tinyint(1)", default="'1'"), "boolean", "true"),
        (column("tinyint", "tinyint(1)", default="3"), "smallint", "3"),
        (column("tinyint", "tinyint(1) primary key"), "smallint", None),
        (column("tinyint", "tinyint(1) unsigned", default="1"), "smallint", "1"),
        (column("time", "time primary key"), "text", None),
        (column("bit", "bit(5) references", precision=5, default="b'1'"), "bytea", None),
        (column("int", "int", default="'-5'"), "integer", "-5"),
        (column("int", "int", default="'x'"), "integer", None),
        (column("int", "int", default="(last_insert_id())"), "integer", None),
        (column("bigint", "bigint(20) unsigned"), "numeric(20,0)", None),
        (column("bigint", "bigint unsigned references auto_increment"), "bigint", None),
        (column("bit", "bit(4)", precision=4, default="b'1'"), "bit(4)", "B'0001'"),
        (column("bit", "bit(1)", precision=1, default="b'1'"), "boolean", "true"),
        (column("varchar", "varchar(9)", length=9, default="'it''s'"), "character varying(9)", "'it''s'"),
        (column("char", "char(36)", length=36, default="uuid()"), "character varying(36)", "gen_random_uuid()::text"),
        (column("varbinary", "varbinary(4)", length=4, default="0x0F"), "bytea", "'\\x0f'::pg_catalog.bytea"),
        (column("varbinary", "varbinary(4)", length=4, default="'a?'"), "bytea", None),
        (column("date", "date", default="'0000-00-00'"), "date", None),
        (column("date", "date", default="curdate()"), "date", "CURRENT_DATE"),
        (column("datetime", "datetime(6)", precision=6, default=NOW), "timestamp(6) without time zone", NOW),
        (column("timestamp", "timestamp", default=f"'{MOMENT}'"), "timestamp(0) with time zone", f"'{MOMENT}+00'"),
        (column("json", "json", default="_utf8mb4\\'[]\\'"), "jsonb", "'[]'"),
    ],
)
def test_a_type_and_its_default(remote, type_sql, default):
    becomes = DIALECT.becomes(remote, Reading())
    assert getattr(becomes, "type", None) == type_sql
    assert DIALECT.default(remote, type_sql) == default


def test_what_cannot_be_had_is_said():
    large = DIALECT.becomes(column("longblob", "longblob"), Reading())
    assert "large objects" in getattr(large, "reason", "")
    shape = DIALECT.becomes(column("polygon", "polygon"), Reading())
    assert "polygon" in getattr(shape, "reason", "")
    long_name = DIALECT.becomes(RemoteColumn("ü" * 40, "int", "int(11)"), Reading())
    assert "names" in getattr(long_name, "reason", "")
