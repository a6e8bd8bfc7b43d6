"""What Oracle's types become, how its columns are read, and what its SQL means here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import new_database
from hypothesis import given
from hypothesis import strategies as st

from devdb.dictionary.dialect import Becomes, Fetched, LeftOut, Reading, Unsupported
from devdb.dictionary.expressions import Known, localized
from devdb.dictionary.model import RemoteColumn, RemoteTable
from devdb.dictionary.oracle import DIALECT, VALID_DATE
from devdb.server.cluster import Cluster

PLAIN = Reading()
LOBS = Reading(lob_limit_bytes=1000)
REPLACING = Reading(zero_dates="replace")


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as connection:
        yield connection


def becomes(type_name: str, reading: Reading = PLAIN, **said: Any) -> Becomes:
    made = DIALECT.becomes(RemoteColumn("C", type_name, **said), reading)
    assert isinstance(made, Becomes)
    return made


@pytest.mark.parametrize(
    ("precision", "scale", "type_sql"),
    [
        (None, None, "numeric"),
        (None, 0, "numeric"),  # INTEGER: up to 38 digits
        (4, 0, "smallint"),
        (5, 0, "integer"),
        (9, 0, "integer"),
        (10, 0, "bigint"),
        (18, 0, "bigint"),
        (19, 0, "numeric(19)"),
        (38, 0, "numeric(38)"),
        (7, 2, "numeric(7,2)"),
        (3, 5, "numeric(5,5)"),  # 0.00123
        (3, -2, "integer"),  # 12300
        (2, -2, "smallint"),
        (30, -10, "numeric(40)"),
        (38, 127, "numeric(127,127)"),
    ],
)
def test_numbers_keep_every_digit(precision: int | None, scale: int | None, type_sql: str) -> None:
    assert becomes("number", precision=precision, scale=scale).type == type_sql


def test_a_number_that_oracle_counts_is_one_that_postgresql_can_count() -> None:
    assert becomes("number", identity="always").type == "bigint"
    assert becomes("number", identity="by default", precision=28, scale=0).type == "bigint"
    assert becomes("number", identity="always", precision=6, scale=0).type == "integer"


@pytest.mark.parametrize(
    ("type_name", "said", "type_sql"),
    [
        ("float", {"precision": 126}, "numeric"),
        ("float", {"precision": 63}, "numeric"),
        ("float", {"precision": 24}, "double precision"),
        ("binary_float", {}, "real"),
        ("binary_double", {}, "double precision"),
        ("varchar2", {"length": 30}, "varchar(30)"),
        ("nvarchar2", {"length": 30}, "varchar(30)"),
        ("char", {"length": 3}, "char(3)"),
        ("nchar", {"length": 2}, "char(2)"),
        ("date", {}, "timestamp(0)"),
        ("timestamp", {"scale": 3}, "timestamp(3)"),
        ("timestamp", {"scale": 9}, "timestamp(6)"),
        ("timestamp with time zone", {"scale": 6}, "timestamp(6) with time zone"),
        ("timestamp with local time zone", {"scale": 0}, "timestamp(0) with time zone"),
        ("interval year to month", {"precision": 2, "scale": 0}, "interval"),
        ("interval day to second", {"precision": 2, "scale": 6}, "interval"),
        ("raw", {"length": 16}, "uuid"),
        ("raw", {"length": 8}, "bytea"),
    ],
)
def test_types_that_are_fetched_as_they_are(type_name: str, said: dict[str, Any], type_sql: str) -> None:
    made = becomes(type_name, **said)
    assert (made.type, made.select, made.foreign_type) == (type_sql, None, None)


def test_digits_that_are_lost_are_told() -> None:
    assert becomes("timestamp", scale=6).note is None
    assert becomes("timestamp", scale=9).note is not None


@pytest.mark.parametrize("type_name", ["clob", "nclob", "blob", "long", "long raw", "xmltype"])
def test_large_objects_are_taken_when_told_so(type_name: str) -> None:
    assert isinstance(DIALECT.becomes(RemoteColumn("C", type_name), PLAIN), LeftOut)
    assert becomes(type_name, LOBS).note is not None


def test_large_objects_are_limited_at_the_source() -> None:
    assert becomes("clob", LOBS).select == 'CASE WHEN LENGTH("C") <= 1000 THEN "C" ELSE SUBSTR("C", 1, 1000) END'
    assert becomes("nclob", LOBS).select == f"TO_CLOB({becomes('clob', LOBS).select})"
    assert becomes("blob", LOBS).select == 'CASE WHEN SYS.DBMS_LOB.GETLENGTH("C") <= 1000 THEN "C" END'
    required = becomes("blob", LOBS, not_null=True).select
    assert required is not None
    assert required.endswith("ELSE TO_BLOB(HEXTORAW('00')) END")


@pytest.mark.parametrize(
    ("type_name", "type_sql", "function"),
    [
        ("sdo_geometry", "text", "SDO_MIN_MBR_ORDINATE"),
        ("json", "json", "JSON_SERIALIZE"),
        ("boolean", "boolean", "CASE WHEN"),
        ("rowid", "text", "CAST"),
        ("urowid", "text", "CAST"),
    ],
)
def test_types_that_oracle_fdw_cannot_read_are_made_others_at_the_source(
    type_name: str, type_sql: str, function: str
) -> None:
    made = becomes(type_name)
    assert made.type == type_sql
    assert function in (made.select or "")


@pytest.mark.parametrize("type_name", ["geo.address_t", "ref geo.address_t", "anydata", "vector", "undefined"])
def test_types_that_there_is_nothing_for_can_be_had_as_text(type_name: str) -> None:
    made = DIALECT.becomes(RemoteColumn("C", type_name), PLAIN)
    assert isinstance(made, Unsupported)
    assert made.as_text.type == "text"
    assert '"C"' in (made.as_text.select or "")


def test_files_beside_the_database_stay_there() -> None:
    assert isinstance(DIALECT.becomes(RemoteColumn("C", "bfile"), LOBS), LeftOut)


DATES = {
    "Typ=12 Len=7: 120,124,2,29,1,1,1": True,  # 2024-02-29 00:00:00
    "Typ=12 Len=7: 199,199,12,31,24,60,60": True,  # 9999-12-31 23:59:59
    "Typ=12 Len=7: 53,88,1,1,1,1,1": True,  # 4712-01-01 BC, the first day of all
    "Typ=12 Len=7: 100,99,7,4,13,1,1": True,  # 1 BC
    "Typ=12 Len=7: 100,101,1,1,1,1,1": True,  # year 1
    "Typ=180 Len=11: 120,116,5,1,13,31,1,29,205,101,0": True,  # a timestamp with a fraction
    "Typ=12 Len=7: 100,100,1,1,1,1,1": False,  # there was no year 0
    "Typ=12 Len=7: 53,87,12,31,1,1,1": False,  # 4713 BC
    "Typ=12 Len=7: 44,56,9,14,1,1,1": False,  # 5544 BC
    "Typ=12 Len=7: 200,122,12,31,1,1,1": False,  # the year 10022
    "Typ=12 Len=7: 120,124,0,1,1,1,1": False,  # no month
    "Typ=12 Len=7: 120,124,13,1,1,1,1": False,
    "Typ=12 Len=7: 120,124,4,31,1,1,1": False,
    "Typ=12 Len=7: 120,124,2,30,1,1,1": False,
    "Typ=12 Len=7: 120,124,1,0,1,1,1": False,
    "Typ=12 Len=7: 120,124,1,1,0,1,1": False,  # an hour before midnight
    "Typ=12 Len=7: 120,124,1,1,25,62,1": False,
    "Typ=12 Len=7: 100,99,255,255,0,0,0": False,
    "Typ=12 Len=7: 0,0,0,0,0,0,0": False,
    "NULL": False,
}


def test_dates_that_there_are_not_become_null_when_told_so() -> None:
    assert becomes("date").select is None
    assert becomes("date", REPLACING).select == f'CASE WHEN REGEXP_LIKE(DUMP("C"), \'{VALID_DATE}\') THEN "C" END'
    assert "ELSE TO_DATE('0001-01-01', 'YYYY-MM-DD') END" in (becomes("date", REPLACING, not_null=True).select or "")
    assert "ELSE TO_TIMESTAMP(" in (becomes("timestamp", REPLACING, not_null=True, scale=6).select or "")


def test_dates_are_told_by_their_bytes(server: psycopg.Connection[Any]) -> None:
    assert {text: re.search(VALID_DATE, text) is not None for text in DATES} == DATES
    rows = server.execute("SELECT d, d ~ %s FROM unnest(%s::text[]) AS d", [VALID_DATE, list(DATES)]).fetchall()
    assert dict(rows) == DATES
    assert len(VALID_DATE) <= 512, "Oracle takes no longer pattern"


def table_of(*columns: tuple[str, Becomes]) -> dict[str, str]:
    fetched = [Fetched(name.lower(), RemoteColumn(name, "varchar2", length=10), made) for name, made in columns]
    return DIALECT.table_options(RemoteTable("O'HARA$X", 'Odd "T"', "table", tuple(f.remote for f in fetched)), fetched)


def test_a_table_is_a_query_of_its_columns_by_name() -> None:
    options = table_of(("A", Becomes("varchar(10)")), ("b C", Becomes("json", 'JSON_SERIALIZE("b C" RETURNING CLOB)')))
    assert options == {
        "table": '(SELECT "A", JSON_SERIALIZE("b C" RETURNING CLOB) AS "b C" FROM "O\'HARA$X"."Odd ""T""")',
        "readonly": "true",
        "prefetch": "1000",
    }


