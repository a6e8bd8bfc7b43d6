"""The database in which the work happens, made while the source is still being looked at."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.catalog.dev_server import DevServer
from devdb.catalog.model import Database
from devdb.errors import DevdbError
from devdb.server.connection import Connection, application_name, cancel_quietly, connect
from devdb.server.runner import Server
from devdb.settings import Settings
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates


class Creation:
    """Creates the database; left by an exception, it has dropped it again.

    `lock` is the connection that holds the lock on the dev database: who lost it drops nothing.
    """

    def __init__(
        self,
        settings: Settings,
        command: str,
        *,
        templates: Templates,
        lock: Connection,
        server: DevServer,
        source: Database,
    ) -> None:
        self._settings = settings
        self._command = command
        self._lock = lock
        self._script = templates.render("setup/create.sql", **parameters(settings, server, source))
        self._connection: Connection | None = None
        self._is_given_up = False
        self._made: Future[None] = Future()

    def __enter__(self) -> Creation:
        threading.Thread(target=self._run, name="devdb-create", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if exc is None:
            return
        self._is_given_up = True
        if self._connection is not None:
            cancel_quietly(self._connection)
        self._made.exception()
        # A failing clean-up must not hide the failure; the next run cleans up as well.
        with suppress(psycopg.Error):
            drop(self._lock, self._settings)

    def wait(self) -> None:
        """Wait until the database is there. Raises what its creation failed with."""
        self._made.result()

    def _run(self) -> None:
        try:
            maintenance = self._settings.target_conninfo(self._settings.target.maintenance_db)
            name = application_name(self._command)
            self._connection = connect(make_conninfo(**maintenance), application_name=name)
            with open(os.devnull, "w", encoding="utf-8") as nowhere:
                server = Server(self._connection, out=nowhere, err=nowhere, on_notice=lambda _said: None)
                try:
                    if not self._is_given_up:
                        server.run(self._script)
                finally:
                    server.close()
            self._made.set_result(None)
        except DevdbError as exc:
            self._made.set_exception(exc)
        except BaseException as exc:
            self._made.set_exception(DevdbError(f"{type(exc).__name__}: {exc}"))


def drop(lock: Connection, settings: Settings) -> None:
    """Drop the database in which the work happens, if it is there. Raises psycopg's error of a lock that was lost."""
    lock.execute(f"DROP DATABASE IF EXISTS {ident(settings.next_dbname)} WITH (FORCE)".encode())


def parameters(settings: Settings, server: DevServer, source: Database) -> dict[str, object]:
    """What setup/create.sql is to be given."""
    return {
        "next_dbname": settings.next_dbname,
        "old_dbname": settings.old_dbname,
        "template": settings.target.template,
        "encoding": source.encoding,
        "lc_collate": server.lc_collate if server.lc_ctype else None,
        "lc_ctype": server.lc_ctype,
        "tablespace": server.tablespace,
    }
