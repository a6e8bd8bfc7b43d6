"""Children come with the rows that they refer to, as many as are wanted, and by either reader the same ones."""

from __future__ import annotations

import pytest
from both import READERS, both

SOURCE = """
    CREATE SCHEMA shop;
    CREATE TABLE shop.customer (id int PRIMARY KEY, name text);
    CREATE TABLE shop.orders (
        id int PRIMARY KEY, customer_id int NOT NULL REFERENCES shop.customer,
        created date NOT NULL, cancelled bool NOT NULL
    );
    CREATE TABLE shop.item (order_id int REFERENCES shop.orders, line int, PRIMARY KEY (order_id, line));
    INSERT INTO shop.customer SELECT n, 'customer ' || n FROM generate_series(1, 40) AS n;
    INSERT INTO shop.orders SELECT n, n % 40 + 1, date '2024-01-01' + n * 7919 % 1009, n % 3 = 0
    FROM generate_series(1, 800) AS n;
    INSERT INTO shop.item SELECT n / 2, n % 2 FROM generate_series(2, 1601) AS n;

    -- Two keys that count the same children; all of one day, so that a hash decides.
    CREATE SCHEMA ties;
    CREATE TABLE ties.person (id int PRIMARY KEY);
    CREATE TABLE ties.call (
        id int PRIMARY KEY, caller int REFERENCES ties.person, callee int REFERENCES ties.person, day date
    );
    INSERT INTO ties.person SELECT n FROM generate_series(1, 20) AS n;
    INSERT INTO ties.call SELECT n, n % 20 + 1, n * 7 % 20 + 1, '2024-01-01' FROM generate_series(1, 400) AS n;

    CREATE SCHEMA hubs;
    CREATE TABLE hubs.hub (id int PRIMARY KEY);
    CREATE TABLE hubs.spoke (id int PRIMARY KEY, hub_id int NOT NULL REFERENCES hubs.hub, made int NOT NULL);
    INSERT INTO hubs.hub VALUES (1), (2);
    INSERT INTO hubs.spoke SELECT n, 1 + n % 2, n * 7919 % 20011 FROM generate_series(1, 20000) AS n;
    CREATE INDEX ON hubs.spoke (hub_id, made);

    CREATE SCHEMA rings;
    CREATE TABLE rings.a (id int PRIMARY KEY, b_id int);
    CREATE TABLE rings.b (id int PRIMARY KEY, a_id int REFERENCES rings.a);
    INSERT INTO rings.a SELECT n, (n + 3) % 30 FROM generate_series(0, 29) AS n;
    INSERT INTO rings.b SELECT n, (n + 2) % 30 FROM generate_series(0, 29) AS n;
    ALTER TABLE rings.a ADD FOREIGN KEY (b_id) REFERENCES rings.b;

    CREATE SCHEMA trees;
    CREATE TABLE trees.shallow (id int PRIMARY KEY, up int REFERENCES trees.shallow);
    CREATE TABLE trees.narrow (id int PRIMARY KEY, up int REFERENCES trees.narrow);
    CREATE TABLE trees.siblings (id int PRIMARY KEY, up int REFERENCES trees.siblings);
    INSERT INTO trees.shallow SELECT n, CASE WHEN n > 1 THEN (n + 1) / 3 END FROM generate_series(1, 200) AS n;
    INSERT INTO trees.narrow SELECT n, nullif(n / 4, 0) FROM generate_series(1, 300) AS n;
    INSERT INTO trees.siblings SELECT n, nullif(n / 5, 0) FROM generate_series(1, 300) AS n;

    -- Reached in two ways, and chosen by a rule; equal rows are as many as they are.
    CREATE SCHEMA bare;
    CREATE TABLE bare.place (id int PRIMARY KEY);
    CREATE TABLE bare.kind (id int PRIMARY KEY);
    CREATE TABLE bare.note (place_id int REFERENCES bare.place, kind_id int REFERENCES bare.kind, text text);
    INSERT INTO bare.place SELECT n FROM generate_series(1, 12) AS n;
    INSERT INTO bare.kind SELECT n FROM generate_series(1, 12) AS n;
    INSERT INTO bare.note SELECT n % 12 + 1, n / 2 % 12 + 1, 'note ' || n % 3 FROM generate_series(1, 300) AS n;

    CREATE SCHEMA parts;
    CREATE TABLE parts.person (id int PRIMARY KEY);
    CREATE TABLE parts.event (id int, day date, person_id int REFERENCES parts.person, PRIMARY KEY (id, day))
    PARTITION BY RANGE (day);
    CREATE TABLE parts.event_old PARTITION OF parts.event FOR VALUES FROM (MINVALUE) TO ('2024-02-01');
    CREATE TABLE parts.event_new PARTITION OF parts.event DEFAULT PARTITION BY HASH (id);
    CREATE TABLE parts.event_new_0 PARTITION OF parts.event_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE parts.event_new_1 PARTITION OF parts.event_new FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE TABLE parts.remark (
        id int PRIMARY KEY, event int, day date, FOREIGN KEY (event, day) REFERENCES parts.event
    );
    INSERT INTO parts.person SELECT n FROM generate_series(1, 10) AS n;
    INSERT INTO parts.event SELECT n, date '2024-01-01' + n % 60, n % 10 + 1 FROM generate_series(1, 300) AS n;
    INSERT INTO parts.remark SELECT n, n, date '2024-01-01' + n % 60 FROM generate_series(1, 300) AS n;

    CREATE SCHEMA "Odd.Schema";
    CREATE TABLE "Odd.Schema"."the ""odd"" one" ("a, b" text COLLATE "C", year smallint, PRIMARY KEY (year, "a, b"));
    CREATE TABLE "Odd.Schema"."Child (1)" (
        "Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "of (a)" text, "select" int, "Order" int,
        FOREIGN KEY ("of (a)", "select") REFERENCES "Odd.Schema"."the ""odd"" one" ("a, b", year)
    );
    INSERT INTO "Odd.Schema"."the ""odd"" one" SELECT chr(97 + n), 2000 + y
    FROM generate_series(0, 4) AS n, generate_series(0, 4) AS y;
    INSERT INTO "Odd.Schema"."Child (1)" ("of (a)", "select", "Order")
    SELECT chr(97 + n % 5), 2000 + n / 5 % 5, n * 7919 % 311 FROM generate_series(1, 300) AS n;
    INSERT INTO "Odd.Schema"."Child (1)" ("of (a)", "select", "Order") VALUES (NULL, 2001, 1), ('a', NULL, 2);
    ANALYZE;
"""

