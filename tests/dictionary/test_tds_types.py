"""What SQL Server's types and defaults become."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import connect, new_database
from sqlserver import Answer, sql_server

from devdb.dictionary.dialect import Becomes, Fetched, LeftOut, Reading, Unsupported
from devdb.dictionary.model import RemoteColumn, RemoteTable
from devdb.dictionary.sql_types import parsed
from devdb.dictionary.tds import DIALECT, bracketed
from devdb.server.cluster import Cluster

LARGE = Reading(lob_limit_bytes=1000)


def column(type_: str, **others: Any) -> RemoteColumn:
    return RemoteColumn("c", type_, **others)


TYPES = [
    (column("tinyint"), "smallint", None),
    (column("smallint"), "smallint", None),
    (column("int"), "integer", None),
    (column("bigint"), "bigint", None),
    (column("bit"), "boolean", None),
    (column("decimal", precision=18, scale=2), "numeric(18, 2)", None),
    (column("numeric", precision=38, scale=38), "numeric(38, 38)", None),
    (column("numeric", precision=18, scale=0, identity="always"), "bigint", "CONVERT(bigint, [c])"),
    (column("money"), "numeric(19, 4)", "CONVERT(decimal(19, 4), [c])"),
    (column("smallmoney"), "numeric(10, 4)", "CONVERT(decimal(10, 4), [c])"),
    (column("float", precision=53), "double precision", None),
    (column("float", precision=24), "real", None),
    (column("real"), "real", None),
    (column("date"), "date", "CONVERT(nvarchar(10), [c], 23)"),
    (column("time", scale=7), "time(6)", "LEFT(CONVERT(nvarchar(16), [c], 121), 15)"),
    (column("time", scale=0), "time(0)", "LEFT(CONVERT(nvarchar(16), [c], 121), 9)"),
    (column("datetime"), "timestamp(3)", "CONVERT(nvarchar(23), [c], 121)"),
    (column("smalldatetime"), "timestamp(0)", "CONVERT(nvarchar(19), [c], 120)"),
    (column("datetime2", scale=7), "timestamp(6)", "LEFT(CONVERT(nvarchar(27), [c], 121), 26)"),
    (column("datetime2", scale=3), "timestamp(3)", "LEFT(CONVERT(nvarchar(27), [c], 121), 23)"),
    (
        column("datetimeoffset", scale=7),
        "timestamp(6) with time zone",
        "CASE WHEN [c] IS NOT NULL THEN"
        " CONCAT(LEFT(CONVERT(nvarchar(34), [c], 121), 26), RIGHT(CONVERT(nvarchar(34), [c], 121), 6)) END",
    ),
    (column("char", length=5), "character(5)", "CONVERT(nvarchar(5), [c])"),
    (column("nchar", length=5), "character(5)", "CONVERT(nvarchar(5), [c])"),
    (column("varchar", length=20), "character varying(20)", "CONVERT(nvarchar(20), [c])"),
    (column("varchar", length=8000), "character varying(8000)", "CONVERT(nvarchar(max), [c])"),
    (column("nvarchar", length=4000), "character varying(4000)", "CONVERT(nvarchar(4000), [c])"),
    (column("varchar", length=-1), "text", "LEFT(CONVERT(nvarchar(max), [c]), 1000)"),
    (column("nvarchar", length=-1), "text", "LEFT(CONVERT(nvarchar(max), [c]), 1000)"),
    (column("text"), "text", "LEFT(CONVERT(nvarchar(max), [c]), 1000)"),
    (column("ntext"), "text", "LEFT(CONVERT(nvarchar(max), [c]), 1000)"),
    (column("binary", length=16), "bytea", None),
    (column("varbinary", length=16), "bytea", None),
    (column("varbinary", length=-1), "bytea", "SUBSTRING(CONVERT(varbinary(max), [c]), 1, 1000)"),
    (column("image"), "bytea", "SUBSTRING(CONVERT(varbinary(max), [c]), 1, 1000)"),
    (column("uniqueidentifier"), "uuid", "CONVERT(nvarchar(36), [c])"),
    (column("xml"), "xml", "CASE WHEN DATALENGTH([c]) <= 1000 THEN CONVERT(nvarchar(max), [c]) END"),
    (column("json"), "json", "CASE WHEN DATALENGTH([c]) <= 1000 THEN CONVERT(nvarchar(max), [c]) END"),
    (column("timestamp"), "bytea", "CONVERT(varbinary(8), [c])"),
    (column("rowversion"), "bytea", "CONVERT(varbinary(8), [c])"),
    (column("hierarchyid"), "text", "[c].ToString()"),
]


@pytest.mark.parametrize(("of", "type_", "select"), TYPES, ids=lambda value: getattr(value, "type", None))
def test_a_type_becomes_one_that_holds_its_values(of, type_, select):
    made = DIALECT.becomes(of, LARGE)
    assert isinstance(made, Becomes)
    assert (made.type, made.select) == (type_, select)
    assert parsed(made.type).family or parsed(made.type).base in ("json", "xml")


@pytest.mark.parametrize("of", [one for one, *_ in TYPES if one.length == -1 or one.type in ("text", "image", "xml")])
def test_large_objects_are_left_out_unless_asked_for(of):
    assert isinstance(DIALECT.becomes(of, Reading()), LeftOut)


@pytest.mark.parametrize("type_", ["geometry", "geography", "sql_variant", "clr", "vector", "never heard of"])
def test_what_there_is_nothing_for_can_be_had_as_text(type_):
    made = DIALECT.becomes(column(type_), LARGE)
    assert isinstance(made, Unsupported)
    assert made.as_text.type == "text"
    assert made.as_text.select is not None
    assert "[c]" in made.as_text.select


def test_every_expression_is_t_sql():
    sqlglot = pytest.importorskip("sqlglot")
    for of, *_ in [*TYPES, *((column(type_),) for type_ in ("geometry", "sql_variant", "clr", "vector"))]:
        made = DIALECT.becomes(of, LARGE)
        made = made.as_text if isinstance(made, Unsupported) else made
        assert isinstance(made, Becomes)
        (tree,) = sqlglot.parse(f"SELECT {made.select or '[c]'}", dialect="tsql")
        assert isinstance(tree, sqlglot.exp.Select)


def test_a_table_is_read_by_a_query_of_its_columns_in_their_order():
    columns = [
        Fetched("b", RemoteColumn("b]", "int"), Becomes("integer")),
        Fetched("a", RemoteColumn("it's", "money"), Becomes("numeric", "CONVERT(decimal(19, 4), [it's])")),
    ]
    table = RemoteTable("dbo", "t ]x", "table", tuple(one.remote for one in columns))
    assert DIALECT.table_options(table, columns) == {
        "query": "SELECT [b]]], CONVERT(decimal(19, 4), [it's]) FROM [dbo].[t ]]x]",
        "match_column_names": "0",
    }


def test_names_are_in_brackets_or_refused():
    assert bracketed('a"b]c') == '[a"b]]c]'
    with pytest.raises(ValueError, match="empty"):
        bracketed("")


@pytest.fixture(scope="module")
def empty(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as connection:
        yield connection


@pytest.mark.parametrize(
    ("said", "type_", "default"),
    [
        ("((0))", "integer", "0"),
        ("((-1))", "integer", "-1"),
        ("(-(1.50))", "numeric(5, 2)", "-1.50"),
        ("('7')", "bigint", "7"),
        ("('')", "integer", "0"),
        ("((1))", "boolean", "true"),
        ("((0))", "boolean", "false"),
        ("('false')", "boolean", "false"),
        ("('maybe')", "boolean", None),
        ("(N'it''s')", "character varying(10)", "'it''s'"),
        ("((0))", "character varying(10)", "'0'"),
        ("('')", "text", "''"),
        ("(NULL)", "integer", None),
        ("(getdate())", "timestamp(3)", "(LOCALTIMESTAMP)"),
        ("(getdate())", "date", "(LOCALTIMESTAMP)"),
        ("(sysutcdatetime())", "timestamp(6)", "(pg_catalog.timezone('UTC', pg_catalog.now()))"),
        ("(sysdatetimeoffset())", "timestamp(6) with time zone", "(pg_catalog.now())"),
        ("('19000101')", "timestamp(3)", "'19000101'"),
        ("('2024-02-29T00:00:00.000')", "timestamp(3)", "'2024-02-29T00:00:00.000'"),
        ("('01/02/03')", "timestamp(3)", None),
        ("((0))", "timestamp(3)", "'1900-01-01'"),
        ("((17))", "timestamp(3)", None),
        ("('')", "date", "'1900-01-01'"),
        ("(CONVERT([date],getdate()))", "date", "(CAST(LOCALTIMESTAMP AS date))"),
        ("(newid())", "uuid", "(pg_catalog.gen_random_uuid())"),
        ("(newsequentialid())", "uuid", "(pg_catalog.gen_random_uuid())"),
        ("('{00000000-0000-0000-0000-000000000000}')", "uuid", "'00000000-0000-0000-0000-000000000000'"),
        ("(0x00ff)", "bytea", "('\\x00ff'::pg_catalog.bytea)"),
        ("(suser_sname())", "character varying(128)", "(SESSION_USER)"),
        ("(host_name())", "character varying(128)", None),
        ("([dbo].[fn]())", "integer", None),
        ("(dateadd(day,(1),getdate()))", "timestamp(3)", None),
    ],
)
def test_a_default_is_told_as_one_of_the_columns_type_or_not_at_all(empty, said, type_, default):
    found = DIALECT.default(column("int", default=said), type_)
    assert found == default
    if found is not None:
        with empty.transaction(force_rollback=True):
            empty.execute(f"CREATE TABLE t (k integer, c {type_} DEFAULT {found}); INSERT INTO t VALUES (1)".encode())


def test_a_sequence_in_a_default_is_named_as_the_source_names_it():
    said = column("bigint", default="(NEXT VALUE FOR [dbo].[Order No])")
    assert DIALECT.default(said, "bigint") == '(nextval("dbo"."Order No"))'
    assert DIALECT.default(column("bigint"), "bigint") is None


@contextlib.contextmanager
def closed_locale(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """A database of locale C, where FreeTDS would make Latin-1 of all texts unless told otherwise."""
    with connect(cluster, "postgres") as admin:
        admin.execute("CREATE DATABASE closed_locale TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        try:
            with connect(cluster, "closed_locale") as connection:
                yield connection
        finally:
            admin.execute("DROP DATABASE closed_locale WITH (FORCE)")


def test_values_come_through_the_wrapper_as_they_are(cluster):
    """Of the types that are fetched as they are, and those that expressions make of others."""
    cases = [
        ("tinyint", "smallint", 255, "255"),
        ("smallint", "smallint", -32768, "-32768"),
        ("int", "integer", -(2**31), str(-(2**31))),
        ("bigint", "bigint", 2**63 - 1, str(2**63 - 1)),
        ("bit", "boolean", 1, "true"),
        ("decimal(38,10)", "numeric(38, 10)", "-1234567890123456789012345678.0123456789",
         "-1234567890123456789012345678.0123456789"),
        ("float", "double precision", 0.1, "0.1"),
        ("float", "double precision", -1.7976931348623157e308, "-1.7976931348623157e+308"),
        ("real", "real", 0.1, "0.1"),
        ("varbinary(8000)", "bytea", b"\0\xff'\\", "\\x00ff275c"),
        ("varbinary(max)", "bytea", bytes(range(256)) * 400, "\\x" + bytes(range(256)).hex() * 400),
        ("nvarchar(10)", "date", "2024-02-29", "2024-02-29"),
        ("nvarchar(16)", "time(6)", "23:59:59.999999", "23:59:59.999999"),
        ("nvarchar(34)", "timestamp(6) with time zone", "9999-12-31 23:59:59.999999+14:00",
         "9999-12-31 09:59:59.999999+00"),
        ("nvarchar(36)", "uuid", "6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        ("nvarchar(max)", "character varying", "é" * 70000, "é" * 70000),
        ("nvarchar(max)", "json", '{"a": "\\u00e9"}', '{"a": "\\u00e9"}'),
        ("nvarchar(5)", "character(5)", "ü", "ü"),
        ("nvarchar(4000)", "character varying(4000)", "😀" * 2000, "😀" * 2000),
    ]  # fmt: skip
    answer = Answer([("", kind) for kind, *_ in cases], [[value for *_, value, _ in cases], [None] * len(cases)])
    with closed_locale(cluster) as connection, sql_server(lambda text: answer if text == "SELECT" else None) as server:
        try:
            connection.execute("CREATE EXTENSION tds_fdw")
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("tds_fdw is not installed")
        connection.execute(f"CREATE SERVER s FOREIGN DATA WRAPPER tds_fdw OPTIONS ({server.options()})")
        connection.execute("CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (username 'dev', password 'secret')")
        columns = ", ".join(f"c{number} {type_}" for number, (_, type_, *_) in enumerate(cases))
        connection.execute(
            f"CREATE FOREIGN TABLE f ({columns}) SERVER s OPTIONS (query 'SELECT', match_column_names '0')"
        )
        texts = ", ".join(f"c{number}::text" for number in range(len(cases)))
        connection.execute("SET timezone = 'UTC'")
        first, second = connection.execute(f"SELECT {texts} FROM f").fetchall()
        assert [(got, text) for got, (*_, text) in zip(first, cases, strict=True) if got != text] == []
        assert set(second) == {None}
