"""From the rules of the settings to the rows that are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import new_database
from linked import foreign, read

from devdb.catalog.model import Source
from devdb.errors import SettingsError
from devdb.sampling import rules
from devdb.sampling.choice import choose
from devdb.sampling.rules import Take
from devdb.server.cluster import Cluster
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

TABLES = """
CREATE TABLE customer (id integer PRIMARY KEY);
CREATE TABLE orders (id integer, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE orders_old PARTITION OF orders FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE log (line text);
CREATE TABLE animal (id integer PRIMARY KEY);
CREATE TABLE dog () INHERITS (animal);
CREATE TABLE "__EFMigrationsHistory" (id text);
CREATE TABLE alembic_version (version_num text);
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE far (id integer) SERVER elsewhere;
"""

Takes = Callable[[str], dict[str, Take]]


@pytest.fixture(scope="module")
def source(cluster: Cluster) -> Iterator[Source]:
    with new_database(cluster, TABLES) as made:
        yield read(made)


@pytest.fixture
def takes(source: Source, tmp_path: Path) -> Takes:
    """What the rules of a settings file take, by table; the default is none unless the file says another."""

    def takes(text: str) -> dict[str, Take]:
        path = tmp_path / "devdb.yaml"
        path.write_text(text, encoding="utf-8")
        settings = Settings.load(path)
        found = rules.takes(source, choose(source, settings).rules, settings, foreign)
        return {take.table.name.name: take for take in found}

    return takes


def with_rule(table: str, rule: str) -> str:
    return f"sampling: {{default: none, tables: {{{table}: {rule}}}}}"


def test_without_rules_up_to_ten_thousand_rows_are_taken_of_each_table(takes: Takes) -> None:
    found = takes("")
    assert {take.limit for name, take in found.items() if name in ("customer", "orders", "log", "animal")} == {10_000}
    assert "hashint4extended(f.id" in str(found["customer"].order_by)
    assert not found["customer"].is_whole


def test_books_of_migration_tools_are_taken_whole_whatever_the_rules_say(takes: Takes) -> None:
    found = takes(with_rule("public.__EFMigrationsHistory", "{limit: 1}"))
    assert set(found) == {"__EFMigrationsHistory", "alembic_version"}
    assert all(take.is_whole for take in found.values())


def test_all_is_the_whole_table_and_none_nothing(takes: Takes) -> None:
    found = takes("sampling: {default: all, tables: {public.log: none}}")
    assert found["customer"].is_whole
    assert found["orders"].is_whole
    assert "log" not in found


def test_the_later_rule_wins(takes: Takes) -> None:
    found = takes("sampling: {default: none, tables: {public.*: all, public.l*: {limit: 3}, public.dog: none}}")
    assert found["customer"].is_whole
    assert found["log"].limit == 3
    assert "dog" not in found


def test_a_condition_may_end_in_a_comment(takes: Takes) -> None:
    found = takes(with_rule("public.customer", '{where: "id > 3 -- new ones", limit: 5}'))
    assert found["customer"].where == "(\nid > 3 -- new ones\n)"


def test_a_users_order_replaces_that_by_hash(takes: Takes) -> None:
    found = takes(with_rule("public.customer", "{order_by: id DESC, limit: 5}"))
    order_by, limit = found["customer"].order_by, found["customer"].limit
    assert str(order_by).startswith("id DESC\n, pg_catalog.hash")
    assert str(order_by).endswith("f.id")
    assert limit == 5


def test_a_share_is_a_condition_of_its_own_beside_the_users(takes: Takes) -> None:
    found = takes(with_rule("public.customer", '{where: "id > 3 OR true", percent: 50}'))
    where = str(found["customer"].where)
    assert where.startswith("(\nid > 3 OR true\n)\n  AND (pg_catalog.hashint4extended(f.id, '0'::bigint) & ")
    assert where.endswith(f" < {2**62}")
    assert not found["customer"].is_whole


def test_a_larger_share_holds_the_smaller_one(takes: Takes) -> None:
    def bound(percent: str) -> int:
        found = takes(with_rule("public.customer", f"{{percent: {percent}}}"))
        return int(str(found["customer"].where).rpartition("<")[2])

    bounds = [bound(percent) for percent in ("0.0001", "1", "1.5", "33.3", "99.999")]
    assert bounds == sorted(bounds)
    assert 0 < bounds[0] < bounds[-1] < 2**63


def test_all_of_a_hundred_percent_is_the_whole_table(takes: Takes) -> None:
    assert takes(with_rule("public.customer", "{percent: 100}"))["customer"].is_whole


def test_the_seed_of_the_settings_goes_into_the_hash(takes: Takes) -> None:
    found = takes("sampling: {seed: -9, default: none, tables: {public.customer: {limit: 5}}}")
    assert str(found["customer"].order_by).startswith("pg_catalog.hashint4extended(f.id, '-9'::bigint)")


def test_a_parent_of_inheritance_is_whole_with_its_own_rows_alone(takes: Takes) -> None:
    animal = takes(with_rule("public.animal", "all"))["animal"]
    assert animal.is_whole
    text = Templates().render("populate/sample.sql", takes=[animal]).text
    assert f"  AND f.devdb_tableoid = {animal.table.oid}\n" in str(text)


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ("public.orders_old", "a partition of public.orders", "name public.orders instead"),
        ("public.far", "a foreign table", "no rows are put into it"),
        ("public.custoner", "there is no such table", "customer"),
        ("pubic.customer", "there is no such table", "public.customer"),
        ("public.x*", "no table matches", None),
    ],
)
def test_a_rule_for_no_table_is_refused(takes: Takes, table: str, message: str, hint: str | None) -> None:
    with pytest.raises(SettingsError) as failure:
        takes(with_rule(table, "all"))
    assert message in str(failure.value)
    assert failure.value.line == 1
    assert hint is None or hint in str(failure.value.hint)


def test_every_mistake_is_named_at_once(takes: Takes) -> None:
    with pytest.raises(SettingsError) as failure:
        takes("sampling: {tables: {public.a: all, public.b: all, public.far: all}}")
    text: Any = str(failure.value)
    assert all(name in text for name in ("public.a", "public.b", "public.far"))


def test_a_pattern_may_match_partitions_beside_their_root(takes: Takes) -> None:
    assert set(takes(with_rule("public.orders*", "all"))) >= {"orders"}
