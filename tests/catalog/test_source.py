"""What is read of a source's catalog: tables, columns, keys, sequences, views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import connect, new_database, roles

from devdb.catalog import source as catalog
from devdb.catalog.model import Name, Source
from devdb.errors import Refused, SettingsError
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates

SHOP = """
CREATE EXTENSION citext SCHEMA public;
CREATE SCHEMA shop;
CREATE SCHEMA "Ware House";
CREATE DOMAIN shop.amount AS numeric(10, 2) CHECK (VALUE >= 0);
CREATE DOMAIN shop.price AS shop.amount;
CREATE TYPE shop.state AS ENUM ('new', 'sent');
CREATE TABLE "Ware House".place (
    hall text COLLATE "C", shelf integer, "the ""best"" one" citext, PRIMARY KEY (shelf, hall)
);
CREATE TABLE shop.customer (
    id integer GENERATED ALWAYS AS IDENTITY (INCREMENT -5) PRIMARY KEY,
    dropped integer,
    code character varying(10) UNIQUE NOT NULL,
    invited_by integer REFERENCES shop.customer,
    tags text[],
    shout text GENERATED ALWAYS AS (upper(code)) STORED
);
ALTER TABLE shop.customer DROP COLUMN dropped;
CREATE TABLE shop.orders (
    id bigserial, day date, customer_code character varying(10) REFERENCES shop.customer (code),
    shelf integer, hall text, total shop.price, state shop.state, PRIMARY KEY (id, day),
    CONSTRAINT lies FOREIGN KEY (hall, shelf) REFERENCES "Ware House".place (hall, shelf)
) PARTITION BY RANGE (day);
CREATE TABLE shop.orders_old PARTITION OF shop.orders FOR VALUES FROM (MINVALUE) TO ('2020-01-01')
    PARTITION BY HASH (id);
