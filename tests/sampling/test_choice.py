"""What a run chooses: rules, cuts, children and seeds, and what of it is refused before anything moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from choosing import chosen, reference, refusal, settings_of
from databases import connect, new_database, roles
from linked import read

from devdb.catalog.model import Name, Source
from devdb.errors import Refused, ScriptFailed
from devdb.sampling.choice import check, choose
from devdb.server.cluster import Cluster

TABLES = """
CREATE SCHEMA "Ware.House";
CREATE DOMAIN always AS integer NOT NULL;
CREATE TABLE product (id integer PRIMARY KEY, code text UNIQUE, made_of integer CONSTRAINT made_of REFERENCES product);
CREATE TABLE "Ware.House"."Place" (hall integer, shelf integer, PRIMARY KEY (hall, shelf));
CREATE TABLE customer (
    id integer PRIMARY KEY, sponsor integer CONSTRAINT sponsor REFERENCES customer, tenant integer, region integer,
    UNIQUE (tenant, id)
);
CREATE TABLE orders (
    id integer PRIMARY KEY, customer integer NOT NULL CONSTRAINT buyer REFERENCES customer, last_item integer,
    hall integer, shelf integer,
    CONSTRAINT stored FOREIGN KEY (hall, shelf) REFERENCES "Ware.House"."Place" MATCH FULL
);
CREATE TABLE item (
    id integer PRIMARY KEY, "order" integer NOT NULL CONSTRAINT part_of REFERENCES orders,
    product integer NOT NULL CONSTRAINT sold REFERENCES product
);
ALTER TABLE orders ADD CONSTRAINT last_item FOREIGN KEY (last_item) REFERENCES item;
CREATE TABLE employee (
    tenant integer NOT NULL, id integer, boss integer, place always, twice integer, alias integer UNIQUE,
    PRIMARY KEY (tenant, id),
    CONSTRAINT boss FOREIGN KEY (tenant, boss) REFERENCES employee,
    CONSTRAINT place FOREIGN KEY (place) REFERENCES product,
    CONSTRAINT once FOREIGN KEY (twice) REFERENCES product, CONSTRAINT again FOREIGN KEY (twice) REFERENCES customer,
    CONSTRAINT alias FOREIGN KEY (alias) REFERENCES product
);
CREATE TABLE badge (of integer CONSTRAINT of REFERENCES employee (alias));
CREATE TABLE full_key (
    a integer NOT NULL, b integer,
    CONSTRAINT full_key FOREIGN KEY (a, b) REFERENCES "Ware.House"."Place" (hall, shelf) MATCH FULL
);
CREATE TABLE event (
    day integer REFERENCES product, place integer CONSTRAINT event_place REFERENCES product, half integer
) PARTITION BY RANGE (day);
ALTER TABLE event ADD CONSTRAINT event_day FOREIGN KEY (day) REFERENCES product;
CREATE TABLE event_old PARTITION OF event FOR VALUES FROM (0) TO (10) PARTITION BY LIST (half);
CREATE TABLE event_old_0 PARTITION OF event_old DEFAULT;
ALTER TABLE event ADD CONSTRAINT event_half FOREIGN KEY (half) REFERENCES product;
CREATE TABLE note (id integer PRIMARY KEY, kind text, target integer, refs integer[], doc jsonb);
CREATE TABLE alembic_version (version_num text);
CREATE TABLE audit_log (line text);
CREATE VIEW shown AS SELECT * FROM customer;
CREATE MATERIALIZED VIEW held AS SELECT * FROM customer;
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE far (id integer) SERVER elsewhere;
INSERT INTO customer (id) VALUES (1), (2);
INSERT INTO product (id) VALUES (1);
"""


@pytest.fixture(scope="module")
def connection(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, TABLES) as made:
        yield made


@pytest.fixture(scope="module")
def source(connection: psycopg.Connection[Any]) -> Source:
    return read(connection, "public", "Ware.House")


def public(name: str) -> Name:
    return Name("public", name)


# Rules.


def test_every_filled_table_has_a_rule_and_every_key_is_there(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "default: none\ntables: {public.audit_log: empty, public.orders: {limit: 3}}")
    assert choice.rules.keys() == {table.name for table in source.filled_tables}
    assert choice.rules[public("audit_log")].kind == "empty"
    assert choice.rules[public("orders")].limit == 3
    assert choice.rules[public("alembic_version")].kind == "all"
    assert len(choice.references) == len(source.foreign_keys)
    assert not any(item.is_cut or item.follow for item in choice.references)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("public.shown", "public.shown is a view"),
        ("public.held", "public.held is a materialized view"),
        ("public.far", "public.far is a foreign table"),
        ("public.event_old_0", "is a partition of public.event\nHint: name public.event instead"),
        ("public.itme", "there is no such table in the source"),
    ],
)
def test_rules_and_seeds_are_for_tables(source: Source, tmp_path: Path, name: str, expected: str) -> None:
    said = refusal(source, tmp_path, f"tables: {{{name}: all}}")
    assert "devdb.yaml:2: sampling.tables." in said
    assert expected in said
    said = refusal(source, tmp_path, "{}", seeds=[f"{name}: true"])
    assert "--seed: " in said
    assert expected in said


def test_a_pattern_with_wildcards_may_match_views_as_well(source: Source, tmp_path: Path) -> None:
    assert chosen(source, tmp_path, "tables: {'public.*': none}").rules[public("item")].kind == "none"


# Children.


def test_children_are_wanted_by_columns_by_name_and_by_table(source: Source, tmp_path: Path) -> None:
    choice = chosen(
        source,
        tmp_path,
        """
