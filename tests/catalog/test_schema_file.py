"""schema.sql is complete, the same every time, and gives nothing of the source's administration away."""

from __future__ import annotations

import os
import stat
from io import StringIO

import pytest
from databases import NASTY, connect, new_database, roles
from hypothesis import given
from hypothesis import strategies as st

from devdb.catalog import schema_drift, schema_file, schema_replay
from devdb.catalog.schema_choice import ordinary_table
from devdb.errors import CheckFailed, UsageError
from devdb.server import programs
from devdb.server.runner import Server
from devdb.sqltext.quoting import ident, literal
from devdb.sqltext.statements import Script


@pytest.fixture(scope="module")
def nasty(cluster):
    with roles(cluster, "Nasty Role", "nasty_reader"), new_database(cluster, NASTY.read_text()) as made:
        yield made


@pytest.fixture(scope="module")
def written(nasty, tmp_path_factory):
    return schema_file.write(tmp_path_factory.mktemp("schema") / "schema.sql", source=nasty)


def psql(connection, *scripts: Script) -> None:
    conninfo, password = programs.parameters(connection)
    for script in scripts:
        path = script.path.with_suffix(".part")
        path.write_text(script.text)
        args = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(path)]
        programs.run(programs.find("psql"), args, conninfo=conninfo, password=password)


def test_an_unchanged_source_gives_the_same_bytes_and_leaves_the_file_alone(nasty, written):
    before = written.path.stat()
    again = schema_file.write(written.path, source=nasty)
    assert not again.changed
    assert written.path.stat().st_mtime_ns == before.st_mtime_ns
    assert written.path.read_text() == written.text
    assert os.listdir(written.path.parent) == ["schema.sql"]
    assert stat.S_IMODE(before.st_mode) == 0o600


def test_nothing_of_the_source_s_administration_is_in_it(nasty, written):
    for secret in (
        "s3cret",
        "secret-host",
        "SUBSCRIPTION",
        "PUBLICATION",
        "EVENT TRIGGER",
        "USER MAPPING",
        "SERVER srv",
    ):
        assert secret not in written.text
    for told in ("restrict", "Dumped", nasty.info.dbname, "LARGE OBJECT", "OWNER TO", "GRANT", "transaction_timeout"):
        assert told not in written.text
    assert "Extension postgres_fdw is left out: it only serves foreign tables." in written.notes


def test_replayed_by_psql_it_makes_the_same_schema(cluster, written, tmp_path):
    with new_database(cluster) as dev:
        psql(dev, schema_file.pre_data(written.path), schema_file.post_data(written.path))
        again = schema_file.write(tmp_path / "schema.sql", source=dev)
        body = written.text[written.text.index("\nSET ") :]
        assert again.text[again.text.index("\nSET ") :] == body
        assert dev.execute("SELECT count(*) FROM pg_class WHERE relkind = 'f'").fetchone() == (0,)


def test_replayed_by_our_runner_it_makes_the_same_schema_less_a_missing_role(cluster, written, tmp_path):
    missing: list[str] = []
    with new_database(cluster) as dev:
        known = {name for (name,) in dev.execute("SELECT name FROM pg_settings")} - {"xmloption"}
        rewrite = schema_replay.replay_filter(known, {"nasty_reader"}, missing.append)
        server = Server(dev, out=StringIO())
        server.run(schema_file.pre_data(written.path), rewrite=rewrite)
        server.run(schema_file.post_data(written.path), rewrite=rewrite)
        again = schema_file.write(tmp_path / "schema.sql", source=dev)
    assert missing == ["Nasty Role"]
    expected = written.text.replace('TO "Nasty Role", nasty_reader', "TO nasty_reader")
    assert expected != written.text
    assert again.text[again.text.index("\nSET ") :] == expected[expected.index("\nSET ") :]


def test_an_archive_with_passwords_leaves_no_file_behind(nasty, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "out").mkdir()
    schema_file.write(tmp_path / "out" / "schema.sql", source=nasty)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out", "schema.sql"]


def test_lines_in_a_function_s_body_are_no_header_and_no_marker(written):
    pre, post = schema_file.pre_data(written.path), schema_file.post_data(written.path)
    body = next(entry for entry in schema_file.entries(pre) if entry.name == "f(integer)")
    assert body.text.endswith("select 'x';\n$$;")
    assert [entry.kind for entry in schema_file.entries(post)].count("SERVER") == 0
    assert "CREATE TABLE" not in post.text


