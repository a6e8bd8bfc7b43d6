"""Code tables come from their files whole or not at all, and what is told of them is what happened."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from fixture_types import RunCommand, RunProgram
from quiet import Quiet

from devdb.codes.load import Loaded, load
from devdb.errors import CheckFailed, DevdbError, Refused, ScriptFailed, SettingsError
from devdb.server.cluster import Cluster
from devdb.settings import Settings

TABLES = """
    CREATE EXTENSION citext;
    CREATE SCHEMA "Odd schema";
    CREATE TABLE kind (
        code citext PRIMARY KEY, "Name of it" text NOT NULL UNIQUE, weight numeric(6, 2) DEFAULT 1, doc json,
        short text GENERATED ALWAYS AS (left("Name of it", 3)) STORED
    );
    CREATE TABLE status (id serial PRIMARY KEY, kind_code citext REFERENCES kind, label varchar(5));
    CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text);
    CREATE TABLE counted (code text PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY);
    CREATE TABLE "Odd schema"."Pair.of" (
        x int, "y ""o" text, up_x int, up_y text, PRIMARY KEY (x, "y ""o"),
        FOREIGN KEY (up_x, up_y) REFERENCES "Odd schema"."Pair.of"
    );
    CREATE TABLE hen (id int PRIMARY KEY, egg int);
    CREATE TABLE egg (id int PRIMARY KEY, hen int NOT NULL REFERENCES hen);
    ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg;
    CREATE TABLE pile (v text);
    CREATE TABLE pairless (a int UNIQUE, b text);
    CREATE TABLE parted (code text PRIMARY KEY, label text) PARTITION BY LIST (code);
    CREATE TABLE parted_x PARTITION OF parted FOR VALUES IN ('x');
    CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
    CREATE VIEW seen AS SELECT code FROM kind;
    CREATE TABLE app (id serial, kind citext REFERENCES kind ON DELETE CASCADE, status int REFERENCES status);
