"""What files create is found, whatever came of it later; what cannot be known is named."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from devdb.migrations.created import Created, created, signature
from devdb.migrations.folder import read

FIRST = """
CREATE SCHEMA app CREATE TABLE inner_t (a serial);
SET search_path TO "$user", app, public;
CREATE TABLE t (id bigserial PRIMARY KEY, k "Kind"[]);
CREATE INDEX t_k ON t (k); CREATE UNIQUE INDEX ON t (id);
CREATE TYPE "Kind" AS ENUM ('a;b'); CREATE DOMAIN d AS int; CREATE TYPE c AS (a int);
CREATE OR REPLACE FUNCTION f(a int, b varchar(3)[] DEFAULT '{}', OUT c text) LANGUAGE sql AS $$ SELECT 'x;y' $$;
CREATE TRIGGER trg BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g();
CREATE POLICY p ON t; CREATE RULE r AS ON INSERT TO t DO NOTHING;
CREATE TEMP TABLE tt (a int); CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1;
CREATE AGGREGATE agg(int) (sfunc = f, stype = int); CREATE AGGREGATE cnt(*) (sfunc = f, stype = int);
CREATE OPERATOR + (leftarg = int, rightarg = "Kind", function = f);
CREATE EXTENSION IF NOT EXISTS citext; CREATE CAST (text AS app."Kind") WITH FUNCTION x(text);
COPY t (id) FROM stdin;
1;CREATE TABLE no_table (a int);
\\.
CREATE TABLE plain AS SELECT :'x' AS a, 1::int;
CREATE FOREIGN TABLE ft (a int) SERVER s;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE unknown_schema (a int); CREATE TABLE ${schema}.placed (a int); CREATE TABLE ${pre}_x (a int);
CREATE OPERATOR CLASS oc FOR TYPE int USING btree AS FUNCTION 1 f(int, int);
CREATE STATISTICS app.st ON a, b FROM app.t; CREATE PROCEDURE app.pr(INOUT a int) LANGUAGE sql AS '';
"""
SECOND = """
ALTER TABLE app.t RENAME TO t2;
ALTER TYPE app."Kind" SET SCHEMA public;
DROP VIEW app.v; DROP FUNCTION app.f(integer, character varying[]); DROP TRIGGER trg ON app.t2;
ALTER SCHEMA app RENAME TO app2;
DROP TABLE IF EXISTS nope CASCADE;
DO $$ BEGIN CREATE TYPE app2.mood AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN EXECUTE 'CREATE TABLE hidden (a int)'; END $$;
CREATE TABEL x (a int);
ALTER TABLE app2.t2 ADD COLUMN n serial;
DROP OPERATOR app2.+ (int, "Kind"); DROP CAST (text AS app."Kind"); DROP OPERATOR CLASS oc USING btree;
\\i other.sql
DROP MATERIALIZED VIEW app2.m CASCADE;
"""


def found(directory: Path, files: dict[str, str], target: str = "postgres") -> Created:
    for name, text in files.items():
        (directory / name).write_text(text)
    return created(read(directory), target=target)  # type: ignore[arg-type]


def test_what_files_create_and_change_is_known_as_it_is_in_the_end(tmp_path: Path) -> None:
    files = {"V1__a.sql": FIRST, "V2__b.sql": SECOND, "R__v.sql": "CREATE VIEW public.rv AS SELECT 1"}
    made = found(tmp_path, {**files, "U2__b.sql": "DROP TABLE app2.t2;"})
    assert made.things == {
        ("schema", "", "app2", None),
        ("table", "app2", "inner_t", None),
        ("sequence", "app2", "inner_t_a_seq", None),
        ("table", "app2", "t2", None),
        ("sequence", "app2", "t_id_seq", None),
        ("sequence", "app2", "t2_n_seq", None),
        ("index", "app2", "t_k", None),
        ("policy", "app2", "p", ("t2",)),
        ("rule", "app2", "r", ("t2",)),
        ("type", "public", "Kind", None),
        ("type", "app2", "c", None),
        ("type", "app2", "mood", None),
        ("domain", "app2", "d", None),
        ("aggregate", "app2", "agg", ("int4",)),
        ("aggregate", "app2", "cnt", ()),
        ("procedure", "app2", "pr", ("int4",)),
        ("extension", "", "citext", None),
        ("table", "app2", "plain", None),
        ("foreign table", "app2", "ft", None),
        ("table", None, "unknown_schema", None),
        ("table", None, "placed", None),
        ("statistics object", "app2", "st", None),
        ("view", "public", "rv", None),
    }
    told = [(path.name, line, reason) for path, line, reason in made.opaque]
    assert told == [
        ("V1__a.sql", 20, "a placeholder is part of the name of this table"),
        ("V2__b.sql", 8, "a block whose statements are put together when it runs"),
        ("V2__b.sql", 9, 'not understood: syntax error at or near "TABEL"'),
        ("V2__b.sql", 12, "\\i is a command of psql's"),
        ("V2__b.sql", 13, "DROP MATERIALIZED VIEW … CASCADE drops what is not named, too"),
    ]


def test_a_file_that_does_not_end_well_is_named(tmp_path: Path) -> None:
    (tmp_path / "V3__latin.sql").write_bytes(b"CREATE TABLE \xe4 ();")
    made = found(tmp_path, {"V1__a.sql": "CREATE TABLE a ();\nSELECT 'x;", "V2__b.sql": "CREATE TABLE b ();"})
    assert {thing[2] for thing in made.things} == {"a", "b"}
    assert [(path.name, line) for path, line, _ in made.opaque] == [("V3__latin.sql", 1), ("V1__a.sql", 2)]


def test_drops_take_along_what_goes_with_a_table(tmp_path: Path) -> None:
    first = (
        "CREATE TABLE t (id serial); CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f(); CREATE INDEX i ON t (id)"
    )
    assert found(tmp_path, {"V1__a.sql": first, "V2__b.sql": "DROP TABLE public.t"}).things == frozenset()
    moved = found(tmp_path, {"V2__b.sql": "ALTER TABLE t SET SCHEMA s"}).things
    assert {thing[1] for thing in moved} == {"s"}
    assert found(tmp_path, {"V2__b.sql": "DROP SCHEMA s; DROP SCHEMA public CASCADE"}).things  # of no known schema


def test_signatures_are_those_of_the_server(db: str, tmp_path: Path) -> None:
    text = """
        CREATE SCHEMA "Odd s"; CREATE TYPE "Odd s"."K k" AS ENUM ('a');
        CREATE FUNCTION "Odd s".f(a int, b varchar(3)[], "Odd s"."K k", timestamptz, bit varying, double precision,
            "char", numeric(4, 2), OUT o text) LANGUAGE sql AS $$ SELECT 'x' $$;
        CREATE PROCEDURE p(IN a char(3), VARIADIC b time[]) LANGUAGE sql AS '';
        CREATE AGGREGATE agg(float4) (sfunc = pg_catalog.float4pl, stype = real);
        CREATE AGGREGATE "Odd s".cnt(*) (sfunc = pg_catalog.int8inc, stype = bigint, initcond = 0);
        CREATE OPERATOR === (leftarg = int, rightarg = bigint, function = pg_catalog.int48eq);
        CREATE OPERATOR "Odd s".!!! (rightarg = int, function = pg_catalog.int4um);
        CREATE TABLE "Odd s"."T ""on t" (a int); CREATE POLICY "p on" ON "Odd s"."T ""on t";
    """
    made = found(tmp_path, {"V1__a.sql": text}).things
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute(text.encode())
        rows = connection.execute("""
            SELECT i.type, i.identity
            FROM (
                SELECT 'pg_proc'::regclass AS classid, oid FROM pg_proc WHERE oid >= 16384
                UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oid >= 16384
                UNION ALL SELECT 'pg_policy'::regclass, oid FROM pg_policy
            ) AS o, pg_identify_object(o.classid, o.oid, 0) AS i
        """).fetchall()
    known = {(type_, args) for type_, _, _, args in made if args is not None}
    assert {(type_, signature(type_, identity)) for type_, identity in rows} == known
    assert len(known) == len(rows) == 7


ORACLE = """-- x
CREATE TABLE app.orders (id NUMBER(10) PRIMARY KEY, t VARCHAR2(10) DEFAULT q'[it's;]');
CREATE GLOBAL TEMPORARY TABLE tmp (a NUMBER) ON COMMIT DELETE ROWS;
CREATE OR REPLACE EDITIONABLE PACKAGE app.pkg AS
  PROCEDURE p; -- ; /