follow:
  default: {max: 1}
  public.item: {max: 2}
  public.item(order): {max: 3, order_by: id DESC}
  public.*(customer): none
  public.orders.stored: all
""",
    )
    follows = {item.key.name: item.follow and item.follow.max for item in choice.references}
    assert (follows["sponsor"], follows["sold"], follows["part_of"], follows["buyer"]) == (1, 2, 3, None)
    assert reference(choice, "buyer").follow is None
    assert str(reference(choice, "stored").follow) == "all"


def test_children_by_a_virtual_key_are_wanted_by_its_columns_and_its_name(source: Source, tmp_path: Path) -> None:
    keys = "virtual_keys: {noted: {child: public.note, columns: [target], parent: public.product}}\n"
    for name in ("public.note(target)", "public.note.noted", "public.note"):
        choice = chosen(source, tmp_path, keys + f"follow: {{'{name}': {{max: 4}}}}")
        follow = reference(choice, "noted").follow
        assert follow is not None
        assert follow.max == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("follow: {'public.item(ordr)': all}", "follow.public.item(ordr): there is no such foreign key in the source"),
        ("follow: {'public.item(ordr)': all}", "did you mean public.item(order)?"),
        ("follow: {'public.note.noted': {max: 3}}", "there is no such foreign key in the source"),
        ("keys: {'public.orders(buyer)': {on_missing: set_null}}", "sampling.keys.public.orders(buyer)"),
        ("follow: {'public.item(order)': {max: 3, order_by: 'lien'}}", "order_by of public.item: there is no column"),
        ("follow: {'public.item(order)': {where: 'prodcut > 3'}}", "no column prodcut\nHint: did you mean product?"),
    ],
)
def test_a_cap_on_a_key_that_is_not_there_is_refused(source: Source, tmp_path: Path, text: str, expected: str) -> None:
    assert expected in refusal(source, tmp_path, text)


def test_sql_of_children_is_planned_by_the_source(
    connection: psycopg.Connection[Any], source: Source, tmp_path: Path
) -> None:
    choice = choose(source, settings_of(tmp_path, "follow: {'public.item(order)': {where: 'nothing(id)'}}"))
    with pytest.raises(ScriptFailed, match=r"public\.item") as failure:
        check(connection, choice)
    assert (failure.value.line, failure.value.sqlstate) == (2, "42883")


# Cuts.


def test_a_nullable_key_is_cut_where_it_is_asked_for(source: Source, tmp_path: Path) -> None:
    text = "keys: {public.customer.sponsor: {on_missing: set_null}, public.employee.boss: {on_missing: set_null}}"
    choice = chosen(source, tmp_path, text)
    cut = {item.key.name: item.nulled for item in choice.references if item.is_cut}
    assert cut == {"sponsor": ("sponsor",), "boss": ("boss",)}


def test_a_key_that_must_match_in_full_is_cut_in_full(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "keys: {public.orders.stored: {on_missing: set_null}}")
    assert reference(choice, "stored").nulled == ("hall", "shelf")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("public.item.sold", "none is nullable"),
        ("public.employee.place", "none is nullable"),  # its domain is NOT NULL
        ("public.employee.once", "in no other key"),
        ("public.employee.alias", "in no other key"),  # public.badge refers to it
        ("public.full_key.full_key", "MATCH FULL, it needs all its columns"),
        ("public.event.event_day", "nor deciding the partition"),
        ("public.event.event_half", "nor deciding the partition"),
        ("public.note.by_document", "its values are no columns"),
        ("public.note.by_array", "its values are no columns"),
    ],
)
def test_a_key_that_cannot_be_null_is_not_cut(source: Source, tmp_path: Path, key: str, reason: str) -> None:
    text = f"""
