"""Fill the dev database's tables from COPY streams of the source, over several connections at once.

Which rows belong in the sample is found as in the load through a wrapper, by the same statements; only the rows' way
differs, and who counts the rounds.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from devdb import explaining
from devdb.catalog.model import Name, Table
from devdb.errors import ScriptFailed
from devdb.loading.crew import Crew, Task
from devdb.loading.rounds import Rounds
from devdb.loading.worker import Worker, target
from devdb.progress import Reporter
from devdb.sampling.formats import copy_format
from devdb.sampling.groups import Group
from devdb.sampling.keys import Expansion, KeySet
from devdb.sampling.rules import Take
from devdb.server.connection import Connection
from devdb.server.reading import Reading
from devdb.server.snapshot import Snapshot
from devdb.sqltext.quoting import literal
from devdb.sqltext.templates import Templates

_MARK = re.compile(r"^-- devdb: (.+)\n", re.MULTILINE)
# As PostgreSQL is usually built: with others the parts are merely of different sizes.
_BLOCK_BYTES = 8192
_FEWEST_BLOCKS = 4096
# Since then a range of blocks is read without looking at the others.
_SCANS_RANGES = 140000
_HEADER = re.compile(r"\A(--[^\n]*\n)*")
# Where in a query an array of keys goes.
_ARRAY = re.compile(r":devdb_[0-9a-f]{8}_\d+:")
# Without statistics nested loops look cheap, and compare all keys with all rows.
_SESSION = "SET enable_nestloop = off"
# What follows the load has warnings that must be heard: a reading silences its session.
_OWN_SESSION = "RESET enable_nestloop; RESET client_min_messages"


@dataclass
class Loaded:
    """What a load brought into one table, in rows, and how long that took."""

    by_rule: int = 0
    by_key: int = 0
    by_child: int = 0
    seconds: float = 0.0


@dataclass
class Load:
    """One load by COPY: `begin` has the source read what the rules choose, `run` puts it where it belongs.

    `bytes_of` tells the size of a table at the source, with its partitions. `staged` are the tables, by OID, whose
    stage is in the session of the first connection that `run` is given.
    """

    takes: Sequence[Take]
    groups: Sequence[Group]
    bytes_of: Callable[[Table], int]
    templates: Templates
    snapshot: Snapshot
    reporter: Reporter
    jobs: int
    staged: frozenset[int] = frozenset()
    loaded: dict[Name, Loaded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: dict[Take, Reading] = {}
        self._readings: set[Reading] = set()
        self._keys = [f":devdb_{secrets.token_hex(4)}_{number}:" for number in range(32)]
        # The largest first: it is what the others wait for.
        ordered = sorted(self.takes, key=lambda take: -self.bytes_of(take.table))
        self._ordered = [part for take in ordered for part in self._divided(take)]

    @property
    def task_count(self) -> int:
        """How many sessions could be at work at most."""
        return len(self._ordered) + len(self.groups)

    def begin(self) -> None:
        """Have as many readers as there are begin with the rules' rows: the source may work already."""
        for take in self._ordered[: self.jobs]:
            self._begun[take] = self._reading(take)

    def run(self, connections: Sequence[Connection], *, own_transaction: bool) -> dict[Name, Loaded]:
        """Fill the tables over these connections to the dev database; returns what came into each table.

        `own_transaction`: each COPY may be a transaction. Raises what the first failure was.
        """
        workers = [Worker(connection, own_transaction) for connection in connections]
        for worker in workers:
            worker.execute(_SESSION, path="session")
        Crew(workers, self._tasks(), self.abandon).work()
        for worker in workers:
            worker.execute(_OWN_SESSION, path="session")
        return self.loaded

    def abandon(self) -> None:
        """Give up what is being read."""
        with self._lock:
            readings = list(self._readings)
        for reading in readings:
            reading.abandon()

    def _tasks(self) -> list[Task]:
        tasks = [
            Task(frozenset([take.table.oid]), frozenset(), self._taking(take), take.table.stage is not None)
            for take in self._ordered
        ]
        for group in self.groups:
            oids = frozenset(table.oid for table in group.tables)
            tasks.append(Task(oids, group.reads, self._completing(group), bool(group.reads & self.staged)))
        return tasks

    def _taking(self, take: Take) -> Callable[[Worker], None]:
        def run(worker: Worker) -> None:
            reading = self._begun.pop(take, None) or self._reading(take)
            with self._counted(take.table) as loaded:
                if take.blocks is None or take.blocks[0] == 0:
                    self._tell(f"taking {take.table.name}")
                # Frozen rows need no second visit by VACUUM, nor the hint bits that the indexes' builders would set.
                is_alone = worker.is_alone and take.table.kind == "r" and take.table.stage is None
                try:
                    if is_alone and take.blocks is None:
                        with worker.connection.transaction():
                            worker.execute(f"TRUNCATE {take.table.only}", path=str(take.table.name))
                            rows = self._into(reading, worker, target(take.table), freeze=True)
                    else:
                        rows = self._into(reading, worker, target(take.table))
                except ScriptFailed as exc:
                    raise explaining.of_rule(exc, take) from exc
                with self._lock:
                    loaded.by_rule += rows

        return run

    def _divided(self, take: Take) -> Iterator[Take]:
        """The take; in parts, read side by side, where masks keep one session of the source busy for long."""
        table = take.table
        blocks = table.bytes // _BLOCK_BYTES
        is_divisible = table.kind == "r" and take.limit is None and table.stage is None and blocks >= _FEWEST_BLOCKS
        knows_ranges = self.snapshot.connection.info.server_version >= _SCANS_RANGES
        if self.jobs > 1 and table.masks and is_divisible and knows_ranges:
            yield from take.divided(self.jobs, blocks)
        else:
            yield take

    def _completing(self, group: Group) -> Callable[[Worker], None]:
        def run(worker: Worker) -> None:
            self._tell(group.title)
            if group.kind == "rounds":
                Rounds(self, group, worker).run()
            else:
                self._complete_once(group, worker)

        return run

    def _complete_once(self, group: Group, worker: Worker) -> None:
        statements = self.statements("direct/once.sql", group)
        for number, key_set in enumerate(group.key_sets):
            with self._counted(key_set.table) as loaded:
                for rows in self._fetched(worker, statements, f"keys {number}", key_set, key_set.table):
                    loaded.by_key += rows
        for number, expansion in enumerate(group.expansions):
            with self._counted(expansion.child) as loaded:
                for rows in self._fetched(worker, statements, f"children {number}", expansion, expansion.child):
                    loaded.by_child += rows

    def _fetched(
        self, worker: Worker, statements: Mapping[str, str], what: str, keys: KeySet | Expansion, table: Table
    ) -> Iterator[int]:
        """Fetch into `table` what the keys stand for, chunk by chunk; yields the rows of each."""
        worker.execute(statements[f"ask {what}"], path=what)
        for arrays in self.chunks(worker, statements, what, keys):
            yield self.copied(self.query(keys, arrays), worker, table, target(table))

    def chunks(
        self, worker: Worker, statements: Mapping[str, str], what: str, keys: KeySet | Expansion
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
                for text, column in zip(texts, keys.columns, strict=True)
            ]

    def statements(self, template: str, group: Group) -> dict[str, str]:
        """The statements of a template by their names."""
        text = self.templates.render(template, group=group).text or ""
        pieces = _MARK.split(text)
        return dict(zip(pieces[1::2], pieces[2::2], strict=True))

    def query(self, keys: KeySet | Expansion, arrays: Sequence[str]) -> str:
        """The query for the source that fetches what these arrays of keys, which may be long, stand for."""
        names = self._keys[: len(arrays)]
        if isinstance(keys, KeySet):
            text = self.templates.render("direct/parents.sql", arrays=names, k=keys).text or ""
        else:
            text = self.templates.render("direct/children.sql", arrays=names, e=keys).text or ""
        self._show(_ARRAY.sub("…", text))
        of = dict(zip(names, arrays, strict=True))
        return _ARRAY.sub(lambda found: of[found.group()], text)

    def copied(self, query: str, worker: Worker, table: Table, target: str) -> int:
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
        query = self.templates.render("direct/take.sql", take=take).text or ""
        self._show(query)
        return self._start(query, take.table)

    def _start(self, query: str, table: Table) -> Reading:
        reading = self.snapshot.start(query, binary=copy_format(table) == "binary", what=str(table.name))
        with self._lock:
            self._readings.add(reading)
        return reading

    def _into(self, reading: Reading, worker: Worker, target: str, *, freeze: bool = False) -> int:
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


def _decoded(text: object) -> str:
    """What a server said, whose encoding may be none."""
    return text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else str(text)
