"""A reset gives the application's schemas back as they were made, kept rows in them, or all as it was."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from databases import connect
from fixture_types import MakeDb, RunCommand, RunProgram
from quiet import Quiet

from devdb.catalog import schema_file
from devdb.errors import CheckFailed, DevdbError, Refused, ScriptFailed, SettingsError
from devdb.server.cluster import Cluster
from devdb.settings import Settings
from devdb.state.reset import Kept, reset, restore

APP = Path(__file__).with_name("app.sql")
KEEP = '[app.users, app.country, "app.lookup_*", app.parted]'
ALL = [Kept("app.country", 2, 0), Kept("app.lookup_A b", 3, 0), Kept("app.parted", 2, 0), Kept("app.users", 5, 0)]
MARK = "COMMENT ON DATABASE {} IS '[made by devdb from proddb, 2020-01-01 00:00 UTC]'"


class Site:
    """A dev database with the application, and the directory of its settings."""

    def __init__(self, cluster: Cluster, conninfo: str, directory: Path, psql: RunProgram, dump: RunProgram) -> None:
        self.conninfo = conninfo
        self.directory = directory
        self.psql = psql
        self._dump = dump
        self._place = f"host: {cluster.socket_directory}, port: {cluster.port}"
        self.dbname = psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"]

    def settings(self, said: str) -> Settings:
        path = self.directory / "devdb.yaml"
        path.write_text(f"target: {{{self._place}, dbname: {self.dbname}}}\nsource: {{{self._place}}}\nreset: {said}\n")
        return Settings.load(path)

    def reset(self, said: str = f"{{schemas: [app], keep: {KEEP}}}", *, yes: bool = True) -> list[Kept]:
        self.reporter = Quiet()
        return reset(self.settings(said), self.reporter, yes=yes)

    def ask(self, question: str) -> str:
        return self.psql(self.conninfo, "-c", question).rstrip("\n")

    def dumped(self, *args: str) -> str:
        # Rows may lie in another order.
        text = self._dump(self.conninfo, *args)
        return re.sub(
            r"(?<=FROM stdin;\n)(?:.*\n)*?(?=\\\.)", lambda rows: "".join(sorted(rows[0].splitlines(True))), text
        )

    def directory_of(self, **files: str) -> str:
        """Settings with which these SQL files rebuild."""
        for name, text in files.items():
            (self.directory / "sql").mkdir(exist_ok=True)
            (self.directory / "sql" / f"{name}.sql").write_text(text)
        return "rebuild: {migrations: sql}"


@pytest.fixture(scope="module")
def app(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The name of a database with the application, to clone from, and the schema.sql that devdb saves of it."""
    path = tmp_path_factory.mktemp("app") / "schema.sql"
    with connect(cluster, "postgres") as admin:
        admin.execute(b"CREATE DATABASE app_template")
        try:
            with connect(cluster, "app_template") as made:
                made.execute(APP.read_bytes())
                schema_file.write(path, source=made)
                schema_file.write(path.with_name("app_alone.sql"), source=made, schemas=["app"])
            yield "app_template", path
        finally:
            admin.execute(b"DROP DATABASE app_template WITH (FORCE)")


@pytest.fixture
def site(
    make_db: MakeDb, app: tuple[str, Path], cluster: Cluster, tmp_path: Path, psql: RunProgram, pg_dump: RunProgram
) -> Site:
    template, path = app
    (tmp_path / "schema.sql").write_text(path.read_text())
    made = Site(cluster, make_db("appdb", template=template), tmp_path, psql, pg_dump)
    made.ask(MARK.format("appdb"))
    return made


