"""What a plan expects is what a build brings: exactly where little is taken, within a factor of two elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_types import MakeDb, RunProgram
from plan_making import Quiet, planned, settings_of

from devdb import actions
from devdb.planning import seeds, walk
from devdb.preflight import Run
from devdb.server.cluster import Cluster
from devdb.settings import Settings

# Of so few rows chance makes more or fewer.
FEW = 25

SETTINGS = {
    "defaults": "sampling: {default: {limit: 150}}",
    "the bottom": "sampling: {default: none, tables: {lab.analysis: {limit: 400}, registry.screen: {percent: 40}}}",
    "children": """
        sampling:
          default: none
          tables: {registry.owner: {limit: 120}}
          follow:
            registry.well(owner_id): all
            registry.lithology_layer(well_id): all
            registry.water_level(well_id): {max: 5, order_by: measured_at DESC}
            lab.sample(well_id, depth_no): {max: 1}
            lab.analysis.*: {max: 2}
          keys:
            registry.well(driller_id): {on_missing: set_null}
    """,
    "percent and a condition": """
        sampling:
          percent: 20
          tables: {registry.owner: {where: "hashint8(id) % 3 = 0"}}
    """,
}


@pytest.fixture
def demo(cluster: Cluster, demo_template: str) -> str:
    """The demo, which is only read here: a clone would cost more than the reading."""
    return cluster.conninfo(demo_template)


def counts(settings: Settings) -> dict[str, int]:
    counted = actions.count(Run(settings=settings, command="plan", reporter=Quiet()))
    return {str(name): rows for name, (rows, _) in counted.items()}


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_estimates_are_within_a_factor_of_two(
    demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    # As if the tables were larger: most seed rows are not looked at.
    monkeypatch.setattr(seeds, "SEEDS", 48)
    # On a busy machine too.
    monkeypatch.setattr(walk, "_SECONDS", 60)
    monkeypatch.setattr(walk, "_LAST_SECONDS", 60)
    settings = settings_of(demo, tmp_path, text)
    plan = planned(settings).plan
    taken = counts(settings)
    wrong = {
        name: (table.rows, taken.get(name, 0))
        for name, table in plan.table.items()
        if max(table.rows, taken.get(name, 0)) > 2 * min(table.rows, taken.get(name, 0))
        and abs(table.rows - taken.get(name, 0)) > FEW
    }
    assert wrong == {}
    assert sum(taken.values()) / 1.5 < plan.rows < sum(taken.values()) * 1.5
    assert not any(table.is_guess for table in plan.tables)


def test_a_small_sample_is_known_exactly(demo: str, tmp_path: Path) -> None:
    text = """
        sampling:
          default: none
          tables: {registry.well: {limit: 30}, registry.document: {order_by: uploaded_at DESC, limit: 20}}
          follow: {registry.casing(well_id): {max: 1}, registry.permit(well_no): all}
    """
    settings = settings_of(demo, tmp_path, text)
    plan = planned(settings).plan
    assert {name: table.rows for name, table in plan.table.items() if table.rows} == {
        name: rows for name, rows in counts(settings).items() if rows
    }


def test_rows_that_bring_everything_are_guessed(demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_MOST_ROWS", 2000)
    text = """
        sampling:
          default: none
          tables: {registry.well: {limit: 5}}
          follow: {default: {max: 4, of: all}}
    """
    plan = planned(settings_of(demo, tmp_path, text)).plan
    well = plan.table["registry.well"]
    assert well.is_guess
    assert well.source_rows / 2 < well.rows <= well.source_rows


def test_of_a_hub_no_more_is_looked_at_than_the_cap_allows(db: str, psql: RunProgram, tmp_path: Path) -> None:
    psql(
        db,
        stdin="""
        CREATE TABLE hub (id int PRIMARY KEY);
        CREATE TABLE spoke (id int PRIMARY KEY, hub_id int NOT NULL REFERENCES hub, at date NOT NULL);
        INSERT INTO hub SELECT generate_series(1, 10);
        INSERT INTO spoke SELECT i, CASE WHEN i % 10 < 9 THEN 1 ELSE 2 + i % 9 END, date '2020-01-01' + i
        FROM generate_series(1, 20000) AS i;
        CREATE INDEX ON spoke (hub_id, at DESC);
        ANALYZE;
        """,
    )
    text = """
        sampling:
          default: none
          tables: {public.hub: {where: id = 1}}
          follow: {public.spoke(hub_id): {max: 100, order_by: at DESC}}
    """
    plan = planned(settings_of(db, tmp_path, text)).plan
    assert plan.table["public.spoke"].rows == 100
    assert plan.table["public.spoke"].by_child == 100
    (spokes,) = plan.keys
    assert spokes.cap is not None
    assert spokes.cap.max == 100
    assert spokes.cap.parents == 1
    assert 1000 < spokes.cap.average < 3000
    assert spokes.cap.largest is not None
    assert 15000 < spokes.cap.largest < 20000
    assert plan.missing_indexes == []


def test_a_cycle_back_to_the_same_row_brings_nothing(demo: str, tmp_path: Path) -> None:
    """A well names its current inspection, which is one of this well: independent keys would bring every well."""
    text = "sampling: {default: none, tables: {registry.inspection: {limit: 25}}}"
    plan = planned(settings_of(demo, tmp_path, text)).plan
    assert plan.table["registry.well"].rows < 150


def test_a_table_never_analyzed_is_told(make_db: MakeDb, psql: RunProgram, tmp_path: Path) -> None:
    source = make_db()
    psql(source, stdin="CREATE TABLE fresh (id int PRIMARY KEY); INSERT INTO fresh SELECT generate_series(1, 5000);")
    plan = planned(settings_of(source, tmp_path, "sampling: {default: all}")).plan
    assert 1000 < plan.table["public.fresh"].rows < 25000
    assert any("never analyzed" in note and "public.fresh" in note for note in plan.notes)


def test_partitions_count_for_their_root(make_db: MakeDb, psql: RunProgram, tmp_path: Path) -> None:
    source = make_db()
    psql(
        source,
        stdin="""
        CREATE TABLE reading (id int, year int, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
        CREATE TABLE reading_1 PARTITION OF reading FOR VALUES IN (1);
        CREATE TABLE reading_2 PARTITION OF reading FOR VALUES IN (2);
        INSERT INTO reading SELECT i, 1 + i % 2 FROM generate_series(1, 2000) AS i;
        CREATE TABLE remark (id int PRIMARY KEY, reading_id int, year int,
                             FOREIGN KEY (reading_id, year) REFERENCES reading);
        INSERT INTO remark SELECT i, i * 2, 1 FROM generate_series(1, 50) AS i;
        ANALYZE reading_1;
        ANALYZE reading_2;
        ANALYZE remark;
        """,
    )
    plan = planned(settings_of(source, tmp_path, "sampling: {default: none, tables: {public.remark: {limit: 7}}}")).plan
    reading = plan.table["public.reading"]
    assert (reading.rows, reading.source_rows) == (7, 2000)
    assert reading.source_bytes > 0
    assert reading.why == "rule public.remark → public.remark.(reading_id, year) → public.reading"
    assert reading.way == ["public.remark(reading_id, year)"]
