"""Connections to PostgreSQL, opened libpq's way, and what to say when there is none."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from devdb.errors import ConnectionFailed, ScriptFailed

Connection = psycopg.Connection[tuple[object, ...]]

_ESCAPED_OPTION = re.compile(r"[\s\\]")
_BACKSLASH = r"\\\g<0>"
_CHECK_INTERVAL = "SET client_connection_check_interval = '10s'"
_READ_ONLY = {"default_transaction_read_only": "on"}
# The settings tell how long a session at the source waits for a lock; none other has such a limit.
LOCK_TIMEOUT = "55P03"
LOCK_HINT = (
    "something there holds a lock for long, as ALTER TABLE, TRUNCATE and VACUUM FULL do: "
    "run again when it is done, or wait longer with source.lock_timeout"
)


def connect(
    conninfo: str = "",
    /,
    *,
    read_only: bool = False,
    session: Mapping[str, str] | None = None,
    application_name: str = "devdb",
    **params: object,
) -> Connection:
    """A connection in autocommit mode, found the way libpq finds it.

    `conninfo` is a connection string or URI; `params` (host, port, user, dbname, …) override it, and those that are
    None are left to libpq. `session` are settings that the session begins with; as they are in no statement, no log
    and nobody else's pg_stat_activity shows them. `read_only` makes every transaction read only unless the session
    says otherwise. Raises ConnectionFailed, which names the host, port, user and database that were tried and never
    the password.
    """
    try:
        given = conninfo_to_dict(conninfo)
        given.update({key: str(value) for key, value in params.items() if value is not None})
        make_conninfo("", **given)
    except psycopg.Error as exc:
        raise ConnectionFailed(f"not a connection string: {_malformed(exc)}") from None
    given.setdefault("application_name", application_name)
    # A connection that waits while rows are loaded elsewhere must not look forgotten to what is on its way.
    given.setdefault("keepalives_idle", "60")
    begins_with = session_options({**(session or {}), **(_READ_ONLY if read_only else {})})
    # An options parameter replaces PGOPTIONS, so what that says must be carried along.
    options = given.get("options") or os.environ.get("PGOPTIONS") or ""
    # A script's \connect goes by the parameters of the connection before.
    if begins_with and not str(options).endswith(begins_with):
        given["options"] = f"{options} {begins_with}".lstrip()
    try:
        connection = psycopg.connect(make_conninfo("", **given), autocommit=True, prepare_threshold=None)
    except (psycopg.Error, UnicodeError) as exc:
        raise _failed(exc, given) from None
    _end_with_us(connection)
    return connection


def session_options(session: Mapping[str, str]) -> str:
    """Settings as libpq's `options` (and PGOPTIONS, and a foreign server's option) want them."""
    return " ".join(f"-c {name}={_ESCAPED_OPTION.sub(_BACKSLASH, value)}" for name, value in session.items())


def application_name(command: str) -> str:
    """What other sessions of the server see: the command, and who runs it where. At most 63 bytes."""
    return f"devdb {command} {socket.gethostname()[:20]}:{os.getpid()}"


def lost(connection: Connection, exc: psycopg.Error) -> ConnectionFailed | None:
    """The failure to raise when `exc` means that the connection is gone; None while it still stands.

    A lost connection may carry a SQLSTATE (57P01) and a client-side error none: only the connection itself knows.
    """
    if not connection.closed:
        return None
    reason = _first_line(exc) or "the server closed the connection"
    return ConnectionFailed(f"the connection to {_described(_used(connection))} was lost: {reason}")


def raise_if_lost(connection: Connection, exc: psycopg.Error) -> None:
    """Raise ConnectionFailed if `exc` means that the connection is gone."""
    failure = lost(connection, exc)
    if failure is not None:
        raise failure from exc


def refused(
    exc: psycopg.Error, *, path: Path | str, line: int | None = None, what: str = "", context: str | None = None
) -> ScriptFailed:
    """The failure to raise when a server refused a statement, in its own words, after `what` was being done."""
    said = exc.diag.message_primary or str(exc).strip()
    return ScriptFailed(
        f"{what}: {said}" if what else said,
        path=path,
        line=line,
        sqlstate=exc.sqlstate,
        detail=exc.diag.message_detail,
        hint=exc.diag.message_hint or (LOCK_HINT if exc.sqlstate == LOCK_TIMEOUT else None),
        context=context,
    )


def _end_with_us(connection: Connection) -> None:
    """Have the server end this session's query when this process dies (14 or later, and not on every platform)."""
    if connection.info.server_version >= 140000:
        try:
            connection.execute(_CHECK_INTERVAL)
        except psycopg.Error as exc:
            raise_if_lost(connection, exc)


