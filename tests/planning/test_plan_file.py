"""A plan that is written and read again chooses the same; one that does not fit is refused, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_types import MakeDb, RunProgram
from plan_making import planned, settings_of

from devdb.errors import DevdbError, Refused, ScriptFailed, SettingsError
from devdb.planning import plan_file
from devdb.planning.planner import Planned
from devdb.sampling.choice import Choice, choose

SCHEMA = """
    CREATE TABLE customer (id int PRIMARY KEY, name text);
    CREATE TABLE "Odd.Table" (id int PRIMARY KEY, "a(b)" int REFERENCES customer);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customer, parent_id int REFERENCES orders,
                         note text, doc jsonb);
    CREATE TABLE item (id int PRIMARY KEY, order_id int REFERENCES orders, again int, tags int[]);
    ALTER TABLE item ADD CONSTRAINT item_again FOREIGN KEY (order_id) REFERENCES orders;
    CREATE TABLE log (id int PRIMARY KEY, order_id int REFERENCES orders);
    CREATE TABLE schema_migrations (version text PRIMARY KEY);
    CREATE TABLE year (id int, y int, order_id int REFERENCES orders, PRIMARY KEY (id, y)) PARTITION BY LIST (y);
    CREATE TABLE year_1 PARTITION OF year FOR VALUES IN (1);
    INSERT INTO customer SELECT i, 'c' FROM generate_series(1, 40) AS i;
    INSERT INTO orders (id, customer_id, doc) SELECT i, 1 + i % 40, jsonb_build_object('c', i % 40 + 1)
    FROM generate_series(1, 200) AS i;
    INSERT INTO item SELECT i, 1 + i % 200, 1, ARRAY[1 + i % 7] FROM generate_series(1, 900) AS i;
    INSERT INTO log SELECT i, i FROM generate_series(1, 50) AS i;
    ANALYZE;
