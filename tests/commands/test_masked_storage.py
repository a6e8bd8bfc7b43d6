"""Nothing of the dev server's files, its write-ahead log and its server log included, ever held a raw value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from fixture_types import RunCommand

from devdb.server.cluster import DISPOSABLE, Cluster

MARK = "RAWVALUE"
SOURCE = f"""
    CREATE TABLE person (ssn text PRIMARY KEY, name text NOT NULL, doc jsonb, boss text REFERENCES person);
    CREATE TABLE visit (id int PRIMARY KEY, ssn text NOT NULL REFERENCES person, note text);
    INSERT INTO person SELECT '{MARK}-ssn-' || n, '{MARK} name ' || n, jsonb_build_object('x', '{MARK}' || n),
        CASE WHEN n > 1 THEN '{MARK}-ssn-' || n / 2 END
    FROM generate_series(1, 3000) AS n;
    INSERT INTO visit SELECT n, '{MARK}-ssn-' || n % 3000 + 1, '{MARK} note' FROM generate_series(1, 5000) AS n;
"""
SETTINGS = """
source: {{host: {source}, port: {source_port}, reader: {reader}}}
target: {{host: {dev}, port: {dev_port}}}
sampling: {{default: none, tables: {{public.visit: {{limit: 2000}}}}}}
masking:
  columns:
    public.person.ssn: hash
    public.person.name: full_name
    public.person.doc: {{kind: json, paths: {{$.x: redact}}}}
    public.visit.note: text
classification: {{columns: {{"*.*.id": internal}}}}
"""
# Everything that a server may say, and nothing that is thrown away before it is looked at.
TALKATIVE = {
    **DISPOSABLE,
    "log_statement": "all",
    "log_min_messages": "debug1",
    "log_min_duration_statement": "0",
    "autovacuum": "off",
    "wal_keep_size": "1GB",
}


@pytest.fixture
def dev_server(cluster_factory: Callable[..., Cluster]) -> Cluster:
    return cluster_factory(settings=TALKATIVE)


@pytest.mark.parametrize("reader", ["direct", "wrapper"])
def test_no_raw_value_is_written_where_it_stays(
    cluster: Cluster, dev_server: Cluster, command: RunCommand, tmp_path: Path, reader: str
) -> None:
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE stored")
        try:
            with psycopg.connect(cluster.conninfo("stored"), autocommit=True) as source:
                source.execute(SOURCE.encode())
            settings = SETTINGS.format(
                source=cluster.socket_directory,
                source_port=cluster.port,
                dev=dev_server.socket_directory,
                dev_port=dev_server.port,
                reader=reader,
            )
            (tmp_path / "devdb.yaml").write_text(settings)
            done = command("build-dev-db", "--prod-db", "stored")
            assert done.returncode == 0, done.stderr
        finally:
            admin.execute("DROP DATABASE stored WITH (FORCE)")
    with psycopg.connect(dev_server.conninfo("devdb"), autocommit=True) as dev:
        assert dev.execute("SELECT count(*) FROM visit JOIN person USING (ssn)").fetchone() == (2000,)
        dev.execute("CHECKPOINT")
    assert b"CREATE TABLE public.visit" in dev_server.log.read_bytes()
    files = [path for place in (dev_server.directory, tmp_path) for path in place.rglob("*") if path.is_file()]
    assert [path for path in files if MARK.encode() in path.read_bytes()] == []
