"""The connections that a run begins with, made while the rest of the program is still being loaded."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from concurrent.futures import Future

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.errors import ConnectionFailed
from devdb.server import programs
from devdb.server.connection import Connection, application_name, close_quietly, connect
from devdb.settings import Settings


class Opening:
    """The connections being opened, side by side: to the source, and to the dev server's maintenance database.

    To the source if it is PostgreSQL: none other can be connected to.
    """

    def __init__(self, settings: Settings, command: str) -> None:
        name = application_name(command)
        maintenance = settings.target_conninfo(settings.target.maintenance_db)
        self._source: Future[Connection] | None = None
        if not settings.source.is_foreign:
            source = make_conninfo(**settings.source_conninfo())
            self._source = _opened(source, name, read_only=True, session=settings.source.limits)
        self._maintenance = _opened(make_conninfo(**maintenance), name)
        # What reads the source by COPY: programs are asked for their versions, and remembered.
        threading.Thread(target=programs.installed, args=("psql",), name="devdb", daemon=True).start()

    def source(self) -> Connection:
        """The connection to the source, once it is open. Raises ConnectionFailed."""
        assert self._source is not None
        return self._source.result()

    def maintenance(self) -> Connection:
        """The connection to the maintenance database, once it is open. Raises ConnectionFailed."""
        return self._maintenance.result()

    def close(self) -> None:
        """Close both, whoever uses them; one that is not open yet, once it is."""
        for opened in filter(None, (self._source, self._maintenance)):
            opened.add_done_callback(_close)


def _opened(
    conninfo: str, name: str, *, read_only: bool = False, session: Mapping[str, str] | None = None
) -> Future[Connection]:
    """The connection, from a thread that nobody waits for at the end: a server may take minutes not to answer."""
    opened: Future[Connection] = Future()

    def run() -> None:
        try:
            opened.set_result(connect(conninfo, read_only=read_only, session=session, application_name=name))
        except BaseException as exc:
            opened.set_exception(exc)

    threading.Thread(target=run, name="devdb", daemon=True).start()
    return opened


def _close(opened: Future[Connection]) -> None:
    with contextlib.suppress(ConnectionFailed, psycopg.Error):
        close_quietly(opened.result())