CREATE TABLE shop.orders_old_0 PARTITION OF shop.orders_old FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE shop.orders_new PARTITION OF shop.orders DEFAULT;
CREATE TABLE shop.note (id integer PRIMARY KEY);
CREATE SEQUENCE shop.ticket MINVALUE 10 MAXVALUE 20;
CREATE MATERIALIZED VIEW shop.b_first AS SELECT id FROM shop.customer;
CREATE VIEW shop.between AS SELECT id FROM shop.b_first;
CREATE MATERIALIZED VIEW shop.a_second AS SELECT id FROM shop.between;
CREATE MATERIALIZED VIEW shop.never AS SELECT 1 AS one WITH NO DATA;
CREATE TABLE shop.animal (id integer PRIMARY KEY);
CREATE TABLE shop.dog () INHERITS (shop.animal);
INSERT INTO shop.note SELECT generate_series(1, 3);
ANALYZE shop.note;
"""


@pytest.fixture(scope="module")
def shop(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, SHOP) as made:
        yield made


@pytest.fixture(scope="module")
def source(shop: psycopg.Connection[Any]) -> Source:
    return read(shop)


def read(connection: psycopg.Connection[Any], *schemas: str) -> Source:
    templates = Templates()
    database = catalog.read_database(connection, templates)
    return catalog.read(connection, templates, database=database, schemas=schemas or None)


def table(source: Source, name: str, schema: str = "shop") -> Any:
    return next(table for table in source.tables if table.name == Name(schema, name))


def test_all_schemas_but_the_systems_are_read(source: Source) -> None:
    assert set(source.schemas) == {"public", "shop", "Ware House"}


def test_rows_are_put_into_roots_and_not_into_partitions(source: Source) -> None:
    assert {str(table.name) for table in source.filled_tables} == {
        "Ware House.place", "shop.customer", "shop.orders", "shop.note", "shop.animal", "shop.dog",
    }  # fmt: skip


def test_the_root_of_a_partition_is_the_topmost_table(source: Source) -> None:
    assert source.root(table(source, "orders_old_0")) == table(source, "orders")
    assert source.root(table(source, "orders")) == table(source, "orders")


def test_columns_are_known_by_what_their_types_are_made_of(source: Source) -> None:
    total = table(source, "orders").column["total"]
    assert (total.type, total.base_type, total.is_domain, total.is_builtin) == ("shop.price", "numeric", True, True)
    state = table(source, "orders").column["state"]
    assert (state.base_type, state.base_kind, state.is_builtin) == ("shop.state", "e", False)
    assert table(source, "customer").column["code"].base_type == "character varying"
    assert table(source, "place", "Ware House").column["hall"].collation == 'pg_catalog."C"'
    assert table(source, "place", "Ware House").column['the "best" one'].base_schema == "public"
    assert table(source, "customer").column["tags"].is_array


def test_generated_columns_are_not_loaded_and_dropped_ones_not_seen(source: Source) -> None:
    assert table(source, "customer").loaded_columns == ("id", "code", "invited_by", "tags")
    assert table(source, "customer").column["id"].identity == "a"


def test_a_primary_keys_columns_are_in_its_own_order(source: Source) -> None:
    assert table(source, "place", "Ware House").primary_key == ("shelf", "hall")
    assert table(source, "dog").primary_key == ()


def test_each_foreign_key_is_read_once_as_it_was_declared(source: Source) -> None:
    assert {
        (str(key.child.name), key.child_columns, str(key.parent.name), key.parent_columns)
        for key in source.foreign_keys
    } == {
        ("shop.customer", ("invited_by",), "shop.customer", ("id",)),
        ("shop.orders", ("customer_code",), "shop.customer", ("code",)),
        ("shop.orders", ("hall", "shelf"), "Ware House.place", ("hall", "shelf")),
    }


UNIQUE = """
CREATE EXTENSION citext SCHEMA public;
CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN never_null AS integer NOT NULL;
CREATE DOMAIN nor_this AS never_null;
CREATE TYPE mood AS ENUM ('so-so');
CREATE TABLE many (
    b integer, a integer, c varchar(9) UNIQUE, d mood UNIQUE DEFERRABLE, e citext UNIQUE, f text, g text, h text,
    i text COLLATE folding, j nor_this, k text, PRIMARY KEY (a, b)
);
CREATE UNIQUE INDEX ON many (f) WHERE g IS NULL;
CREATE UNIQUE INDEX ON many (lower(g));
CREATE UNIQUE INDEX ON many (h) INCLUDE (a, b);
CREATE UNIQUE INDEX ON many (i COLLATE "C");
CREATE UNIQUE INDEX ON many (k COLLATE "C");
CREATE INDEX ON many (g);
CREATE TABLE split (id integer, day date, place integer, PRIMARY KEY (id, day, place)) PARTITION BY RANGE (day);
CREATE TABLE split_0 PARTITION OF split DEFAULT PARTITION BY LIST (place);
CREATE TABLE split_0_0 PARTITION OF split_0 DEFAULT;
CREATE TABLE refers (
    a integer, b integer, c varchar REFERENCES many (c), FOREIGN KEY (a, b) REFERENCES many MATCH FULL);