def test_entries_say_their_table_and_their_line(written):
    lines = written.text.split("\n")
    entries = list(schema_file.entries(schema_file.post_data(written.path)))
    for entry in entries:
        assert lines[entry.line - 1] == entry.text.split("\n")[0]
    tables = {(entry.kind, entry.name): entry.table() for entry in entries}
    assert tables["FK CONSTRAINT", "a a_b_fkey"] == ("public", "a")
    assert tables["TRIGGER", "a tr"] == tables["POLICY", "a p 1"] == ("public", "a")
    assert ("Weird.Name é", "SERVER x; Type: TABLE; Schema: y\nz") in tables.values()
    assert tables["INDEX", "mv_n_idx"] == ("public", "mv")


def test_an_error_in_a_section_has_the_line_of_the_file(written):
    post = schema_file.post_data(written.path)
    lines = written.text.split("\n")
    for number, text in enumerate(post.text.split("\n")[:-1]):
        assert lines[post.origins[number][1] - 1] == text
    assert post.origins[0] == (str(written.path), lines.index("-- devdb: post-data", 200) + 1)


def test_each_section_sets_what_it_relies_on(written):
    for section in (schema_file.pre_data(written.path), schema_file.post_data(written.path)):
        assert "set_config('search_path', '', false)" in schema_file.settings(section)
        assert "check_function_bodies = false" in schema_file.settings(section)


def test_only_the_chosen_schemas_and_what_they_need(nasty, tmp_path):
    text = schema_file.write(tmp_path / "s.sql", source=nasty, schemas=["public"]).text
    assert "Weird.Name" not in text
    assert "CREATE SCHEMA IF NOT EXISTS ext;\n" in text
    assert "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA ext;" in text
    assert "CREATE CAST (public.mood AS integer)" in text
    text = schema_file.write(tmp_path / "w.sql", source=nasty, schemas=["Weird.Name é"]).text
    assert 'COMMENT ON SCHEMA "Weird.Name é"' in text
    assert "public.a" not in text
    assert "CREATE CAST" not in text
    assert "COMMENT ON CAST" not in text


def test_a_reader_of_one_schema_needs_no_right_on_others(cluster, nasty, tmp_path):
    with roles(cluster, "one_schema", attributes="LOGIN"):
        nasty.execute("CREATE SCHEMA open; CREATE TABLE open.t (i int); GRANT USAGE ON SCHEMA open TO one_schema;")
        nasty.execute("GRANT SELECT ON open.t TO one_schema")
        try:
            with connect(cluster, nasty.info.dbname, "one_schema") as reader:
                assert "open.t" in schema_file.write(tmp_path / "s.sql", source=reader, schemas=["open"]).text
        finally:
            nasty.execute("DROP SCHEMA open CASCADE; DROP OWNED BY one_schema")


def test_owners_and_privileges_are_there_when_asked_for(nasty, tmp_path):
    text = schema_file.write(tmp_path / "s.sql", source=nasty, owner=True, privileges=True).text
    assert 'ALTER TABLE public.a OWNER TO "Nasty Role";' in text
    assert "GRANT SELECT ON TABLE public.a TO nasty_reader;" in text
    assert "FOREIGN SERVER" not in text
    assert {"Nasty Role", "nasty_reader"} <= schema_replay.roles_named(text)


def test_extensions_can_be_skipped(nasty, tmp_path):
    written = schema_file.write(tmp_path / "s.sql", source=nasty, skip_extensions=["hstore"])
    assert schema_file.extensions(schema_file.pre_data(written.path)) == {"citext": "ext"}
    assert "Extension hstore is left out: as the settings say." in written.notes


def test_an_extension_whose_functions_are_used_is_kept(cluster, tmp_path):
    used = "CREATE EXTENSION postgres_fdw; CREATE VIEW c AS SELECT * FROM postgres_fdw_get_connections();"
    with new_database(cluster, used) as source:
        assert "EXTENSION IF NOT EXISTS postgres_fdw" in schema_file.write(tmp_path / "s.sql", source=source).text


def test_an_empty_source_gives_a_file_that_can_be_replayed(cluster, tmp_path):
    with new_database(cluster) as source:
        written = schema_file.write(tmp_path / "s.sql", source=source)
        assert list(schema_file.entries(schema_file.pre_data(written.path))) == []
        psql(source, schema_file.pre_data(written.path), schema_file.post_data(written.path))


def test_a_failure_leaves_the_old_file(nasty, tmp_path, monkeypatch):
    path = tmp_path / "schema.sql"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        schema_file.write(path, source=nasty)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["schema.sql"]


