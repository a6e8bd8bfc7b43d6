"""Several sessions in the database in which the work happens, each in a thread of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType

import psycopg

from devdb.catalog.schema_entries import Statement
from devdb.catalog.schema_order import Step
from devdb.errors import ConnectionFailed, ScriptFailed
from devdb.server.runner import Server
from devdb.sqltext.statements import Script
from devdb.stage import Notice, Stage

# How often a session that is to end is asked to, and for how long.
_ASK_AGAIN_S, _PATIENCE_S = 0.1, 10.0

_WORKERS = "max_parallel_maintenance_workers"


@dataclass(frozen=True)
class Job:
    """Steps to be sent, in their order. `workers` are the parallel workers that they may use; None for what the server
    says."""

    steps: tuple[Step, ...]
    workers: int | None = None


@dataclass(frozen=True)
class Done:
    """What a session has done, and how many seconds each step took; no steps: it is open now."""

    session: Session
    steps: Sequence[tuple[Step, float]]


class Sessions:
    """Up to `count` sessions to which jobs are given; a server that has room for fewer gives fewer.

    Each runs the scripts `preparation` first; the lines of statements are those of the file `path`. After the block
    there are none left. If it is left by an exception, what they are at work on is cancelled.
    """

    def __init__(self, stage: Stage, preparation: Sequence[Script], path: str, *, count: int) -> None:
        self.idle: list[Session] = []
        self.at_work: dict[Session, Job] = {}
        self._stage = stage
        self._path = path
        self._told: SimpleQueue[_Told] = SimpleQueue()
        self._all = [Session(stage, preparation, path, self._told) for _ in range(count)]
        self._opening = count

    def __enter__(self) -> Sessions:
        for session in self._all:
            session.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for session in self._all:
            session.end()
        deadline_s = time.monotonic() + _PATIENCE_S
        for session in self._all:
            while session.is_alive() and time.monotonic() < deadline_s:
                if exc is not None:
                    session.cancel()
                session.join(_ASK_AGAIN_S)

    def wait_for_one(self) -> bool:
        """Wait until a session is open; False when the server gives none."""
        while not self.idle and self._opening:
            self._hear()
        return bool(self.idle)

    def give(self, job: Job) -> None:
        """Have an idle session do the job."""
        for step in job.steps:
            for statement in step.statements:
                self._stage.tell(statement.text, Script(self._path, statement.text))
        session = self.idle.pop()
        self.at_work[session] = job
        session.jobs.put(job)

    def wait(self) -> Done:
        """Wait for a session to become idle. Raises what made its job fail, as the stage would."""
        while True:
            done = self._hear()
            if done is not None:
                return done

    def _hear(self) -> Done | None:
        told = self._told.get()
        for notice in told.notices:
            self._stage.notice(notice)
        session = told.session
        job = self.at_work.pop(session, None)
        self._opening -= job is None
        if job is None and isinstance(told.failure, ConnectionFailed):
            # No room for so many sessions; what is wrong with the server itself the others will find.
            return None
        if isinstance(told.failure, ScriptFailed):
            raise self._stage.explained(told.failure, Script(self._path, None)) from told.failure
        if told.failure is not None:
            raise told.failure
        self.idle.append(session)
        return Done(session, list(zip(job.steps, told.seconds, strict=True)) if job is not None else [])


class Session(threading.Thread):
    """A connection and its thread. All that happens is put into `told`."""

    def __init__(self, stage: Stage, preparation: Sequence[Script], path: str, told: SimpleQueue[_Told]) -> None:
        super().__init__(name="devdb", daemon=True)
        self.jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._stage = stage
        self._preparation = preparation
        self._path = path
        self._told = told
        self._notices: list[Notice] = []
        self._settings = 0
        self._workers: int | None = None
        self._server: Server | None = None
        self._ends = False

    def run(self) -> None:
        try:
            server = self._server = self._opened()
            self._tell()
            while (job := self.jobs.get()) is not None and not self._ends:
                self._tell(self._do(server, job))
        except Exception as exc:
            self._tell(failure=exc)
        finally:
            if self._server is not None:
                self._server.close()

    def end(self) -> None:
        """Send nothing more, and close the connection."""
        self._ends = True
        self.jobs.put(None)

    def cancel(self) -> None:
        """Have the server stop what it does for this session. Called from another thread."""
        if self._server is not None:
            with contextlib.suppress(psycopg.Error):
                self._server.connection.cancel()

    def _opened(self) -> Server:
        server = self._stage.another(self._notices.append)
        try:
            for script in self._preparation:
                server.run(script)
        except BaseException:
            server.close()
            raise
        return server

    def _do(self, server: Server, job: Job) -> list[float]:
        """Send the steps; returns the seconds that each took."""
        if job.workers != self._workers:
            said = f"RESET {_WORKERS}" if job.workers is None else f"SET {_WORKERS} = {job.workers}"
            server.send(Script("devdb", said))
            self._workers = job.workers
        seconds = []
        for step in job.steps:
            started_s = time.monotonic()
            for statement in (*step.settings[self._settings :], *step.statements):
                if not self._ends:
                    self._send(server, statement)
            self._settings = len(step.settings)
            seconds.append(time.monotonic() - started_s)
        return seconds

    def _send(self, server: Server, statement: Statement) -> None:
        server.send(Script(self._path, statement.text), line=statement.line)

    def _tell(self, seconds: Sequence[float] = (), failure: Exception | None = None) -> None:
        notices, self._notices[:] = list(self._notices), []
        self._told.put(_Told(self, notices, seconds, failure))


@dataclass(frozen=True)
class _Told:
    """What a session says when it is open, done with a job, or at its end for a failure."""

    session: Session
    notices: Sequence[Notice]
    seconds: Sequence[float]
    failure: Exception | None
