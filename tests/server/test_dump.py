"""The dump can be restored by anyone, anywhere, and tells nothing about the source."""

from __future__ import annotations

import gzip
import os
import stat
import time
from pathlib import Path

import pytest
from databases import NASTY, connect, new_database, roles

from devdb.catalog import schema_file
from devdb.errors import ScriptFailed
from devdb.server import dump, ownerless, programs

# What nasty.sql holds beyond what an action leaves in a dev database, or asks of a superuser.
_ONLY_IN_A_SOURCE = """
    DROP EVENT TRIGGER et; DROP SERVER srv CASCADE; DROP TABLE fpart; DROP PUBLICATION pub;
    DROP EXTENSION postgres_fdw; SELECT lo_unlink(4242);
    ALTER SUBSCRIPTION sub SET (slot_name = NONE); COMMENT ON SCHEMA public IS NULL;
"""


@pytest.fixture(scope="module")
def dev(cluster):
    """A database such as an action leaves it: objects of several owners, rows, policies."""
    with (
        roles(cluster, "Nasty Role", "nasty_reader"),
        roles(cluster, "anyone", attributes="LOGIN"),
        new_database(cluster, NASTY.read_text()) as made,
    ):
        made.execute(_ONLY_IN_A_SOURCE)
        made.execute("DROP SUBSCRIPTION sub")
        yield made


@pytest.fixture(scope="module")
def dumped(dev, tmp_path_factory):
    directory = tmp_path_factory.mktemp("dump")
    return dump.write(directory / "devdb.dump", directory / "devdb.sql.gz", target=dev)


def restore(target, dumped: dump.Dump, kind: str) -> None:
    """Restore one of the files as the user and into the database of `target`, stopping at the first error."""
    conninfo, password = programs.parameters(target)
    if kind == "archive":
        args = ["--exit-on-error", "--dbname", target.info.dbname, str(dumped.archive)]
        programs.run(programs.find("pg_dump").sibling("pg_restore"), args, conninfo=conninfo, password=password)
    else:
        text = dumped.script.with_suffix(".plain")
        text.write_bytes(gzip.decompress(dumped.script.read_bytes()))
        args = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(text)]
        programs.run(programs.find("psql"), args, conninfo=conninfo, password=password)


def content(connection) -> list[str]:
    """Everything in the database as pg_dump tells it."""
    conninfo, password = programs.parameters(connection)
    args = ["--no-owner", "--no-privileges", "--no-comments"]
    said = programs.run(programs.find("pg_dump"), args, conninfo=conninfo, password=password).decode()
    return [line for line in said.split("\n") if not line.startswith(("\\restrict", "\\unrestrict"))]


@pytest.mark.parametrize("kind", ["archive", "script"])
def test_someone_who_is_no_superuser_restores_it(cluster, dev, dumped, kind):
    with new_database(cluster, owner="anyone") as empty:
        with connect(cluster, empty.info.dbname, "anyone") as anyone:
            assert anyone.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
            restore(anyone, dumped, kind)
        assert content(empty) == content(dev)
        owners = "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert empty.execute(owners).fetchall() == [("anyone",)]


def test_comments_are_kept_except_those_on_extensions(cluster, dumped):
    with new_database(cluster) as empty:
        restore(empty, dumped, "archive")
        assert empty.execute("SELECT obj_description('public.mood'::regtype, 'pg_type')").fetchone() == ("mood",)
    listed = programs.run(programs.find("pg_restore"), ["--list", str(dumped.archive)])
    assert b"COMMENT - EXTENSION" not in listed


def test_the_files_are_private_and_nothing_else_is_left(dumped):
    assert sorted(os.listdir(dumped.archive.parent))[:2] == ["devdb.dump", "devdb.sql.gz"]
    for path in (dumped.archive, dumped.script):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_content_gives_the_same_script(dev, dumped, tmp_path):
    again = dump.write(tmp_path / "a.dump", tmp_path / "a.sql.gz", target=dev)
    assert again.script.read_bytes() == dumped.script.read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["a.dump", "a.sql.gz"]