virtual_keys:
  by_document: {{child: public.note, columns: ["doc->>'x'"], parent: public.product}}
  by_array: {{child: public.note, columns: [refs], parent: public.product}}
keys: {{{key}: {{on_missing: set_null}}}}
"""
    said = refusal(source, tmp_path, text)
    assert "devdb.yaml:5: on_missing: set_null of public." in said
    assert reason in said


def test_keys_that_share_a_polymorphic_column_are_cut_each_for_its_rows(source: Source, tmp_path: Path) -> None:
    text = """
virtual_keys:
  of_product: {child: public.note, columns: [target], parent: public.product, when: kind = 'product'}
  of_customer: {child: public.note, columns: [(target)::bigint], parent: public.customer, when: kind = 'customer'}
keys: {public.note: {on_missing: set_null}}
"""
    choice = chosen(source, tmp_path, text)
    assert {item.key.name: item.nulled for item in choice.references if item.is_cut} == {
        "of_product": ("target",), "of_customer": ("target",),
    }  # fmt: skip


# Barred tables.


def test_a_nullable_key_into_a_barred_table_is_cut(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "default: none\ntables: {public.orders: all, '\"Ware.House\".*': empty}")
    assert {item.key.name for item in choice.references if item.is_cut} >= {"stored"}
    assert reference(choice, "stored").nulled == ("hall", "shelf")
    assert Name("Ware.House", "Place") not in choice.paths


def test_a_key_that_needs_a_barred_table_is_refused_and_the_way_to_it_named(source: Source, tmp_path: Path) -> None:
    text = """
default: none
tables: {public.orders: all, public.product: empty}
keys: {public.orders(last_item): {on_missing: set_null}}
follow: {public.item(order): {max: 3}}
"""
    said = refusal(source, tmp_path, text)
    assert (
        "rule public.orders → public.item (order) children → public.item.product → public.product, which is empty"
    ) in said
    assert "devdb.yaml:3: " in said


def test_the_way_may_lead_over_a_parent(source: Source, tmp_path: Path) -> None:
    said = refusal(source, tmp_path, "default: none\ntables: {public.orders: all, public.product: empty}")
    assert "rule public.orders → public.orders.last_item → public.item → public.item.product → public.product" in said


def test_a_table_that_gets_no_rows_may_need_a_barred_one(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "default: none\ntables: {public.customer: all, public.product: empty}")
    assert set(choice.paths) == {public("customer"), public("alembic_version")}


def test_children_of_rows_that_are_merely_needed_are_not_wanted_unless_it_is_said(
    source: Source, tmp_path: Path
) -> None:
    text = "default: none\ntables: {public.badge: all}\nfollow: {public.event.event_place: OF}"
    assert public("event") not in chosen(source, tmp_path, text.replace("OF", "all")).paths
    assert chosen(source, tmp_path, text.replace("OF", "{of: all}")).paths[public("event")] == (
        "rule public.badge",
        "public.badge.of → public.employee",
        "public.employee.alias → public.product",
        "public.event (place) children",
    )


def test_a_barred_table_has_no_children_taken_and_is_no_child(source: Source, tmp_path: Path) -> None:
    text = "default: none\ntables: {public.orders: all, public.item: empty}\nfollow: {default: all}"
    choice = chosen(source, tmp_path, text)
    assert reference(choice, "part_of").follow is None
    assert reference(choice, "last_item").follow is None
    assert reference(choice, "last_item").nulled == ("last_item",)


def test_the_later_pattern_bars_or_frees_a_table(source: Source, tmp_path: Path) -> None:
    text = "default: none\ntables: {'public.*': empty, public.customer: all}"
    assert chosen(source, tmp_path, text).rules[public("customer")].kind == "all"


def test_a_document_that_needs_a_barred_table_is_refused(source: Source, tmp_path: Path) -> None:
    text = """
