"""Complete tables that bring rows of each other, round by round."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from devdb.catalog.model import Table
from devdb.loading.worker import Worker, target
from devdb.sampling.groups import Group
from devdb.sampling.keys import Expansion, KeySet

if TYPE_CHECKING:
    from devdb.loading.load import Load


class Rounds:
    """Completes tables that bring rows of each other; see populate/in_rounds.sql, whose steps these are."""

    def __init__(self, load: Load, group: Group, worker: Worker) -> None:
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
            self._stage(key_set, arrays, key_set.table)
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
                self._stage(expansion, arrays, expansion.child)
                self._came(expansion.child, self._do(f"settle children {number}"))
        self._do("remember children")
        self._mark(self._step - 1)
        return any(self._coming.values())

    def _stage(self, keys: KeySet | Expansion, arrays: Sequence[str], table: Table) -> None:
        stage = f"pg_temp.{self._group.stage[table.oid].name}"
        self._worker.execute(f"TRUNCATE {stage}", path=stage)
        self._load.copied(self._load.query(keys, arrays), self._worker, table, target(table, stage))

    def _chunks(self, what: str, keys: KeySet | Expansion) -> Iterable[list[str]]:
        return self._load.chunks(self._worker, self._statements, what, keys)

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
