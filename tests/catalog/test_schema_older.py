"""The words of PostgreSQL 18 become those that older servers understand, and nothing else changes."""

from __future__ import annotations

import pytest

from devdb.catalog.schema_older import in_older_words


@pytest.fixture
def left_out():
    return []


@pytest.fixture
def older(left_out):
    return in_older_words(lambda statement: statement, left_out.append)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE s.t (a integer NOT NULL, b text CONSTRAINT named NOT NULL, CHECK ((a > 0)));",
        "CREATE TABLE s.t (a integer GENERATED ALWAYS AS ((1 + 1)) STORED);",
        "ALTER TABLE s.t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s.q);",
        "ALTER TABLE ONLY s.t ADD CONSTRAINT c CHECK ((a IS NOT NULL));",
        "COMMENT ON CONSTRAINT other ON s.t IS 'NOT NULL';",
        "SELECT 'NOT NULL';",
    ],
)
def test_older_words_stay_as_they_are(older, statement):
    assert older(statement) == statement


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        (
            "CREATE TABLE s.t (\n    NOT NULL id,\n    b integer\n)\nINHERITS (s.p);",
            "CREATE TABLE s.t (\n    \n    b integer\n)\nINHERITS (s.p);\n"
            "ALTER TABLE ONLY s.t ALTER COLUMN id SET NOT NULL",
        ),
        (
            'CREATE TABLE "é".t (x numeric(3,1), CONSTRAINT "ö" NOT NULL "ä", NOT NULL b) INHERITS (s.p)',
            'CREATE TABLE "é".t (x numeric(3,1)) INHERITS (s.p);\n'
            'ALTER TABLE ONLY "é".t ALTER COLUMN "ä" SET NOT NULL;\nALTER TABLE ONLY "é".t ALTER COLUMN b SET NOT NULL',
        ),
        (
            "CREATE TABLE s.t (NOT NULL a, CONSTRAINT x NOT NULL b) INHERITS (s.p)",
            "CREATE TABLE s.t ( ) INHERITS (s.p);\n"
            "ALTER TABLE ONLY s.t ALTER COLUMN a SET NOT NULL;\nALTER TABLE ONLY s.t ALTER COLUMN b SET NOT NULL",
        ),
        (
            "CREATE TABLE s.t (a integer, v integer GENERATED ALWAYS AS ((a * (2 + 1))), w text DEFAULT ')'::text);",
            "CREATE TABLE s.t (a integer, v integer GENERATED ALWAYS AS ((a * (2 + 1))) STORED,"
            " w text DEFAULT ')'::text)",
        ),
        (
            "CREATE TABLE s.t (v integer GENERATED ALWAYS AS (1) VIRTUAL)",
            "CREATE TABLE s.t (v integer GENERATED ALWAYS AS (1) STORED )",
        ),
    ],
)
def test_newer_words_are_said_in_older_ones(older, left_out, newer, expected):
    assert older(newer) == expected
    assert left_out == []


def test_what_no_older_server_can_do_is_left_out_aloud(older, left_out):
    assert (
        older("CREATE TABLE s.t (a text CONSTRAINT x NOT NULL NO INHERIT, b text)")
        == "CREATE TABLE s.t (a text , b text)"
    )
    assert older("ALTER TABLE s.t ADD CONSTRAINT later NOT NULL b NOT VALID;") is None
    assert left_out == ["s.t: NOT NULL a NO INHERIT is left out", "s.t: NOT NULL b NOT VALID is left out"]


def test_comments_on_what_an_older_server_does_not_name_are_left_out(older):
    older("CREATE TABLE s.t (a text CONSTRAINT x NOT NULL, CONSTRAINT y CHECK ((a <> '')))")
    assert older("COMMENT ON CONSTRAINT x ON s.t IS 'gone'") is None
    assert older("COMMENT ON CONSTRAINT y ON s.t IS 'stays'") == "COMMENT ON CONSTRAINT y ON s.t IS 'stays'"
    assert older("COMMENT ON CONSTRAINT x ON s.other IS 'stays'") is not None