SETTINGS = """
source: {jobs: 2}
sampling:
  default: none
  tables:
    shop.customer: {where: id <= 5}
    shop.orders: {where: "id IN (3, 41, 760)"}
    ties.person: {where: id % 9 = 1}
    hubs.hub: {where: id = 1}
    rings.a: {where: id = 0}
    trees.shallow: {where: id = 1}
    trees.narrow: {where: id = 1}
    trees.siblings: {where: id = 77}
    bare.place: {where: "id IN (3, 4)"}
    bare.kind: {where: id = 5}
    bare.note: {where: place_id = 8 AND kind_id < 9}
    parts.person: {where: id > 8}
    '"Odd.Schema"."the ""odd"" one"': {where: year = 2003}
  follow:
    default: none
    shop.orders(customer_id): {max: 3, order_by: created DESC, where: NOT cancelled}
    shop.item(order_id): all
    ties.call(caller): {max: 4}
    ties.call(callee): {max: 4, order_by: day DESC}
    hubs.spoke(hub_id): {max: 100, order_by: made DESC}
    rings.*: all
    trees.shallow(up): {depth: 2}
    trees.narrow(up): {max: 2, order_by: id}
    trees.siblings(up): {max: 2, order_by: id DESC, of: all, depth: 1}
    bare.note: all
    parts.event(person_id): {max: 7, order_by: 'day, id'}
    parts.remark(event, day): all
    '"Odd.Schema"."Child (1)"("of (a)", "select")': {max: 5, order_by: '"Order"'}
"""


pytestmark = pytest.mark.usefixtures("looked_at")

# Rows of hubs.spoke that were looked at.
READ = """
    SELECT COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0)
    FROM pg_stat_user_tables WHERE relid = 'hubs.spoke'::regclass
"""


@pytest.fixture(scope="module")
def made(cluster, tmp_path_factory):
    with both(cluster, tmp_path_factory.mktemp("children"), SOURCE) as made:
        yield made


@pytest.fixture(scope="module")
def looked_at(made):
    """How many rows of the hubs' children each reader looked at."""
    found = {}
    for reader in READERS:
        before = made.prod(READ)[0]
        made.run(reader, settings=SETTINGS)
        found[reader] = made.prod(READ)[0] - before
    return found


def test_both_readers_take_the_same_children(made):
    assert made.contents("direct") == made.contents("wrapper")


def test_the_first_of_each_parent_that_meet_the_condition(made):
    made.agrees(
        "SELECT id FROM shop.orders ORDER BY id",
        """
        SELECT id
        FROM (
            SELECT
                *,
                row_number() OVER (PARTITION BY customer_id ORDER BY created DESC, hashint4extended(id, 0)) AS place
            FROM shop.orders WHERE NOT cancelled
        ) AS o
        WHERE customer_id <= 5 AND place <= 3
        UNION SELECT unnest(ARRAY[3, 41, 760]) ORDER BY id
        """,
    )
    # 760 belongs to the first customer, the others to some that merely come along: these have no others of theirs.
    assert made.dev("SELECT id FROM shop.customer ORDER BY id") == [1, 2, 3, 4, 5]