def test_neither_file_names_a_version_a_token_or_an_owner(dumped):
    text = gzip.decompress(dumped.script.read_bytes()).decode()
    for line in text.split("\n"):
        assert not line.startswith(("\\restrict", "\\unrestrict", "-- Dumped"))
        assert " OWNER TO " not in line
    assert "\\\\restrict x" in text  # a value that looks like one arrives
    listed = programs.run(programs.find("pg_restore"), ["--list", str(dumped.archive)]).decode()
    assert not any(line.endswith(" Nasty Role") for line in listed.split("\n"))


def test_a_restore_s_needs_are_told(dumped):
    assert dumped.notes == (
        "row security policies name these roles, which must exist before a restore: Nasty Role, nasty_reader",
    )


def test_an_administrator_s_wrapper_stays_out(cluster, tmp_path):
    made = "CREATE SCHEMA fdw_setup; CREATE EXTENSION postgres_fdw SCHEMA fdw_setup; CREATE EXTENSION hstore; "
    made += (
        'CREATE TYPE r AS RANGE (subtype = float8); CREATE SCHEMA "Other é"; CREATE TABLE "Other é".t AS SELECT 1 AS i;'
    )
    with new_database(cluster, made) as target:
        written = dump.write(
            tmp_path / "d",
            tmp_path / "s",
            target=target,
            exclude_extensions=["postgres_fdw"],
            exclude_schemas=["fdw_setup"],
        )
    text = gzip.decompress(written.script.read_bytes()).decode()
    assert "fdw" not in text
    assert "CREATE EXTENSION IF NOT EXISTS hstore" in text
    assert 'CREATE TABLE "Other é".t' in text
    assert written.notes == ()


def test_what_only_a_newer_pg_dump_could_keep_is_told(cluster, tmp_path):
    if programs.find("pg_dump").major >= 17:
        pytest.skip("this pg_dump can leave an extension out by name")
    made = "CREATE EXTENSION postgres_fdw; CREATE TYPE m AS ENUM ('a'); CREATE FUNCTION f(m) RETURNS int LANGUAGE sql "
    made += "AS 'SELECT 1'; CREATE CAST (m AS int) WITH FUNCTION f(m);"
    with new_database(cluster, made) as target:
        written = dump.write(tmp_path / "d", tmp_path / "s", target=target, exclude_extensions=["postgres_fdw"])
    assert written.notes == ("not in the dump, which only pg_dump 17 or newer could keep: cast from m to integer",)


def test_rows_hidden_from_their_owner_are_dumped_all_the_same(cluster, tmp_path):
    with roles(cluster, "landlord", attributes="LOGIN"), new_database(cluster, owner="landlord") as admin:
        with connect(cluster, admin.info.dbname, "landlord") as owner:
            owner.execute("CREATE TABLE t AS SELECT 7 AS i; ALTER TABLE t ENABLE ROW LEVEL SECURITY")
            owner.execute("ALTER TABLE t FORCE ROW LEVEL SECURITY")
            written = dump.write(tmp_path / "d", tmp_path / "s", target=owner)
        assert admin.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 't'").fetchone() == (True,)
    assert "\n7\n" in gzip.decompress(written.script.read_bytes()).decode()
    assert written.notes == ('policies do not bind the owners of these tables, as they do in the source: "public"."t"',)


def test_a_failure_leaves_the_old_files(cluster, tmp_path, monkeypatch):
    archive, script = tmp_path / "devdb.dump", tmp_path / "devdb.sql.gz"
    archive.write_text("old")
    script.write_text("old")

    def fail(*_: object) -> None:
        raise ScriptFailed("no space left on device", path="pg_restore")

    monkeypatch.setattr(dump, "_write_script", fail)
    with new_database(cluster) as target, pytest.raises(ScriptFailed):
        dump.write(archive, script, target=target)
    assert (archive.read_text(), script.read_text()) == ("old", "old")
    assert sorted(os.listdir(tmp_path)) == ["devdb.dump", "devdb.sql.gz"]


