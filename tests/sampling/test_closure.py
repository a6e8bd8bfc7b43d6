"""Which keys are followed, in which order, and how the rows that they name are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from foreign_key_graphs import SCHEMAS, Graph
from graph_strategies import graphs
from hypothesis import HealthCheck, given, settings
from linked import foreign, linked, plan, read, table

from devdb.catalog.model import Source, Table
from devdb.sampling import closure, keys
from devdb.sampling.choice import Reference
from devdb.sampling.groups import Group
from devdb.sampling.keys import KeySet
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates

SHOP = """
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TABLE country (code char(2) PRIMARY KEY, colour colour UNIQUE);
CREATE TABLE place (
    a integer, b date, c integer UNIQUE, country char(2) REFERENCES country, colour colour REFERENCES country (colour),
    PRIMARY KEY (b, a)
);
CREATE TABLE boss (id integer PRIMARY KEY, first_of integer);
CREATE TABLE staff (id integer PRIMARY KEY, boss integer REFERENCES boss);
ALTER TABLE boss ADD FOREIGN KEY (first_of) REFERENCES staff;
CREATE TABLE visit (
    id integer, day date, a1 integer, b1 date, a2 integer, b2 date, c integer REFERENCES place (c),
    who integer REFERENCES staff, before integer, before_day date,
    PRIMARY KEY (id, day),
    FOREIGN KEY (a1, b1) REFERENCES place (a, b),
    FOREIGN KEY (b2, a2) REFERENCES place (b, a),
    FOREIGN KEY (before, before_day) REFERENCES visit
) PARTITION BY RANGE (day);
CREATE TABLE visit_old PARTITION OF visit FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE visit_new PARTITION OF visit DEFAULT;
CREATE TABLE old_note (visit integer, day date, FOREIGN KEY (visit, day) REFERENCES visit_old);
ALTER TABLE visit_new ADD CONSTRAINT only_new FOREIGN KEY (who) REFERENCES boss;
"""

_NAMED_ROWS = """\
{% from "populate/key_macros.sql" import named_rows %}
{{ named_rows(key_set, "a.chunk = 3") | sql }}
"""


@pytest.fixture(scope="module")
def shop(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with linked(cluster, SHOP) as made:
        yield made


@pytest.fixture(scope="module")
def source(shop: psycopg.Connection[Any]) -> Source:
    return read(shop)


@pytest.fixture(scope="module")
def found(source: Source) -> list[Group]:
    """The groups when rows of every table are chosen by rules that leave some out."""
    return groups_of(source)


def groups_of(source: Source, whole: Sequence[Table] = ()) -> list[Group]:
    """The groups when rules put rows into every table, all of them into those of `whole`."""
    used = [Reference(key) for key in source.foreign_keys]
    return closure.groups(source, used, whole=whole, seeded=lambda _: True, foreign=foreign, seed=0)


def names(groups: list[Group]) -> list[set[str]]:
    return [{table.name.name for table in group.tables} for group in groups]


def key_sets(groups: list[Group], parent: str) -> list[KeySet]:
    return [key_set for group in groups for key_set in group.key_sets if key_set.parent.name.name == parent]


def test_what_refers_to_a_group_comes_before_it(found: list[Group]) -> None:
    order = names(found)
    assert order.index({"visit"}) < order.index({"place"}) < order.index({"country"})
    assert order.index({"visit"}) < order.index({"boss", "staff"})


def test_tables_on_a_cycle_are_completed_together(found: list[Group]) -> None:
    assert {group.title: group.is_cyclic for group in found} == {
        "completing public.visit": True,
        "completing public.boss, public.staff": True,
        "completing public.place": False,
        "completing public.country": False,
    }


def test_tables_that_nothing_refers_to_need_no_completing(found: list[Group]) -> None:
    assert {"old_note"} not in names(found)


def test_tables_that_are_taken_whole_are_not_completed(source: Source) -> None:
    whole = [table(source, name) for name in ("visit", "staff")]
    groups = groups_of(source, whole)
    # Staff was what made a cycle of it.
    assert {group.title: group.is_cyclic for group in groups} == {
        "completing public.place": False,
        "completing public.country": False,
        "completing public.boss": False,
    }


def test_keys_that_list_columns_in_another_order_share_a_set(found: list[Group]) -> None:
    sets = {key_set.column_names: key_set for key_set in key_sets(found, "place")}
    assert set(sets) == {("b", "a"), ("c",)}
    assert [ask.values(sets["b", "a"]) for ask in sets["b", "a"].asks] == [
        "c.b1::date, c.a1::integer",
        "c.b2::date, c.a2::integer",
    ]


def test_a_key_of_a_partition_is_looked_for_in_it_alone(found: list[Group]) -> None:
    by_name = {ask.key.name: ask for group in found for key_set in group.key_sets for ask in key_set.asks}
    only_new = by_name["only_new"]
    assert (only_new.child.name.name, only_new.partition and only_new.partition.name.name) == ("visit", "visit_new")
    assert by_name["visit_who_fkey"].partition is None


def test_a_key_to_a_partition_fills_its_root_from_the_partition(found: list[Group]) -> None:
    (key_set,) = key_sets(found, "visit_old")
    assert key_set.table.name.name == "visit"
    assert key_set.foreign.name == "visit_old"


def test_keys_are_sent_in_chunks_that_fit_their_kind(found: list[Group]) -> None:
    chunks = {
        (key_set.parent.name.name, key_set.column_names): key_set.chunk for group in found for key_set in group.key_sets
    }
    assert chunks["place", ("c",)] == keys.SINGLE_CHUNK
    assert chunks["place", ("b", "a")] == keys.COMPOSITE_CHUNK
    # No wrapper sends an enum: each statement reads the whole table.
    assert chunks["country", ("colour",)] > 10**9


@pytest.mark.parametrize(
    ("parent", "columns", "condition"),
    [
        ("staff", ("id",), "((id = ANY ($1::integer[])))"),
        ("country", ("code",), "((code = ANY ($1::bpchar[])))"),
        ("place", ("b", "a"), "((b = ANY ($1::date[]))) AND ((a = ANY ($2::integer[]))) AND ((hash"),
    ],
)
def test_the_source_chooses_the_rows_that_keys_name(
    shop: psycopg.Connection[Any],
    found: list[Group],
    tmp_path: Path,
    parent: str,
    columns: tuple[str, ...],
    condition: str,
) -> None:
    (key_set,) = (key_set for key_set in key_sets(found, parent) if key_set.column_names == columns)
    (tmp_path / "named_rows.sql").write_text(_NAMED_ROWS)
    text = Templates([tmp_path]).render("named_rows.sql", key_set=key_set).text
    with shop.transaction(force_rollback=True):
        asked = key_set.asked.columns
        asked += "" if "chunk" in asked else ", chunk integer"
        shop.execute(f"CREATE TEMPORARY TABLE {key_set.asked.name} ({asked})".encode())
        remote, whole = plan(shop, str(text))
    assert remote.partition(" WHERE ")[2].startswith(condition)
    assert " Filter: (f." not in whole


@settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs())
def test_every_key_is_followed_once_and_in_order(cluster: Cluster, graph: Graph) -> None:
    with new_database(cluster) as made:
        graph.create(made)
        source = read(made, *SCHEMAS)
    groups = groups_of(source)
    followed = [ask.key.name for group in groups for key_set in group.key_sets for ask in key_set.asks]
    assert sorted(followed) == sorted(reference.name for reference in graph.references)
    place = {table.oid: number for number, group in enumerate(groups) for table in group.tables}
    for number, group in enumerate(groups):
        for key_set in group.key_sets:
            for ask in key_set.asks:
                assert place.get(ask.child.oid, -1) <= number
                assert ask.is_inner == (ask.child in group.tables)
