"""Fill the dev database's tables from COPY streams of the source, over several connections at once.

Which rows belong in the sample is found as in the load through a wrapper, by the same statements; only the rows' way
differs, and who counts the rounds.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from devdb import explaining
from devdb.catalog.model import Column, Name, Table
from devdb.errors import ScriptFailed
from devdb.progress import Reporter
from devdb.sampling.closure import Expansion, Group, KeySet
from devdb.sampling.formats import copy_format
from devdb.sampling.rules import Take
from devdb.server.connection import Connection, raise_if_lost
from devdb.server.reading import Reading
from devdb.server.snapshot import Snapshot
from devdb.sqltext.quoting import ident, literal
from devdb.sqltext.templates import Templates

_MARK = re.compile(r"^-- devdb: (.+)\n", re.MULTILINE)
_HEADER = re.compile(r"\A(--[^\n]*\n)*")
# Where in a query an array of keys goes.
_ARRAY = re.compile(r":devdb_[0-9a-f]{8}_\d+:")
# Without statistics nested loops look cheap, and compare all keys with all rows; what is off but must be used looks so
# dear that each statement would be compiled.
_SESSION = "SET enable_nestloop = off; SET jit = off"


@dataclass
class Loaded:
    """What a load brought into one table, in rows, and how long that took."""

    by_rule: int = 0
    by_key: int = 0
    by_child: int = 0
    seconds: float = 0.0


@dataclass(eq=False)
class _Task:
    """Something to do on one connection; which tables it fills, and which it looks at, by OID."""

    fills: frozenset[int]
    reads: frozenset[int]
    run: Callable[[_Worker], None]


@dataclass
class _Worker:
    """A session of the dev database that rows are copied into."""

    connection: Connection
    is_alone: bool

    def execute(self, text: str, *, path: str) -> int:
        """Run statements; returns the rows that the last of them touched."""
        with self._failing(path):
            cursor = self.connection.execute(text.encode())
            while cursor.nextset():
                pass
            return cursor.rowcount

    def query(self, text: str, *, path: str) -> list[tuple[object, ...]]:
        with self._failing(path):
            return self.connection.execute(text.encode()).fetchall()

    def set(self, name: str, value: int) -> None:
        self.execute(f"SELECT pg_catalog.set_config('devdb.{name}', '{value}', false)", path=name)

    @contextmanager
    def _failing(self, path: str) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as exc:
            raise_if_lost(self.connection, exc)
            raise ScriptFailed(
                exc.diag.message_primary or str(exc).strip(),
                path=path,
                sqlstate=exc.sqlstate,
                detail=exc.diag.message_detail,
                hint=exc.diag.message_hint,
            ) from exc


@dataclass
class Load:
    """One load by COPY: `begin` has the source read what the rules choose, `run` puts it where it belongs.

    `bytes_of` tells the size of a table at the source, with its partitions.
    """

    takes: Sequence[Take]
    groups: Sequence[Group]
    bytes_of: Callable[[Table], int]
    templates: Templates
    snapshot: Snapshot
    reporter: Reporter
    jobs: int
    loaded: dict[Name, Loaded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._rendering = threading.Lock()
        self._begun: dict[int, Reading] = {}
        self._readings: set[Reading] = set()
        self._keys = [f":devdb_{secrets.token_hex(4)}_{number}:" for number in range(32)]
        # The largest first: it is what the others wait for.
        self._ordered = sorted(self.takes, key=lambda take: -self.bytes_of(take.table))

    @property
    def task_count(self) -> int:
        """How many sessions could be at work at most."""
        return len(self.takes) + len(self.groups)

    def begin(self) -> None:
        """Have as many readers as there are begin with the rules' rows: the source may work already."""
        for take in self._ordered[: self.jobs]:
            self._begun[take.table.oid] = self._reading(take)

    def run(self, connections: Sequence[Connection], *, own_transaction: bool) -> dict[Name, Loaded]:
        """Fill the tables over these connections to the dev database; returns what came into each table.

        `own_transaction`: each COPY may be a transaction. Raises what the first failure was.
        """
        workers = [_Worker(connection, own_transaction) for connection in connections]
        for worker in workers:
            worker.execute(_SESSION, path="session")
        _Crew(workers, self._tasks(), self.abandon).work()
        return self.loaded

    def abandon(self) -> None:
        """Give up what is being read."""
        with self._lock:
            readings = list(self._readings)
        for reading in readings:
            reading.abandon()

    def _tasks(self) -> list[_Task]:
        tasks = [_Task(frozenset([take.table.oid]), frozenset(), self._taking(take)) for take in self._ordered]
        for group in self.groups:
            oids = frozenset(table.oid for table in group.tables)
            tasks.append(_Task(oids, group.reads, self._completing(group)))
        return tasks

    def _taking(self, take: Take) -> Callable[[_Worker], None]:
        def run(worker: _Worker) -> None:
            reading = self._begun.pop(take.table.oid, None) or self._reading(take)
            with self._counted(take.table) as loaded:
                self._tell(f"taking {take.table.name}")
                # Frozen rows need no second visit by VACUUM, nor the hint bits that the indexes' builders would set.
                try:
                    if worker.is_alone and take.table.kind == "r":
                        with worker.connection.transaction():
                            worker.execute(f"TRUNCATE {take.table.only}", path=str(take.table.name))
                            loaded.by_rule += self._into(reading, worker, _target(take.table), freeze=True)
                    else:
                        loaded.by_rule += self._into(reading, worker, _target(take.table))
                except ScriptFailed as exc:
                    raise explaining.of_rule(exc, take) from exc

        return run

    def _completing(self, group: Group) -> Callable[[_Worker], None]:
        def run(worker: _Worker) -> None:
            self._tell(group.title)
            if group.kind == "rounds":
                _Rounds(self, group, worker).run()
            else:
                self._complete_once(group, worker)

        return run

    def _complete_once(self, group: Group, worker: _Worker) -> None:
        statements = self.statements("direct/once.sql", group)
        for number, key_set in enumerate(group.key_sets):
            with self._counted(key_set.table) as loaded:
                worker.execute(statements[f"ask keys {number}"], path=group.title)
                for arrays in self.chunks(worker, statements, f"keys {number}", key_set.columns):
                    query = self.query("direct/parents.sql", arrays, k=key_set)
                    loaded.by_key += self.copied(query, worker, key_set.table, _target(key_set.table))
        for number, expansion in enumerate(group.expansions):
            with self._counted(expansion.child) as loaded:
                worker.execute(statements[f"ask children {number}"], path=group.title)
                for arrays in self.chunks(worker, statements, f"children {number}", expansion.columns):
                    query = self.query("direct/children.sql", arrays, e=expansion)
                    loaded.by_child += self.copied(query, worker, expansion.child, _target(expansion.child))

    def chunks(
        self, worker: _Worker, statements: Mapping[str, str], what: str, columns: Sequence[Column]
    ) -> Iterator[list[str]]:
        """The keys that were asked for, chunk by chunk: SQL of an array for each column."""
        ((last,),) = worker.query(statements[f"last of {what}"], path=what)
        if last is None:
            return
        for chunk in range(int(str(last)) + 1):
            worker.set("chunk", chunk)
            (texts,) = worker.query(statements[what], path=what)
            if texts[0] is None:
                continue
            yield [
                f"{literal(_decoded(text))}::{'pg_catalog.text' if column.is_array else column.base_type}[]"
                for text, column in zip(texts, columns, strict=True)
            ]

    def statements(self, template: str, group: Group) -> dict[str, str]:
        """The statements of a template by their names."""
        with self._rendering:
            text = self.templates.render(template, group=group).text or ""
        pieces = _MARK.split(text)
        return dict(zip(pieces[1::2], pieces[2::2], strict=True))

    def query(self, template: str, arrays: Sequence[str], **parameters: object) -> str:
        """A query for the source, with these arrays of keys, which may be long."""
        names = self._keys[: len(arrays)]
        with self._rendering:
            text = self.templates.render(template, arrays=names, **parameters).text or ""
        self._show(_ARRAY.sub("…", text))
        of = dict(zip(names, arrays, strict=True))
        return _ARRAY.sub(lambda found: of[found.group()], text)

    def copied(self, query: str, worker: _Worker, table: Table, target: str) -> int:
        """Copy what the query finds into `target`; returns the rows."""
        return self._into(self._start(query, table), worker, target)

    def _tell(self, title: str) -> None:
        with self._lock:
            self.reporter.step(title)

    def _show(self, query: str) -> None:
        with self._lock:
            self.reporter.detail(f"COPY (\n{_HEADER.sub('', query).strip()}\n) TO STDOUT;", level=2)

    def note(self, table: Table, *, by_key: int = 0, by_child: int = 0, seconds: float = 0.0) -> None:
        with self._lock:
            loaded = self.loaded.setdefault(table.name, Loaded())
            loaded.by_key += by_key
            loaded.by_child += by_child
            loaded.seconds += seconds

    def _reading(self, take: Take) -> Reading:
        with self._rendering:
            query = self.templates.render("direct/take.sql", take=take).text or ""
        self._show(query)
        return self._start(query, take.table)

    def _start(self, query: str, table: Table) -> Reading:
        reading = self.snapshot.start(query, binary=copy_format(table) == "binary", what=str(table.name))
        with self._lock:
            self._readings.add(reading)
        return reading

    def _into(self, reading: Reading, worker: _Worker, target: str, *, freeze: bool = False) -> int:
        try:
            return reading.into(worker.connection, target, freeze=freeze)
        finally:
            with self._lock:
                self._readings.discard(reading)

    @contextmanager
    def _counted(self, table: Table) -> Iterator[Loaded]:
        with self._lock:
            loaded = self.loaded.setdefault(table.name, Loaded())
        started = time.monotonic()
        try:
            yield loaded
        finally:
            loaded.seconds += time.monotonic() - started