def test_kept_rows_stand_in_rebuilt_tables(site: Site) -> None:
    site.ask("GRANT USAGE ON SCHEMA app TO public; COMMENT ON TABLE app.users IS 'of today'; CREATE TABLE app.mine ()")
    schema, rows = site.dumped("--schema-only"), site.ask("SELECT u FROM app.users AS u ORDER BY id")
    assert site.reset() == ALL
    assert site.ask("SELECT u FROM app.users AS u ORDER BY id") == rows
    assert site.ask("SELECT count(*) FROM app.orders") == "0"
    assert site.ask("SELECT DISTINCT note FROM app.parted") == "mine"
    assert site.ask("SELECT n FROM app.a_counts") == "6"
    # What counts goes on where it was, but for tables that were emptied.
    assert site.ask("SELECT last_value FROM app.users_id_seq") == "5"
    assert (
        site.ask("SELECT nextval('app.free'), nextval('app.\"lookup_A b_k_seq\"'), nextval('app.orders_id_seq')")
        == "10|4|1"
    )
    left, came = (set(_entries(text)) for text in (schema, site.dumped("--schema-only")))
    changed = sorted(found[1] for each in left ^ came if (found := re.search("Name: (.*?);", each)))
    assert changed == ["TABLE users", "mine"], left ^ came
    assert site.ask("SELECT tgenabled FROM pg_trigger WHERE tgname = 'cry'") == "A"
    assert site.reset() == ALL


def _entries(dump: str) -> list[str]:
    """Its objects, without the settings between them, which depend on their order."""
    return re.split(r"\n+--\n(?=-- Name: )", re.sub(r"^SET .*\n+", "", dump, flags=re.MULTILINE))


