"""tds_fdw: SQL Server. Its documentation of release 2.0.4, and what release 2.0.3 was seen to send."""

from __future__ import annotations

import re

from devdb.wrappers.places import server_port_name
from devdb.wrappers.wrapper import Documented, Place, Wrapper

_INSTANCE = re.compile(r"(?P<host>[^\\/:,\s]+)\\(?P<instance>[\w$#]+)(?:/(?P<name>\S+))?")
_WITH_COMMA = re.compile(r"(?:tcp:)?(?P<host>[^\\/:,\s]+),\s*(?P<port>\d+)(?:/(?P<name>\S+))?")


def place(text: str) -> Place:
    r"""Understand host:port/name, and SQL Server's own host,port and host\instance. Raises ValueError."""
    said = text.strip()
    instance = _INSTANCE.fullmatch(said)
    if instance is not None:
        return Place(f"{instance['host']}\\{instance['instance']}", None, instance["name"])
    with_comma = _WITH_COMMA.fullmatch(said)
    if with_comma is not None:
        # The wrapper would take what a comma parts for two servers.
        name = "" if with_comma["name"] is None else f"/{with_comma['name']}"
        said = f"{with_comma['host']}:{with_comma['port']}{name}"
    if "\\" in said:
        raise ValueError(f"{text!r}: an instance is found by its name, host\\instance/name, without a port")
    return server_port_name(said)


def _server(place: Place) -> dict[str, str]:
    """Where it is; and what should be said to every SQL Server, unless somebody knows better.

    The protocol that has dates and long texts as types of their own, and UTF-8 whatever the database's locale is.
    Otherwise a query would be run while it is planned, to count its rows: a plan is asked for instead. Later releases
    than 2.0.3 ask for nothing. Without a message handler, errors come without the server's words.
    """
    said = {
        "servername": place.host,
        "port": None if place.port is None else str(place.port),
        "database": place.dbname,
        "tds_version": "7.4",
        "character_set": "UTF-8",
        "msg_handler": "notice",
        "row_estimate_method": "showplan_all",
        "use_remote_estimate": "0",
    }
    return {name: value for name, value in said.items() if value is not None}


WRAPPER = Wrapper(
    name="tds_fdw",
    source="SQL Server",
    package="postgresql-{major}-tds-fdw",
    options=Documented(
        server=frozenset({
            "servername", "port", "database", "dbuse", "language", "character_set", "tds_version", "msg_handler",
            "fdw_startup_cost", "fdw_tuple_cost", "sqlserver_ansi_mode", "use_remote_estimate", "row_estimate_method",
        }),
        user=frozenset({"username", "password"}),
        table=frozenset({
            "query", "table", "schema_name", "table_name", "match_column_names", "use_remote_estimate",
            "local_tuple_estimate", "row_estimate_method",
        }),
        column=frozenset({"column_name"}),
        importing=frozenset({"import_default", "import_not_null", "keep_custom_types"}),
    ),
    user_option="username",
    server=_server,
    place=place,
    snapshot="none: every query sees its own moment, unless source.dbname names a database snapshot",
    keys="query",
    folding="keep",
    max_keys=1000,
    reserved={
        "username": "belongs to source.user",
        "password": "belongs to DEVDB_SOURCE_PASSWORD or source.password_file",
        "query": "is set by devdb itself, to name the columns and convert them",
        "table": "is not used: devdb sets the query",
        "schema_name": "is not used: devdb sets the query",
        "table_name": "is not used: devdb sets the query",
        "match_column_names": "is set by devdb itself: columns are matched by position",
    },
    system_schemas=frozenset({
        "sys", "INFORMATION_SCHEMA", "guest", "cdc", "db_owner", "db_accessadmin", "db_securityadmin", "db_ddladmin",
        "db_backupoperator", "db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter",
    }),
)  # fmt: skip