def test_children_of_children(made):
    rows = "SELECT order_id * 10 + line FROM shop.item WHERE order_id = ANY (%s) ORDER BY 1"
    orders = made.dev("SELECT id FROM shop.orders")
    made.agrees(rows % "ARRAY(SELECT id FROM shop.orders)", rows % f"ARRAY{orders}")


def test_those_that_nothing_puts_in_order_are_chosen_by_a_hash_and_counted_for_each_key(made):
    made.agrees(
        "SELECT id FROM ties.call ORDER BY id",
        """
        SELECT id
        FROM (
            SELECT
                *,
                row_number() OVER (PARTITION BY caller ORDER BY hashint4extended(id, 0)) AS calling,
                row_number() OVER (PARTITION BY callee ORDER BY hashint4extended(id, 0)) AS called
            FROM ties.call
        ) AS c
        WHERE (caller % 9 = 1 AND calling <= 4) OR (callee % 9 = 1 AND called <= 4)
        ORDER BY id
        """,
    )


def test_of_a_hub_no_more_is_read_than_is_wanted(made, looked_at):
    made.agrees(
        "SELECT id FROM hubs.spoke ORDER BY id",
        "SELECT id FROM (SELECT * FROM hubs.spoke WHERE hub_id = 1 ORDER BY made DESC LIMIT 100) AS s ORDER BY id",
    )
    assert all(rows < 200 for rows in looked_at.values()), looked_at


def test_a_ring_of_children_ends(made):
    made.agrees("SELECT id FROM rings.a ORDER BY id", "SELECT id FROM rings.a WHERE id % 5 = 0 ORDER BY id")
    made.agrees("SELECT id FROM rings.b ORDER BY id", "SELECT id FROM rings.b WHERE id % 5 = 3 ORDER BY id")


def test_a_tree_as_deep_as_is_wanted(made):
    assert made.dev("SELECT id FROM trees.shallow ORDER BY id") == list(range(1, 14))


def test_a_tree_as_wide_as_is_wanted(made):
    made.agrees(
        "SELECT id FROM trees.narrow ORDER BY id",
        """
        WITH RECURSIVE t AS (
            SELECT 1 AS id
            UNION ALL
            SELECT c.id
            FROM t CROSS JOIN LATERAL (SELECT n.id FROM trees.narrow AS n WHERE n.up = t.id ORDER BY n.id LIMIT 2) AS c
        )
        SELECT id FROM t ORDER BY id
        """,
    )


def test_children_of_rows_that_keys_refer_to(made):
    # 77 hangs on 15, and that on 3.
    assert made.dev("SELECT id FROM trees.siblings ORDER BY id") == [3, 15, 18, 19, 77, 78, 79]


def test_rows_without_a_primary_key_that_are_reached_in_several_ways(made):
    rows = "SELECT place_id || ' ' || kind_id || text FROM bare.note WHERE {} ORDER BY 1"
    made.agrees(
        rows.format("true"),
        rows.format("place_id IN (3, 4) OR kind_id = 5 OR (place_id = 8 AND kind_id < 9)"),
    )
    found = made.dev(rows.format("true"))
    assert len(found) > len(set(found))


def test_children_in_partitions(made):
    made.agrees(
        "SELECT id FROM parts.event ORDER BY id",
        """
        SELECT id
        FROM (SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY day, id) AS place FROM parts.event) AS e
        WHERE person_id > 8 AND place <= 7
        ORDER BY id
        """,
    )
    assert made.dev("SELECT event FROM parts.remark ORDER BY 1") == made.dev("SELECT id FROM parts.event ORDER BY 1")


def test_children_by_several_columns_of_odd_names(made):
    made.agrees(
        'SELECT "Id" FROM "Odd.Schema"."Child (1)" ORDER BY 1',
        """
        SELECT "Id"
        FROM (
            SELECT *, row_number() OVER (PARTITION BY "of (a)" ORDER BY "Order") AS place
            FROM "Odd.Schema"."Child (1)" WHERE "select" = 2003 AND "of (a)" IS NOT NULL
        ) AS c
        WHERE place <= 5
        ORDER BY 1
        """,
    )


def test_a_run_takes_the_same_rows_again_over_one_connection_and_over_four(made):
    before = made.contents("direct")
    for jobs in ("1", "4"):
        made.run("direct", "-j", jobs, name="update-dev-db-data")
        assert made.contents("direct") == before
