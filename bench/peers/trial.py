"""Peers, each tried once; those that are quick enough then run beside devdb and the floor."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.peers.condenser import Condenser, DbCondenser
from bench.peers.dbslice import Dbslice
from bench.peers.home import Home
from bench.peers.peer import Errand, Peer
from bench.peers.pgcopydb import Pgcopydb
from bench.peers.postgresql import DumpAndRestore, DumpIntoPsql, Insert
from bench.peers.rdbms_subsetter import RdbmsSubsetter
from bench.peers.slice_db import SliceDb
from bench.peers.snaplet import Snaplet
from bench.peers.subsetter import Subsetter
from bench.peers.verdict import left_undone, rows_brought
from bench.place import Place
from bench.report import Line
from bench.samples import Sample
from bench.timing import BenchError, Once, Series, Way

_SUBSETTERS: tuple[type[Peer], ...] = (
    Subsetter, Condenser, DbCondenser, SliceDb, Dbslice, Snaplet, RdbmsSubsetter,
)  # fmt: skip
PEERS: dict[str, tuple[type[Peer], ...]] = {
    "S": (Insert, *_SUBSETTERS),
    "F": (DumpAndRestore, Pgcopydb, DumpIntoPsql, Insert),
    "C": _SUBSETTERS,
}

# One that takes longer is not run again and again.
_QUICK_S = 60


@dataclass(frozen=True)
class Trial:
    """A peer's first run and what became of it; without `once` it failed, and `said` tells how."""

    name: str
    means: str
    said: str
    errand: Errand | None = None
    peer: Peer | None = None
    once: Once | None = None
    rows: int | None = None

    @property
    def way(self) -> Way | None:
        """The peer as one of the ways to be timed, if it is quick enough."""
        if self.peer is None or self.errand is None or self.once is None or self.once.seconds > _QUICK_S:
            return None
        peer, errand = self.peer, self.errand
        return Way(self.name, lambda: peer.run(errand), lambda: peer.prepare(errand))


@dataclass(frozen=True)
class Trials:
    """The peers of one job, tried."""

    tried: Sequence[Trial] = ()

    @property
    def ways(self) -> list[Way]:
        return [trial.way for trial in self.tried if trial.way is not None]

    def lines(self, job: str, floor: Series, found: Sequence[Series]) -> list[Line]:
        """`found` are the series of `ways`, in their order, beside the floor's."""
        quick = dict(zip((way.name for way in self.ways), found, strict=True))
        lines = []
        for trial in self.tried:
            note = "; ".join(filter(None, (trial.said, trial.means)))
            if trial.name in quick:
                line = Line.of(job, quick[trial.name], rows=trial.rows, floor=floor, note=note)
            elif trial.once is not None:
                seconds = trial.once.seconds
                line = Line(job, trial.name, trial.rows, [seconds], seconds / floor.median, note=note)
            else:
                line = Line(job, trial.name, note=note)
            lines.append(line)
        return lines


@dataclass(frozen=True)
class Peers:
    """Installs peers in `home` when a job first asks for them. `names` None: all of them."""

    home: Home
    names: Sequence[str] | None = None

    def tried(self, place: Place, job: str, source: str, sample: Sample) -> Trials:
        chosen = [kind for kind in PEERS[job] if self.names is None or kind.name in self.names]
        trials = [
            self._tried(kind(), place, f"{job.lower()}_{number}", source, sample) for number, kind in enumerate(chosen)
        ]
        return Trials(trials)

    def _tried(self, peer: Peer, place: Place, label: str, source: str, sample: Sample) -> Trial:
        files = place.directory / f"peer_{label}"
        files.mkdir()
        try:
            version = peer.install(self.home)
        except BenchError as exc:
            return _failed(peer.name, "", f"not installed: {exc}")
        name = f"{peer.name} {version}".strip()
        means = peer.means
        if peer.writes_into_source:
            means = "; ".join(filter(None, (means, "writes into the source: ran on a copy")))
            place.copy(source, f"{source}_copy")
            source = f"{source}_copy"
        errand = Errand(place, source, f"peer_{label}", sample, files)
        try:
            peer.prepare(errand)
            once = peer.run(errand)
        except BenchError as exc:
            return _failed(name, means, f"failed: {exc}")
        rows, said = rows_brought(errand)
        print(f"  {name}: {once.seconds:.2f} s (trial), {said}", file=sys.stderr, flush=True)
        return Trial(name, means, ", ".join([said, *left_undone(errand)]), errand, peer, once, rows)


def _failed(name: str, means: str, said: str) -> Trial:
    print(f"  {name}: {said}", file=sys.stderr, flush=True)
    # Of a long message, what a table can hold: how it begins, and the last line that speaks of an error.
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reasons = [line for line in lines[1:] if "error" in line.lower()] or lines[1:]
    return Trial(name, means, " ".join([lines[0], *reasons[-1:]])[:300])
