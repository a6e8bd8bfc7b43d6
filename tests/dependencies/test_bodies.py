"""Bodies that PostgreSQL does not look into: what they name is found, what they make at run time is told."""

from __future__ import annotations

import psycopg
import pytest

from devdb.dependencies import reading
from devdb.sqltext.templates import Templates

TABLES = """
    SET check_function_bodies = off;
    CREATE SCHEMA app; CREATE SCHEMA far;
    CREATE TABLE app.one (id int); CREATE TABLE app.two (id int); CREATE TABLE public.one (id int);
    CREATE TABLE far.lone (id int); CREATE TABLE public.tmp (id int); CREATE SEQUENCE app.numbers;
    CREATE TYPE app.mood AS ENUM ('a'); CREATE TYPE app.pair AS (l int, r int);
    CREATE FUNCTION app.get(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION app.get(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION app.get(int, int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION app.many(VARIADIC int[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE PROCEDURE app.act(int, OUT r int) LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION public.lower(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE EXTENSION citext SCHEMA public;
"""


@pytest.fixture(scope="module")
def looked(cluster):
    """Ask what a function needs: its definition in, needs ("?" for uncertain ones) and what cannot be known out."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as server:
        server.execute("CREATE DATABASE deps_bodies")
        try:
            with psycopg.connect(cluster.conninfo("deps_bodies"), autocommit=True) as connection:
                connection.execute(TABLES)

                def look(definition: str, session=connection) -> tuple[list[str], list[str]]:
                    with session.transaction(force_rollback=True):
                        session.execute(b"SET LOCAL check_function_bodies = off")
                        session.execute(definition.encode())
                        graph = reading.read(session, Templates())
                        (thing,) = [one for one in graph.things if one.name == "f" and one.schema == "app"]
                        needs = graph.needs_of.get(thing, ())
                        return (
                            sorted(f"{need.needs}{'' if need.is_certain else ' ?'}" for need in needs),
                            [f"{one.line}: {one.reason}" for one in graph.unknown if one.of == thing],
                        )

                yield look
        finally:
            server.execute("DROP DATABASE deps_bodies WITH (FORCE)")


def sql(body: str, *, more: str = "") -> str:
    return f"CREATE FUNCTION app.f(x int, y text) RETURNS SETOF record LANGUAGE sql {more} AS $f${body}$f$"


def plpgsql(body: str, *, arguments: str = "x int, y text", result: str = "void", more: str = "") -> str:
    return f"CREATE FUNCTION app.f({arguments}) RETURNS {result} LANGUAGE plpgsql {more} AS $f${body}$f$"


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        ("SELECT * FROM app.one", ["table app.one"]),
        # Without a schema: where this session would look for it, which another may not.
        ("SELECT * FROM one", ["table public.one ?"]),
        # Not on the path: the body's own schema, or the only one that has it.
        ("SELECT * FROM two", ["table app.two ?"]),
        ("SELECT * FROM lone", ["table far.lone ?"]),
        ("WITH one AS (SELECT 1) SELECT * FROM one", []),
        ("WITH one AS (SELECT * FROM one) SELECT * FROM one", ["table public.one ?"]),
        ("WITH RECURSIVE one AS (SELECT 1 UNION ALL SELECT * FROM one) SELECT * FROM one", []),
        ("WITH a AS (SELECT * FROM one), one AS (SELECT 1) SELECT * FROM a, one", ["table public.one ?"]),
        ("SELECT 1 WHERE EXISTS (WITH one AS (SELECT 1) TABLE one) AND x IN (TABLE app.one)", ["table app.one"]),
        # A name of WITH is nothing to write to.
        ("WITH one AS (SELECT 1) DELETE FROM one", ["table public.one ?"]),
        (
            "WITH d AS (DELETE FROM app.one RETURNING id) INSERT INTO app.two SELECT * FROM d",
            ["table app.one", "table app.two"],
        ),
        ("UPDATE app.one SET id = two.id FROM app.two", ["table app.one", "table app.two"]),
        ("MERGE INTO app.one USING app.two ON true WHEN MATCHED THEN DELETE", ["table app.one", "table app.two"]),
        ("SELECT * FROM app.one o FOR UPDATE OF o", ["table app.one"]),
        ("TRUNCATE app.one, app.two", ["table app.one", "table app.two"]),
        ("SELECT app.one.id, one.id FROM app.one, LATERAL (SELECT one.id) q", ["table app.one"]),
        # What a body makes is not needed, once it is made.
        ("CREATE TEMP TABLE tmp AS SELECT * FROM app.one; SELECT * FROM tmp", ["table app.one"]),
        ("SELECT * FROM tmp; CREATE TEMP TABLE tmp (id int); SELECT * FROM tmp", ["table public.tmp ?"]),
        ("DROP TABLE IF EXISTS tmp; SELECT * FROM pg_temp.tmp", []),
        # Sequences and others by a text.
        ("SELECT nextval('app.numbers'), 'app.one'::regclass", ["sequence app.numbers", "table app.one"]),
        ("SELECT setval('app.' || 'numbers', 1), nextval(('app.numbers'::text)::regclass)", ["sequence app.numbers"]),
        (
            "SELECT 'app.mood'::regtype, 'app.many(int[])'::regprocedure",
            ["function app.many(integer[])", "type app.mood"],
        ),
        ("SELECT y::app.mood, CAST(y AS app.mood[]), app.pair '(1,2)'", ["type app.mood", "type app.pair"]),
        # Routines by name and number of arguments; all that fit, if several do.
        ("SELECT app.many(1, 2, 3)", ["function app.many(integer[])"]),
        ("SELECT app.get(1, 2)", ["function app.get(integer,integer)"]),
        (
            "SELECT app.get(1)",
            ["function app.get(integer) ?", "function app.get(integer,integer) ?", "function app.get(text) ?"],
        ),
        ("CALL app.act(1, NULL)", ["procedure app.act(integer)"]),
        # PostgreSQL's own, and one that has the name of such; what an extension adds to them comes with types.
        ("SELECT upper(y), count(*), y ~ 'x', replace(y, 'a', 'b') FROM pg_class, information_schema.tables", []),
        ("SELECT lower(y)", ["function lower(integer) ?"]),
        ("SELECT y::citext", ["extension citext ?"]),
        ("SELECT y::public.citext", ["extension citext"]),
        ("", []),
        ("-- nothing", []),
    ],
)
def test_sql_in_a_string(looked, body, needs):
    assert looked(sql(body)) == ([one.replace("function lower", "function public.lower") for one in needs], [])


def test_a_search_path_of_its_own_makes_names_certain(looked):
    found, _ = looked(sql("SELECT * FROM one, two; SELECT many(1), 'a'::mood", more="SET search_path = app, pg_temp"))
    assert found == ["function app.many(integer[])", "table app.one", "table app.two", "type app.mood"]
    # A temporary table would be found before, unless the path says otherwise.
    found, _ = looked(sql("SELECT * FROM one; SELECT many(1)", more="SET search_path = app"))
    assert found == ["function app.many(integer[])", "table app.one ?"]
    found, _ = looked(sql("SELECT * FROM one", more='SET search_path = "Nobody", "$user", public, app'))
    assert found == ["table public.one ?"]


def test_the_search_path_of_the_database_is_asked(looked, cluster):
    with psycopg.connect(cluster.conninfo("deps_bodies"), autocommit=True) as connection:
        connection.execute("ALTER DATABASE deps_bodies SET search_path = app, public")
    try:
        # What the session that looks has done to its own does not matter.
        with psycopg.connect(cluster.conninfo("deps_bodies"), autocommit=True) as connection:
            connection.execute("SET search_path = far")
            found, _ = looked(sql("SELECT * FROM one"), connection)
        assert found == ["table app.one ?"]
    finally:
        with psycopg.connect(cluster.conninfo("deps_bodies"), autocommit=True) as connection:
            connection.execute("ALTER DATABASE deps_bodies RESET search_path")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("SELECT * FROM app.nope", "1: no table or view is called app.nope"),
        ("SELECT 1;\nSELECT * FROM nope", "2: no table or view is called nope on the search path"),
        ("SELECT app.nope(1, 2)", "1: no function is called app.nope with 2 arguments"),
        ("SELECT nope(1)", "1: no function is called nope with 1 argument on the search path"),
        ("SELECT NULL::app.nope", "1: no type is called app.nope"),
        ("SELECT FROM FROM", 'None: its body cannot be read: syntax error at or near "FROM"'),
    ],
)
def test_a_name_that_nothing_bears_is_told(looked, body, reason):
    assert looked(sql(body)) == ([], [reason])


BLOCK = """
<<whole>>
DECLARE
    v app.one%ROWTYPE;  w app.two.id%TYPE; n v.id%TYPE;
    c CURSOR (k int, l app.mood) IS SELECT * FROM far.lone WHERE id = k;
    p app.pair := (1, 2)::app.pair; arr app.mood[] NOT NULL DEFAULT '{}'; r record; cur refcursor;
    al ALIAS FOR $1; k CONSTANT numeric(10, 2) = 1;
