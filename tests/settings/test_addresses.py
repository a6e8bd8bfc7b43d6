"""Where a value comes from: an option, the file, the environment, the default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from devdb.errors import SettingsError, UsageError
from devdb.settings import Settings

Load = Callable[..., Settings]

FILE = "source: {dbname: p, host: ph, port: 1, user: pu}\ntarget: {dbname: t, host: th, port: 2, user: tu}\n"


@pytest.mark.parametrize(
    ("text", "overrides", "source", "target"),
    [
        (FILE, {}, "host=ph port=1 user=pu dbname=p", "host=th port=2 user=tu dbname=t"),
        (
            FILE,
            {"host": "h", "port": 9, "user": "u", "dev_db": "d", "prod_db": "q"},
            "host=ph port=1 user=pu dbname=q",
            "host=h port=9 user=u dbname=d",
        ),
        (
            "",
            {"host": "h", "port": 9, "user": "u"},
            "host=h port=9 user=u dbname=proddb",
            "host=h port=9 user=u dbname=devdb",
        ),
        # An address in the file stays whole: the dev server's port says nothing about another host.
        ("source: {host: ph}", {"port": 9}, "host=ph user=postgres dbname=proddb", "port=9 user=postgres dbname=devdb"),
        ("source: {port: 1}", {"host": "h", "user": "u"}, "port=1 user=u dbname=proddb", "host=h user=u dbname=devdb"),
        (
            "source: {conninfo: {hostaddr: 10.0.0.1}}",
            {"host": "h"},
            "hostaddr=10.0.0.1 user=postgres dbname=proddb",
            "host=h user=postgres dbname=devdb",
        ),
        # A connection string goes before the file; the address in it replaces the file's.
        (
            FILE,
            {"prod_db": "postgresql://xh/x", "dev_db": "postgresql:///y?host=/tmp"},
            "host=xh user=pu dbname=x",
            "host=/tmp user=tu dbname=y",
        ),
        (
            FILE,
            {"dev_db": "host=a dbname=b", "host": "h"},
            "host=ph port=1 user=pu dbname=p",
            "host=h user=tu dbname=b",
        ),
        (
            FILE,
            {"prod_db": "user=x sslmode=require"},
            "host=ph port=1 user=x sslmode=require dbname=p",
            "host=th port=2 user=tu dbname=t",
        ),
        (
            "",
            {"prod_db": "postgresql://a:1,b:2/x"},
            "host=a,b port=1,2 user=postgres dbname=x",
            "user=postgres dbname=devdb",
        ),
        # A service says what nobody else does.
        ("source: {service: s}", {"user": "u", "host": "h"}, "service=s", "host=h user=u dbname=devdb"),
        (
            "source: {service: s, user: pu}",
            {"prod_db": "q"},
            "service=s user=pu dbname=q",
            "user=postgres dbname=devdb",
        ),
        ("target: {service: s}", {}, "user=postgres dbname=proddb", "service=s dbname=devdb"),
        (
            "source: {conninfo: {connect_timeout: 5}}",
            {},
            "connect_timeout=5 user=postgres dbname=proddb",
            "user=postgres dbname=devdb",
        ),
    ],
)
def test_an_option_goes_over_the_file_and_the_file_over_the_default(
    load: Load, text: str, overrides: dict[str, Any], source: str, target: str
) -> None:
    settings = load(text, **overrides)
    assert settings.source_conninfo() == conninfo_to_dict(source)
    assert settings.target_conninfo() == conninfo_to_dict(target)
    make_conninfo(**settings.source_conninfo())


def test_another_database_of_the_dev_server_is_reached_the_same_way(load: Load) -> None:
    settings = load(FILE)
    assert settings.target_conninfo("postgres") == {**settings.target_conninfo(), "dbname": "postgres"}


@pytest.mark.parametrize(
    ("text", "overrides", "source_user", "target_user", "target_dbname"),
    [
        ("", {}, "postgres", "postgres", "devdb"),
        ("use_pg_environment: true", {}, "env", "env", "envdb"),
        ("use_pg_environment: true\nsource: {user: a}\ntarget: {dbname: b}", {}, "a", "env", "b"),
        ("use_pg_environment: true", {"user": "u", "dev_db": "d"}, "u", "u", "d"),
    ],
)
def test_pguser_and_pgdatabase_count_only_when_asked_for(
    load: Load,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    overrides: dict[str, Any],
    source_user: str,
    target_user: str,
    target_dbname: str,
) -> None:
    monkeypatch.setenv("PGUSER", "env")
    monkeypatch.setenv("PGDATABASE", "envdb")
    settings = load(text, **overrides)
    assert settings.source_conninfo()["user"] == source_user
    assert settings.source_conninfo()["dbname"] == "proddb"
    assert settings.target_conninfo()["user"] == target_user
    assert settings.target_conninfo()["dbname"] == target_dbname


def test_options_are_checked_like_the_file(load: Load) -> None:
    with pytest.raises(SettingsError, match="maintenance_db"):
        load("", dev_db="postgres")
    with pytest.raises(UsageError, match="--dev-db"):
        load("", dev_db="x" * 64)
    with pytest.raises(UsageError, match="--prod-db"):
        load("", prod_db="")


def test_files_go_beside_the_settings_unless_said_otherwise(load: Load, tmp_path: Path) -> None:
    assert load("").output_directory == tmp_path
    assert load("dump: {output_dir: out}").output_directory == tmp_path / "out"
    assert load("dump: {output_dir: /out}").output_directory == Path("/out")
    assert load("dump: {output_dir: out}", output_dir=Path("here")).output_directory == Path("here")
    assert load("").sql_directories == ()
    assert load("sql_dir: sql").sql_directories == (tmp_path / "sql",)
    assert load("sql_dir: sql", sql_dir=Path("mine")).sql_directories == (Path("mine"),)


# Passwords in connection strings


def test_a_password_on_the_command_line_connects_and_is_shown_nowhere(load: Load) -> None:
    settings = load(
        "",
        prod_db="postgresql://me:hunter2@h:1/d?sslpassword=hunter2&application_name=x",
        dev_db="host=h2 password=hunter2",
    )
    assert settings.source_conninfo()["password"] == settings.target_conninfo()["password"] == "hunter2"
    assert settings.source_conninfo()["sslpassword"] == "hunter2"
    assert "application_name" not in settings.source_conninfo()
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} {settings.source!r}"


def test_a_connection_string_that_libpq_refuses_is_not_repeated(load: Load) -> None:
    with pytest.raises(UsageError) as failure:
        load("", prod_db="host=h password=hunter2 hunter2")
    assert "--prod-db" in str(failure.value)
    assert "hunter2" not in str(failure.value)
    assert failure.value.__cause__ is None


# Names of the databases beside the dev database


@given(st.text(min_size=1).filter(lambda name: len(name.encode()) <= 63))
def test_the_databases_beside_it_have_names_that_fit_and_differ(name: str) -> None:
    settings = Settings.model_validate({"target": {"dbname": "x"}})
    settings = settings.model_copy(update={"target": settings.target.model_copy(update={"dbname": name})})
    names = {name, settings.next_dbname, settings.old_dbname}
    assert len(names) == 3
    assert all(len(each.encode()) <= 63 for each in names)


def test_long_names_that_differ_at_the_end_stay_distinct(load: Load) -> None:
    names = {load(f"target: {{dbname: {'n' * 62}{last}}}").next_dbname for last in "abc"}
    assert len(names) == 3
    assert load("").next_dbname == "devdb__next"
    assert load("").old_dbname == "devdb__old"
