"""Expressions: what MariaDB prints of its own, translated, gives in PostgreSQL what it gives there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from linking import ask_dictionary, linked, rows
from mariadb_server import MariaDb

from devdb.dictionary.mysql import DIALECT
from devdb.dictionary.mysql_sql import translated
from devdb.dictionary.mysql_words import NotUnderstood
from devdb.server.cluster import Cluster
from devdb.sqltext.quoting import ident

# Over a int, b int, s varchar, t varchar, d datetime, some of them NULL.
SAME_THERE = [
    ("int", "a + b * 2 - 1"),
    ("int", "(a + b) * -2"),
    ("int", "a % 7"),
    ("int", "-a"),
    ("int", "abs(a) + sign(b)"),
    ("int", "a > b"),
    ("int", "a <=> b"),
    ("int", "NOT a > b OR a = 3 AND b <> 0"),
    ("int", "NOT (a BETWEEN 1 AND 5)"),
    ("int", "a NOT IN (1, 2, -3)"),
    ("int", "a IS NULL"),
    ("int", "(a > 1) IS NOT TRUE"),
    ("int", "ifnull(a, 0) + coalesce(b, a, 5)"),
    ("int", "nullif(a, 3)"),
    ("int", "if(a > b, a, b)"),
    ("int", "if(isnull(a), 1, 2)"),
    ("int", "CASE WHEN a > 1 THEN b WHEN a < 0 THEN 7 END"),
    ("int", "CASE a WHEN 1 THEN 10 ELSE 20 END"),
    ("int", "mod(a, 4) + round(1.6) + floor(2.7) + ceiling(2.1)"),
    ("int", "length(s) * 100 + char_length(s)"),
    ("int", "s LIKE 'a%'"),
    ("int", "s LIKE '%\\\\%%'"),
    ("int", "s NOT LIKE '_b_'"),
    ("int", "year(d) * 10000 + month(d) * 100 + dayofmonth(d)"),
    ("int", "hour(d) * 60 + minute(d)"),
    ("varchar(200)", "concat(s, t)"),
    ("varchar(200)", "concat(a, s)"),
    ("varchar(200)", "upper(trim(s))"),
    ("varchar(200)", "lower(left(s, 2))"),
    ("varchar(200)", "substr(s, 2, 3)"),
    ("varchar(200)", "replace(s, 'b', '\\'\"\\\\')"),
    ("varchar(200)", "concat(ltrim(s), '|', rtrim(s), '|', reverse(s), repeat('x', 2), right(s, 1))"),
    ("varchar(200)", "ifnull(t, 'it''s \\\\ 100 %')"),
    ("date", "date(d)"),
]

DIFFERENT_OR_UNKNOWN = [
    "`a` / 2",
    "`a` DIV 2",
    "`a` & 1",
    "`a` XOR `b`",
    "`s` regexp '^a'",
    "greatest(`a`,`b`)",
    "substr(`s`,-2)",
    "substr(`s`,`a`)",
    "cast(`a` as char)",
    "`d` + interval 1 day",
    "last_insert_id()",
    "`s` collate utf8mb4_bin = 'x'",
    "`a` > ",
    "(`a`",
    "`a` `b`",
    "'unfinished",
    "(" * 5000 + "`a`" + ")" * 5000,
]


@pytest.fixture(scope="module")
def computed(cluster: Cluster, mariadb: MariaDb, mysql_fdw: None) -> Iterator[psycopg.Connection[Any]]:
    """A foreign table `there` whose columns e0, e1, … hold what MariaDB makes of the expressions."""
    assert mysql_fdw is None
    columns = ", ".join(f"e{n} {kind} AS ({text}) VIRTUAL" for n, (kind, text) in enumerate(SAME_THERE))
    mariadb.run(f"""
        CREATE DATABASE expressions CHARACTER SET utf8mb4;
        USE expressions;
        CREATE TABLE t (id int PRIMARY KEY, a int, b int, s varchar(50), t varchar(50), d datetime, {columns});
        INSERT INTO t (id, a, b, s, t, d) VALUES
            (1, 3, 2, 'abc', 'x''y', '2024-02-29 23:59:58'), (2, NULL, NULL, NULL, NULL, NULL),
            (3, -8, 5, ' üb%', '', '1999-12-31 00:00:00'), (4, 1, 1, '', 'zz', '2000-01-01 12:30:00');
    """)
    with linked(cluster, mariadb) as connection:
        ask_dictionary(connection, "expressions")
        foreign = ", ".join(f"e{n} {kind.replace('(200)', '')}" for n, (kind, _) in enumerate(SAME_THERE))
        connection.execute(
            "CREATE FOREIGN TABLE public.there "
            f"(id int, a int, b int, s varchar(50), t varchar(50), d timestamp, {foreign}) "
            "SERVER prod_server OPTIONS (dbname 'expressions', table_name 't')".encode()
        )
        connection.execute("CREATE TABLE public.here AS TABLE public.there")
        yield connection
    mariadb.run("DROP DATABASE expressions")


@pytest.mark.parametrize("number", range(len(SAME_THERE)), ids=[text for _, text in SAME_THERE])
def test_an_expression_means_the_same_here(computed, number):
    ((printed,),) = rows(computed, "columns", "generated_sql", f"name = 'e{number}'")
    told = DIALECT.expression(printed)
    assert told is not None, printed
    kind = SAME_THERE[number][0]
    value = f"({told})::int" if kind == "int" else f"({told})"
    question = f"SELECT id, e{number}, {value} FROM public.here ORDER BY id"
    assert [(row, here) for row, _, here in computed.execute(question).fetchall()] == [
        (row, there) for row, there, _ in computed.execute(question).fetchall()
    ]


@pytest.mark.parametrize("text", DIFFERENT_OR_UNKNOWN, ids=lambda text: text[:20])
def test_what_might_mean_another_thing_is_not_told(text):
    with pytest.raises(NotUnderstood):
        translated(text)
    assert DIALECT.expression(text) is None


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("(`status` in (_utf8mb4\\'a\\',_utf8mb4\\'it\\\\\\'s\\'))", "(\"status\" IN ('a', 'it''s'))"),
        ("((`a` > 0) and (`b` <> _latin1\\'\\'))", '(("a" > 0) AND ("b" <> \'\'))'),
        ("lower(`we``ird`)", 'lower("we`ird")'),
        ("(`a` = 'x\\ny')", "(\"a\" = 'x\ny')"),
        ("nextval(`db`.`se``q`)", 'nextval("db"."se`q")'),
        ("current_timestamp()", "CURRENT_TIMESTAMP"),
        ("json_object(_utf8mb4\\'a\\',1)", "jsonb_build_object('a', 1)"),
    ],
)
def test_what_mysql_prints_is_read(printed, told):
    assert translated(printed) == told


@pytest.mark.parametrize("name", ["plain", 'quo"ted', "back`tick", "schön", "select"])
def test_names_come_through(name):
    backticks = name.replace("`", "``")
    quotes = name.replace('"', '""')
    assert translated(f"`{backticks}`") == translated(f'"{quotes}"') == f'"{quotes}"'
    assert ident(name) in (f'"{quotes}"', name)
