"""A newer source feeds an older dev server, whose dump a server of yet another release takes."""

from __future__ import annotations

import pytest
from databases import connect, new_database, roles

from devdb.catalog import schema_file
from devdb.errors import UsageError
from devdb.server import dump, programs

SOURCE = """
    CREATE TYPE mood AS ENUM ('so-so', 'fine');
    CREATE TABLE parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text CONSTRAINT named NOT NULL, m mood);
    CREATE TABLE child (
        id uuid DEFAULT gen_random_uuid() PRIMARY KEY, parent int REFERENCES parent,
        n int GENERATED ALWAYS AS (1 + 1) STORED
    );
    CREATE TABLE part (d date PRIMARY KEY) PARTITION BY RANGE (d);
    CREATE TABLE part_default PARTITION OF part DEFAULT;
    CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM parent;
    ALTER TABLE parent ENABLE ROW LEVEL SECURITY;
    CREATE POLICY p ON parent USING (name <> '');
    CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
"""


@pytest.fixture(scope="module")
def newer(cluster_factory):
    return cluster_factory(major=18)


def test_a_newer_source_an_older_dev_server_and_back(cluster, newer, tmp_path, monkeypatch):
    with new_database(newer, SOURCE) as source, new_database(cluster) as dev:
        with monkeypatch.context() as patched:
            patched.setenv("DEVDB_PG_BIN", str(newer.programs.directory))
            written = schema_file.write(tmp_path / "schema.sql", source=source)
        assert "restrict" not in written.text
        assert "transaction_timeout" not in written.text
        # No psql here: every statement must be one that any client can send.
        dev.execute(written.text)
        dev.execute("RESET ALL")
        dev.execute("INSERT INTO parent (name, m) VALUES ('x', 'fine'); INSERT INTO child (parent) VALUES (1)")
        files = dump.write(tmp_path / "devdb.dump", tmp_path / "devdb.sql.gz", target=dev)

    with roles(newer, "anyone", attributes="LOGIN"), new_database(newer, owner="anyone") as empty:
        with connect(newer, empty.info.dbname, "anyone") as anyone:
            conninfo, password = programs.parameters(anyone)
        pg_restore = programs.Program("pg_restore", newer.programs.directory / "pg_restore", (18,))
        args = ["--exit-on-error", "--dbname", empty.info.dbname, str(files.archive)]
        programs.run(pg_restore, args, conninfo=conninfo, password=password)
        assert empty.execute("SELECT parent, m::text FROM child JOIN parent ON parent = parent.id").fetchall() == [
            (1, "fine")
        ]


def test_a_source_newer_than_every_pg_dump_is_refused(newer, tmp_path):
    if programs.find("pg_dump").major >= 18:
        pytest.skip("a pg_dump new enough is installed")
    with (
        new_database(newer) as source,
        pytest.raises(UsageError, match="the source is PostgreSQL 18, the newest pg_dump"),
    ):
        schema_file.write(tmp_path / "schema.sql", source=source)
    assert list(tmp_path.iterdir()) == []
