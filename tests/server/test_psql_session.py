"""Queries reach the server through psql as they are, and what it puts out is exactly their result."""

from __future__ import annotations

import pytest
from databases import connect
from hypothesis import example, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from devdb.errors import ConnectionFailed, ScriptFailed
from devdb.server import programs
from devdb.server.psql_session import PsqlSession, quoted, terminated
from devdb.sqltext.quoting import literal

ODD = [
    "SELECT 'it''s :id, :''id'', :\"id\", :{?id}, \\q \\\\ \\; -- no /* comment' AS t",
    "SELECT E'a\\nb\\'c :HOST' AS t",
    "SELECT $$ ; \\g :HOST ' \" $$ || $tag$ $$ $tag$ AS t",
    "SELECT 'one\nexit\nquit\n\\q\nhelp\n\n\n\\.\nlast\r\nline' AS t",
    'SELECT 1 AS ":HOST \\ ; \'"',
    "SELECT (ARRAY['a','b','c'])[1:2]::text AS t",
    "SELECT (ARRAY['a','b','c'])[:QUIET]::text FROM (SELECT 2 AS quiet) AS q",
    "SELECT (ARRAY['a','b','c'])[1:HOST]::text FROM (SELECT 2) AS q(host)",
    "SELECT '12'::text::varchar(1)::text /* a ' comment ; \\ :HOST /* nested */ */ AS t",
    "SELECT 'ends' -- in a comment; \\q",
    "SELECT U&'d!0061t' UESCAPE '!', x'1F'::integer, N'n'",
    "SELECT 'é ü 漢字 😀 ' || chr(233) AS \"ü\"",
    "WITH x(y) AS (VALUES (1), (2)) SELECT y FROM x ORDER BY y DESC",
    "VALUES ('a;b'), ('\\.'), (NULL), ('')",
    "SELECT '\t\b\v\f\x01'",
    "SELECT json_build_object('a:b', '{\"c\":1}') ->> 'a:b'",
    "TABLE pg_catalog.pg_am",
]


REFUSED = [
    "1; DROP TABLE item", "(1", "1)", "1) TO STDOUT; SELECT (2", "'a", "$$a", '"a', "1 /*", "1 \\q", "1 \\; SELECT 2",
    "'\0'",
]  # fmt: skip


def started(cluster) -> PsqlSession:
    conninfo = {key: str(value) for key, value in conninfo_to_dict(cluster.conninfo()).items()}
    return PsqlSession(programs.find("psql"), conninfo, None)


@pytest.fixture(scope="module")
def session(cluster):
    made = started(cluster)
    yield made
    made.close()


def copied(session: PsqlSession, query: str, options: str = "FORMAT text") -> bytes:
    statement = terminated([f"COPY (\n{quoted(query, what='query')}\n) TO STDOUT ({options})"])
    return b"".join(session.run(statement))


@pytest.mark.parametrize("query", ODD)
def test_odd_queries_are_the_server_s(cluster, session, query):
    with connect(cluster, "postgres").cursor() as cursor, cursor.copy(f"COPY (\n{query}\n) TO STDOUT") as copy:
        expected = b"".join(copy)
    assert copied(session, query) == expected


@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@example("a'b\"c\\d:e;f\ng")
@settings(max_examples=100, deadline=None)
def test_any_text_reaches_the_server(session, text):
    values = [literal(text)] + ([] if "$d$" in f"{text}$" else [f"$d${text}$d$"])
    for value in values:
        got = copied(session, f"SELECT {value} AS t", "FORMAT csv, FORCE_QUOTE *").decode()
        assert got == '"' + text.replace('"', '""') + '"\n'


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_no_single_query_is_refused(query):
    with pytest.raises(ScriptFailed, match=r"^public\.item: "):
        quoted(f"SELECT {query}", what="public.item")


def test_a_result_ends_where_it_ends(session):
    for size in (0, 1, 4095, 4096, 1 << 18, 5_000_000):
        query = f"SELECT repeat('x', {size} - 1)" if size else "SELECT 1 WHERE false"
        assert len(copied(session, query)) == size


def test_a_failure_ends_psql(cluster):
    session = started(cluster)
    assert copied(session, "SELECT 1") == b"1\n"
    with pytest.raises(ScriptFailed, match="division by zero") as failure:
        copied(session, "SELECT 1 / (9000 - g) FROM generate_series(1, 10000) AS g")
    assert failure.value.sqlstate == "22012"
    assert session._process.returncode == 3


def test_a_server_that_is_not_there_is_told_of(tmp_path):
    session = PsqlSession(programs.find("psql"), {"host": str(tmp_path), "dbname": "x", "password": "s3cret"}, None)
    with pytest.raises(ConnectionFailed, match="No such file or directory"):
        copied(session, "SELECT 1")


@pytest.mark.parametrize("program", programs.installed("psql"), ids=lambda program: program.version_text)
def test_every_installed_psql_will_do(cluster, program):
    conninfo = {key: str(value) for key, value in conninfo_to_dict(cluster.conninfo()).items()}
    session = PsqlSession(program, conninfo, None)
    try:
        assert len(copied(session, "SELECT g FROM generate_series(1, 1000) AS g", "FORMAT binary")) == 10_021
        with pytest.raises(ScriptFailed, match="division by zero") as failure:
            copied(session, "SELECT 1 / (9000 - g) FROM generate_series(1, 10000) AS g")
        assert failure.value.sqlstate == "22012"
    finally:
        session.close()