def test_a_file_that_is_no_schema_file_is_refused(tmp_path):
    (tmp_path / "schema.sql").write_text("CREATE TABLE t (i int);\n")
    with pytest.raises(CheckFailed, match="no line"):
        schema_file.post_data(tmp_path / "schema.sql")


names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(name=names, column=names, option=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_foreign_table_becomes_an_ordinary_one(name, column, option):
    create = (
        f"CREATE FOREIGN TABLE public.{ident(name)} (\n    {ident(column)} integer NOT NULL\n)\n"
        f"SERVER {ident(name)}\nOPTIONS (\n    password {literal(option)}\n);"
    )
    options = (
        f"ALTER FOREIGN TABLE ONLY public.{ident(name)} ALTER COLUMN {ident(column)} OPTIONS (\n"
        f"    column_name {literal(option)}\n);"
    )
    expected = f"CREATE TABLE public.{ident(name)} (\n    {ident(column)} integer NOT NULL\n);"
    assert ordinary_table(f"{create}\n{options}") == expected


TABLES = """\
--
-- Type: TABLE; Schema: public; Name: t
--

CREATE TABLE public.t (
    a integer NOT NULL,
    b text,
    c date
);

--
-- Type: INDEX; Schema: public; Name: t_b_idx
--

CREATE INDEX t_b_idx ON public.t USING btree (b);
"""


def test_drift_names_what_moved():
    new = (
        TABLES.replace("a integer NOT NULL", "a bigint NOT NULL")
        .replace("    b text,\n", "")
        .replace("c date", "c date,\n    d uuid")
    )
    assert schema_drift.drift(TABLES, new) == [
        "column public.t.a: integer is now bigint",
        "column public.t.b removed",
        "column public.t.d added (uuid)",
    ]
    assert schema_drift.drift(TABLES, TABLES) == []
    assert schema_drift.drift(TABLES, "") == ["table public.t removed"]
    assert schema_drift.drift("", TABLES) == ["table public.t added"]
    assert schema_drift.drift(TABLES, TABLES.replace("(b)", "(c)")) == ["index public.t_b_idx changed"]
    assert schema_drift.drift(TABLES, TABLES.replace("b text", "b text DEFAULT ''")) == [
        "column public.t.b: text is now text DEFAULT ''"
    ]


def test_replay_skips_what_the_server_does_not_know():
    missing: list[str] = []
    rewrite = schema_replay.replay_filter({"lock_timeout"}, {"reader"}, missing.append)
    assert rewrite("SET lock_timeout = 0") == "SET lock_timeout = 0"
    assert rewrite("SET transaction_timeout = 0") is None
    assert rewrite("-- why\nGRANT SELECT ON TABLE public.t TO gone") is None
    assert rewrite("GRANT SELECT ON TABLE public.t TO reader") is not None
    assert rewrite("ALTER TABLE public.t OWNER TO gone") is None
    assert rewrite("CREATE VIEW v AS SELECT ' OWNER TO gone'") is not None
    assert rewrite("CREATE POLICY p ON public.t TO gone USING (true)") is None
    some = 'CREATE POLICY "é" ON public.t FOR SELECT TO "Gone 2", reader, PUBLIC USING (x = \'é\')'
    assert rewrite(some) == "CREATE POLICY \"é\" ON public.t FOR SELECT TO reader, PUBLIC USING (x = 'é')"
    assert missing == ["gone", "Gone 2"]


def test_roles_are_found_wherever_a_schema_names_them():
    text = """
        ALTER TABLE a OWNER TO one; GRANT SELECT ON a TO PUBLIC; GRANT ALL ON a TO "Two é" WITH GRANT OPTION;
        ALTER DEFAULT PRIVILEGES FOR ROLE three IN SCHEMA public GRANT SELECT ON TABLES TO four;
        REVOKE ALL ON SCHEMA x FROM CURRENT_USER; CREATE POLICY p ON a TO five; SELECT 'GRANT x TO six';
    """
    assert schema_replay.roles_named(text) == {"one", "Two é", "three", "four", "five"}


def test_missing_extensions_are_listed():
    assert schema_replay.missing_extensions({"b": "public", "a": "x", "c": "public"}, {"c"}) == ["a", "b"]


def test_a_source_newer_than_every_pg_dump_is_refused(nasty, tmp_path, monkeypatch):
    monkeypatch.setattr(type(nasty.info), "server_version", property(lambda _: 990000))
    with pytest.raises(UsageError, match=r"the source is PostgreSQL 99, the newest pg_dump here is \d+.*\n.*install"):
        schema_file.write(tmp_path / "schema.sql", source=nasty)
