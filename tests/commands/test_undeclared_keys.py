"""Keys that the settings declare are followed like those of the schema, down as well, and verified at the end."""

from __future__ import annotations

import pytest
from both import READERS, both

SOURCE = """
    CREATE SCHEMA "Other One";
    CREATE TABLE employee (id int PRIMARY KEY, badge varchar(9) UNIQUE);
    CREATE TABLE "Other One"."Customer.s" (tenant bigint, "No" int, PRIMARY KEY (tenant, "No"));
    CREATE TABLE attachment (id int PRIMARY KEY, target_kind text NOT NULL, target_id text);
    CREATE TABLE event (id int, day date, doc jsonb, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
    CREATE TABLE event_old PARTITION OF event FOR VALUES FROM (MINVALUE) TO ('2024-01-31');
    CREATE TABLE event_new PARTITION OF event DEFAULT;
    CREATE TABLE tag (id bigint PRIMARY KEY);
    CREATE TABLE post (id int PRIMARY KEY, tag_ids bigint[]);
    CREATE TABLE visit (id int PRIMARY KEY, tenant int, customer int, badge text);
    CREATE TABLE part (id int PRIMARY KEY, path text);
    INSERT INTO employee SELECT n, 'b' || n FROM generate_series(1, 60) AS n;
    INSERT INTO "Other One"."Customer.s" SELECT n % 3, n FROM generate_series(1, 60) AS n;
    -- What is no employee has no number, and one that nobody has.
    INSERT INTO attachment
    SELECT n, k, CASE k WHEN 'employee' THEN (n % 60 + 1)::text WHEN 'post' THEN '9' || n END
    FROM generate_series(1, 300) AS n, LATERAL (SELECT (ARRAY['employee', 'post', 'none'])[n % 3 + 1]) AS x (k);
    INSERT INTO event
    SELECT
        n, date '2024-01-01' + n % 60,
        jsonb_build_object('by', jsonb_build_object('customer', n % 60 + 1, 'tenant', (n + 1) % 3))
    FROM generate_series(1, 300) AS n;
    INSERT INTO event
    VALUES (1000, '2024-01-01', '{}'), (1001, '2024-01-01', NULL), (1002, '2024-01-01', '{"by": null}');
    INSERT INTO tag SELECT n FROM generate_series(1, 80) AS n;
    INSERT INTO post SELECT n, ARRAY[n % 80 + 1, n * 7 % 80 + 1, NULL, n % 80 + 1] FROM generate_series(1, 200) AS n;
    INSERT INTO post VALUES (998, '{}'), (999, NULL);
    INSERT INTO visit SELECT n, n % 3, n, 'b' || n FROM generate_series(1, 60) AS n;
    INSERT INTO visit VALUES (99, 1, NULL, NULL);
    INSERT INTO part SELECT n, CASE WHEN n > 1 THEN 'p/' || n / 2 END FROM generate_series(1, 100) AS n;
    CREATE INDEX ON attachment (target_id);
    ANALYZE;
"""

KEYS = """
  virtual_keys:
    attachment_employee:
      child: public.attachment
      columns: [target_id::int]
      parent: public.employee
      when: target_kind = 'employee'
    event_customer:
      child: public.event
      columns: ["(doc #>> '{by,tenant}')", "doc -> 'by' ->> 'customer'"]
      parent: '"Other One"."Customer.s"'
    post_tags: {child: public.post, columns: [tag_ids], parent: public.tag}
    visit_customer:
      child: public.visit
      columns: [customer, tenant]
      parent: '"Other One"."Customer.s"'
      parent_columns: ["No", tenant]
    visit_badge: {child: public.visit, columns: [badge], parent: public.employee, parent_columns: [badge]}
    part_whole: {child: public.part, columns: ["split_part(path, '/', 2)"], parent: public.part}
"""

UP = f"""
sampling:
  default: none
  tables:
    public.attachment: {{where: id <= 20}}
    public.event: {{where: id % 50 = 0}}
    public.post: {{where: id % 40 = 0 OR id > 990}}
    public.visit: {{where: "id IN (7, 9, 99)"}}
    public.part: {{where: id = 100}}
{KEYS}"""

