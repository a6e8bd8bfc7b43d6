"""Keys that the schema does not declare are found in the catalog, or refused with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from choosing import chosen, reference, refusal, settings_of
from databases import new_database
from linked import read

from devdb.catalog.model import ForeignKey, Source
from devdb.errors import DevdbError, ScriptFailed
from devdb.sampling.choice import check, choose
from devdb.server.cluster import Cluster

TABLES = """
CREATE EXTENSION citext;
CREATE SCHEMA "Other One";
CREATE TYPE mood AS ENUM ('so-so', 'fine');
CREATE DOMAIN code AS varchar(20);
CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE employee (id integer PRIMARY KEY, login text UNIQUE, room integer, "Badge No" code UNIQUE, mood mood);
CREATE UNIQUE INDEX ON employee (mood);
CREATE UNIQUE INDEX ON employee (room) WHERE room > 0;
CREATE TABLE "Other One"."Customer.s" (tenant bigint, "No" integer, mail citext UNIQUE, PRIMARY KEY (tenant, "No"));
CREATE TABLE label (name text COLLATE folding PRIMARY KEY);
CREATE TABLE tagged (path integer[] PRIMARY KEY, hours text[]);
CREATE TABLE attachment (
    id integer PRIMARY KEY, target_kind text NOT NULL, target_id bigint, text_id text, "Badge No" varchar(9),
    tenant smallint, customer numeric, doc jsonb, tags bigint[], codes code[], words text[], moody mood, at timestamptz,
    mail text, path integer[]
);
CREATE TABLE event (id integer, day date, employee integer, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE event_old PARTITION OF event DEFAULT;
CREATE TABLE bare (line text);
CREATE VIEW someone AS SELECT * FROM employee;
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE far (id integer) SERVER elsewhere;
INSERT INTO attachment (id, target_kind, text_id) VALUES (1, 'employee', 'no number');
CREATE FUNCTION never(integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
"""

BOTH = ("public", "Other One")


@pytest.fixture(scope="module")
def connection(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, TABLES) as made:
        yield made


@pytest.fixture(scope="module")
def source(connection: psycopg.Connection[Any]) -> Source:
    return read(connection, *BOTH)


def virtual(text: str, child: str = "public.attachment", parent: str = "public.employee") -> str:
    return f"virtual_keys:\n  it: {{child: '{child}', parent: '{parent}', {text}}}"


def key_of(source: Source, directory: Path, sampling: str) -> ForeignKey:
    return reference(chosen(source, directory, sampling), "it").key


def asked(connection: psycopg.Connection[Any], source: Source, directory: Path, sampling: str) -> str:
    """What the source has against a virtual key; empty when it has nothing."""
    choice = choose(source, settings_of(directory, sampling))
    try:
        check(connection, choice)
    except DevdbError as exc:
        return str(exc)
    return ""


def test_a_plain_column_refers_to_the_primary_key(source: Source, tmp_path: Path) -> None:
    key = key_of(source, tmp_path, virtual("columns: [target_id], when: \"target_kind = 'employee' -- so\""))
    assert (key.child_columns, key.parent_columns, key.values) == (("target_id",), ("id",), None)
    assert (key.when, key.when_columns, key.each) == ("target_kind = 'employee' -- so", ("target_kind",), False)
    assert (key.equals, key.parent_equals, key.compared_types) == (("=",), ("=",), ("integer",))
    assert key.is_virtual
    assert key.read_columns == ("target_id", "target_kind")


def test_an_expression_is_taken_as_the_type_that_it_refers_to(
    connection: psycopg.Connection[Any], source: Source, tmp_path: Path
) -> None:
    text = virtual("columns: [\"doc->'by'->>'id' -- the author\"]")
    key = key_of(source, tmp_path, text)
    assert key.values == ("doc->'by'->>'id' -- the author",)
    assert (key.child_columns, key.compared_types) == (("doc",), ("integer",))
    assert asked(connection, source, tmp_path, text) == ""


def test_columns_are_in_the_order_of_the_parents_columns_whatever_that_of_the_index(
    connection: psycopg.Connection[Any], source: Source, tmp_path: Path
) -> None:
    text = virtual(
        'columns: [customer, "(doc->>\'t\')::int"], parent_columns: ["No", tenant]',
        parent='"Other One"."Customer.s"',
    )
    key = key_of(source, tmp_path, text)
    assert key.values == ("customer", "(doc->>'t')::int")
    assert key.parent_columns == ("No", "tenant")
    assert key.compared_types == ("integer", "bigint")
    assert asked(connection, source, tmp_path, text) == ""


def test_a_column_is_named_as_in_sql_or_as_it_is_called(source: Source, tmp_path: Path) -> None:
    for written in ("['\"Badge No\"']", "['( \"Badge No\" )']"):
        key = key_of(source, tmp_path, virtual(f'columns: {written}, parent_columns: ["Badge No"]'))
        assert (key.child_columns, key.values, key.compared_types) == (("Badge No",), None, ("text",))


def test_elements_of_an_array_refer(connection: psycopg.Connection[Any], source: Source, tmp_path: Path) -> None:
    for text, parent in [
        ("columns: [tags]", "public.employee"),
        ("columns: [words]", "public.label"),
        ("columns: [codes], parent_columns: ['Badge No']", "public.employee"),
        ("columns: [\"ARRAY(SELECT jsonb_array_elements_text(doc->'tags'))\"]", "public.employee"),
        ("columns: [\"string_to_array(text_id, ',')::int[]\"]", "public.employee"),
        ("columns: [\"ARRAY[target_id, customer]\"]", "public.employee"),
    ]:  # fmt: skip
        assert key_of(source, tmp_path, virtual(text, parent=parent)).each, text
        assert asked(connection, source, tmp_path, virtual(text, parent=parent)) == "", text


def test_an_array_may_refer_to_an_array_as_a_whole(source: Source, tmp_path: Path) -> None:
    key = key_of(source, tmp_path, virtual("columns: [path]", parent="public.tagged"))
    assert (key.each, key.compared_types) == (False, ("integer[]",))


def test_columns_within_a_subquery_are_the_childs_as_well(source: Source, tmp_path: Path) -> None:
    text = virtual('columns: ["ARRAY(SELECT value FROM jsonb_array_elements_text(doc) WHERE value <> text_id)"]')
    assert key_of(source, tmp_path, text).child_columns == ("doc", "text_id")


def test_an_enum_and_a_type_of_an_extension_compare_by_their_own_operators(source: Source, tmp_path: Path) -> None:
    key = key_of(source, tmp_path, virtual("columns: [moody], parent_columns: [mood]"))
    assert (key.equals, key.compared_types) == (("=",), ("public.mood",))
    text = virtual("columns: ['mail::citext'], parent_columns: [mail]", parent='"Other One"."Customer.s"')
    key = key_of(source, tmp_path, text)
    assert (key.equals, key.compared_types) == (("OPERATOR(public.=)",), ("public.citext",))


def test_a_partitioned_table_may_refer(source: Source, tmp_path: Path) -> None:
    assert key_of(source, tmp_path, virtual("columns: [employee]", child="public.event")).child.kind == "p"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("columns: [target_id], parent_columns: [room]", "public.employee (room) is not unique"),
        ("columns: [target_id], parent_columns: [room]", "parent_columns may be (id), (Badge No), (login), (mood)"),
        ("columns: [target_id], parent_columns: [rom]", "no column rom in public.employee\nHint: did you mean room?"),
        ("columns: [target_id, tenant]", "columns has 2, and the primary key of public.employee 1 (id)"),
        ("columns: [text_id]", 'text_id is text, public.employee.id is integer\nHint: write the cast in columns: '
                               '"(text_id)::integer"'),
        ("columns: [doc]", 'write the cast in columns: "(doc)::integer"'),
        ("columns: [words]", 'write the cast in columns: "(words)::integer[]"'),
        ("columns: [at]", "public.attachment.at is timestamp with time zone"),
        ("columns: [tragets]", "columns: there is no column tragets in public.attachment\nHint: did you mean tags?"),
        ("columns: ['1']", "columns: 1 mentions no column of public.attachment"),
        ("columns: [target_id], when: targetkind = 'x'", "when: there is no column targetkind"),
    ],
)  # fmt: skip
def test_columns_that_do_not_fit_are_refused(source: Source, tmp_path: Path, text: str, expected: str) -> None:
    text = text.replace("when: targetkind = 'x'", "when: \"targetkind = 'x'\"")
    said = refusal(source, tmp_path, virtual(text))
    assert expected in said
    assert "devdb.yaml:3: sampling.virtual_keys.it: " in said


@pytest.mark.parametrize(
    ("child", "parent", "expected"),
    [
        ("public.attachments", "public.employee", "no table public.attachments in the source\nHint: did you mean "),
        ("publc.attachment", "public.employee", "did you mean public?"),
        ("public.attachment", "public.someone", "public.someone is a view"),
        ("public.attachment", "public.far", "public.far is a foreign table"),
        ("public.event_old", "public.employee", "is a partition of public.event\nHint: name public.event instead"),
        ("public.attachment", "public.bare", "public.bare has no primary key"),
    ],
)
def test_tables_that_cannot_have_a_key_are_refused(
    source: Source, tmp_path: Path, child: str, parent: str, expected: str
) -> None:
    assert expected in refusal(source, tmp_path, virtual("columns: [target_id]", child, parent))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("columns: [target_id], when: target_id", "when is of type bigint, not boolean"),
        ('columns: ["doc->>\'x\'"], when: "target_kind"', "when is of type text, not boolean"),
        ("columns: [\"doc->'x'\"], parent_columns: [login]", "is of type jsonb, not a text\nHint: take the text with"),
        ("columns: ['tags || 1::bigint'], parent_columns: [login]", 'write "(tags || 1::bigint)::text[]"'),
        ("columns: ['at + interval \\'1 day\\'']", "cannot cast type timestamp with time zone to integer"),
        ("columns: ['nothing(target_id)']", "function nothing(bigint) does not exist"),
        ("columns: ['generate_series(1, target_id)']", "set-returning functions are not allowed in CASE"),
    ],
)
def test_the_source_is_asked_for_types(
    connection: psycopg.Connection[Any], source: Source, tmp_path: Path, text: str, expected: str
) -> None:
    said = asked(connection, source, tmp_path, virtual(text.replace("\\'", "''")))
    assert expected in said
    assert "devdb.yaml:3: sampling.virtual_keys.it: " in said


def test_no_function_is_called_and_no_value_converted_beforehand(
    connection: psycopg.Connection[Any], source: Source, tmp_path: Path
) -> None:
    assert asked(connection, source, tmp_path, virtual("columns: ['never(id)']")) == ""
    assert asked(connection, source, tmp_path, virtual("columns: ['text_id::integer']")) == ""


def test_all_that_is_wrong_is_said_at_once(source: Source, tmp_path: Path) -> None:
    text = """virtual_keys:
  one: {child: public.attachment, columns: [text_id], parent: public.employee}
  two: {child: public.attachment, columns: [nothing], parent: public.employee}
tables: {public.someone: all}
"""
    said = refusal(source, tmp_path, text)
    assert said.count("sampling.") == 3
    assert "3 mistakes" in said


def test_a_server_error_knows_its_place(connection: psycopg.Connection[Any], source: Source, tmp_path: Path) -> None:
    choice = choose(source, settings_of(tmp_path, virtual("columns: ['nothing(target_id)']")))
    with pytest.raises(ScriptFailed) as failure:
        check(connection, choice)
    assert (failure.value.line, failure.value.sqlstate) == (3, "42883")
