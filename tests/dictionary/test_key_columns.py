"""Columns that foreign keys join become of one type, and the values that come still fit it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import new_database
from dictionary_parts import column, dictionary, table
from plain_dialect import PLAIN

from devdb.dictionary.dialect import Becomes, Reading
from devdb.dictionary.model import RemoteColumn, RemoteForeignKey, RemoteKey, RemoteTable
from devdb.dictionary.schema import LocalSchema, apply, local_schema
from devdb.server.cluster import Cluster


@pytest.fixture(scope="module")
def empty(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as connection:
        yield connection


def chain(*types: str, **of_first: Any) -> LocalSchema:
    """Tables t0, t1, …: each refers to the one before."""
    tables: list[RemoteTable] = []
    for number, type_name in enumerate(types):
        keys = [RemoteForeignKey("f", ("k",), ("s", f"t{number - 1}"), ("k",))] if number else []
        key = column("k", type_name, **(of_first if number == 0 else {}))
        tables.append(table("s", f"t{number}", key, primary_key=RemoteKey("PRIMARY", ("k",)), foreign_keys=tuple(keys)))
    return local_schema(dictionary(*tables), PLAIN, Reading())


def becomes(schema: LocalSchema) -> list[Becomes]:
    return [one.columns[0].becomes for one in schema.tables]


@pytest.mark.parametrize(
    ("types", "here"),
    [
        (("numeric", "bigint"), ("numeric", "numeric")),
        (("bigint", "numeric"), ("numeric", "numeric")),
        (("smallint", "integer", "bigint"), ("bigint", "bigint", "bigint")),
        (("integer", "bigint", "numeric(12,2)"), ("numeric", "numeric", "numeric(12,2)")),
        (("numeric(10)", "numeric(12,2)"), ("numeric(10)", "numeric(12,2)")),
        (("real", "double precision"), ("double precision", "double precision")),
        (("double precision", "integer"), ("numeric", "numeric")),
        (("boolean", "smallint"), ("smallint", "smallint")),
        (("varchar(10)", "varchar(20)", "text"), ("varchar(10)", "varchar(20)", "text")),
        (("char(5)", "char(9)"), ("char(5)", "char(9)")),
        (("varchar(9)", "char(5)"), ("varchar(9)", "character varying(5)")),
        (("date", "timestamp(0)"), ("timestamp without time zone", "timestamp(0)")),
        (("bytea", "uuid"), ("bytea", "bytea")),
        (("uuid", "uuid"), ("uuid", "uuid")),
        (("int4", "integer"), ("int4", "integer")),
    ],
)
def test_keys_join_columns_of_one_type(
    empty: psycopg.Connection[Any], types: tuple[str, ...], here: tuple[str, ...]
) -> None:
    schema = chain(*types)
    assert tuple(one.type for one in becomes(schema)) == here
    with empty.transaction(force_rollback=True):
        assert apply(empty, (*schema.pre_data, *schema.post_data)) == []


@pytest.mark.parametrize("types", [("integer", "text"), ("timestamp", "timestamptz"), ("uuid", "text")])
def test_a_key_between_types_with_nothing_in_common_is_left_out(types: tuple[str, str]) -> None:
    schema = chain(*types)
    assert tuple(one.type for one in becomes(schema)) == types
    assert not [one for one in schema.post_data if one.about.startswith("foreign")]
    (note,) = schema.notes
    assert "s.t1 (f) -> s.t0" in note
    assert "sampling.virtual_keys" in note


def test_what_refers_to_numbers_that_the_source_counts_needs_nothing_wider() -> None:
    assert [one.type for one in becomes(chain("bigint", "numeric(20)", identity="always"))] == ["bigint", "bigint"]
    assert [one.type for one in becomes(chain("integer", "bigint", identity="always"))] == ["bigint", "bigint"]


def value(empty: psycopg.Connection[Any], fetched: Becomes, came: str) -> Any:
    """What a value that came as text is once it stands in the column."""
    read = fetched.read or "{}"
    came_as = f"CAST(%s AS {fetched.foreign_type or fetched.type})"
    (row,) = empty.execute(f"SELECT CAST({read.format(came_as)} AS {fetched.type})::text", (came,)).fetchall()
    return row[0]


def test_a_column_of_another_type_is_read_as_before(empty: psycopg.Connection[Any]) -> None:
    flag, number = becomes(chain("flag", "integer"))
    assert (flag.type, flag.foreign_type) == ("integer", "text")
    assert (value(empty, flag, "Y"), value(empty, flag, "N"), value(empty, number, "7")) == ("1", "0", "7")
    text, blanks = becomes(chain("varchar(9)", "char(5)"))
    assert value(empty, text, "ab") == value(empty, blanks, "ab") == "ab"
    octets, uuid = becomes(chain("bytea", "uuid"))
    assert uuid.foreign_type == "uuid"
    one = "00112233-4455-6677-8899-aabbccddeeff"
    assert value(empty, uuid, one) == value(empty, octets, "\\x" + one.replace("-", "")) == "\\x" + one.replace("-", "")


class SmallFlags(type(PLAIN)):  # type: ignore[misc]
    """A dialect whose booleans are numbers at the source."""

    def becomes(self, column: RemoteColumn, reading: Reading) -> Any:
        if column.type == "tiny":
            return Becomes("boolean", foreign_type="smallint", read="{} <> 0")
        return super().becomes(column, reading)


def test_a_number_that_was_to_be_a_boolean_keeps_its_value(empty: psycopg.Connection[Any]) -> None:
    parent = table("s", "p", column("k", "integer"), primary_key=RemoteKey("PRIMARY", ("k",)))
    child = table("s", "c", column("k", "tiny"), foreign_keys=(RemoteForeignKey("f", ("k",), ("s", "p"), ("k",)),))
    made, _ = local_schema(dictionary(parent, child), SmallFlags(), Reading()).tables
    assert value(empty, made.columns[0].becomes, "3") == "3"