virtual_keys: {noted: {child: public.note, columns: [refs], parent: public.product}}
default: none
tables: {public.note: all, public.product: empty}
"""
    assert "rule public.note → public.note.refs → public.product, which is empty" in refusal(source, tmp_path, text)


# Seeds.


def test_with_seeds_they_are_all_that_is_chosen_with_their_children(source: Source, tmp_path: Path) -> None:
    text = "default: all\npercent: 5\ntables: {public.audit_log: empty}\nfollow: {public.item.sold: none}"
    seeds = ["public.orders: id IN (42, 4711) -- bug", 'public.customer: "id" = 3', "public.customer: true"]
    choice = chosen(source, tmp_path, text, seeds=seeds)
    rules = {str(name): str(rule) for name, rule in choice.rules.items() if rule.kind != "none"}
    assert rules == {
        "public.alembic_version": "all",
        "public.audit_log": "empty",
        "public.orders": "{where: id IN (42, 4711) -- bug}",
        "public.customer": '{where: (\n"id" = 3\n)\nOR (\ntrue\n)}',
    }
    assert reference(choice, "sold").follow is None
    assert str(reference(choice, "part_of").follow) == "all"
    assert choice.paths[public("orders")] == ("seed public.orders",)


def test_a_default_of_the_file_says_something_of_every_key(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "follow: {default: none}", seeds=["public.orders: true"])
    assert not any(item.follow for item in choice.references)


def test_a_seed_in_a_barred_table_or_of_an_unknown_column_is_refused(source: Source, tmp_path: Path) -> None:
    seeds = ["public.audit_log: line = 'x'", "public.orders: idd = 3"]
    said = refusal(source, tmp_path, "tables: {public.audit_log: empty}", seeds=seeds)
    assert "public.audit_log is empty by sampling.tables" in said
    assert "where of public.orders: there is no column idd" in said


def test_a_seed_that_names_no_row_is_refused(
    connection: psycopg.Connection[Any], source: Source, tmp_path: Path
) -> None:
    seeds = ["public.customer: id = 1 -- one", "public.customer: id = 3 -- none", "public.orders: true"]
    with pytest.raises(Refused) as failure:
        check(connection, choose(source, settings_of(tmp_path, "{}", seeds=seeds)))
    assert failure.value.message == (
        "2 seeds match no row of the source:\n  --seed: public.customer: id = 3 -- none\n  --seed: public.orders: true"
    )
    assert failure.value.exit_status == 1
    allowed = settings_of(tmp_path, "{}", seeds=seeds, allow_empty=True)
    assert check(connection, choose(source, allowed)) == (failure.value.message,)
    assert check(connection, choose(source, settings_of(tmp_path, "{}", seeds=seeds[:1]))) == ()


# Rights.


def test_all_tables_that_may_not_be_read_are_named_before_anything_moves(cluster: Cluster, tmp_path: Path) -> None:
    text = """
CREATE SCHEMA closed;
CREATE TABLE closed."Inside" (id integer PRIMARY KEY);
CREATE TABLE parent (id integer PRIMARY KEY, inside integer REFERENCES closed."Inside");
CREATE TABLE child (id integer PRIMARY KEY, parent integer REFERENCES parent);
CREATE TABLE other (id integer PRIMARY KEY);
GRANT SELECT ON child TO "some one";
"""
    with roles(cluster, "some one", attributes="LOGIN"), new_database(cluster) as made:
        made.execute(text)
        with connect(cluster, made.info.dbname, "some one") as reader:
            settings = settings_of(tmp_path, "default: none\ntables: {public.child: all}")
            with pytest.raises(Refused) as failure:
                check(reader, choose(read(reader, "public", "closed"), settings))
        made.execute('DROP OWNED BY "some one"')
    assert failure.value.message == (
        "the source's user some one may not read 2 tables that the sample needs: closed.Inside, public.parent"
    )
    assert failure.value.hint == (
        'GRANT USAGE ON SCHEMA closed TO "some one"; GRANT SELECT ON closed."Inside", public.parent TO "some one";'
    )


def test_everything_that_does_not_fit_is_said_at_once(source: Source, tmp_path: Path) -> None:
    text = """
default: none
tables: {public.orders: all, public.product: empty, public.customer: empty}
keys: {public.item.sold: {on_missing: set_null}}
"""
    said = refusal(source, tmp_path, text)
    assert "mistakes in the settings" in said
    assert "public.orders.customer → public.customer, which is empty" in said
    assert "set_null of public.item" in said
