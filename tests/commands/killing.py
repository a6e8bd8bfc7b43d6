"""What tests of runs that end before their time share: who is at work, and somebody who reads meanwhile."""

from __future__ import annotations

import gzip
import threading
from pathlib import Path

import psycopg
from workbench import eventually

from devdb.server import programs

WORK = "devdb__next"
# The old dev database of the demo is told from a new one by this.
OURS = "COMMENT ON TABLE registry.well IS 'touched by us'"
RUNS = "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'devdb %' LIMIT 1"

# The sessions of a run on the shop that take its rows: the dev server's, by the wrapper or by COPY, and the source's.
AT_WORK = {
    "wrapper": f"datname = '{WORK}' AND query LIKE '%pg_sleep%'",
    "direct": f"datname = '{WORK}' AND query LIKE 'COPY%FROM STDIN%'",
    "source": "datname = 'proddb' AND query LIKE 'COPY%pg_sleep%TO STDOUT%'",
    "holder": "datname = 'proddb' AND state = 'idle in transaction'",
}


class Reader:
    """A session of somebody else's in the old dev database, who reads the same rows all the time."""

    def __init__(self, conninfo: str, question: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._question = question
        self._wanted = self._connection.execute(question).fetchone()
        self._end = threading.Event()
        self.reads = 0
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        try:
            while not self._end.wait(0.02):
                assert self._connection.execute(self._question).fetchone() == self._wanted
                self.reads += 1
        except Exception as exc:
            self.failure = exc

    def forget(self) -> None:
        """Stop; the database is gone by now."""
        self._end.set()
        self._thread.join()
        self._connection.close()
        self.failure = None

    def finish(self) -> None:
        """Stop; nothing may have gone wrong."""
        if self._end.is_set():
            return
        self._end.set()
        self._thread.join()
        self._connection.close()
        failure, self.failure = self.failure, None
        assert failure is None, failure
        assert self.reads > 0


def readers_of(cluster) -> list[int]:
    """Every psql that talks to this server."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            program, variables = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:
            continue
        if b"psql\0" in program and f"PGHOST={cluster.socket_directory}\0".encode() in variables:
            found.append(int(process.name))
    return found


def at_work(ask, what="direct"):
    """Wait until the rows are being taken; returns a server process that does it (see AT_WORK)."""
    return eventually(lambda: ask("postgres", f"SELECT pid FROM pg_stat_activity WHERE {AT_WORK[what]}"))


def whole_files(directory: Path) -> None:
    """The files of earlier runs are complete."""
    assert (directory / "schema.sql").read_text().rstrip().endswith(";")
    programs.run(programs.find("pg_restore"), ["--list", str(directory / "devdb.dump")])
    with gzip.open(directory / "devdb.sql.gz") as packed:
        assert packed.read().rstrip().endswith(b"-- PostgreSQL database dump complete\n--")
