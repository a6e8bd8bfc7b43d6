"""Which step goes to which session, and when."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from itertools import islice

from devdb.catalog.schema_locks import conflict
from devdb.catalog.schema_order import Step
from devdb.finishing.sessions import Job, Sessions
from devdb.progress import Reporter

# Steps of so many pages (80 MB) are told of by themselves.
_WORTH_TELLING_PAGES = 10_000
# Steps of fewer pages are small: so many are given to a session at once.
_SMALL_PAGES, _AT_ONCE = 64, 12
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
            if begun := self._startable():
                for steps in begun:
                    self._begin(steps)
                continue
            assert self._sessions.at_work, "no step can be begun"
            done = self._sessions.wait()
            for step, seconds in done.steps:
                self._reporter.detail(f"{step.title}: {seconds:.2f} s", level=1)
                self._finish(step)

    def _begin(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._ready.remove(step)
            if step.cost >= _WORTH_TELLING_PAGES:
                self._reporter.step(step.title)
        if any(step.statements for step in steps):
            self._sessions.give(Job(tuple(steps), self._workers(steps)))
        else:
            for step in steps:
                self._finish(step)

    def _finish(self, step: Step) -> None:
        self._left -= 1
        self._cost -= step.cost
        for later in self._after.get(id(step), ()):
            self._waiting[id(later)] -= 1
            if not self._waiting[id(later)]:
                self._make_ready(later)

    def _make_ready(self, step: Step) -> None:
        insort(self._ready, step, key=lambda each: -each.rank)

    def _startable(self) -> list[list[Step]]:
        """Steps for the idle sessions: one for each, or some small ones.

        One that has to wait for a lock keeps others of less rank out of its way.
        """
        room = len(self._sessions.idle)
        share = -(-len(self._ready) // max(room, 1))
        held = [step.locks for job in self._sessions.at_work.values() for step in job.steps]
        chosen: list[list[Step]] = []
        for step in islice(self._ready, _LOOKED_AT):
            is_small = step.cost < _SMALL_PAGES
            last = chosen[-1] if chosen else []
            joins = is_small and bool(last) and last[0].cost < _SMALL_PAGES and len(last) < min(share, _AT_ONCE)
            others = chosen[:-1] if joins else chosen
            if any(conflict(step.locks, locks) for locks in (*held, *(each.locks for one in others for each in one))):
                held.append(step.locks)
            elif joins:
                last.append(step)
            elif len(chosen) < room:
                chosen.append([step])
            else:
                break
        return chosen

    def _workers(self, steps: Sequence[Step]) -> int | None:
        """None, too, for what will be at work when nothing else is left."""
        cost = sum(step.cost for step in steps)
        others = len(self._sessions.idle) + len(self._sessions.at_work) - 1
        return None if cost > (self._cost - cost) / max(others, 1) else self._spare_workers
