"""Which tables are completed in one pass and which in rounds: found from the ways by which rows can come into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from databases import new_database
from linked import foreign, read, table

from devdb.catalog.model import Source
from devdb.sampling import closure
from devdb.sampling.choice import Reference
from devdb.sampling.groups import Group
from devdb.sampling.levels import Levels
from devdb.server.cluster import Cluster
from devdb.settings import Follow

TABLES = """
CREATE TABLE country (id integer PRIMARY KEY);
CREATE TABLE customer (id integer PRIMARY KEY, country integer REFERENCES country);
CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customer);
CREATE TABLE item (id integer PRIMARY KEY, "order" integer REFERENCES orders, replaces integer);
CREATE TABLE note (id integer PRIMARY KEY, "order" integer REFERENCES orders, item integer REFERENCES item);
CREATE TABLE node (id integer PRIMARY KEY, up integer REFERENCES node);
"""


@pytest.fixture(scope="module")
def source(cluster: Cluster) -> Iterator[Source]:
    with new_database(cluster, TABLES) as made:
        yield read(made)


def used(source: Source, *cut: str, **follows: object) -> list[Reference]:
    """All keys; those of `follows`, by child and column, with children, and those of `cut` cut."""
    found = []
    for key in source.foreign_keys:
        name = f"{key.child.name.name}_{key.child_columns[0]}"
        said = follows.pop(name, None)
        follow = None if said is None else Follow.parse(said)
        found.append(Reference(key, is_cut=name in cut, follow=follow))
    assert not follows
    return found


# Keys that are followed down alone: what comes by them brings no parents that are not there.
CUT = ("orders_customer", "item_order", "note_order", "note_item")


def groups(
    source: Source, references: list[Reference], seeded: set[str], whole: tuple[str, ...] = ()
) -> list[tuple[str, set[str]]]:
    """Kind and tables of each group, in their order."""
    found: list[Group] = closure.groups(
        source,
        references,
        whole=[table(source, name) for name in whole],
        seeded=lambda table: table.name.name in seeded,
        foreign=foreign,
        seed=0,
    )
    return [(group.kind, {table.name.name for table in group.tables}) for group in found]


def test_children_of_what_rules_chose_come_first_and_what_all_refer_to_last(source: Source) -> None:
    references = used(source, customer_country=None, orders_customer="all", item_order={"max": 2})
    assert groups(source, references, {"customer"}) == [
        ("children", {"orders"}),
        ("children", {"item"}),
        ("parents", {"country"}),
    ]


def test_a_table_that_rules_chose_rows_of_takes_its_children_in_rounds(source: Source) -> None:
    """They may be there already."""
    found = groups(source, used(source, orders_customer="all"), {"customer", "orders"})
    assert ("rounds", {"orders", "customer"}) in found
    assert ("children", {"orders"}) not in found


def test_children_over_two_keys_may_be_the_same(source: Source) -> None:
    references = used(source, *CUT, orders_customer="all", item_order="all", note_order="all", note_item="all")
    kinds = dict((min(tables), kind) for kind, tables in groups(source, references, {"customer"}) if len(tables) == 1)
    assert kinds["item"] == kinds["orders"] == "children"
    assert kinds["note"] == "rounds"


def test_a_tree_is_completed_in_rounds(source: Source) -> None:
    assert groups(source, used(source, node_up="all"), {"node"}) == [("rounds", {"node"})]
    assert groups(source, used(source), {"node"}) == [("rounds", {"node"})]
    assert groups(source, used(source, "node_up"), {"node"}) == []


def test_what_is_whole_or_empty_handed_is_not_completed(source: Source) -> None:
    references = used(source, orders_customer="all", item_order="all")
    assert groups(source, references, set(), whole=("customer", "orders", "item", "country")) == []
    assert groups(source, references, set()) == []


def test_a_depth_ends_the_way_down(source: Source) -> None:
    bounded = {"max": None, "depth": 1}
    references = used(source, *CUT, orders_customer="all", item_order=bounded, note_order="all")
    # The orders are one step from a rule: the items would be two.
    assert groups(source, references, {"customer"}) == [
        ("children", {"orders"}),
        ("children", {"note"}),
        ("parents", {"country"}),
    ]


def test_the_level_is_how_often_children_were_looked_for(source: Source) -> None:
    references = used(source, *CUT, orders_customer="all", item_order="all", note_order="all", note_item="all")
    levels = Levels(source, references, whole=frozenset(), seeded=lambda table: table.name.name == "customer")
    found: dict[str, Any] = {name: levels.level(table(source, name)) for name in ("customer", "orders", "item", "note")}
    # A note comes with its order or, a step later, with its item.
    assert found == {"customer": 0, "orders": 1, "item": 2, "note": None}


def test_of_all_counts_rows_that_are_merely_referred_to(source: Source) -> None:
    references = used(source, orders_customer="all")
    assert groups(source, references, {"item"}) == [
        ("parents", {"orders"}),
        ("parents", {"customer"}),
        ("parents", {"country"}),
    ]
    everyones = [replace(item, follow=item.follow and Follow.parse({"of": "all"})) for item in references]
    assert groups(source, everyones, {"item"})[0] == ("rounds", {"orders", "customer"})
