"""Several workers that share what there is to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devdb.loading.worker import Worker
from devdb.server.connection import cancel_quietly


@dataclass(eq=False)
class Task:
    """Something to do on one connection; which tables it fills, and which it looks at, by OID.

    `is_for_first`: only the first worker's session has what it takes.
    """

    fills: frozenset[int]
    reads: frozenset[int]
    run: Callable[[Worker], None]
    is_for_first: bool = False


class Crew:
    """Workers that share tasks: each does the first whose tables are ready, until none is left or one has failed."""

    def __init__(self, workers: Sequence[Worker], tasks: Sequence[Task], abandon: Callable[[], None]) -> None:
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

    def _run(self, worker: Worker) -> None:
        while (task := self._next(worker)) is not None:
            try:
                task.run(worker)
            except BaseException as exc:
                self._fail(exc)
                return
            with self._changed:
                self._unfinished.remove(task)
                self._changed.notify_all()

    def _next(self, worker: Worker) -> Task | None:
        is_first = worker is self._workers[0]
        with self._changed:
            while True:
                if self._failure is not None or not self._tasks:
                    return None
                for task in self._tasks:
                    if (is_first or not task.is_for_first) and self._is_ready(task):
                        self._tasks.remove(task)
                        return task
                self._changed.wait()

    def _is_ready(self, task: Task) -> bool:
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
            cancel_quietly(worker.connection)