"""
EMPTIED = (
    'TRUNCATE kind, status, numbered, counted, "Odd schema"."Pair.of", hen, egg, pile, pairless, parted, app '
    "RESTART IDENTITY"
)


class Site:
    """A directory with settings and CSV files, and the database that they are for."""

    def __init__(self, directory: Path, cluster: Cluster, connection: psycopg.Connection[Any]) -> None:
        self.directory = directory
        self.connection = connection
        self.conninfo = cluster.conninfo(connection.info.dbname)
        place = f"{{host: {cluster.socket_directory}, port: {cluster.port}, dbname: {connection.info.dbname}}}"
        self._target = f"target: {place}\n"
        self._files = ""

    def file(self, table: str, text: str | bytes, **options: str) -> Path:
        """The file of a table; options go into the settings."""
        path = self.directory / f"{len(list(self.directory.glob('*.csv')))}.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.replace(table, path.name, **options)
        return path

    def replace(self, table: str, file: str, **options: str) -> None:
        said = "".join(f", {name}: {value}" for name, value in options.items())
        self._files += f"  {table}: {{file: {file}{said}}}\n"

    @property
    def settings(self) -> Settings:
        path = self.directory / "devdb.yaml"
        path.write_text(self._target + ("code_tables:\n" + self._files if self._files else ""))
        return Settings.load(path)

    def load(self, **flags: bool) -> dict[str, Loaded]:
        return {each.table: each for each in load(self.settings, Quiet(), **flags)}

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(question.encode()).fetchall()


@pytest.fixture(scope="module")
def codes_db(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, TABLES) as connection:
        yield connection


@pytest.fixture
def site(tmp_path: Path, cluster: Cluster, codes_db: psycopg.Connection[Any]) -> Site:
    codes_db.execute(EMPTIED.encode())
    return Site(tmp_path, cluster, codes_db)


def counts(loaded: Loaded) -> tuple[int, int, int, int, int]:
    return loaded.inserted, loaded.updated, loaded.unchanged, loaded.gone, loaded.deleted


def test_rows_come_in_and_come_again_unchanged(site: Site) -> None:
    # Children first in the settings, and a byte order mark, as Excel writes it.
    site.file("public.status", "id;kind_code;label\n7;B;\n1;a;one\n", delimiter="';'")
    site.file("public.kind", b'\xef\xbb\xbfcode,Name of it,doc\r\nA,"first, and\r\nmore","{""a"": 1}"\r\nb,"",\r\n')
    assert {name: counts(each) for name, each in site.load().items()} == {
        "public.status": (2, 0, 0, 0, 0),
        "public.kind": (2, 0, 0, 0, 0),
    }
    # A column that the file does not have gets its default; nothing is NULL, an empty text in quotes is none.
    assert site.rows('SELECT code, "Name of it", weight::text, doc::text FROM kind ORDER BY code') == [
        ("A", "first, and\r\nmore", "1.00", '{"a": 1}'),
        ("b", "", "1.00", None),
    ]
    assert site.rows("SELECT label FROM status ORDER BY id") == [("one",), (None,)]
    assert {counts(each) for each in site.load().values()} == {(0, 0, 2, 0, 0)}
    # The application's next row gets a number of its own.
    assert site.rows("INSERT INTO status DEFAULT VALUES RETURNING id") == [(8,)]


def test_only_rows_that_differ_are_written(site: Site) -> None:
    first = site.file("public.kind", "code,Name of it,weight\nA,one,1\nb,two,2\nc,three,3\n")
    site.load()
    before = dict(site.rows("SELECT code, xmin::text FROM kind"))
    # In a citext "A" equals "a", and 2 is 2.00; what is stored counts.
    first.write_text("code,Name of it,weight\na,one,1\nb,two,2.00\nc,three,\nd,four,4\n")
    assert counts(site.load()["public.kind"]) == (1, 2, 1, 0, 0)
    after = dict(site.rows("SELECT code, xmin::text FROM kind"))
    assert [code for code in ("A", "b", "c") if before[code] == after.get(code)] == ["b"]
    assert site.rows("SELECT weight FROM kind WHERE code = 'c'") == [(None,)]


def test_composite_keys_quoted_names_self_references_and_circles(site: Site) -> None:
    site.file('\'"Odd schema"."Pair.of"\'', '"x","y ""o",up_x,up_y\n1,a,2,b\n2,b,,\n')
    hen = site.file("public.hen", "egg,id\n1,1\n,2\n")
    egg = site.file("public.egg", "id,hen\n1,1\n2,2\n")
    site.file("public.numbered", "id,label\n5,five\n")
    site.file("public.parted", "code,label\nx,1\ny,2\n")
    assert {name: each.inserted for name, each in site.load().items()} == {
        "Odd schema.Pair.of": 2, "public.hen": 2, "public.egg": 2, "public.numbered": 1, "public.parted": 2,
    }  # fmt: skip
    hen.write_text("egg,id\n1,1\n")
    egg.write_text("id,hen\n1,1\n")
    (site.directory / "0.csv").write_text('"x","y ""o",up_x,up_y\n2,b,,\n')
    (site.directory / "4.csv").write_text("code,label\nx,1!\n")
    pruned = site.load(prune=True)
    assert pruned["Odd schema.Pair.of"].gone_keys == ["(1, a)"]
    assert {name: each.deleted for name, each in pruned.items() if each.deleted} == {
        "Odd schema.Pair.of": 1, "public.hen": 1, "public.egg": 1, "public.parted": 1,
    }  # fmt: skip
    assert site.rows("SELECT * FROM parted") == [("x", "1!")]
    assert site.rows("INSERT INTO numbered (label) VALUES ('next') RETURNING id") == [(6,)]


def test_codes_no_longer_in_the_file_are_told_and_go_when_nobody_refers_to_them(site: Site) -> None:
    kinds = site.file("public.kind", "code,Name of it\na,1\nb,2\nc,3\n")
    statuses = site.file("public.status", "id,kind_code\n1,a\n2,b\n3,\n")
    site.load()
    site.connection.execute("INSERT INTO app (kind, status) VALUES ('b', NULL), ('b', 2), ('a', 1)")
    kinds.write_text("code,Name of it\na,1\n")
    statuses.write_text("id,kind_code\n1,a\n3,\n")
    told = site.load()
    assert [(each.gone, each.gone_keys, each.deleted) for each in told.values()] == [(2, ["b", "c"], 0), (1, ["2"], 0)]
    # ON DELETE CASCADE is a reference like any other. The status that goes as well is none.
    with pytest.raises(Refused) as refused:
        site.load(prune=True)
    assert refused.value.message.splitlines() == [
        "public.kind: 2 rows of public.app (app_kind_fkey) refer to rows that are no longer in the file, such as b",
        "public.status: 1 row of public.app (app_status_fkey) refers to rows that are no longer in the file, such as 2",
    ]
    assert site.rows("SELECT count(*) FROM kind") == [(3,)]
    site.connection.execute("DELETE FROM app WHERE kind = 'b'")
    assert [each.deleted for each in site.load(prune=True).values()] == [2, 1]
    assert site.rows("SELECT code FROM kind") == [("a",)]
    kinds.write_text("code,Name of it\n")
    with pytest.raises(Refused, match="all rows there would be deleted"):
        site.load(prune=True)


def test_a_mistake_in_one_file_loads_nothing_of_any(site: Site) -> None:
    site.file("public.kind", "code,Name of it\na,1\n")
    path = site.file("public.status", 'id,kind_code,label\n1,a,"on\ne"\n2,a,much too long\n')
    with pytest.raises(CheckFailed) as failed:
        site.load()
    assert failed.value.message == f"{path}:4: value too long for type character varying(5) (column label)"
    assert site.rows("SELECT count(*) FROM kind") == [(0,)]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("code,Name of it\na,1\n\nb,2\nA,3\n", {}, ["5: the key A stands on line 2 already"]),
        ('code,Name of it\na,"1\n\n1"\n,2\n', {}, ["5: the column code is empty, and may not be NULL"]),
        ("code,Name of it\na,\n", {}, ["2: the column Name of it is empty, and may not be NULL"]),
        ("code,name of it\na,1\n", {}, ["1: public.kind has no column name of it (did you mean Name of it?)",
                                        "1: the file lacks the column Name of it, which may not be NULL"]),
        ("Name of it\na\n", {}, ["1: the file lacks the column code, which is part of the key"]),
        ("code,Name of it,short\na,1,1\n", {}, ["1: the column short is generated by PostgreSQL: leave it out"]),
        ("code,Name of it\na,1,2\nb\n", {}, ["2: 3 values, where the first line names 2 columns",
                                             "3: 1 value, where the first line names 2 columns"]),
        ('code,Name of it\na,"1\n\n', {}, ["2: the quote that is opened here is never closed"]),
        ('code,Name of it\na,5" pipe\n', {}, ["2: a quote within a value"]),
        ('code,Name of it\na,"5" pipe"\n', {}, ["2: text behind the quote"]),
        ("code,code\n", {}, ["1: the column code is named twice"]),
        ("code,\n", {}, ["1: column 2 has no name"]),
        ("", {}, ["1: the file is empty"]),
        ("code,Name of it\na,1\nb,caf\u00e9\n".encode("latin-1"), {}, ["3: this is not in utf-8"]),
        ("code,Name of it\na,1\n".encode("utf-16"), {}, ["1: this is not in utf-8 (it begins as UTF-16 does)"]),
        ("code,Name of it\na,\u20ac\n".encode(), {"encoding": "ascii"}, ["2: this is not in ascii"]),
        ("code,Name of it\na,x\0y\n", {}, ["2: a NUL character"]),
        ("code,Name of it,weight\na,1,1\nb,2,many\n", {}, ['3: invalid input syntax for type numeric: "many"']),
        ("code,Name of it,weight\na,1,-\nb,2,many\n", {"null": "'-'"}, ["3: invalid input syntax for type numeric"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_line(
    site: Site, text: str | bytes, options: dict[str, str], said: list[str]
) -> None:
    path = site.file("public.kind", text, **options)
    with pytest.raises(CheckFailed) as failed:
        site.load()
    for told, expected in zip(failed.value.message.splitlines(), said, strict=True):
        assert told.startswith(f"{path}:{expected}")
    assert failed.value.exit_status == 1
    assert site.rows("SELECT count(*) FROM kind") == [(0,)]


def test_a_row_that_refers_to_nothing_is_told_with_its_line(site: Site) -> None:
    kind = site.file("public.kind", "code,Name of it\na,1\n")
    path = site.file("public.status", "id,kind_code\n1,A\n2,b\n")
    with pytest.raises(CheckFailed) as failed:
        site.load()
    assert failed.value.message == f"{path}:3: kind_code: b is not in public.kind"
    kind.write_text("code,Name of it\nb,1\n")
    with pytest.raises(CheckFailed, match="A is not in"):
        site.load()
    site.connection.execute("INSERT INTO kind VALUES ('a', 'x')")
    assert site.load()["public.status"].inserted == 2


def test_what_the_server_refuses_is_a_failed_script(site: Site) -> None:
    site.file("public.kind", "code,Name of it\na,1\nb,1\n")
    with pytest.raises(ScriptFailed) as failed:
        site.load()
    assert (failed.value.sqlstate, failed.value.exit_status) == ("23505", 3)
    assert site.rows("SELECT count(*) FROM kind") == [(0,)]


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ("public.pile", {}, "public.pile has no primary key"),
        ("public.pairless", {"key": "[b]"}, "public.pairless has no unique key on b\nHint: its unique keys: [a]"),
        ("public.knid", {}, "there is no table public.knid in the dev database\nHint: did you mean public.kind?"),
        ("public.seen", {}, "a view takes no rows: public.seen"),
        ("public.parted_x", {}, "this is no table of its own: public.parted_x"),
    ],
)
def test_a_table_that_cannot_be_loaded_is_refused(site: Site, table: str, options: dict[str, str], said: str) -> None:
    site.file(table, "a,b\n1,2\n", **options)
    with pytest.raises(SettingsError) as refused:
        site.load()
    assert said in str(refused.value)


def test_a_unique_key_will_do_and_an_identity_that_could_not_be_changed_will_not(site: Site) -> None:
    site.file("public.pairless", "a,b\n1,x\n", key="[a]")
    assert site.load()["public.pairless"].inserted == 1
    site.file("public.counted", "code,n\nx,3\n")
    with pytest.raises(CheckFailed, match="the column n is GENERATED ALWAYS AS IDENTITY: leave it out"):
        site.load()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("code_tables: {kind: a.csv}", "write public.kind"),
        ("code_tables: {public.*: a.csv}", "may be several tables"),
        ("code_tables: {public.a: a.csv, 'public.\"a\"': b.csv}", "is named twice"),
        ("code_tables: {public.a: {file: a.csv, delimiter: ab}}", "must be one character"),
        ("code_tables: {public.a: {file: a.csv, encoding: hex}}", "no encoding that is known"),
        ("code_tables: {public.a: {fil: a.csv}}", "did you mean file?"),
        ("code_tables: {public.a: 3}", "expected a mapping"),
    ],
)
def test_mistakes_in_the_settings_are_told(tmp_path: Path, settings: str, said: str) -> None:
    (tmp_path / "devdb.yaml").write_text(settings)
    with pytest.raises(DevdbError) as refused:
        Settings.load(tmp_path / "devdb.yaml")
    assert said in str(refused.value)


def test_the_command(site: Site, command: RunCommand, psql: RunProgram) -> None:
    def run(*args: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = command("devdb", "load-codes", "-c", site.directory / "devdb.yaml", *args)
        assert done.returncode == status, done.stderr
        return done

    assert site.settings
    assert "code_tables names no table" in run(status=1).stderr
    path = site.file("public.kind", "code,Name of it\na,1\nb,\\.\n")
    assert site.settings
    printed = run("--dry-run", "-q").stdout
    assert site.rows("SELECT count(*) FROM kind") == [(0,)]
    told = psql(site.conninfo, stdin=printed).splitlines()
    assert told[-1] == "public.kind|2|0|0|0|{}|0"
    assert site.rows("SELECT \"Name of it\" FROM kind WHERE code = 'b'") == [("\\.",)]
    path.write_text("code,Name of it\na,2\nc,3\n")
    assert run("-q").stdout == ""
    assert run("--prune").stdout.splitlines() == [
        "table        inserted  updated  unchanged  not in the file  deleted",
        "public.kind         0        0          2                1        1",
        "public.kind: deleted: b",
    ]
    done = run("--prod-db", site.conninfo, "-d", site.connection.info.dbname, status=1)
    assert "would be the source itself" in done.stderr
    assert run("-d", "nowhere", status=2).stdout == ""


def test_it_waits_for_no_other_run(site: Site, tell_lock: Callable[[], psycopg.Connection[Any]]) -> None:
    site.file("public.kind", "code,Name of it\na,1\n")
    with tell_lock(), pytest.raises(Refused, match="another run is at the dev database"):
        site.load()


@pytest.fixture
def tell_lock(cluster: Cluster, site: Site) -> Callable[[], psycopg.Connection[Any]]:
    """Take the lock that a run takes."""

    def take() -> psycopg.Connection[Any]:
        connection = psycopg.connect(cluster.conninfo(), autocommit=True)
        name = f"devdb {site.connection.info.dbname}"
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        return connection

    return take