BEGIN
    SELECT o.id INTO STRICT w FROM one AS o; -- FROM app.nothing
    v.id := (SELECT max(id) FROM app.two); p.l = 3; arr[app.many(1)] := 'a';
    FOR r IN SELECT * FROM public.tmp LOOP
        PERFORM app.get(r.id, v.id);
        CONTINUE WHEN r.id = 0;
    END LOOP;
    FOR i IN 1 .. app.many(2, 3) LOOP NULL; END LOOP;
    OPEN c(1, 'a'); FETCH c INTO r; CLOSE c;
    DECLARE inner_ app.mood; BEGIN INSERT INTO app.one VALUES (1);
    EXCEPTION WHEN unique_violation THEN RAISE NOTICE '%', nextval('app.numbers');
    END;
    GET DIAGNOSTICS w = ROW_COUNT;
    x := 1; whole.w := 2; f.y := 'z';
    CALL app.act(x, w);
END
"""


def test_a_block_of_plpgsql(looked):
    found, unknown = looked(plpgsql(BLOCK))
    assert found == [
        "function app.get(integer,integer)",
        "function app.many(integer[])",
        "procedure app.act(integer)",
        "sequence app.numbers",
        "table app.one",
        "table app.two",
        "table far.lone",
        "table public.one ?",
        "table public.tmp",
        "type app.mood",
        "type app.pair",
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("definition", "needs"),
    [
        (plpgsql("BEGIN RETURN NEXT (SELECT 1 FROM app.one); RETURN; END", result="SETOF int"), ["table app.one"]),
        (plpgsql("BEGIN RETURN QUERY SELECT id FROM app.one; END", result="SETOF int"), ["table app.one"]),
        (plpgsql("BEGIN id := 1; RETURN NEXT; END", result="TABLE (id int, m app.mood)"), ["type app.mood"]),
        (plpgsql("BEGIN p.l := 1; RETURN; END", arguments="INOUT p app.pair", result="app.pair"), ["type app.pair"]),
        (plpgsql("BEGIN v := ARRAY[1]; END", arguments="VARIADIC v int[]"), []),
        (plpgsql("BEGIN RETURN x; END", arguments="x anyelement", result="anyelement"), []),
        (
            plpgsql("BEGIN IF EXISTS (SELECT FROM app.one) THEN NULL; ELSIF app.many(x) > 0 THEN RETURN; END IF; END"),
            ["function app.many(integer[])", "table app.one"],
        ),
        (
            plpgsql("BEGIN CASE x WHEN 1 THEN RAISE 'a' USING HINT = app.many(1); ELSE ASSERT 1 = 1; END CASE; END"),
            ["function app.many(integer[])"],
        ),
        (plpgsql("BEGIN CREATE TEMP TABLE one AS TABLE app.two; INSERT INTO one VALUES (1); END"), ["table app.two"]),
        (plpgsql("DECLARE one int; two app.two; BEGIN one := two.id; SELECT one INTO two.id; END"), ["table app.two"]),
        (plpgsql("#variable_conflict use_column\nDECLARE d text; BEGIN d := 'DECLARE x app.one;'; END"), []),
        (
            plpgsql(
                "BEGIN NEW.id := OLD.id; IF TG_OP = 'X' THEN INSERT INTO app.one TABLE fresh; END IF; RETURN NEW; END",
                arguments="",
                result="trigger",
            )
            + "; CREATE TRIGGER t AFTER INSERT ON app.two REFERENCING NEW TABLE AS fresh EXECUTE FUNCTION app.f()",
            ["table app.one"],
        ),
        (
            plpgsql("BEGIN RAISE NOTICE '%', tg_tag; PERFORM app.many(1); END", arguments="", result="event_trigger"),
            ["function app.many(integer[])"],
        ),
        (
            "CREATE PROCEDURE app.f(INOUT x int, OUT y text) LANGUAGE plpgsql AS "
            "$f$ BEGIN x := 1; y := 'a'; DELETE FROM app.one; COMMIT; END $f$",
            ["table app.one"],
        ),
    ],
)
def test_more_of_plpgsql(looked, definition, needs):
    assert looked(definition) == (needs, [])


@pytest.mark.parametrize(
    ("statement", "needs", "unknown"),
    [
        (
            "EXECUTE 'DELETE FROM app.one WHERE id = $1' USING app.many(1)",
            ["function app.many(integer[])", "table app.one"],
            [],
        ),
        ("EXECUTE 'DELETE FROM ' || 'app.one'", ["table app.one"], []),
        ("EXECUTE y", [], ["2: what it needs cannot be known: EXECUTE y"]),
        (
            "EXECUTE format('DELETE FROM %I', y) INTO x",
            [],
            ["2: what it needs cannot be known: EXECUTE format('DELETE FROM %I', y)"],
        ),
        (
            "FOR r IN EXECUTE 'TABLE app.one WHERE ' || y LOOP NULL; END LOOP",
            [],
            ["2: what it needs cannot be known: EXECUTE 'TABLE app.one WHERE ' || y"],
        ),
        ("RETURN QUERY EXECUTE y USING x", [], ["2: what it needs cannot be known: EXECUTE y"]),
        ("OPEN c FOR EXECUTE $$TABLE app.two$$", ["table app.two"], []),
        ("EXECUTE 'nonsense'", [], ['2: not read: syntax error at or near "nonsense"']),
    ],
)
def test_sql_that_a_body_makes(looked, statement, needs, unknown):
    body = f"DECLARE r record; c refcursor; BEGIN\n{statement}; END"
    assert looked(plpgsql(body, result="SETOF int")) == (needs, unknown)


def test_a_body_that_is_none_is_told(looked):
    found, (reason,) = looked(plpgsql("BEGIN this is no statement at all; END"))
    assert found == []
    assert reason.startswith("None: its body cannot be read: ") or "not read" in reason


def test_other_languages_are_told(looked):
    found, unknown = looked("CREATE FUNCTION app.f(int) RETURNS int LANGUAGE internal AS 'int4abs'")
    assert (found, unknown) == ([], ["None: written in internal, which is not read"])