"""

SETTINGS = {
    "defaults": "",
    "everything said": r"""
        sampling:
          seed: -7
          default: {percent: 12.5}
          on_violation: drop_rows
          tables:
            public.log: empty
            public.orders:
              where: |
                note IS NULL  -- "a comment": {}
                AND id > 3
              limit: 20
              order_by: id DESC
            public."Odd.Table": none
          follow:
            default: {max: 3, depth: 2}
            public.item.item_again: none
            public.item(order_id): {max: 4, order_by: "id DESC NULLS LAST", where: "again = 1", of: all}
          keys:
            public.orders(parent_id): {on_missing: set_null}
          virtual_keys:
            by_doc: {child: public.orders, columns: ["doc->>'c'"], parent: public.customer, when: "doc ? 'c'"}
            tagged: {child: public.item, columns: [tags], parent: public.customer}
    """,
    "a percentage": "sampling: {percent: 30}",
}


@pytest.fixture
def source(make_db: MakeDb, psql: RunProgram) -> str:
    made = make_db("proddb")
    psql(made, stdin=SCHEMA)
    return made


def written(made: Planned, directory: Path) -> Path:
    path = directory / "plan.yaml"
    path.write_text(plan_file.text(made.plan, made.source, made.settings, made.choice), encoding="utf-8")
    return path


def told(choice: Choice) -> object:
    """What a choice takes."""
    return (
        choice.rules,
        [(item.key.name, item.key.child.name, item.is_cut, item.follow, item.nulled) for item in choice.references],
    )


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_what_is_written_chooses_the_same(source: str, tmp_path: Path, text: str) -> None:
    made = planned(settings_of(source, tmp_path, text))
    sampling = plan_file.load(written(made, tmp_path), made.source)
    assert told(choose(made.source, made.settings.with_sampling(sampling))) == told(made.choice)
    assert (sampling.seed, sampling.on_violation) == (
        made.settings.sampling.seed,
        made.settings.sampling.on_violation,
    )
    assert all(rule.line for rule in sampling.tables.values())


def test_seeds_are_written_as_rules(source: str, tmp_path: Path) -> None:
    seeds = [
        "public.orders: id IN (42, 7)",
        "public.orders: id = 9 -- again",
        "public.customer: name = 'c''x' OR id = 3",
    ]
    made = planned(settings_of(source, tmp_path, "sampling: {tables: {public.log: empty}}", seeds=seeds))
    path = written(made, tmp_path)
    sampling = plan_file.load(path, made.source)
    plain = settings_of(source, tmp_path).with_sampling(sampling)
    assert told(choose(made.source, plain)) == told(made.choice)
    assert sampling.seeds == ()


def test_the_plan_of_a_plan_file_is_the_same(source: str, tmp_path: Path) -> None:
    first = planned(settings_of(source, tmp_path, SETTINGS["everything said"]))
    path = written(first, tmp_path)
    again = planned(settings_of(source, tmp_path, plan=path))
    assert {name: table.rows for name, table in again.plan.table.items()} == {
        name: table.rows for name, table in first.plan.table.items()
    }
    assert told(again.choice) == told(first.choice)


def test_the_file_tells_its_reasons(source: str, tmp_path: Path) -> None:
    text = """
        sampling:
          default: none
          tables: {public.item: {limit: 5}, public.log: empty}
          follow: {public.item(order_id): {max: 2}}
    """
    made = planned(settings_of(source, tmp_path, text))
    lines = [line.strip() for line in written(made, tmp_path).read_text().splitlines()]
    at = lines.index("public.item: {limit: 5}")
    assert lines[at - 1] == f"# rule public.item ({tmp_path / 'devdb.yaml'}:4)"
    assert lines[at - 2].startswith("# about 5 of 900 rows, ")
    at = lines.index("public.customer: none")
    assert lines[at - 1] == (
        "# rule public.item → public.item.order_id → public.orders → public.orders.customer_id → public.customer"
    )
    assert "public.log: empty" in lines


MISTAKES = {
    "another format": (
        lambda text: text.replace("format: 1", "format: 99"),
        "plan.yaml:{line of format}: format 99: this devdb reads format 1",
    ),
    "no format": (lambda _: "sampling: {default: none}", "plan.yaml: this is not a plan: it has no format"),
    "an unknown table": (
        lambda text: text.replace("public.orders: {limit: 5}", "public.order: {limit: 5}"),
        "sampling.tables.public.order: there is no such table in the source\nHint: did you mean public.orders?",
    ),
    "an unknown key": (
        lambda text: text.replace("sampling:", "samplings:"),
        "samplings: unknown key",
    ),
    "a wrong rule": (
        lambda text: text.replace("{limit: 5}", "{limit: five}"),
        "sampling.tables.public.orders.limit: expected a whole number, found the text five",
    ),
    "no schema": (lambda text: text.replace("\nschema:", "\nschemas:"), "schema: expected a mapping"),
    "no YAML": (lambda text: text + "\n  - [", "plan.yaml:"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_its_place(source: str, tmp_path: Path, case: str) -> None:
    change, message = MISTAKES[case]
    made = planned(settings_of(source, tmp_path, "sampling: {default: none, tables: {public.orders: {limit: 5}}}"))
    path = written(made, tmp_path)
    path.write_text(change(path.read_text()))
    lines = path.read_text().splitlines()
    line = next((number for number, text in enumerate(lines, start=1) if text.startswith("format")), 0)
    with pytest.raises(SettingsError) as failure:
        plan_file.load(path, made.source)
    assert message.replace("{line of format}", str(line)) in str(failure.value)
    assert str(path) in str(failure.value)


def test_sql_that_is_none_is_told_with_its_place(source: str, tmp_path: Path) -> None:
    made = planned(settings_of(source, tmp_path, "sampling: {default: none, tables: {public.orders: {where: id = 5}}}"))
    path = written(made, tmp_path)
    path.write_text(path.read_text().replace("id = 5", "id = = 5"))
    with pytest.raises(ScriptFailed, match=r"plan\.yaml:\d+"):
        made.settings.with_sampling(plan_file.load(path, made.source))


def test_a_plan_for_another_schema_is_refused_naming_the_tables(source: str, tmp_path: Path, psql: RunProgram) -> None:
    path = written(planned(settings_of(source, tmp_path)), tmp_path)
    # Rows and partitions come and go.
    psql(source, "-c", "CREATE TABLE year_2 PARTITION OF year FOR VALUES IN (2)", "-c", "DELETE FROM log")
    assert planned(settings_of(source, tmp_path, plan=path)).plan.rows
    for statement in (
        "ALTER TABLE item ALTER COLUMN again TYPE bigint",
        "ALTER TABLE log DROP CONSTRAINT log_order_id_fkey",
        "DROP TABLE schema_migrations",
        "CREATE TABLE fresh (id int)",
        "ALTER TABLE customer ALTER COLUMN name SET NOT NULL",
    ):
        psql(source, "-c", statement)
    with pytest.raises(DevdbError) as failure:
        planned(settings_of(source, tmp_path, plan=path))
    assert isinstance(failure.value, Refused)
    assert failure.value.message == (
        f"{path}: the source's schema is no longer that of the plan: public.customer has changed; "
        "public.item has changed; public.log has changed; public.fresh is new; public.schema_migrations is gone"
    )
