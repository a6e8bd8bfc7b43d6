"""Servers that cannot be reached, and connections that are refused."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("shop")

COMMANDS = ("build-dev-db", "update-dev-db-schema", "update-dev-db-data")


@pytest.mark.parametrize("name", COMMANDS)
def test_no_server_is_named_as_it_was_tried(run, name, tmp_path):
    nowhere = {"PGHOST": str(tmp_path), "PGPORT": "5999", "PGPASSWORD": "top-secret"}
    done = run(name, status=2, env=nowhere)
    for said in (f"host {tmp_path}", "port 5999", "user postgres", "database proddb", "PGHOST", "-h"):
        assert said in done.stderr
    assert "top-secret" not in done.stderr + done.stdout


def test_a_wrong_password_is_never_repeated(run, cluster):
    env = {"PGHOST": "127.0.0.1", "PGPASSWORD": "not the password"}
    done = run("build-dev-db", status=2, env=env)
    for said in (
        "host 127.0.0.1",
        f"port {cluster.port}",
        "user postgres",
        "database proddb",
        "~/.pgpass",
        "PGPASSWORD",
    ):
        assert said in done.stderr
    assert "not the password" not in done.stderr + done.stdout


def test_no_password_at_all(run):
    done = run("build-dev-db", status=2, env={"PGHOST": "127.0.0.1"})
    assert "no password supplied" in done.stderr
    assert "~/.pgpass" in done.stderr


def test_no_such_source(run):
    done = run("build-dev-db", "--prod-db", "nowhere", status=2)
    assert "database nowhere" in done.stderr
    assert 'database "nowhere" does not exist' in done.stderr


def test_no_such_user(run):
    done = run("build-dev-db", "-U", "nobody here", status=2)
    assert "user nobody here" in done.stderr
    assert "-U" in done.stderr


def test_the_dev_server_is_told_from_the_source(run, tmp_path):
    done = run("build-dev-db", status=2, settings=f"target: {{host: {tmp_path}, port: 5998}}")
    assert f"host {tmp_path}, port 5998, user postgres, database postgres" in done.stderr


def test_no_such_maintenance_database(run):
    done = run("build-dev-db", status=2, settings="target: {maintenance_db: nowhere}")
    assert "database nowhere" in done.stderr


def test_a_password_in_an_option_is_not_repeated(run, tmp_path):
    done = run("build-dev-db", "--prod-db", f"postgresql://u:gehe1m@/x?host={tmp_path}&port=1", status=2)
    assert "gehe1m" not in done.stderr + done.stdout
