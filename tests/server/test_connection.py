"""Connections are found libpq's way; when there is none, the message says what was tried and what to do."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from devdb.errors import ConnectionFailed
from devdb.server.cluster import Cluster
from devdb.server.connection import connect, lost, raise_if_lost


def why(conninfo: str = "", **params: object) -> str:
    with pytest.raises(ConnectionFailed) as failure:
        connect(conninfo, application_name="test", **params)
    assert failure.value.exit_status == 2
    assert failure.value.__cause__ is None
    return str(failure.value)


def test_nobody_listens(tmp_path: Path) -> None:
    said = why(host=str(tmp_path), port=5999, user="someone", dbname="somewhere", password="hunter2")
    assert said.startswith(f"cannot connect to host {tmp_path}, port 5999, user someone, database somewhere: ")
    assert "PGHOST" in said
    assert "hunter2" not in said


def test_the_environment_was_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PGHOST", str(tmp_path))
    monkeypatch.setenv("PGPORT", "5998")
    monkeypatch.setenv("PGUSER", "someone")
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    said = why()
    assert f"host {tmp_path}, port 5998, user someone, database someone" in said
    assert "hunter2" not in said


def test_no_such_database(cluster: Cluster) -> None:
    said = why(cluster.conninfo("nowhere"))
    assert "database nowhere: " in said
    assert "does the database nowhere exist" in said


def test_a_wrong_password_and_none(cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    said = why(cluster.tcp_conninfo(), password="wr0ng")
    assert "password authentication failed" in said
    assert "PGPASSWORD" in said
    assert "wr0ng" not in said
    connect(cluster.tcp_conninfo(), password=cluster.password, application_name="test").close()


@pytest.mark.parametrize(
    "conninfo",
    ["postgresql://u:hunter2@h/db?x=1", "password=x hunter2", "bogus=hunter2", "password='hunter2", "port=x y=hunter2"],
)
def test_what_is_no_connection_string_shows_no_password(conninfo: str) -> None:
    said = why(conninfo)
    assert said.startswith("not a connection string: ")
    assert "hunter2" not in said


def test_a_uri_is_the_base_and_none_is_left_to_libpq(db: str) -> None:
    expected = psycopg.conninfo.conninfo_to_dict(db)
    uri = f"postgresql:///{expected['dbname']}?host={expected['host']}&port={expected['port']}&user={expected['user']}"
    with connect(uri, application_name="test", host=None, user=None) as connection:
        assert connection.info.dbname == expected["dbname"]
        assert connection.autocommit


def test_a_session_begins_with_what_it_is_given(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=5MB")
    odd = "a  b\\c\t\\\\ 'ä€"
    with connect(db, session={"devdb.one": odd, "devdb.two": "2"}, read_only=True) as connection:
        asked = "SELECT current_setting('devdb.one'), current_setting('devdb.two'), current_setting('work_mem')"
        assert connection.execute(asked).fetchone() == (odd, "2", "5MB")
        # As a script's \connect goes on from there: once is enough.
        options = connection.info.get_parameters()["options"]
        with connect(db, session={"devdb.one": odd, "devdb.two": "2"}, read_only=True, options=options) as again:
            assert again.info.get_parameters()["options"] == options


def test_read_only_joins_the_other_options(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=5MB")
    with connect(db, read_only=True, application_name="test") as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TABLE t (a int)")
        assert connection.execute("SHOW work_mem").fetchone() == ("5MB",)
    with connect(make_conninfo(db, options="-c work_mem=6MB"), read_only=True, application_name="test") as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("6MB",)


def test_the_server_notices_when_we_are_gone(db: str) -> None:
    with connect(db, application_name="our name") as connection:
        assert connection.execute("SHOW client_connection_check_interval").fetchone() == ("10s",)
        assert connection.execute("SHOW application_name").fetchone() == ("our name",)


def test_a_lost_connection_is_told_from_an_error(db: str) -> None:
    connection = connect(db, application_name="test")
    with pytest.raises(psycopg.Error) as error:
        connection.execute("SELECT 1/0")
    assert lost(connection, error.value) is None
    raise_if_lost(connection, error.value)
    with pytest.raises(psycopg.Error) as error:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(ConnectionFailed, match=r"the connection to .*database test_\d+ was lost: "):
        raise_if_lost(connection, error.value)
