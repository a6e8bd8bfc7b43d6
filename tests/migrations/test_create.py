"""Migration files create just what an object needs, in an order that works, and nothing twice."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import connect, new_database, roles
from migration_making import ENTANGLED, TABLES, created, empty, remembering, settings_for
from quiet import Quiet

from devdb.catalog import schema_archive
from devdb.dependencies import reading
from devdb.errors import CheckFailed, Refused, UsageError
from devdb.migrations import create, writing
from devdb.migrations.naming import Version
from devdb.migrations.wanted import Wanted, batch

SEEDS = (
    *("app.loads", "app.near_totals", "app.by_key", "app.clean()", "app.ping", "app.halves"),
    *("numbers.given_id_seq", '"Lager Ort"."Regal"', "app.old_log"),
)


@pytest.fixture(scope="module")
def entangled(cluster):
    with roles(cluster, "entangled_reader"), new_database(cluster, ENTANGLED.read_text()) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def _asked_once(entangled, demo):
    """What sources say of themselves is asked once: they do not change here."""
    sources = {connection.info.dbname for connection in (entangled, demo)}
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((schema_archive, "read"), (reading, "read")):
            patch.setattr(module, name, remembering(getattr(module, name), sources))
        yield


@pytest.fixture(scope="module")
def demo(cluster, demo_template):
    with connect(cluster, demo_template) as connection:
        yield connection


@pytest.fixture(scope="module")
def database(cluster):
    """Held nothing before migrations are applied to it."""
    with empty(cluster) as database:
        yield database


def test_every_table_of_the_demo_comes_out_as_it_is_there(cluster, demo, tmp_path):
    tables = [name for (name,) in demo.execute(TABLES)]

    def differing(numbers: range) -> list[str]:
        with connect(cluster, demo.info.dbname) as source, empty(cluster) as database:
            for number in numbers:
                created(source, tmp_path / str(number), tables[number])
            return [database.difference(source, tmp_path / str(number)).diff for number in numbers]

    with ThreadPoolExecutor(2) as beside:
        halves = beside.map(differing, (range(start, len(tables), 2) for start in (0, 1)))
        assert [diff for half in halves for diff in half] == [""] * len(tables)
    assert len(tables) == 34


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_entangled_comes_out_as_it_is_there(database, entangled, tmp_path, seed):
    created(entangled, tmp_path, seed)
    found = database.difference(entangled, tmp_path)
    assert not found.diff
    assert found.things


def test_the_second_time_there_is_nothing_to_write(entangled, tmp_path):
    first = created(entangled, tmp_path, "app.loads")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert created(entangled, tmp_path, "app.loads").files == ()
    # Nor is there of what the first one needs.
    assert created(entangled, tmp_path, "app.customer", "numbers.invoice_no", name="more").files == ()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert [path.name for path in first.files] == [
        "V1.0.0__lot_TYP.sql",
        "V1.0.1__lot_FP.sql",
        "V1.0.2__lot_TYP.sql",
        "V1.0.3__lot_FP.sql",
        "V1.0.4__lot_TYP.sql",
        "V1.0.5__lot_TAB.sql",
        "V1.0.6__lot_FP.sql",
        "V1.0.7__lot_VW.sql",
        "V1.0.8__lot_TRG.sql",
    ]


def test_a_cast_comes_with_its_function_once(database, entangled, tmp_path):
    created(entangled, tmp_path, "app.to_state")
    assert not database.difference(entangled, tmp_path).diff
    assert "CREATE CAST" in "".join(path.read_text() for path in tmp_path.iterdir())
    assert created(entangled, tmp_path, "app.to_state").files == ()


def test_what_comes_later_builds_on_what_is_there(database, entangled, tmp_path):
    created(entangled, tmp_path, "app.orders")
    later = created(entangled, tmp_path, "app.heavy", name="views")
    assert [path.name[:14] for path in later.files] == ["V1.0.7__views_", "V1.0.8__views_", "V1.0.9__views_"]
    assert [path.stem[14:] for path in later.files] == ["VW", "FP", "VW"]
    assert not database.difference(entangled, tmp_path).diff


def test_files_of_others_are_heeded(database, entangled, tmp_path):
    (tmp_path / "V2__mine.sql").write_text(
        "CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('new', 'paid', 'sent; lost');\n"
        "CREATE DOMAIN app.open_state AS app.state CHECK (VALUE <> 'sent; lost');"
        "COMMENT ON DOMAIN app.open_state IS 'Still open.';"
        "COMMENT ON SCHEMA app IS 'What is sold; \"quoted\", and a semicolon; too.'"
    )
    (tmp_path / "U2__mine.sql").write_text("DROP SCHEMA app CASCADE")
    (tmp_path / "R__later.sql").write_text(
        "CREATE OR REPLACE VIEW app.open_orders AS\n"
        "SELECT id, customer_id, boxes FROM app.orders WHERE state IS NOT NULL"
    )
    report = Quiet()
    written = created(entangled, tmp_path, "app.loads", report=report)
    assert written.files[0].name == "V3__lot_FP.sql"
    assert not {thing.name for thing in written.things} & {"state", "open_state"}
    # Applied last of all, and new views need it before.
    assert "open_orders" in {thing.name for thing in written.things}
    assert any("view app.open_orders is created before" in told for told in report.told)
    assert not database.difference(entangled, tmp_path).diff
    again = created(entangled, tmp_path, "app.open_orders")
    assert again.files == ()


def test_one_file_of_all(database, entangled, tmp_path):
    written = created(entangled, tmp_path, "app.heavy", layout="flat")
    assert [path.name for path in written.files] == ["V1.0.0__lot.sql"]
    assert not database.difference(entangled, tmp_path).diff


def test_no_file_is_more_than_sql(entangled, tmp_path):
    """No backslash, no owner, no grant; SET only where bodies name what comes later, and taken back."""
    written = created(entangled, tmp_path, "app.heavy", "app.clean()")
    for path in written.files:
        text = path.read_text()
        for line in text.splitlines():
            assert not line.startswith("\\")
            assert "OWNER TO" not in line
            assert not line.startswith(("GRANT", "REVOKE", "SELECT pg_catalog.set_config"))
        assert text.count("\nSET ") == text.count("\nSET check_function_bodies = off;") == text.count("\nRESET ")
        if "FP" not in path.name:
            assert "\nSET " not in text


def test_dollars_and_braces_are_no_placeholders(entangled, tmp_path):
    written = created(entangled, tmp_path, "app.orders")
    (table,) = (path for path in written.files if path.name.endswith("_TAB.sql"))
    assert "${not_one}" in table.read_text()
    assert [path.name for path in tmp_path.glob("*.conf")] == [f"{table.name}.conf"]
    assert table.with_name(f"{table.name}.conf").read_text() == "placeholderReplacement=false\n"


def test_versions_follow_the_highest_there(entangled, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "V3.9__x.sql").write_text("SELECT 1")
    names = [path.name for path in created(entangled, tmp_path, "numbers.given").files]
    assert names == ["V3.10__lot_TYP.sql", "V3.11__lot_TAB.sql"]
    with pytest.raises(Refused, match=r"version 3\.11 does not come after 3\.11"):
        created(entangled, tmp_path, "app.log", version=Version("3.11"))
    with pytest.raises(Refused, match=r"there is a version 3\.9 already"):
        created(entangled, tmp_path, "app.log", version=Version("3.9"), out_of_order=True)
    names = [
        path.name for path in created(entangled, tmp_path, "app.log", version=Version("2"), out_of_order=True).files
    ]
    assert names == ["V2__lot_TYP.sql", "V3__lot_TAB.sql"]


def test_a_batch_is_one_set_after_the_other(database, entangled, tmp_path):
    said = tmp_path / "sets.csv"
    said.write_text(
        'seed,name,type\napp.orders,orders\n\n"app.near(integer, integer)", near ,function\napp.orders,again\n'
    )
    folder = tmp_path / "migrations"
    sets = create.create(settings_for(entangled), batch(said), folder, Quiet())
    assert [[path.name for path in one.files][-1:] for one in sets] == [
        ["V1.0.6__orders_TRG.sql"],
        ["V1.0.7__near_FP.sql"],
        [],
    ]
    assert not database.difference(entangled, folder).diff


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("app.orders,a\napp.ordres,b\n", r"sets\.csv:2: there is no object app\.ordres"),
        ("app.orders,a\napp.orders\n", r"sets\.csv:2: seed, name and perhaps type are wanted, not 1 fields"),
        ("app.orders,a/b\n", r"sets\.csv:1: 'a/b' cannot be part of a file's name"),
        ("app.orders,a,view\n", r"sets\.csv:1: app\.orders is no view"),
        ('app.orders,a\n"app.x,b\n', r"sets\.csv:2: unexpected end of data"),
        ("app.orders,a,table,x\n\n,b\n", r"sets\.csv:1: .*\n.*sets\.csv:3: "),
        ("\n", "no line asks for anything"),
    ],
)
def test_a_bad_line_is_told_of_and_nothing_is_written(entangled, tmp_path, lines, said):
    (tmp_path / "sets.csv").write_text(lines)
    with pytest.raises(UsageError, match=said):
        create.create(settings_for(entangled), batch(tmp_path / "sets.csv"), tmp_path / "new", Quiet())
    assert [path.name for path in tmp_path.iterdir()] == ["sets.csv"]


def test_a_folder_with_mistakes_stays_as_it_is(entangled, tmp_path):
    for name in ("V1__a.sql", "V1.0__b.sql"):
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(CheckFailed, match=r"the version 1.* is that of .*V1"):
        created(entangled, tmp_path, "app.orders")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_does_not_parse_is_named(entangled, tmp_path):
    (tmp_path / "V1__odd.sql").write_text("SELECT 1;\n\nCREATE TABEL app.log ();\n")
    report = Quiet()
    written = created(entangled, tmp_path, "app.log", report=report)
    assert any("V1__odd.sql:3: " in told and "not known" in told for told in report.told)
    assert len(written.files) == 2


def test_a_seed_in_a_schema_that_is_left_out(entangled, tmp_path):
    wanted = [Wanted((("app.orders", None),), "lot")]
    with pytest.raises(UsageError, match=r"app, which source\.schemas leaves out"):
        create.create(settings_for(entangled, schemas=("numbers",)), wanted, tmp_path / "new", Quiet())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_failure_while_files_get_their_names_leaves_none(entangled, tmp_path, monkeypatch, at):
    calls = []

    def fail(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) > at:
            raise KeyboardInterrupt
        link(source, target)

    link = os.link
    monkeypatch.setattr(writing.os, "link", fail)
    with pytest.raises(KeyboardInterrupt):
        created(entangled, tmp_path / "a" / "new", "app.log", "app.ping")
    assert len(calls) == at + 1
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_brought_to_its_end(entangled, tmp_path):
    whole, new = tmp_path / ".devdb-whole-a", tmp_path / ".devdb-new-b"
    for place in (whole, new):
        place.mkdir()
        (place / "V7__x.sql").write_text(f"-- {place.name}")
    (whole / "V8__x.sql").write_text("--")
    # It had got that far.
    os.link(whole / "V7__x.sql", tmp_path / "V7__x.sql")
    created(entangled, tmp_path, "app.log")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "V10__lot_TAB.sql",
        "V7__x.sql",
        "V8__x.sql",
        "V9__lot_TYP.sql",
    ]
    assert (tmp_path / "V7__x.sql").read_text() == "-- .devdb-whole-a"


def test_two_runs_do_not_write_at_once(entangled, tmp_path):
    with writing.alone(tmp_path), pytest.raises(Refused, match="another run is writing into"):
        created(entangled, tmp_path, "app.log")


def test_a_table_in_another_access_method_is_made_in_it(database, cluster, tmp_path):
    text = "CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE a (x int) USING other;"
    with new_database(cluster, text + "CREATE TABLE b (x int)") as source:
        created(source, tmp_path, "public.a", "public.b")
        assert not database.difference(source, tmp_path).diff
    database.connection.execute("DROP TABLE a; DROP ACCESS METHOD other")
