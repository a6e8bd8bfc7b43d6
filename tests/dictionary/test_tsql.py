"""T-SQL's expressions in PostgreSQL's SQL, and values as T-SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pglast
import psycopg
import pytest
from databases import new_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devdb.dictionary.tds import literal, remote_condition, remote_literal
from devdb.dictionary.tsql import translated
from devdb.server.cluster import Cluster

# Columns of every table that a condition is tried on.
TABLE = """
    CREATE TABLE t (a integer, b integer, d timestamp, "first" varchar(20), "last" varchar(20), "a b" text, code text)
"""


@pytest.fixture(scope="module")
def empty(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, TABLE) as connection:
        yield connection


KNOWN = [
    ("([a]>(0) AND [b]<=(10.5))", '("a" > (0) AND "b" <= (10.5))'),
    ("([code]='A' OR [code]=N'it''s')", "(\"code\" = 'A' OR \"code\" = 'it''s')"),
    ("([a]<>[b] AND [a]!=(3) AND [a]!<[b])", '("a" <> "b" AND "a" <> (3) AND "a" >= "b")'),
    ("(len([a b])>(3))", '(pg_catalog.length(pg_catalog.rtrim("a b")) > (3))'),
    ("(isnull([a],(0))+isnull([b],(0)))", '(COALESCE("a", (0)) + COALESCE("b", (0)))'),
    ("([first]+N' '+[last])", '("first" || \' \' || "last")'),
    ("((isnull([first],'')+', ')+[last])", "((COALESCE(\"first\", '') || ', ') || \"last\")"),
    ("(upper(left([first],(1)))+'.')", "(pg_catalog.upper(pg_catalog.left(\"first\", (1))) || '.')"),
    ("([code] like '[A-Z][0-9][^x]_%')", "(\"code\" ~ '^[A-Z][0-9][^x]..*$')"),
    ("(NOT [code] like '%a')", "(NOT \"code\" LIKE '%a')"),
    ("([code] NOT LIKE '[0-9]')", "(\"code\" !~ '^[0-9]$')"),
    (r"([code] like 'a\_%')", "(\"code\" LIKE E'a\\\\\\\\_%')"),
    ("([d]<=sysutcdatetime())", "(\"d\" <= pg_catalog.timezone('UTC', pg_catalog.now()))"),
    ("([d]<=CURRENT_TIMESTAMP)", '("d" <= LOCALTIMESTAMP)'),
    ("(datepart(year,[d])=(1))", None),
    ("(year([d])>=(1900))", '((EXTRACT(YEAR FROM "d"))::integer >= (1900))'),
    ("(CONVERT([decimal](18,2),[a]*[b]))", '(CAST("a" * "b" AS numeric(18, 2)))'),
    ("(CONVERT([decimal],[a]))", '(CAST("a" AS numeric(18, 0)))'),
    ("(CONVERT([nvarchar](max),[a]))", '(CAST("a" AS text))'),
    ("(CONVERT([varchar](10),[d],(120)))", None),
    ("([a]^[b])", '("a" # "b")'),
    ("([a]&(1)=(1))", '("a" & (1) = (1))'),
    # T-SQL takes this from left to right.
    ("([a]&(1)+(1))", None),
    ("(case when [a]>(0) then 'x' else 'y' end)", "(CASE WHEN \"a\" > (0) THEN 'x' ELSE 'y' END)"),
    ("(iif([a]>(0),'x','y'))", "(CASE WHEN \"a\" > (0) THEN 'x' ELSE 'y' END)"),
    ("([a] IN ((1),(2)))", '("a" IN ((1), (2)))'),
    ("([a]%(2)=(0))", '("a" % (2) = (0))'),
    ("(charindex('@',[code])>(1))", "(pg_catalog.strpos(\"code\", '@') > (1))"),
    ("([a] IS NOT NULL)", '("a" IS NOT NULL)'),
]
UNKNOWN = [
    "([dbo].[fn]([a])>(0))",
    "([x].value('a','int')=(1))",
    "([geo].[STIsValid]()=(1))",
    "([geometry]::Point(0,0,0))",
    "(dateadd(day,(1),[d])>(0))",
    "(isjson([code])=(1))",
    "([code] collate Latin1_General_BIN='a')",
    "([code] like [a b])",
    "([code] like 'a!%' escape '!')",
    "(round([a],(1),(1)))",
    "(@@spid)",
    "([a]>(0)) -- comment",
    "([a]>/* comment */(0))",
    "([a]>(0)",
    "([a]>(0)))",
    "('open",
    "([open",
    "$1.50",
    "()",
    "",
    "(datalength([code])>(1))",
]


@pytest.mark.parametrize(("said", "told"), KNOWN)
def test_an_expression_is_told_in_postgresqls_sql(empty, said, told):
    assert translated(said) == told
    if told is not None:
        empty.execute(f"SELECT {told} FROM t".encode())


@pytest.mark.parametrize("said", UNKNOWN)
def test_what_is_not_known_for_certain_is_not_told(said):
    assert translated(said) is None


@given(st.text("[]'\"()N=<>+-.,ab01 \\\n%", max_size=30))
def test_any_text_is_told_or_not(said):
    told = translated(said)
    assert told is None or told.strip()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(empty, text):
    said = "'" + text.replace("'", "''") + "'"
    told = translated(said)
    assert told is not None
    pglast.parse_sql(f"SELECT {told}")
    # SQL Server takes a backslash at the end of a line for a line that goes on.
    (found,) = empty.execute(f"SELECT {told}".encode()).fetchone()
    assert found == re.sub(r"\\\r?\n", "", text)


def value_of(constant: str) -> str:
    """The text that SQL Server reads in a constant of ours."""
    pieces = re.fullmatch(r"\(?(N?'(?:[^']|'')*'(?: \+ N?'(?:[^']|'')*')*)\)?", constant)
    assert pieces is not None, constant
    whole = ""
    for prefix, piece in re.findall(r"(N?)'((?:[^']|'')*)'", pieces[1]):
        assert prefix == "N" or piece.isascii()
        assert not re.search(r"\\[\r\n]", piece), "SQL Server would drop the end of the line"
        whole += piece.replace("''", "'")
    return whole


NASTY = [
    "",
    "'",
    "''",
    "it's",
    "ünï",
    "😀'",
    "\\",
    "\\\n",
    "\\\r\n'",
    "a\\\nb\\\nc",
    "--",
    "/*",
    "]",
    "%",
    "{}",
    "$$",
    "\\\\\n",
]
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
lines = st.text("\\\r\n'aü", max_size=12)


@given(st.one_of(texts, lines))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_becomes_a_constant_that_means_it(empty, text):
    assert value_of(literal(text)) == text
    computed = remote_literal("text", "%(v)s::text")
    assert computed is not None
    (made,) = empty.execute(f"SELECT {computed}", {"v": text}).fetchone()
    assert value_of(made) == text


def test_a_text_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="NUL"):
        literal("\0")


@pytest.mark.parametrize(
    ("type_", "value", "constant"),
    [
        ("smallint", -5, "-5"),
        ("bigint", 2**62, str(2**62)),
        ("numeric(10,2)", Decimal("12.50"), "12.50"),
        ("numeric", "NaN", None),
        ("double precision", 1e300, "1e+300"),
        ("double precision", 0.5, "0.5e0"),
        ("real", 0.1, "0.1e0"),
        ("real", "-Infinity", None),
        ("boolean", True, "1"),
        ("boolean", False, "0"),
        ("character(4)", "ab", "('ab')"),
        ("character varying", "ü", "(N'ü')"),
        ("uuid", "6F9619FF-8B86-D011-B42D-00C04FC964FF", "'6f9619ff-8b86-d011-b42d-00c04fc964ff'"),
        ("bytea", b"\0\xff", "0x00ff"),
        ("date", "2024-02-29", "'20240229'"),
        ("date", "infinity", None),
        ("date", "0044-03-15 BC", None),
        # A datetime knows thousandths, and takes no more digits than these.
        ("timestamp(3)", "2024-02-29 23:59:59.997", "'2024-02-29T23:59:59.997'"),
        ("timestamp without time zone", "2024-02-29 23:59:59.123456", "'2024-02-29T23:59:59.123456'"),
        ("timestamp", "12000-01-01", None),
        ("timestamp with time zone", "2024-02-29 23:59:59.5+02", "'2024-02-29T21:59:59.500+00:00'"),
        ("time", "12:00:00.5", "'12:00:00.5'"),
    ],
)
def test_a_value_becomes_a_constant_of_t_sql(empty, type_, value, constant):
    sqlglot = pytest.importorskip("sqlglot")
    computed = remote_literal(type_, f"%(v)s::{type_}")
    assert computed is not None
    (made,) = empty.execute(f"SELECT {computed}", {"v": value}).fetchone()
    assert made == constant
    assert constant is None or sqlglot.parse_one(f"SELECT {made}", dialect="tsql") is not None
    assert empty.execute(f"SELECT {remote_literal(type_, f'NULL::{type_}')}").fetchone() == (None,)


@pytest.mark.parametrize("type_", ["jsonb", "integer[]", "interval", "my.type"])
def test_a_type_without_constants_has_none(type_):
    assert remote_literal(type_, "x") is None


def test_a_condition_lists_constants(empty):
    constants = f"pg_catalog.string_agg({remote_literal('text', 'k')}, ', ' ORDER BY k)"
    listed = f"(SELECT {constants} FROM pg_catalog.unnest(%(keys)s::text[]) AS k)"
    (made,) = empty.execute(f"SELECT {remote_condition('it]s %% k', listed)}", {"keys": ["a", "b'c"]}).fetchone()
    assert made == "[it]]s % k] IN (('a'), ('b''c'))"