CREATE VIEW seen AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW held AS SELECT 1 AS one;
"""


@pytest.fixture(scope="module")
def unique(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, UNIQUE) as made:
        yield made


def test_a_unique_key_is_of_columns_alone_and_of_every_row(unique: psycopg.Connection[Any]) -> None:
    many = table(read(unique), "many", "public")
    assert [key.columns for key in many.unique_keys] == [("a", "b"), ("c",), ("d",), ("e",), ("h",), ("k",)]
    assert [(key.equals, key.compared_types) for key in many.unique_keys[:4]] == [
        (("=", "="), ("integer", "integer")),
        (("=",), ("text",)),
        (("=",), ("public.mood",)),
        (("OPERATOR(public.=)",), ("public.citext",)),
    ]


def test_columns_that_decide_the_partition_are_known_at_every_level(unique: psycopg.Connection[Any]) -> None:
    assert set(table(read(unique), "split", "public").partition_columns) == {"day", "place"}
    assert table(read(unique), "many", "public").partition_columns == ()


def test_a_domain_may_forbid_null_as_well(unique: psycopg.Connection[Any]) -> None:
    column = table(read(unique), "many", "public").column
    assert (column["j"].not_null, column["a"].not_null, column["c"].not_null) == (True, True, False)


def test_a_key_that_must_match_in_full_is_known(unique: psycopg.Connection[Any]) -> None:
    keys = {key.child_columns: key.match_full for key in read(unique).foreign_keys}
    assert keys == {("a", "b"): True, ("c",): False}


def test_views_are_known_and_are_no_tables(unique: psycopg.Connection[Any]) -> None:
    found = read(unique)
    assert found.views == {Name("public", "seen"): "v", Name("public", "held"): "m"}
    assert not {table.name for table in found.tables} & found.views.keys()


def test_what_the_user_may_not_read_is_known(cluster: Cluster) -> None:
    text = """
        CREATE SCHEMA closed;
        CREATE TABLE closed.inside (id integer);
        CREATE TABLE shown (id integer, name text);
        CREATE TABLE half (id integer, name text);
        CREATE TABLE by_column (id integer, name text);
        GRANT SELECT ON shown, closed.inside TO reader;
        GRANT SELECT (id) ON half TO reader;
        GRANT SELECT (id, name) ON by_column TO reader;
    """
    with roles(cluster, "reader", attributes="LOGIN"), new_database(cluster) as made:
        made.execute(text)
        with connect(cluster, made.info.dbname, "reader") as reader:
            found = {table.name.name: (table.may_enter, table.may_read) for table in read(reader).tables}
        made.execute("DROP OWNED BY reader")
    assert found == {
        "inside": (False, True), "shown": (True, True), "half": (True, False), "by_column": (True, True),
    }  # fmt: skip


def test_a_parent_of_legacy_inheritance_is_known(source: Source) -> None:
    assert [table.name.name for table in source.tables if table.has_children] == ["animal"]
    assert table(source, "animal").only == "ONLY shop.animal"


def test_rows_are_estimated_where_the_planner_can(source: Source) -> None:
    assert table(source, "note").row_estimate == 3
    assert table(source, "animal").row_estimate is None


def test_sequences_know_their_bounds_and_their_owner(source: Source) -> None:
    found = {sequence.name.name: sequence for sequence in source.sequences}
    assert (found["ticket"].minimum, found["ticket"].maximum, found["ticket"].owner) == (10, 20, None)
    assert found["orders_id_seq"].owner == (Name("shop", "orders"), "id")
    assert found["customer_id_seq"].owner == (Name("shop", "customer"), "id")
    assert found["customer_id_seq"].increment == -5


def test_materialized_views_come_after_those_that_they_read(source: Source) -> None:
    assert source.materialized_views == (Name("shop", "b_first"), Name("shop", "a_second"))


def test_chosen_schemas_alone_are_read(shop: psycopg.Connection[Any]) -> None:
    assert {table.name.schema for table in read(shop, "Ware House", "Ware House").tables} == {"Ware House"}


def test_a_key_out_of_the_chosen_schemas_is_refused(shop: psycopg.Connection[Any]) -> None:
    with pytest.raises(Refused, match=r"shop\.orders \(lies\)") as failure:
        read(shop, "shop")
    assert failure.value.hint == "add Ware House to source.schemas"


def test_an_unknown_schema_is_refused_and_the_nearest_named(shop: psycopg.Connection[Any]) -> None:
    with pytest.raises(SettingsError, match="no schema 'shp'") as failure:
        read(shop, "shp")
    assert "shop" in str(failure.value.hint)


def test_an_empty_database_has_nothing(cluster: Cluster) -> None:
    with new_database(cluster) as empty:
        found = read(empty)
    assert (found.schemas, found.tables, found.foreign_keys, found.sequences) == (("public",), (), (), ())


def test_a_larger_source_is_asked_no_more_questions(cluster: Cluster) -> None:
    def questions(tables: int) -> int:
        made = "".join(f"CREATE TABLE t{n} (id serial PRIMARY KEY, up integer REFERENCES t{n});" for n in range(tables))
        with new_database(cluster, made) as connection:
            connection.cursor_factory = _Counting
            _Counting.questions = 0
            assert len(read(connection).tables) == tables
            return _Counting.questions

    assert questions(1) == questions(40)


class _Counting(psycopg.Cursor[Any]):
    questions = 0

    def execute(self, *args: Any, **options: Any) -> _Counting:
        _Counting.questions += 1
        return super().execute(*args, **options)