DOWN = f"""
sampling:
  default: none
  tables:
    public.employee: {{where: id <= 3}}
    '"Other One"."Customer.s"': {{where: '"No" <= 4'}}
    public.tag: {{where: id <= 2}}
    public.part: {{where: id = 5}}
  follow:
    public.attachment.attachment_employee: {{max: 2, order_by: id DESC}}
    public.event.event_customer: all
    public.post(tag_ids): {{max: 3, order_by: id}}
    public.visit: all
    public.part.part_whole: {{depth: 2}}
{KEYS}"""


@pytest.fixture(scope="module")
def made(cluster, tmp_path_factory):
    with both(cluster, tmp_path_factory.mktemp("virtual_keys"), SOURCE) as made:
        yield made


def test_parents_are_fetched_by_virtual_keys(made):
    made.build(UP)
    made.agrees(
        "SELECT id FROM employee ORDER BY id",
        """
        SELECT target_id::int FROM attachment WHERE id <= 20 AND target_kind = 'employee'
        UNION SELECT substr(badge, 2)::int FROM visit WHERE id IN (7, 9) ORDER BY 1
        """,
    )
    made.agrees(
        """SELECT tenant || ' ' || "No" FROM "Other One"."Customer.s" ORDER BY 1""",
        """
        SELECT (doc #>> '{by,tenant}') || ' ' || (doc #>> '{by,customer}') FROM event WHERE id % 50 = 0 AND id < 1000
        UNION SELECT tenant || ' ' || customer FROM visit WHERE id IN (7, 9) ORDER BY 1
        """,
    )
    made.agrees(
        "SELECT id FROM tag ORDER BY id",
        "SELECT DISTINCT t FROM post, unnest(tag_ids) AS t WHERE id % 40 = 0 AND t IS NOT NULL ORDER BY t",
    )
    assert made.dev("SELECT id FROM part ORDER BY id") == [1, 3, 6, 12, 25, 50, 100]


def test_children_are_taken_over_virtual_keys(made):
    made.build(DOWN)
    made.agrees(
        "SELECT id FROM attachment ORDER BY id",
        """
        SELECT id
        FROM (
            SELECT *, row_number() OVER (PARTITION BY target_id ORDER BY id DESC) AS place
            FROM attachment WHERE target_kind = 'employee'
        ) AS a
        WHERE target_id IN ('1', '2', '3') AND place <= 2
        ORDER BY id
        """,
    )
    made.agrees(
        "SELECT id FROM event ORDER BY id",
        "SELECT id FROM event WHERE (doc #>> '{by,customer}')::int <= 4 ORDER BY id",
    )
    # Children of a tag bring their other tags.
    posts = "SELECT id FROM post WHERE 1 = ANY (tag_ids) ORDER BY id LIMIT 3"
    made.agrees("SELECT id FROM post ORDER BY id", f"({posts}) UNION ({posts.replace('1 =', '2 =')}) ORDER BY id")
    made.agrees(
        "SELECT id FROM tag ORDER BY id",
        f"""
        SELECT DISTINCT t FROM post, unnest(tag_ids) AS t
        WHERE t IS NOT NULL AND id = ANY (ARRAY{made.dev("SELECT id FROM post")}) ORDER BY t
        """,
    )
    assert made.dev("SELECT id FROM visit ORDER BY id") == [1, 2, 3, 4]
    assert made.dev("SELECT id FROM part ORDER BY id") == [1, 2, 5, 10, 11, 20, 21, 22, 23]


def test_virtual_keys_are_verified_at_the_end(made):
    made.source.execute("INSERT INTO attachment VALUES (901, 'employee', '777'), (902, 'employee', '1')")
    try:
        rules = "sampling:\n  default: none\n  tables: {public.attachment: {where: id > 900}}\n"
        key = "public.attachment (target_id) -> public.employee (attachment_employee)"
        for reader in READERS:
            done = made.run(reader, settings=f"{rules}{KEYS}", status=1)
            assert f"{key}: 1 rows point at nothing, such as " in done.stderr
            assert '"777"' in done.stderr
        done = made.run("direct", settings=f"{rules}  on_violation: not_valid\n{KEYS}")
        assert f"warning: {key}: 1 rows point at nothing" in done.stderr
        assert made.contents("direct")["public.attachment"].total() == 2
        done = made.run("wrapper", settings=f"{rules}  on_violation: drop_rows\n{KEYS}")
        assert f"warning: {key}: 1 rows pointed at nothing and were dropped" in done.stderr
        assert list(made.contents("wrapper")["public.attachment"]) == ["(902,employee,1)"]
    finally:
        made.source.execute("DELETE FROM attachment WHERE id > 900")
