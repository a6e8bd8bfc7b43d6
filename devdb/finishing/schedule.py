"""Which step goes to which session, and when."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from itertools import islice

from devdb.catalog.schema_locks import Locks, conflict
from devdb.catalog.schema_order import Step
from devdb.finishing.sessions import Job, Sessions
from devdb.progress import Reporter

# Steps of so many pages (80 MB) are told of by themselves.
_WORTH_TELLING_PAGES = 10_000
# So many steps that could be next are considered.
_LOOKED_AT = 100


class Schedule:
    """Gives steps to sessions: first those that most depends on, never two of which one would wait for the other.

    `spare_workers` are the parallel workers that a step may use while others are done beside it; None for what the
    server says.
    """

    def __init__(
        self, steps: Sequence[Step], sessions: Sessions, reporter: Reporter, *, spare_workers: int | None
    ) -> None:
        self._steps = steps
        self._sessions = sessions
        self._reporter = reporter
        self._spare_workers = spare_workers
        self._after: dict[int, list[Step]] = {}
        self._waiting = {id(step): len(step.after) for step in steps}
        for step in steps:
            for earlier in step.after:
                self._after.setdefault(id(steps[earlier]), []).append(step)
        self._ready: list[Step] = []
        self._left = len(steps)
        self._cost = sum(step.cost for step in steps)
        for step in steps:
            if not step.after:
                self._make_ready(step)

    def run(self) -> None:
        """Have all steps done. Raises what made one fail, and leaves the others as they are."""
        while self._left:
            if begun := list(self._startable()):
                for step in begun:
                    self._begin(step)
                continue
            assert self._sessions.at_work, "no step can be begun"
            done = self._sessions.wait()
            if done.job is not None:
                self._reporter.detail(f"{done.job.step.title}: {done.seconds:.2f} s", level=1)
                self._finish(done.job.step)

    def _begin(self, step: Step) -> None:
        self._ready.remove(step)
        if not step.statements:
            self._finish(step)
            return
        if step.cost >= _WORTH_TELLING_PAGES:
            self._reporter.step(step.title)
        self._sessions.give(Job(step, self._workers(step)))

    def _finish(self, step: Step) -> None:
        self._left -= 1
        self._cost -= step.cost
        for later in self._after.get(id(step), ()):
            self._waiting[id(later)] -= 1
            if not self._waiting[id(later)]:
                self._make_ready(later)

    def _make_ready(self, step: Step) -> None:
        insort(self._ready, step, key=lambda each: -each.rank)

    def _startable(self) -> Iterator[Step]:
        """Steps for the idle sessions. One that has to wait for a lock keeps others of less rank out of its way."""
        room = len(self._sessions.idle)
        held: list[Locks] = [job.step.locks for job in self._sessions.at_work.values()]
        for step in islice(self._ready, _LOOKED_AT):
            if not room:
                return
            if not any(conflict(step.locks, locks) for locks in held):
                room -= 1
                yield step
            held.append(step.locks)

    def _workers(self, step: Step) -> int | None:
        """None, too, for what will be at work when nothing else is left."""
        others = len(self._sessions.idle) + len(self._sessions.at_work) - 1
        return None if step.cost > (self._cost - step.cost) / max(others, 1) else self._spare_workers