def test_a_dry_run_is_the_run(site: Site, command: RunCommand) -> None:
    site.settings(f"{{schemas: [app], keep: {KEEP}}}")
    before = site.dumped()
    done = command("devdb", "reset", "--dry-run", "-q", "-c", site.directory / "devdb.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert site.dumped() == before
    site.psql(site.conninfo, stdin=done.stdout)
    assert site.ask("SELECT (SELECT count(*) FROM app.users), (SELECT count(*) FROM app.orders)") == "5|0"
    assert site.ask("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'devdb_reset'") == "0"


def test_a_failing_script_leaves_all_as_before(site: Site) -> None:
    before = site.dumped()
    rebuild = site.directory_of(a="CREATE TABLE app.users (id int);\nCREATE EXTENSION hstore;", b="\nSELECT 1/0;\n")
    with pytest.raises(ScriptFailed) as failed:
        site.reset(f"{{schemas: [app], keep: [app.users], {rebuild}}}")
    assert (Path(failed.value.path).name, failed.value.line, failed.value.exit_status) == ("b.sql", 2, 3)
    assert site.dumped() == before


def test_kept_rows_that_do_not_fit_leave_all_as_before(site: Site) -> None:
    before = site.dumped()
    rebuild = site.directory_of(
        a="""
            CREATE TYPE app.mood AS ENUM ('sad', 'glad');
            CREATE TABLE app.users (
                id bigint PRIMARY KEY, name int, mood app.mood, moods text, s int4range, p text, country text,
                boss int GENERATED ALWAYS AS (1) STORED, n int, mail text NOT NULL, note text NOT NULL DEFAULT ''
            );
            CREATE TABLE app.parted (id int, note text);
        """
    )
    with pytest.raises(CheckFailed) as failed:
        site.reset(f"{{schemas: [app], keep: [app.users, app.country, app.parted], {rebuild}}}")
    told = failed.value.message.splitlines()
    assert told[0] == "the rebuilt tables do not take the kept rows:"
    assert set(told[1:]) == {
        "there is no table app.country any more",
        "the column name of app.users was app.citext and is integer",
        "the column moods of app.users was app.mood[] and is text",
        "the column s of app.users was app.span and is int4range",
        "the column p of app.users was app.pair and is text",
        "app.users has no column sh any more",
        "the column boss of app.users is generated now",
        "the column mail of app.users is new, may not be NULL, and has no default",
    }
    assert site.dumped() == before


def test_rows_that_refer_to_what_is_not_kept_leave_all_as_before(site: Site) -> None:
    before = site.dumped()
    with pytest.raises(ScriptFailed) as failed:
        site.reset("{schemas: [app], keep: [app.users]}")
    assert failed.value.sqlstate == "23503"
    assert "keep the table that the rows refer to as well" in str(failed.value)
    assert site.dumped() == before


def test_migrations_run_in_their_order_and_in_one_transaction(site: Site) -> None:
    users = "CREATE TABLE app.users (id int, name text, n int)"
    rebuild = site.directory_of(
        V10__last="INSERT INTO app.log SELECT 10;\nCOMMIT;",
        V9__log="BEGIN;\nCREATE TABLE app.log (n int); INSERT INTO app.log SELECT 9;",
        R__view="CREATE VIEW app.all_log AS SELECT * FROM app.log;",
        U10__undo="DROP TABLE app.log;",
        V2__users=f"{users}; INSERT INTO app.users VALUES (99, 'seed');\nSAVEPOINT a; ROLLBACK TO a;",
    )
    with pytest.raises(CheckFailed, match="has no column mood any more"):
        site.reset(f"{{schemas: [app], keep: [app.users], {rebuild}}}")
    assert site.reset(f"{{schemas: [app], keep: [], {rebuild}}}") == []
    assert site.ask("SELECT string_agg(n::text, ' ') FROM app.all_log") == "9 10"
    # Without a key, the kept rows take the place of those that the rebuild made.
    site.ask("DELETE FROM app.users; INSERT INTO app.users VALUES (1, 'mine', 3)")
    assert site.reset(f"{{schemas: [app], keep: [app.users], {rebuild}}}") == [Kept("app.users", 1, 0)]
    (site.directory / "sql" / "V2__users.sql").write_text(
        f"{users}; ALTER TABLE app.users ADD PRIMARY KEY (id); INSERT INTO app.users VALUES (99, 'seed'), (1, 'seed')"
    )
    assert site.reset(f"{{schemas: [app], keep: [app.users], {rebuild}}}") == [Kept("app.users", 1, 1)]
    assert site.ask("SELECT id, name FROM app.users ORDER BY id") == "1|mine\n99|seed"
    site.directory_of(V11__bad="SELECT 1;\nROLLBACK;")
    with pytest.raises(Refused, match="which a script must not end"):
        site.reset(f"{{schemas: [app], keep: [app.users], {rebuild}}}")
    assert site.ask("SELECT count(*) FROM app.users") == "2"
    site.directory_of(odd="SELECT 1;")
    with pytest.raises(SettingsError, match=r"these are not: odd\.sql"):
        site.reset(f"{{schemas: [app], keep: [app.users], {rebuild}}}")


def psql_of(site: Site, text: str) -> str:
    """Settings with which psql rebuilds by itself, as another program would."""
    (site.directory / "rebuild.sql").write_text(text)
    program = re.sub(r"\s", "", subprocess.run(["which", "psql"], capture_output=True, text=True).stdout)
    return f"rebuild: {{command: '{program} -X -q -v ON_ERROR_STOP=1 -f rebuild.sql'}}"


def test_a_command_rebuilds(site: Site, app: tuple[str, Path]) -> None:
    keep = f"{{schemas: [app], keep: {KEEP}, {psql_of(site, app[1].with_name('app_alone.sql').read_text())}}}"
    rows = site.ask("SELECT u FROM app.users AS u ORDER BY id")
    assert site.reset(keep) == ALL
    assert site.ask("SELECT u FROM app.users AS u ORDER BY id") == rows
    assert site.ask("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'devdb_reset'") == "0"


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("CREATE EXTENSION hstore SCHEMA app; CREATE TABLE app.t (h app.hstore);\nSELECT 1/0;", ScriptFailed),
        (
            "CREATE TABLE app.users (id int); CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
            CheckFailed,
        ),
    ],
    ids=["it fails", "the rows do not fit"],
)
def test_a_command_that_comes_to_nothing_leaves_all_as_before(site: Site, text: str, failure: type[DevdbError]) -> None:
    before = site.dumped()
    with pytest.raises(failure):
        site.reset(f"{{schemas: [app], keep: [app.users], {psql_of(site, text)}}}")
    assert site.dumped() == before


def test_a_reset_that_was_killed_is_undone(site: Site, command: RunCommand) -> None:
    before = site.dumped()
    with at_work(site) as (settings, process):
        process.kill()
        process.wait()
    end_what_is_left(site)
    assert site.ask("SELECT to_regclass('app.users'), count(*) FROM devdb_reset_1.users") == "|5"
    with pytest.raises(Refused, match="an earlier reset was interrupted"):
        reset(settings, Quiet())
    done = command("devdb", "reset", "--restore", "-c", str(settings.path))
    assert done.returncode == 0, done.stderr
    assert site.dumped() == before
    assert not restore(settings, Quiet())