END pkg;
/
CREATE OR REPLACE EDITIONABLE PACKAGE BODY "APP"."PKG" AS
  PROCEDURE p IS BEGIN x := 1 / 2; EXECUTE IMMEDIATE 'DROP TABLE y'; END;
END pkg;
/
CREATE OR REPLACE TYPE num_tab AS TABLE OF NUMBER;
/
CREATE OR REPLACE TRIGGER trg BEFORE INSERT ON orders FOR EACH ROW BEGIN NULL; END;
/
CREATE PUBLIC SYNONYM s FOR app.orders;
CREATE SEQUENCE "Odd seq";
CREATE MATERIALIZED VIEW mv AS SELECT * FROM orders;
BEGIN
  EXECUTE IMMEDIATE 'CREATE TABLE hidden (a NUMBER)';
END;
/
ALTER TABLE app.orders RENAME TO orders2;
CREATE VIEW gone AS SELECT 1 FROM dual;
DROP VIEW gone;
CREATE TABLE ${x}_t (a NUMBER);
CREATE OR REPLACE PACKAGE old AS END;
/
DROP PACKAGE old;
CREATE TABLE IF NOT EXISTS late (a NUMBER)
"""


def test_files_for_oracle_are_read_by_their_first_words(tmp_path: Path) -> None:
    made = found(tmp_path, {"V1__a.sql": ORACLE}, "oracle")
    assert {(type_, schema, name) for type_, schema, name, _ in made.things} == {
        ("table", "APP", "ORDERS2"),
        ("table", None, "TMP"),
        ("table", None, "LATE"),
        ("package", "APP", "PKG"),
        ("package body", "APP", "PKG"),
        ("type", None, "NUM_TAB"),
        ("trigger", None, "TRG"),
        ("synonym", None, "S"),
        ("sequence", None, "Odd seq"),
        ("materialized view", None, "MV"),
    }
    assert [line for _, line, _ in made.opaque] == [19, 26]


@pytest.mark.parametrize(
    "text", ["", ";", "-- nothing", "/* x", "$$", "\\", "CREATE", "CREATE TABLE", "DROP", "/", "ALTER TO"]
)
def test_odd_files_do_no_harm(tmp_path: Path, text: str) -> None:
    for target in ("postgres", "oracle"):
        assert found(tmp_path, {"V1__a.sql": text}, target).things <= {("table", None, "", None)}