def test_what_a_killed_run_left_is_removed_the_next_day(cluster, tmp_path):
    for name, age_s in ((".devdb.dump.old", 90_000), (".devdb.dump.new", 60), (".other.old", 90_000)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age_s,) * 2)
    with new_database(cluster) as target:
        dump.write(tmp_path / "devdb.dump", tmp_path / "devdb.sql.gz", target=target)
    assert sorted(os.listdir(tmp_path)) == [".devdb.dump.new", ".other.old", "devdb.dump", "devdb.sql.gz"]


HEAD = b"\\restrict token\nSET statement_timeout = 0;\nSET transaction_timeout = 0;\n\n--\n"
BODY = (
    b"-- Name: t; Type: TABLE\n\\restrict row\nSET transaction_timeout = 1;\n"
    b"-- PostgreSQL database dump complete\n\\unrestrict row\n"
)
FOOT = b"--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict token\n\n"


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
@pytest.mark.parametrize("rows", [0, 1, 5000])
def test_only_head_and_foot_are_cleaned(size, rows):
    text = HEAD + BODY + b"1\trow\n" * rows + FOOT
    blocks = [text[start : start + size] for start in range(0, len(text), size)] if rows < 5000 or size > 1 else [text]
    expected = b"SET statement_timeout = 0;\n\n--\n" + BODY + b"1\trow\n" * rows
    assert b"".join(dump.portable(blocks)) == expected + FOOT.replace(b"\\unrestrict token\n", b"")


def test_an_archive_of_an_unknown_layout_is_left_alone(dumped, tmp_path):
    for name, spoilt in (
        ("newer", b"PGDMP\x01\x63" + dumped.archive.read_bytes()[7:]),
        ("short", dumped.archive.read_bytes()[:300]),
        ("other", b"-- PostgreSQL database dump\n"),
    ):
        path: Path = tmp_path / name
        path.write_bytes(spoilt)
        assert not ownerless.remove_owners(path)
        assert path.read_bytes() == spoilt


def test_an_archive_without_owners_is_otherwise_the_same(dev, tmp_path):
    conninfo, password = programs.parameters(dev)
    archive, pg_dump = tmp_path / "a", programs.find("pg_dump")
    programs.run(pg_dump, ["-Fc"], conninfo=conninfo, password=password, stdout=archive)

    def lines() -> list[str]:
        printed = programs.run(pg_dump.sibling("pg_restore"), ["-f", "-", "-O", str(archive)]).decode()
        return [line for line in printed.split("\n") if "restrict " not in line and not line.startswith("-- ")]

    before, size = lines(), archive.stat().st_size
    assert ownerless.remove_owners(archive)
    assert lines() == before
    assert archive.stat().st_size == size
    assert ownerless.remove_owners(archive)
    assert lines() == before


def test_a_dump_of_a_replayed_schema_tells_nothing_of_the_source(cluster, tmp_path):
    with new_database(cluster) as target:
        source = new_database(
            cluster,
            "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw "
            "OPTIONS (host 'secret-host'); CREATE USER MAPPING FOR CURRENT_USER SERVER s "
            "OPTIONS (password 's3cret'); CREATE FOREIGN TABLE f (i int) SERVER s;",
        )
        with source as made:
            written = schema_file.write(tmp_path / "schema.sql", source=made)
        target.execute(written.text)
        target.execute("RESET search_path")
        files = dump.write(tmp_path / "d", tmp_path / "s", target=target)
    for told in (files.archive.read_bytes(), gzip.decompress(files.script.read_bytes())):
        for secret in (b"secret-host", b"s3cret", b"fdw", b"FOREIGN"):
            assert secret not in told
