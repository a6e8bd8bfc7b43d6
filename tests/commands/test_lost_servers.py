"""Servers that stop and disks that are full: the old dev database stays, and it is said what is wrong."""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path

import psycopg
import pytest
from killing import AT_WORK, OURS, RUNS, WORK, at_work, readers_of
from workbench import SLOW, SLOW_BY, eventually


@pytest.fixture(scope="module")
def elsewhere(cluster_factory):
    """A server of its own, which tests may stop."""
    made = cluster_factory()
    with psycopg.connect(made.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE proddb")
    with psycopg.connect(made.conninfo("proddb"), autocommit=True) as connection:
        connection.execute("CREATE TABLE big (id int PRIMARY KEY, note text)")
        connection.execute("INSERT INTO big SELECT n, repeat('x', 1500) FROM generate_series(1, 18000) AS n")
    return made


@pytest.mark.usefixtures("make_db")
@pytest.mark.parametrize("way", SLOW_BY)
def test_the_source_is_stopped_half_way(start, run, elsewhere, ask, databases, way):
    elsewhere.start(listen=True)

    def settings(rule):
        return (
            f"source: {{host: {elsewhere.socket_directory}, port: {elsewhere.port}, fetch_size: 100, reader: {way}}}\n"
            f"sampling: {{tables: {{public.big: {rule}}}}}\n"
        )

    run("build-dev-db", "--no-dump", settings=settings("{where: id < 10}"))
    there = databases()
    # A server sleeps between the rows, so that the source has not sent them all.
    process = start("update-dev-db-data", settings=settings('{where: "pg_catalog.pg_sleep(0.01) IS NOT NULL"}'))
    at_work(ask, way)
    time.sleep(0.3)
    elsewhere.stop()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2, err
    assert ("public.big: the source was lost" if way == "direct" else "lost the source") in err.partition("Error")[2]
    assert "Traceback" not in err
    assert databases() == there
    assert ask("devdb", "SELECT count(*) FROM big") == 9
    done = run("update-dev-db-data", status=2)
    assert f"host {elsewhere.socket_directory}" in done.stderr
    elsewhere.start(listen=True)
    run("update-dev-db-data", "--no-dump", settings=settings("{where: id < 20}"))
    assert ask("devdb", "SELECT count(*) FROM big") == 19


def test_the_dev_server_is_stopped_half_way(start, run, elsewhere, shop, ask, cluster, tmp_path):  # noqa: ARG001
    elsewhere.start(listen=True)

    def settings(more=""):
        return f"target: {{host: {elsewhere.socket_directory}, port: {elsewhere.port}}}\n{more}"

    run("build-dev-db", "--no-dump", settings=settings())
    process = start("update-dev-db-data", settings=settings(SLOW))
    at_work(ask, "source")
    with psycopg.connect(elsewhere.conninfo(), autocommit=True) as session:
        eventually(lambda: session.execute(f"SELECT 1 FROM pg_stat_activity WHERE {AT_WORK['direct']}").fetchone())
    elsewhere.stop()
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2, err
    assert re.match(r"public\.(customer|orders): the connection to .* was lost", err.partition("Error: ")[2])
    assert "Traceback" not in err
    eventually(lambda: not ask("postgres", RUNS) and not readers_of(cluster), timeout_s=5)
    assert not list((tmp_path / "tmp").iterdir())
    elsewhere.start(listen=True)
    with psycopg.connect(elsewhere.conninfo("devdb"), autocommit=True) as session:
        assert session.execute("SELECT count(*) FROM orders").fetchone() == (200,)
    run("update-dev-db-data", "--no-dump", settings=settings())


@pytest.mark.usefixtures("make_db")
def test_a_source_that_the_dev_server_cannot_reach(run, elsewhere, databases):
    elsewhere.start(listen=True)
    there = databases()
    address = f"host: {elsewhere.socket_directory}, port: {elsewhere.port}, fdw_options: {{port: 1}}"
    done = run("build-dev-db", status=2, settings=f"source: {{{address}, reader: wrapper}}\n")
    assert "source.fdw_options" in done.stderr
    assert databases() == there


def test_the_dev_servers_disk_is_full(command, elsewhere, tmp_path):
    elsewhere.start(listen=True)
    env = {"PGHOST": str(elsewhere.socket_directory), "PGPORT": str(elsewhere.port)}
    settings = tmp_path / "devdb.yaml"
    settings.write_text("sampling: {tables: {public.big: {limit: 10}}}\n")
    done = command("build-dev-db", "--no-dump", env=env)
    assert done.returncode == 0, done.stderr
    settings.write_text("sampling: {default: all}\n")
    # No file of this server may grow beyond what its WAL needs, which the table would: as if the disk were full.
    restart(elsewhere, limit=20 << 20)
    try:
        env["PGPORT"] = str(elsewhere.port)
        with psycopg.connect(elsewhere.conninfo("devdb"), autocommit=True) as session:
            for way in SLOW_BY:
                done = command("update-dev-db-data", "--no-dump", "--reader", way, env=env)
                assert done.returncode == 3, done.stderr
                assert "could not extend file" in done.stderr
                said = done.stderr.partition("Error: ")[2]
                assert said.startswith("public.big: loading failed" if way == "direct" else "sql/populate/sample.sql:")
            assert session.execute("SELECT count(*) FROM big").fetchone() == (10,)
            names = {name for (name,) in session.execute("SELECT datname FROM pg_database")}
            assert WORK not in names
    finally:
        restart(elsewhere, limit=None)
    env["PGPORT"] = str(elsewhere.port)
    done = command("update-dev-db-data", "--no-dump", env=env)
    assert done.returncode == 0, done.stderr


def restart(cluster, *, limit):
    """Start the server anew; its files may have `limit` bytes, None for any number."""
    cluster.stop()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft if limit is None else limit, hard))
    try:
        cluster.start(listen=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_disk_for_the_dump_is_full(run, start, demo_db, ask, tell, databases, tmp_path, reader):  # noqa: ARG001
    run("build-dev-db")
    tell("devdb", OURS)
    reader("devdb", "SELECT count(*), max(id) FROM registry.well")
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.*")}
    there = databases()
    limit = len(before["devdb.dump"]) // 2

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = start("update-dev-db-data", preexec_fn=limited)
    _, err = process.communicate(timeout=60)
    assert process.returncode not in (0, None), err
    assert "pg_dump" in err.partition("Error")[2]
    assert "Traceback" not in err
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.*")} == before
    assert databases() == there
    assert ask("devdb", "SELECT obj_description('registry.well'::regclass)") == "touched by us"


def test_the_output_directory_cannot_be_written(run, shop, databases, tmp_path):  # noqa: ARG001
    there = databases()
    (tmp_path / "file").write_text("")
    for directory in (tmp_path / "file" / "below", Path("/proc/nowhere")):
        done = run("build-dev-db", "-o", directory, status=1)
        assert "Error: " in done.stderr
        assert str(directory) in done.stderr
    assert databases() == there