@pytest.mark.parametrize(("columns", "rows"), [(1, 1000), (10, 200), (300, 10)])
def test_as_many_rows_are_fetched_at_once_as_memory_allows(columns: int, rows: int) -> None:
    wide = [RemoteColumn(f"C{n}", "varchar2", length=4000) for n in range(columns)]
    fetched = [Fetched(one.name, one, Becomes("varchar(4000)")) for one in wide]
    told = int(DIALECT.table_options(RemoteTable("S", "T", "table", tuple(wide)), fetched)["prefetch"])
    assert told == min(1000, max(10, 32 * 1024**2 // (16_000 * columns)))
    assert abs(told - rows) <= 10


def test_long_values_get_the_room_that_they_are_allowed() -> None:
    limit = Reading(lob_limit_bytes=1024**2)
    assert "max_long" not in table_of(("A", becomes("clob", limit)))
    assert table_of(("A", becomes("long", limit)))["max_long"] == str(1024**2)
    assert table_of(("A", becomes("xmltype", limit)))["max_long"] == str(4 * 1024**2)
    assert table_of(("A", becomes("long", LOBS)))["max_long"] == "32767"


def test_zero_bytes_are_taken_out_of_texts() -> None:
    def options(made: Becomes) -> dict[str, str]:
        return DIALECT.column_options(Fetched("c", RemoteColumn("C", "?"), made))

    assert [options(Becomes(one)) for one in ("varchar(3)", "char(2)", "text")] == [{"strip_zeros": "true"}] * 3
    assert options(Becomes("date", foreign_type="text")) == {"strip_zeros": "true"}
    assert [options(Becomes(one)) for one in ("numeric(3,2)", "json", "timestamp(0)")] == [{}] * 3


@pytest.mark.parametrize(
    ("text", "type_sql", "value"),
    [
        ("'OPEN'", "varchar(10)", "OPEN"),
        ("q'[it's]' ", "text", "it's"),
        ("N'ü'", "text", "ü"),
        ("0", "numeric", 0),
        ("-1.50", "numeric", -1.5),
        ("'7'", "integer", 7),
        ("NVL(NULL, 'x')", "text", "x"),
        ("TO_DATE('1900-12-31', 'YYYY-MM-DD')", "text", "1900-12-31 00:00:00"),
        ("to_date('31/12/1900 23:59:58','dd/mm/yyyy hh24:mi:ss')", "text", "1900-12-31 23:59:58"),
        ("DATE '1999-01-01'", "text", "1999-01-01"),
        ("TO_DATE('31-DEC-1999','DD-MON-YYYY')", "text", "1999-12-31 00:00:00"),
        ("'a' || 'b'", "text", "ab"),
        ("1/2", "numeric", 0.5),
        ("DECODE(NULL, 1, 'one', NULL, 'none', 'else')", "text", "none"),
        ("SUBSTR('abcd', 0, 2)", "text", "ab"),
        ("CASE WHEN 1 = 2 THEN 'x' ELSE 'y' END", "text", "y"),
        ("EMPTY_CLOB()", "text", ""),
        ("INTERVAL '1' DAY", "text", "1 day"),
    ],
)
def test_defaults_have_the_value_that_they_have_there(
    server: psycopg.Connection[Any], text: str, type_sql: str, value: object
) -> None:
    told = DIALECT.default(RemoteColumn("C", "?", default=text), type_sql)
    assert told is not None
    row = server.execute(f"SELECT ({told})::{type_sql}".encode()).fetchone()
    assert row is not None
    assert row[0] == value or float(row[0]) == value


@pytest.mark.parametrize(
    ("text", "type_sql", "told"),
    [
        ("SYSDATE", "timestamp(0)", "LOCALTIMESTAMP(0)"),
        ("sysdate + 30", "timestamp(0)", "(LOCALTIMESTAMP(0) + 30 * INTERVAL '1 day')"),
        ("TRUNC(SYSDATE)", "timestamp(0)", "pg_catalog.date_trunc('day', LOCALTIMESTAMP(0))"),
        ("SYSTIMESTAMP(3)", "timestamp(3)", "CURRENT_TIMESTAMP"),
        ("USER", "varchar(30)", "CURRENT_USER"),
        ("SYS_CONTEXT('USERENV','SESSION_USER')", "varchar(30)", "CURRENT_USER"),
        ("SYS_GUID()", "uuid", "pg_catalog.gen_random_uuid()"),
        ('"GEO"."PERMIT_SEQ"."NEXTVAL"', "bigint", 'pg_catalog.nextval("GEO"."PERMIT_SEQ")'),
        ("permit_seq.nextval", "bigint", 'pg_catalog.nextval("PERMIT_SEQ")'),
    ],
)
def test_defaults_that_are_made_anew_for_every_row(text: str, type_sql: str, told: str) -> None:
    assert DIALECT.default(RemoteColumn("C", "?", default=text), type_sql) == told


@pytest.mark.parametrize(
    "text",
    [
        None, "", "NULL", "''", "'' ", "other_column", "my_function()", "pkg.f(1)", "'01-JAN-90' --", "a.b.c.d",
        "SYSDATE - TO_DATE('1900-01-01','YYYY-MM-DD')", "TO_DATE('01-01-90','DD-MM-RR')", "TO_DATE('x','YYYY')",
        "(SELECT 1 FROM dual)", "LEVEL", "UID", ":x", "SYS_CONTEXT('USERENV','HOST')",
    ],
)  # fmt: skip
def test_defaults_that_mean_nothing_here_are_none(text: str | None) -> None:
    assert DIALECT.default(RemoteColumn("C", "?", default=text), "text") is None


def test_a_date_written_as_text_means_what_the_session_says() -> None:
    assert DIALECT.default(RemoteColumn("C", "date", default="'01/02/03'"), "timestamp(0)") is None


SHOP = Known({"ID": "id", "STATUS": "status", "Wert": "Wert", "DEPTH": "depth", "NAME": "name", "AT": "at"})


@pytest.mark.parametrize(
    ("condition", "here", "holds", "fails"),
    [
        ("status IN ('A','C')", "status IN ('A', 'C')", "status = 'A'", "status = 'B'"),
        ("NVL(depth,0) >= 0", "COALESCE(depth, 0) >= 0", "depth = NULL", "depth = -1"),
        ('"Wert" IS NOT NULL OR "ID" > 0', '"Wert" IS NOT NULL', "id = 1", "id = 0"),
        ("depth BETWEEN 1 AND 5 AND NOT id = 3", "BETWEEN 1 AND 5", "depth = 2, id = 1", "depth = 2, id = 3"),
        ("REGEXP_LIKE(name, '^[[:alpha:]]+$')", "name ~", "name = 'abc'", "name = 'a1'"),
        ("regexp_like(name,'^x','i')", "name ~*", "name = 'Xy'", "name = 'y'"),
        ("UPPER(name) = name AND LENGTH(name) = 2", "upper(name)", "name = 'AB'", "name = 'ab'"),
        ("name NOT LIKE 'x\\%'", "ESCAPE ''", "name = 'xyz'", "name = 'x\\yz'"),
        ("DECODE(status,'A',1,'B',1,0) = 1", "CASE WHEN status", "status = 'B'", "status = 'C'"),
        ("MOD(id,2) = 0 AND id/4 > .3", "mod(id, 2)", "id = 2", "id = 3"),
        ("status || name = 'x'", "||", "name = 'x'", "status = 'A', name = 'x'"),
        ("name = ''", "name = NULL", "name = 'x'", None),
        ("at > DATE '1900-01-01'", "DATE '1900-01-01'", "at = '2000-01-01'", "at = '1800-01-01'"),
        ("EXTRACT(YEAR FROM at) > 1999", "EXTRACT(year FROM", "at = '2000-01-01'", "at = '1800-01-01'"),
        ("INSTR(name, '@') > 1 AND SUBSTR(name, 1, 1) <> '@'", "strpos(name", "name = 'a@b'", "name = '@b'"),
    ],
)
def test_conditions_hold_where_they_hold_there(
    server: psycopg.Connection[Any], condition: str, here: str, holds: str, fails: str | None
) -> None:
    told = DIALECT.expression(condition)
    assert told is not None
    local = localized(told, SHOP).sql
    assert here.lower() in local.lower()
    with server.transaction(force_rollback=True):
        server.execute(
            f"""
            CREATE TEMPORARY TABLE shop (id int, status text, "Wert" text, depth numeric, name text, at timestamp(0),
                                         CHECK ({local}))
            """.encode()
        )
        for values, is_taken in ((holds, True), (fails, False)):
            if values is not None:
                names, given = zip(*(part.split(" = ") for part in values.split(", ")), strict=True)
                insert = f"INSERT INTO shop ({', '.join(names)}) VALUES ({', '.join(given)})".encode()
                if is_taken:
                    server.execute(insert)
                else:
                    with pytest.raises(psycopg.errors.CheckViolation), server.transaction():
                        server.execute(insert)


@pytest.mark.parametrize(
    "text",
    [
        "a IS JSON", "a = b(+)", "(a, b) IN ((1, 2))", "x > ALL (1, 2)", "EXISTS (SELECT 1 FROM dual)", "SUBSTR(a, -3)",
        "TO_CHAR(a) = 'x'", "LAST_DAY(a) > b", "GREATEST(a, b) > 1", "a IS NAN", "a ~ 'x'", "a = 'x", 'a = "', "a b",
        "SYS_OP_MAP_NONNULL(\"A\")", "NLSSORT(\"A\",'nls_sort=''BINARY_CI''')", "a /* x */ > 1", "a > 1 -- x",
        "TRIM(BOTH 'x' FROM a) = 'y'", "MOD(a, 0) = 1", "q'[x)' = a", "CAST(a AS my_type) = 1", "a NOT b", "CASE END",
    ],
)  # fmt: skip
def test_what_is_not_known_to_mean_the_same_is_not_told(text: str) -> None:
    assert DIALECT.expression(text) is None


@given(st.text(alphabet="abC \"'()|,.=<>+-*/:[]{}q1\n", max_size=30))
def test_any_text_is_told_or_not(text: str) -> None:
    DIALECT.expression(text)


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_text_keeps_its_value(text: str) -> None:
    told = DIALECT.expression("'" + text.replace("'", "''") + "'")
    assert told is not None
    assert localized(told, SHOP).sql == told


def test_nesting_without_an_end_is_given_up() -> None:
    assert DIALECT.expression("(" * 3000 + "1" + ")" * 3000) is None
