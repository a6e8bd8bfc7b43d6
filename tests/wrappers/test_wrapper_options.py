"""The options that devdb knows are those that the wrappers themselves accept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import new_database
from psycopg import sql

from devdb.server.cluster import Cluster
from devdb.wrappers import registry
from devdb.wrappers.registry import NAMES, mistakes
from devdb.wrappers.wrapper import Documented

TAKERS = ("server", "user", "table", "column")

# What the releases installed here do not have, and which release does.
OF_ANOTHER_RELEASE = {
    "postgres_fdw": {
        "server": {
            "analyze_sampling": "16", "gssdelegation": "17", "load_balance_hosts": "16", "max_protocol_version": "18",
            "min_protocol_version": "18", "parallel_abort": "16", "require_auth": "16", "sslcertmode": "16",
            "sslnegotiation": "17", "use_scram_passthrough": "18",
        },
        "user": {"gssdelegation": "17", "use_scram_passthrough": "18"},
        "table": {"analyze_sampling": "16"},
    },
    "mysql_fdw": {
        "server": {"mysql_default_file": "2.9", "truncatable": "2.9"},
        "table": {"truncatable": "2.9"},
    },
    "tds_fdw": {"server": {"sqlserver_ansi_mode": "2.0.4"}},
}  # fmt: skip

# Validators look at some values as well; everything else is told "1".
VALUES = {
    "row_estimate_method": "execute",
    "tds_version": "7.4",
    "msg_handler": "notice",
    "extensions": "plpgsql",
    "analyze_sampling": "auto",
}
TRUTHS = ("async_capable", "keep_connections", "parallel_commit", "password_required", "reconnect", "truncatable",
          "updatable", "use_remote_estimate")  # fmt: skip

# oracle_fdw 2.8, as its source has them: it cannot be built without Oracle's own client.
ORACLE = Documented(
    server=frozenset({"dbserver", "isolation_level", "nchar", "set_timezone"}),
    user=frozenset({"user", "password"}),
    table=frozenset({
        "dblink", "schema", "table", "max_long", "readonly", "sample_percent", "prefetch", "lob_prefetch",
    }),
    column=frozenset({"key", "strip_zeros"}),
    importing=frozenset({
        "case", "collation", "dblink", "readonly", "skip_tables", "skip_views", "skip_matviews", "max_long",
        "sample_percent", "prefetch", "lob_prefetch", "set_timezone",
    }),
)  # fmt: skip


@pytest.fixture(scope="module")
def installed(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """A database with a server of every wrapper that is installed here, named like its wrapper."""
    with new_database(cluster) as connection:
        for name in ("postgres_fdw", "mysql_fdw", "tds_fdw"):
            try:
                connection.execute(f"CREATE EXTENSION {name}")
            except psycopg.errors.FeatureNotSupported:
                continue
            connection.execute(f"CREATE SERVER {name} FOREIGN DATA WRAPPER {name}")
        yield connection


def attempt(connection: psycopg.Connection[Any], wrapper: str, taker: str, option: str) -> psycopg.errors.Error | None:
    """Declare an object with this option, and forget it. What the validator said, if it refused."""
    on = sql.Identifier(wrapper)
    # tds_fdw reads 1 and 0 alone, the others true and false alone.
    value = VALUES.get(option, "true" if option in TRUTHS and wrapper != "tds_fdw" else "1")
    option_sql = sql.SQL("{} {}").format(sql.Identifier(option), sql.Literal(value))
    # tds_fdw wants to know of a table what it is; the option in question may be the one that says so.
    needed = sql.SQL("")
    if wrapper == "tds_fdw" and option not in ("query", "table", "table_name"):
        needed = sql.SQL(", query 'SELECT 1'")
    statement = {
        "server": sql.SQL("CREATE SERVER attempt FOREIGN DATA WRAPPER {on} OPTIONS ({option})"),
        "user": sql.SQL("CREATE USER MAPPING FOR CURRENT_USER SERVER {on} OPTIONS ({option})"),
        "table": sql.SQL("CREATE FOREIGN TABLE attempt (a integer) SERVER {on} OPTIONS ({option}{needed})"),
        "column": sql.SQL("CREATE FOREIGN TABLE attempt (a integer OPTIONS ({option})) SERVER {on} {needed_alone}"),
    }[taker]
    alone = sql.SQL("OPTIONS (query 'SELECT 1')" if wrapper == "tds_fdw" else "")
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.format(on=on, option=option_sql, needed=needed, needed_alone=alone))
    except psycopg.Error as exc:
        return exc
    return None


def present(connection: psycopg.Connection[Any], wrapper: str) -> None:
    if not connection.execute("SELECT FROM pg_foreign_server WHERE srvname = %s", (wrapper,)).fetchall():
        pytest.skip(f"{wrapper} is not installed")


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("wrapper", ["postgres_fdw", "mysql_fdw", "tds_fdw"])
def test_every_option_is_accepted_or_belongs_to_a_release_that_is_named(installed, wrapper, taker):
    present(installed, wrapper)
    known = getattr(registry.wrapper(wrapper).options, taker)
    elsewhere = OF_ANOTHER_RELEASE[wrapper].get(taker, {})
    assert set(elsewhere) <= known
    refused = {option: attempt(installed, wrapper, taker, option) for option in sorted(known)}
    unknown = {option for option, exc in refused.items() if exc is not None and exc.sqlstate in ("HV00D", "42601")}
    others = {option: str(exc) for option, exc in refused.items() if exc is not None and option not in unknown}
    assert not others
    assert unknown == set(elsewhere), "these releases of the wrappers say otherwise"


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("wrapper", ["postgres_fdw", "mysql_fdw", "tds_fdw"])
def test_every_option_of_the_wrapper_is_known(installed, wrapper, taker):
    present(installed, wrapper)
    refused = attempt(installed, wrapper, taker, "no_such_option")
    if refused is None:
        assert (wrapper, taker) == ("tds_fdw", "column"), "only tds_fdw looks at no option of a column"
        return
    listed = re.fullmatch(r"Valid options in this context are: (.*)", refused.diag.message_hint or "")
    assert listed is not None
    valid = set() if listed[1] == "<none>" else set(listed[1].split(", "))
    assert valid <= getattr(registry.wrapper(wrapper).options, taker)


@pytest.mark.parametrize("taker", [*TAKERS, "importing"])
def test_the_options_of_oracle_fdw_are_those_of_its_own_table(taker):
    assert getattr(registry.wrapper("oracle_fdw").options, taker) == getattr(ORACLE, taker)


@pytest.mark.parametrize("name", NAMES)
def test_what_devdb_sets_itself_is_an_option_of_the_wrapper(name):
    wrapper = registry.wrapper(name)
    documented = {option for taker in (*TAKERS, "importing") for option in getattr(wrapper.options, taker)}
    assert set(wrapper.reserved) <= documented
    assert set(wrapper.steady) <= wrapper.options.server & set(wrapper.reserved)
    place = wrapper.place("db.example.com:1234/shop" if name != "tds_fdw" else "db.example.com\\SHOP/shop")
    assert set(wrapper.server(place)) <= wrapper.options.server
    assert wrapper.user_option in wrapper.options.user & set(wrapper.reserved)


def test_a_mistyped_option_is_told_with_the_nearest_one():
    tds = registry.wrapper("tds_fdw")
    assert mistakes(tds, "server", ["port", "data_base"]) == ["data_base: tds_fdw has no such option; database?"]
    assert mistakes(tds, "server", ["zzz"]) == ["zzz: tds_fdw has no such option"]
    assert mistakes(tds, "user", ["username"]) == ["username: belongs to source.user"]
    assert mistakes(registry.wrapper("postgres_fdw"), "server", ["fetchsize"]) == [
        "fetchsize: postgres_fdw has no such option; fetch_size?"
    ]
    assert mistakes(registry.wrapper("mysql_fdw"), "table", ["querry"])[0].startswith("querry: mysql_fdw has no such")


def test_a_wrapper_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="odbc_fdw is none of postgres_fdw, oracle_fdw, mysql_fdw, tds_fdw"):
        registry.wrapper("odbc_fdw")