def _failed(exc: Exception, given: Mapping[str, object]) -> ConnectionFailed:
    tried = _tried(given)
    return ConnectionFailed(f"cannot connect to {_described(tried)}: {_reason(exc)}", hint=_hint(str(exc), tried))


def _tried(given: Mapping[str, object]) -> dict[str, str]:
    """The parameters that libpq used: those given, then its services, variables and defaults."""
    tried = {
        option.keyword.decode(): option.val.decode(errors="replace")
        for option in pq.Conninfo.get_defaults()
        if option.val is not None
    }
    tried.update({key: str(value) for key, value in given.items() if value is not None and value != ""})
    tried.pop("password", None)
    return tried


def _used(connection: Connection) -> dict[str, str]:
    try:
        info = connection.info
        return {key: value for key, value in info.get_parameters().items() if key != "password"}
    except psycopg.Error:
        return {}


def _described(tried: Mapping[str, str]) -> str:
    host = tried.get("host") or tried.get("hostaddr") or "the default socket directory"
    parts = [f"host {host}", f"port {tried.get('port', '5432')}"]
    if user := tried.get("user"):
        parts.append(f"user {user}")
    if database := tried.get("dbname") or tried.get("user"):
        parts.append(f"database {database}")
    if service := tried.get("service"):
        parts.append(f"service {service}")
    return ", ".join(parts)


def _reason(exc: Exception) -> str:
    """libpq's words without its repetition of the address."""
    if isinstance(exc, UnicodeError):
        return "the connection parameters are not valid text"
    text = str(exc).strip() if str(exc).startswith("Multiple") else _first_line(exc)
    return text.removeprefix("connection failed: ").removeprefix("connection is bad: ")


def _malformed(exc: psycopg.Error) -> str:
    text = _first_line(exc)
    # libpq quotes the word it stumbled on, which may be a piece of the password.
    return text if text.startswith("invalid connection option") else re.sub('"[^"]*"', '"…"', text)


def _hint(message: str, tried: Mapping[str, str]) -> str:
    text = message.lower()
    if "no password supplied" in text or "password authentication failed" in text:
        return "give the password in ~/.pgpass (mode 0600) or PGPASSWORD, and the user with -U or PGUSER"
    if "does not exist" in text and "database" in text:
        return f"does the database {tried.get('dbname', '')} exist on this server? psql -l lists them"
    if "does not exist" in text and "role" in text:
        return "give the user with -U or PGUSER"
    if "pg_hba.conf" in text:
        return "the server's pg_hba.conf does not admit this user from this machine"
    return "is the server running there? Give its address with -h and -p, or PGHOST and PGPORT"


def _first_line(exc: BaseException) -> str:
    lines = str(exc).strip().splitlines()
    return lines[0] if lines else ""


def close_quietly(connection: Connection) -> None:
    """Close, whatever state the connection is in: a failing clean-up must not hide the first failure."""
    try:
        connection.close()
    except psycopg.Error:
        return


def cancel_quietly(connection: Connection) -> None:
    """Have the server give up what it does for this connection, if anything. From any thread."""
    try:
        connection.cancel()
    except psycopg.Error:
        return
