"""A dictionary is read from relations of one shape, in whatever order they give their rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from databases import new_database
from dictionary_relations import CREATED, insert, rows_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_dictionaries import dictionaries

from devdb.dictionary.model import Dictionary, IndexColumn, RemoteForeignKey, RemoteKey
from devdb.dictionary.reading import read
from devdb.errors import ScriptFailed
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, CREATED) as connection:
        yield connection


@pytest.fixture
def relations(database: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """The relations, empty; what a test puts into them is gone afterwards."""
    with database.transaction(force_rollback=True):
        yield database


def in_order(dictionary: Dictionary) -> Dictionary:
    """The dictionary as it is read: everything by name, and keys of tables that are not there as they are."""

    def by_name(things: Any) -> Any:
        return tuple(sorted(things, key=lambda one: repr(one.name)))

    tables = [
        replace(
            table,
            unique_keys=by_name(table.unique_keys),
            foreign_keys=by_name(table.foreign_keys),
            checks=tuple(sorted(table.checks, key=lambda one: one.name)),
            indexes=by_name(table.indexes),
        )
        for table in dictionary.tables
    ]
    place = lambda one: (one.schema, one.name)  # noqa: E731
    return replace(
        dictionary,
        all_schemas=tuple(sorted(dictionary.all_schemas)),
        tables=tuple(sorted(tables, key=place)),
        sequences=tuple(
            sorted((replace(one, increment=one.increment or 1) for one in dictionary.sequences), key=place)
        ),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(dictionary=dictionaries("keep"), chance=st.randoms(use_true_random=False))
def test_what_the_relations_say_is_read_whatever_the_order(
    database: psycopg.Connection[Any], dictionary: Dictionary, chance: random.Random
) -> None:
    rows = list(rows_of(dictionary))
    with database.transaction(force_rollback=True):
        for relation, row in chance.sample(rows, len(rows)):
            insert(database, relation, row)
        found = read(database, Templates())
    expected = in_order(dictionary)
    assert replace(found, tables=(), notes=()) == replace(expected, tables=())
    for mine, theirs in zip(found.tables, expected.tables, strict=True):
        assert replace(mine, checks=()) == replace(theirs, checks=())
        assert set(mine.checks) == set(theirs.checks)


def test_nothing_is_asked_that_a_wrapper_could_send_to_the_source(relations: psycopg.Connection[Any]) -> None:
    asked: list[str] = []

    class Watching(Templates):
        def render(self, name: str, /, **values: object) -> Any:
            script = super().render(name, **values)
            asked.append(str(script.text))
            return script

    empty = read(relations, Watching())
    assert empty == Dictionary("", (), ())
    assert len(asked) == 10
    assert not any(word in text for text in asked for word in ("WHERE", "ORDER", "JOIN", "LIMIT"))


def test_keys_follow_their_positions_and_columns_their_own_spelling(relations: psycopg.Connection[Any]) -> None:
    insert(relations, "tables", ("s", "Parent", "table", "", None, None), ("s", "c", "table", None, 7, 8192))
    for at, name, position in (("Parent", "B", 2), ("Parent", "A", 1), ("c", "a", 1), ("c", "b", 2)):
        insert(relations, "columns", ("s", at, position, name, "INT", *[None] * 9))
    nothing = (None,) * 8
    insert(relations, "keys", ("s", "Parent", "P", "p", 2, "b", *nothing), ("s", "Parent", "P", "p", 1, "a", *nothing))
    refers = ("s", "parent", None, "SET_NULL", None, None, None, None)
    insert(relations, "keys", ("s", "c", "f", "f", 2, "b", *refers), ("s", "c", "f", "f", 1, "a", *refers))
    parent, child = read(relations, Templates()).tables
    assert [one.name for one in parent.columns] == ["A", "B"]
    assert (parent.columns[0].type, parent.comment) == ("int", None)
    assert parent.primary_key == RemoteKey("P", ("A", "B"))
    assert child.foreign_keys == (RemoteForeignKey("f", ("a", "b"), ("s", "Parent"), ("A", "B"), on_delete="SET NULL"),)
    assert (child.row_estimate, child.bytes) == (7, 8192)


def test_what_the_user_may_not_see_is_left_out_and_told(relations: psycopg.Connection[Any]) -> None:
    insert(relations, "tables", ("s", "t", "table", None, None, None))
    insert(relations, "columns", ("s", "t", 1, "a", "int", *[None] * 9), ("s", "gone", 1, "a", "int", *[None] * 9))
    nothing = (None,) * 8
    insert(
        relations,
        "keys",
        ("s", "t", "hidden", "u", 1, None, *nothing),
        ("s", "t", "half", "u", 1, "a", *nothing),
        ("s", "t", "half", "u", 2, "b", *nothing),
        ("s", "gone", "k", "p", 1, "a", *nothing),
        ("s", "t", "nowhere", "f", 1, "a", *nothing),
        ("s", "t", "no_column", "f", 1, "a", "s", "t", "zz", *[None] * 5),
        ("s", "t", "no_primary", "f", 1, "a", "s", "t", None, *[None] * 5),
        ("s", "t", "elsewhere", "f", 1, "a", "x", "y", "k", *[None] * 5),
    )
    insert(
        relations,
        "indexes",
        ("s", "t", "i", True, 2, None, "lower(a)", None),
        ("s", "t", "i", True, 1, "a", None, True),
        ("s", "t", "lost", True, 1, "b", None, None),
    )
    insert(relations, "checks", ("s", "t", "c", None), ("s", "t", None, "a > 0"))
    found = read(relations, Templates())
    (table,) = found.tables
    assert (table.primary_key, table.unique_keys) == (None, ())
    assert table.foreign_keys == (RemoteForeignKey("elsewhere", ("a",), ("x", "y"), ("k",)),)
    assert [index.columns for index in table.indexes] == [
        (IndexColumn("a", is_descending=True), IndexColumn(None, "lower(a)"))
    ]
    assert [check.condition for check in table.checks] == ["a > 0"]
    assert found.notes == (
        "Keys left out, as the source does not show their columns: s.t (half), s.t (hidden)",
        "Foreign keys without their actions, which the source does not show to this user: s.t (elsewhere)",
        "Foreign keys left out, as the source does not show what they refer to: "
        "s.t (no_column), s.t (no_primary), s.t (nowhere)",
        "Indexes left out, as the source does not show their columns: s.t (lost)",
    )


def test_a_source_that_refuses_to_answer_is_named_with_the_relation(database: psycopg.Connection[Any]) -> None:
    with database.transaction(force_rollback=True):
        database.execute("DROP TABLE fdw_setup.dictionary_keys")
        with pytest.raises(
            ScriptFailed, match=r"sql/dictionary/read\.sql: reading dictionary_keys: .* \(SQLSTATE 42P01"
        ):
            read(database, Templates())
        assert database.execute("SELECT 1").fetchall() == [(1,)]
