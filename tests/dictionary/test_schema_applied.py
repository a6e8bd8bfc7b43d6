"""Whatever a foreign source's dictionary holds, PostgreSQL takes the schema that follows from it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from databases import new_database
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from made_dictionaries import dictionaries
from plain_dialect import PLAIN

from devdb.dictionary.dialect import Reading
from devdb.dictionary.model import Dictionary
from devdb.dictionary.schema import LocalSchema, apply, local_schema, understanding
from devdb.errors import SettingsError
from devdb.server.cluster import Cluster

CASES = ("keep", "lower", "smart")

CONSTRAINTS = """
    SELECT n.nspname, c.relname, k.conname, k.contype::text
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.contype IN ('p', 'u', 'f') AND n.nspname !~ '^pg_|^information_schema$'
"""
TYPES_OF_KEYS = """
    SELECT k.conname, c.atttypid::regtype::text, p.atttypid::regtype::text
    FROM pg_constraint AS k, unnest(k.conkey, k.confkey) AS u (child, parent), pg_attribute AS c, pg_attribute AS p
    WHERE k.contype = 'f' AND c.attrelid = k.conrelid AND c.attnum = u.child
      AND p.attrelid = k.confrelid AND p.attnum = u.parent
"""

cased = st.sampled_from(CASES).flatmap(lambda case: st.tuples(st.just(case), dictionaries(case)))


@pytest.fixture(scope="module")
def empty(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """A connection to an empty database, for all examples: each is undone."""
    with new_database(cluster) as connection:
        yield connection


def shuffled(dictionary: Dictionary, chance: random.Random) -> Dictionary:
    """The same, but for the order of all that has none of its own."""

    def mixed(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(things, len(things)))

    tables = [
        replace(
            table,
            unique_keys=mixed(table.unique_keys),
            foreign_keys=mixed(table.foreign_keys),
            checks=mixed(table.checks),
            indexes=mixed(table.indexes),
        )
        for table in dictionary.tables
    ]
    return replace(
        dictionary,
        all_schemas=mixed(dictionary.all_schemas),
        tables=mixed(tuple(tables)),
        sequences=mixed(dictionary.sequences),
    )


def made(dictionary: Dictionary, case: Any, empty: psycopg.Connection[Any]) -> LocalSchema:
    try:
        return local_schema(dictionary, PLAIN, Reading(case=case), understood=understanding(empty))
    except SettingsError as refusal:
        assume("no tables" not in refusal.message)
        raise


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=cased, chance=st.randoms(use_true_random=False))
def test_postgresql_takes_every_schema_and_has_every_key(
    empty: psycopg.Connection[Any], said: tuple[str, Dictionary], chance: random.Random
) -> None:
    case, dictionary = said
    schema = made(dictionary, case, empty)
    assert made(shuffled(dictionary, chance), case, empty) == schema
    with empty.transaction(force_rollback=True):
        apply(empty, schema.pre_data)
        apply(empty, schema.post_data)
        promised = [one for one in schema.post_data if one.about.startswith(("key ", "foreign key "))]
        rows = empty.execute(CONSTRAINTS).fetchall()
        said_of = {"p": "key", "u": "key", "f": "foreign key"}
        assert sorted(f"{said_of[kind]} {name} of {at}.{table}" for at, table, name, kind in rows) == sorted(
            one.about for one in promised
        )
        for name, child, parent in empty.execute(TYPES_OF_KEYS):
            assert child == parent or {child, parent} == {"text", "character varying"}, name
        for table in schema.tables:
            columns = empty.execute(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
                ('"' + '"."'.join(part.replace('"', '""') for part in (table.name.schema, table.name.name)) + '"',),
            ).fetchall()
            assert [name for (name,) in columns] == [column.name for column in table.columns]