class _Rounds:
    """Completes tables that bring rows of each other; see populate/in_rounds.sql, whose steps these are."""

    def __init__(self, load: Load, group: Group, worker: _Worker) -> None:
        self._load = load
        self._group = group
        self._worker = worker
        self._statements = load.statements("direct/rounds.sql", group)
        self._step = 0
        self._coming: dict[int, int] = {}

    def run(self) -> None:
        """Complete the tables."""
        started = time.monotonic()
        totals = dict.fromkeys((table.oid for table in self._group.tables), 0)
        self._worker.execute("SET enable_seqscan = off", path=self._group.title)
        self._mark(-1)
        self._do("begin")
        level = 0
        while True:
            self._follow_keys(totals)
            if not self._group.expansions or not self._find_children(level):
                break
            level += 1
        self._worker.execute("RESET enable_seqscan", path=self._group.title)
        counted = self._worker.query(self._statements["count"], path="count")
        children = {int(str(oid)): int(str(count)) for oid, count in counted}
        seconds = (time.monotonic() - started) / len(self._group.tables)
        for table in self._group.tables:
            self._load.note(table, by_key=totals[table.oid], by_child=children.get(table.oid, 0), seconds=seconds)

    def _follow_keys(self, totals: dict[int, int]) -> None:
        while True:
            self._next_step()
            came, self._coming = self._coming, {}
            for number, key_set in enumerate(self._group.key_sets):
                if self._step == 1 or any(came.get(ask.child.oid) for ask in key_set.asks if ask.is_inner):
                    fetched = self._fetch_parents(number, key_set)
                    totals[key_set.table.oid] += fetched
                    self._came(key_set.table, fetched)
            if not any(self._coming.values()):
                return
            self._do("know")

    def _fetch_parents(self, number: int, key_set: KeySet) -> int:
        fetched = 0
        self._do(f"ask keys {number}")
        for arrays in self._chunks(f"keys {number}", key_set):
            self._stage("direct/parents.sql", arrays, key_set.table, k=key_set)
            fetched += self._do(f"settle keys {number}")
            if key_set.own_references:
                self._do(f"remember keys {number}")
        self._do(f"remember keys {number}")
        return fetched

    def _find_children(self, level: int) -> bool:
        """Whether there were any."""
        self._next_step()
        self._coming = {}
        for number, expansion in enumerate(self._group.expansions):
            if expansion.follow.depth is not None and level >= expansion.follow.depth:
                continue
            self._do(f"ask children {number}")
            for arrays in self._chunks(f"children {number}", expansion):
                self._stage("direct/children.sql", arrays, expansion.child, e=expansion)
                self._came(expansion.child, self._do(f"settle children {number}"))
        self._do("remember children")
        self._mark(self._step - 1)
        return any(self._coming.values())

    def _stage(self, template: str, arrays: Sequence[str], table: Table, **parameters: object) -> None:
        stage = f"pg_temp.{self._group.stage[table.oid].name}"
        self._worker.execute(f"TRUNCATE {stage}", path=stage)
        query = self._load.query(template, arrays, **parameters)
        self._load.copied(query, self._worker, table, f"{stage} ({_listed(table)})")

    def _chunks(self, what: str, keys: KeySet | Expansion) -> Iterable[list[str]]:
        return self._load.chunks(self._worker, self._statements, what, keys.columns)

    def _came(self, table: Table, rows: int) -> None:
        self._coming[table.oid] = self._coming.get(table.oid, 0) + rows

    def _next_step(self) -> None:
        self._step += 1
        self._worker.set("step", self._step)

    def _mark(self, step: int) -> None:
        self._worker.set("mark", step)

    def _do(self, name: str) -> int:
        text = self._statements[name]
        return self._worker.execute(text, path=name) if text.strip() else 0