def test_the_reset_after_a_killed_one_undoes_that_first(site: Site) -> None:
    with at_work(site) as (_, process):
        process.kill()
        process.wait()
    end_what_is_left(site)
    assert site.reset() == ALL
    assert site.ask("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'devdb_reset'") == "0"


def test_a_signal_undoes_a_reset_at_once(site: Site) -> None:
    before = site.dumped()
    with at_work(site) as (_, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    assert site.dumped() == before


@contextlib.contextmanager
def at_work(site: Site) -> Iterator[tuple[Settings, subprocess.Popen[bytes]]]:
    """A reset whose command is running: it would take a minute."""
    settings = site.settings("{schemas: [app], keep: [app.users], rebuild: {command: 'touch begun; sleep 60'}}")
    argv = [str(Path(sys.executable).with_name("devdb")), "reset", "--yes", "-c", str(settings.path)]
    process = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    try:
        wait_until((site.directory / "begun").exists)
        yield settings, process
    finally:
        process.kill()
        process.wait()


def end_what_is_left(site: Site) -> None:
    """End the command that a killed reset ran, and wait for the server to notice that the reset is gone."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = (path / "cwd").readlink() == site.directory and b"sleep" in (path / "cmdline").read_bytes()
        except OSError:
            continue
        if is_ours:
            os.kill(int(path.name), signal.SIGKILL)
    question = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'devdb reset%'"
    wait_until(lambda: site.ask(question) == "0")


def wait_until(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline_s, "waited in vain"
        time.sleep(0.02)


def test_nothing_happens_without_yes(site: Site) -> None:
    before = site.dumped()
    with pytest.raises(Refused) as refused:
        site.reset(yes=False)
    assert refused.value.message == (
        "this would drop all of app in the database appdb, 1 tables with their rows, keep the rows of app.country, "
        f"app.lookup_A b, app.parted, app.users, and rebuild with {site.directory}/schema.sql"
    )
    site.ask("COMMENT ON DATABASE appdb IS NULL")
    with pytest.raises(Refused, match=r"in the database appdb \(which devdb did not make\), "):
        site.reset(yes=False)
    site.ask("CREATE VIEW other.v AS SELECT id FROM app.users")
    with pytest.raises(Refused, match=r"would be lost: view other\.v\nHint"):
        site.reset(yes=False)
    site.ask("DROP VIEW other.v")
    assert site.dumped() == before
    site.ask("CREATE VIEW other.v AS SELECT id FROM app.users")
    assert site.reset() == ALL
    assert site.reporter.told == ["objects of other schemas are dropped: view other.v"]


MISTAKES = [
    ("{}", "reset.schemas names no schema"),
    ("{schemas: [ap]}", "the dev database has no schema ap\nHint: did you mean app?"),
    ("{schemas: [app], keep: [app.user]}", "no table is named app.user\nHint: did you mean app.users?"),
    ("{schemas: [app], keep: [app.parted_1]}", "no table is named app.parted_1"),
    ("{schemas: [app], keep: [other.t]}", "keep: other.t is in none of the schemas that are reset"),
    ("{schemas: [app], keep: [users]}", "write public.users"),
    ("{schemas: [pg_catalog]}", "is a system schema"),
    ("{schemas: [app], rebuild: {command: x, migrations: y}}", "takes one of"),
    ("{schemas: [app], rebuild: {migrations: nowhere}}", "there are no SQL files in"),
    ("{schemas: [app], rebuild: {schema_file: nowhere.sql}}", "nowhere.sql\nHint: build-dev-db writes it"),
    ("{schemas: [linked]}", "linked belongs to the link"),
]


def test_mistakes_are_told_before_anything_happens(site: Site) -> None:
    site.ask(
        "CREATE SCHEMA linked; CREATE TABLE linked.t (); COMMENT ON SCHEMA linked IS 'devdb: the source''s tables'"
    )
    before = site.dumped()
    for said, told in MISTAKES:
        with pytest.raises(SettingsError) as refused:
            site.reset(said)
        assert told in str(refused.value)
    assert site.dumped() == before


def test_the_source_is_never_reset(site: Site, command: RunCommand) -> None:
    site.settings("{schemas: [app]}")
    done = command("devdb", "reset", "--yes", "-c", site.directory / "devdb.yaml", "--prod-db", site.dbname)
    assert done.returncode == 1
    assert "would be the source itself" in done.stderr
