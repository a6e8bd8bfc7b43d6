"""devdb classify looks at a source and proposes what a person would; of the values, nothing is ever shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sources
from click.testing import CliRunner, Result
from databases import new_database
from psycopg.conninfo import conninfo_to_dict

from devdb.catalog import source as catalog
from devdb.cli.main import devdb
from devdb.masking.preparing import prepare
from devdb.server.cluster import Cluster
from devdb.settings import Settings
from devdb.settings.settings import MASK_KEY
from devdb.sqltext.templates import Templates


@pytest.fixture(scope="module")
def crm(cluster: Cluster) -> Iterator[tuple[psycopg.Connection[Any], list[str]]]:
    with new_database(cluster) as connection:
        yield connection, sources.fill(connection)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(conninfo: str, *arguments: str, user: str | None = None) -> Result:
    source = conninfo_to_dict(conninfo)
    address = ["-h", str(source["host"]), "-p", str(source["port"]), "--prod-db", str(source["dbname"])]
    address += [] if user is None else ["-U", user]
    return CliRunner().invoke(devdb, ["classify", *address, *arguments])


def proposals(done: Result) -> dict[str, dict[str, Any]]:
    assert done.exit_code == 0, done.output + str(done.exception)
    return {f"{one['table']}.{one['column']}": one["proposal"] for one in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def proposed(crm: tuple[psycopg.Connection[Any], list[str]]) -> Result:
    """What the command prints as JSON, about all of it."""
    return run(crm[0].info.dsn, "--json", "-c", "/dev/null")


def test_what_is_proposed_is_what_a_person_would_say(proposed: Result) -> None:
    found = proposals(proposed)
    got, expected = {}, {}
    for table, (_, columns) in sources.TABLES.items():
        for column, (_, _, classified, mask) in columns.items():
            one = found[f"crm.{table}.{column}"]
            got[table, column] = (one["class"], one["mask"], one["reason"])
            expected[table, column] = (classified, mask, one["reason"])
    assert got == expected


def test_each_proposal_says_why_and_how_many_values_matched(proposed: Result) -> None:
    found = proposals(proposed)
    assert found["crm.kunde.E-Mail"]["reason"] == "name 'E-Mail'; 60 of 60 sampled values are e-mail addresses"
    assert (found["crm.misc.c3"]["matched"], found["crm.misc.c3"]["sampled"]) == (60, 60)
    assert "PESEL numbers (PL)" in found["crm.osoba.numer"]["reason"]
    assert "EAN numbers" in found["crm.product.barcode"]["reason"]
    assert all(one["reason"] for one in found.values())


def test_no_value_is_shown(crm: tuple[psycopg.Connection[Any], list[str]], proposed: Result, tmp_path: Path) -> None:
    connection, values = crm
    outputs = [proposed, run(connection.info.dsn, "-vv", "--write"), run(connection.info.dsn, "--check")]
    told = "\n".join(done.output + done.stderr for done in outputs) + (tmp_path / "devdb.yaml").read_text("utf-8")
    assert "crm.misc.c2" in told
    assert [value for value in set(values) if value in told] == []


def test_what_is_written_serves_as_masks(crm: tuple[psycopg.Connection[Any], list[str]]) -> None:
    dsn = crm[0].info.dsn
    assert run(dsn, "--write").exit_code == 0
    settings, templates = Settings.load(), Templates()
    with psycopg.connect(dsn, autocommit=True, options=f"-c {MASK_KEY}={'5a' * 32}") as connection:
        database = catalog.read_database(connection, templates)
        source = catalog.read(connection, templates, database=database, schemas=None)
        tables = [table.name for table in source.filled_tables if table.name.name in ("kunde", "misc")]
        keys = source.foreign_keys
        planned, _ = prepare(
            connection,
            templates,
            source,
            settings,
            keys=keys,
            followed=keys,
            entered=(),
            taken=tables,
            propose=lambda _table, _column: None,
        )
    assert len(planned.masked) == len(settings.masking.columns) > 30


def test_by_names_alone_no_value_is_read(crm: tuple[psycopg.Connection[Any], list[str]]) -> None:
    connection = crm[0]
    connection.execute("CREATE ROLE blind LOGIN")
    connection.execute("GRANT USAGE ON SCHEMA crm TO blind")
    try:
        found = proposals(run(connection.info.dsn, "--json", "-q", "--no-values", user="blind"))
        assert found["crm.kunde.E-Mail"] == {
            "class": "confidential", "mask": "email", "reason": "name 'E-Mail'", "matched": None, "sampled": None,
        }  # fmt: skip
        assert found["crm.misc.c1"]["class"] == "confidential"
    finally:
        connection.execute("DROP OWNED BY blind")
        connection.execute("DROP ROLE blind")


def test_a_role_that_may_read_some_columns_only(crm: tuple[psycopg.Connection[Any], list[str]]) -> None:
    connection = crm[0]
    connection.execute("CREATE ROLE shy LOGIN")
    connection.execute("GRANT USAGE ON SCHEMA crm TO shy")
    connection.execute('GRANT SELECT (id, "Vorname") ON crm.kunde TO shy')
    try:
        found = proposals(run(connection.info.dsn, "crm.kunde", "--json", "-q", user="shy"))
    finally:
        connection.execute("DROP OWNED BY shy")
        connection.execute("DROP ROLE shy")
    assert found["crm.kunde.Vorname"]["matched"] == 60
    assert found["crm.kunde.E-Mail"]["mask"] == "email"
    assert found["crm.kunde.E-Mail"]["reason"] == "name 'E-Mail'; its values may not be read"


def test_large_tables_are_sampled_the_same_way_each_time(db: str) -> None:
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE big AS SELECT i AS id, 'u' || i || '@example.org' AS a, repeat('x', 300) AS f"
            " FROM generate_series(1, 60000) AS i"
        )
        connection.execute("ANALYZE")
        first = run(db, "--json", "-q")
        assert 100 < proposals(first)["public.big.a"]["sampled"] <= 1000
        assert proposals(first)["public.big.a"]["mask"] == "email"
        assert run(db, "--json", "-q").stdout == first.stdout


def test_empty_tables_and_columns_are_proposed_by_name(db: str) -> None:
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (email text, born date, note text, x text)")
        found = proposals(run(db, "--json", "-q"))
        assert found["public.t.email"]["reason"] == "name 'email'; there are no values to look at"
        assert found["public.t.x"]["class"] == "confidential"
        connection.execute("INSERT INTO t SELECT NULL, NULL, '', NULL FROM generate_series(1, 50)")
        assert proposals(run(db, "--json", "-q")) == found


def test_what_a_key_refers_to_decides(db: str) -> None:
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("""
            CREATE TABLE account (login text PRIMARY KEY, part_of text REFERENCES account);
            CREATE TABLE region (code text PRIMARY KEY);
            CREATE TABLE post (id int PRIMARY KEY, author text REFERENCES account, region text REFERENCES region);
            INSERT INTO account SELECT 'user' || i FROM generate_series(1, 99) AS i;
            INSERT INTO region SELECT 'R' || i FROM generate_series(1, 99) AS i;
        """)
    found = proposals(run(db, "--json", "-q"))
    assert found["public.account.login"]["mask"] == "username"
    for name in ("account.part_of", "post.author"):
        one = found[f"public.{name}"]
        assert (one["class"], one["mask"]) == ("confidential", None)
        assert one["reason"] == "refers to public.account.login, and is masked as that is"
    assert found["public.post.region"]["reason"] == "refers to public.region.code"
    assert run(db, "--write").exit_code == 0
    assert run(db, "--check").exit_code == 0


def test_what_no_mask_can_serve_is_left_to_people(db: str) -> None:
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("""
            CREATE TABLE born (birth_date date, name text) PARTITION BY RANGE (birth_date);
            CREATE TABLE born_early PARTITION OF born DEFAULT;
        """)
    found = proposals(run(db, "--json", "-q"))
    assert found["public.born.birth_date"]["mask"] is None
    assert "it decides the partition of a row" in found["public.born.birth_date"]["reason"]
    assert run(db, "--write").exit_code == 0
    assert "birth_date" not in Path("devdb.yaml").read_text()
    assert run(db, "--check").exit_code == 1


def test_tables_that_are_not_taken_are_left_out(db: str) -> None:
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("CREATE TABLE a (email text); CREATE TABLE b (email text); CREATE VIEW v AS TABLE a")
    Path("devdb.yaml").write_text("sampling: {tables: {public.b: empty}}\n")
    assert list(proposals(run(db, "--json", "-q"))) == ["public.a.email"]
    assert list(proposals(run(db, "public.*", "--json", "-q"))) == ["public.a.email"]
    wrong = run(db, "public.aa")
    assert (wrong.exit_code, "did you mean public.a?" in str(wrong.exception) + wrong.stderr) == (2, True)


def test_a_value_that_cannot_be_read_stops_nothing(db: str) -> None:
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("""
            CREATE FUNCTION fail() RETURNS boolean LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'secret value 4711'; END $$;
            CREATE TABLE t (email text); INSERT INTO t VALUES ('a@example.org');
            ALTER TABLE t ENABLE ROW LEVEL SECURITY;
            CREATE POLICY p ON t USING (fail());
            CREATE ROLE reader LOGIN; GRANT SELECT ON t TO reader;
        """)
    done = run(db, user="reader")
    assert done.exit_code == 0, done.output
    assert "its values could not be read" in done.output
    assert "4711" not in done.output + done.stderr
