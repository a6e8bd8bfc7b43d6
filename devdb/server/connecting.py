r"""The command \connect: which server, database and user it means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from devdb.server.connection import Connection, close_quietly
from devdb.sqltext.arguments import CommandError
from devdb.sqltext.variables import boolean

if TYPE_CHECKING:
    from devdb.server.session import Session

_REUSE = "-reuse-previous="


def connect_again(session: Session, words: Sequence[str]) -> None:
    r"""Replace the session's connection by the one that the arguments of `\connect` ask for.

    Raises CommandError for arguments that make no sense, ConnectionFailed (from `session.reconnect`) if it fails.
    """
    if session.reconnect is None:
        raise CommandError(r"\connect is refused here: this script belongs to one database")
    parameters = _wanted(session.connection, words)
    previous = session.connection
    session.use(session.reconnect(parameters))
    close_quietly(previous)


def _wanted(connection: Connection, words: Sequence[str]) -> dict[str, str]:
    """libpq's parameters for the new connection: dbname, user, host, port in this order; "-" keeps the present one."""
    words = list(words)
    reuse: bool | None = None
    if words and words[0].startswith(_REUSE):
        reuse = boolean(words.pop(0)[len(_REUSE) :])
        if reuse is None:
            raise CommandError(r"\connect: -reuse-previous takes on or off")
    if len(words) > 4:
        raise CommandError(r"\connect: at most four arguments: database, user, host, port")
    given = {key: word for key, word in zip(("dbname", "user", "host", "port"), words, strict=False) if word != "-"}
    database = given.get("dbname", "")
    is_conninfo = "=" in database or database.startswith(("postgresql://", "postgres://"))
    if is_conninfo:
        if len(words) > 1:
            raise CommandError(r"\connect: do not give user, host, or port separately when using a connection string")
        try:
            given = {key: str(value) for key, value in conninfo_to_dict(database).items() if value is not None}
        except psycopg.Error as exc:
            raise CommandError(r"\connect: not a connection string") from exc
    kept = {} if not (reuse if reuse is not None else not is_conninfo) else _parameters(connection, given)
    if given.get("host", kept.get("host")) != kept.get("host"):
        kept.pop("hostaddr", None)
    return {**kept, **given}


def _parameters(connection: Connection, given: dict[str, str]) -> dict[str, str]:
    """The present parameters; the password only for the same user on the same server."""
    info = connection.info
    kept = {
        **info.get_parameters(),
        "host": info.host,
        "port": str(info.port),
        "user": info.user,
        "dbname": info.dbname,
    }
    if info.password and all(given.get(key, kept[key]) == kept[key] for key in ("host", "port", "user")):
        kept["password"] = info.password
    return {key: value for key, value in kept.items() if value}