class _Crew:
    """Workers that share tasks: each does the first whose tables are ready, until none is left or one has failed."""

    def __init__(self, workers: Sequence[_Worker], tasks: Sequence[_Task], abandon: Callable[[], None]) -> None:
        self._workers = workers
        self._tasks = list(tasks)
        self._unfinished = list(tasks)
        self._abandon = abandon
        self._changed = threading.Condition()
        self._failure: BaseException | None = None

    def work(self) -> None:
        """Do all tasks. Raises the first failure, after the others' queries were cancelled."""
        first, *others = self._workers
        threads = [threading.Thread(target=self._run, args=(worker,), daemon=True) for worker in others]
        for thread in threads:
            thread.start()
        try:
            self._run(first)
        except BaseException as exc:
            self._fail(exc)
        finally:
            for thread in threads:
                thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self, worker: _Worker) -> None:
        while (task := self._next()) is not None:
            try:
                task.run(worker)
            except BaseException as exc:
                self._fail(exc)
                return
            with self._changed:
                self._unfinished.remove(task)
                self._changed.notify_all()

    def _next(self) -> _Task | None:
        with self._changed:
            while True:
                if self._failure is not None or not self._tasks:
                    return None
                for task in self._tasks:
                    if self._is_ready(task):
                        self._tasks.remove(task)
                        return task
                self._changed.wait()

    def _is_ready(self, task: _Task) -> bool:
        """Nothing before it that is unfinished brings rows of the tables that it reads, or reads those it fills."""
        for other in self._unfinished:
            if other is task:
                return True
            if other.fills & task.reads or other.reads & task.fills:
                return False
        return True

    def _fail(self, exc: BaseException) -> None:
        with self._changed:
            if self._failure is None:
                self._failure = exc
            self._changed.notify_all()
        self._abandon()
        for worker in self._workers:
            try:
                worker.connection.cancel()
            except psycopg.Error:
                continue


def _target(table: Table) -> str:
    return f"{table.name.sql} ({_listed(table)})" if table.loaded_columns else table.name.sql


def _listed(table: Table) -> str:
    return ", ".join(map(ident, table.loaded_columns))


def _decoded(text: object) -> str:
    """What a server said, whose encoding may be none."""
    return text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else str(text)
