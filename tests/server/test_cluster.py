"""Private clusters: they run whoever asks for them, keep to themselves, and leave nothing."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from devdb.errors import DevdbError, UsageError
from devdb.server import account, cluster, installation, programs
from devdb.server.temporary import temporary


def asked(conninfo: str, question: str) -> object:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return row[0]


def test_a_cluster_is_utf8_and_made_by_a_release_with_foreign_data_wrappers(cluster):
    assert asked(cluster.conninfo(), "SHOW server_encoding") == "UTF8"
    assert int(str(asked(cluster.conninfo(), "SHOW server_version_num"))) >= 140000
    found = "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'"
    assert asked(cluster.conninfo(), found) == 1


def test_the_socket_is_closed_to_other_users(cluster):
    status = cluster.socket_directory.stat()
    assert stat.S_IMODE(status.st_mode) == 0o700
    assert status.st_uid == cluster.account.uid


def test_the_server_does_not_run_as_root(cluster):
    pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_over_tcp_the_password_is_needed_and_suffices(cluster):
    assert asked(cluster.tcp_conninfo(), "SELECT inet_client_addr() IS NOT NULL") is True
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"host=127.0.0.1 port={cluster.port} user=postgres password=wrong dbname=postgres")
    assert stat.S_IMODE((cluster.directory / "password").stat().st_mode) == 0o600


def test_stop_and_start_again(reachable_path):
    made = cluster.create(reachable_path / "c", settings=cluster.DISPOSABLE)
    assert not made.is_running()
    made.stop()
    made.start()
    with psycopg.connect(made.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE kept")
    made.start()
    made.stop()
    assert not made.is_running()
    with pytest.raises(DevdbError, match="not running"):
        _ = made.port
    again = cluster.existing(reachable_path / "c")
    assert again is not None
    again.start(port=5432)
    assert again.port == 5432
    assert asked(again.conninfo("kept"), "SHOW listen_addresses") == ""
    again.remove()
    assert not again.is_running()
    assert not (reachable_path / "c").exists()


def test_a_crashed_server_starts_again_though_its_number_is_taken(reachable_path):
    made = cluster.create(reachable_path / "c", settings=cluster.DISPOSABLE)
    made.start()
    file = made.data / "postmaster.pid"
    lines = file.read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    deadline_s = time.monotonic() + 10
    while made.is_running() and time.monotonic() < deadline_s:
        time.sleep(0.02)
    # Another program got the number: this one.
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert not made.is_running()
    made.stop()
    time.sleep(0.5)
    made.start()
    assert asked(made.conninfo(), "SELECT 1") == 1


def test_a_server_that_does_not_start_says_why(reachable_path):
    made = cluster.create(reachable_path / "c", settings={"max_connections": "few"})
    with pytest.raises(DevdbError, match='invalid value for parameter "max_connections"'):
        made.start()
    assert not made.is_running()


def test_a_failed_creation_leaves_nothing(reachable_path, monkeypatch):
    monkeypatch.setattr(cluster, "_LOCALES", ("xx_YY.nonsense",))
    with pytest.raises(DevdbError, match="locale"):
        cluster.create(reachable_path / "c")
    assert not (reachable_path / "c").exists()


def test_half_a_cluster_is_none(reachable_path):
    made = cluster.create(reachable_path / "c")
    (made.data / "PG_VERSION").unlink()
    assert cluster.existing(reachable_path / "c") is None
    assert cluster.existing(reachable_path / "never made") is None
    cluster.discard(reachable_path / "c")
    cluster.discard(reachable_path / "c")
    assert not (reachable_path / "c").exists()


@pytest.mark.parametrize("name", ["a b", "ü'ö", "it's, well", "x" * 120])
def test_any_directory_will_do(reachable_path, name):
    made = cluster.create(reachable_path / name, settings=cluster.DISPOSABLE)
    made.start()
    assert asked(made.conninfo(), "SELECT 1") == 1
    made.remove()
    assert not made.socket_directory.exists()


@pytest.mark.parametrize("name", ['"quoted"', "$(touch /tmp/bad)", "`id`", "back\\slash"])
def test_a_path_that_a_shell_would_change_is_refused(reachable_path, name):
    with pytest.raises(UsageError, match="DEVDB_CACHE_DIR"):
        cluster.create(reachable_path / name)
    assert not (reachable_path / name).exists()


def test_a_killed_process_leaves_a_cluster_for_the_next_one_to_remove():
    program = (
        "from devdb.server.temporary import temporary\n"
        "with temporary() as made:\n"
        "    print(made.directory, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        directory = Path(child.stdout.readline().decode().strip())
        with temporary():
            assert directory.exists(), "a living process keeps its cluster"
        child.kill()
    left = cluster.existing(directory)
    assert left is not None
    assert left.is_running()
    with temporary():
        assert not left.is_running()
        assert not directory.exists()


def test_no_server_says_what_was_looked_at_and_what_to_install(monkeypatch, tmp_path):
    for name in ("postgres", "initdb", "pg_ctl"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n")
        program.chmod(0o755)
    monkeypatch.setattr(programs, "places", lambda: [tmp_path, Path("/nowhere/bin")])
    with pytest.raises(UsageError) as failure:
        installation.find_server()
    assert f"{tmp_path} is PostgreSQL 13" in str(failure.value)
    assert "/nowhere/bin" in str(failure.value)
    assert "install" in str(failure.value.hint)
    assert failure.value.exit_status == 2


def test_a_server_without_the_wrapper_is_passed_over(monkeypatch, cluster_factory):
    bare = cluster_factory(major=16).programs
    monkeypatch.setattr(programs, "places", lambda: [bare.directory])
    with pytest.raises(UsageError, match="has no postgres_fdw"):
        installation.find_server()
    assert not installation.has_extension(bare, "postgres_fdw")


def test_a_directory_of_someone_else_is_refused(tmp_path, monkeypatch):
    owner = account.server_account()
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="symbolic link"):
        owner.own(tmp_path / "link")
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    if not owner.is_ours:
        (tmp_path / "theirs").mkdir()
        with pytest.raises(UsageError, match="belongs to another user"):
            owner.own(tmp_path / "theirs")
