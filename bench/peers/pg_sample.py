"""pg_sample, a Perl script that no registry has: run where DEVDB_BENCH_PG_SAMPLE names a copy."""

from __future__ import annotations

import os
from pathlib import Path

from bench import timing
from bench.peers.home import Home
from bench.peers.peer import Errand, Peer
from bench.timing import BenchError, Once

_VARIABLE = "DEVDB_BENCH_PG_SAMPLE"


class PgSample(Peer):
    name = "pg_sample"
    means = "children by a condition of their own; its output into psql"
    writes_into_source = True

    def install(self, home: Home) -> str:
        path = os.environ.get(_VARIABLE)
        if path is None:
            raise BenchError(f"in no registry that is reached here; {_VARIABLE} may name a copy")
        root, _ = home.debian("libdbd-pg-perl", "libdbi-perl")
        self._script = Path(path).resolve()
        self._libraries = os.pathsep.join(map(str, sorted(root.glob("usr/lib/*/perl5/*"))))
        done = timing.program(["perl", str(self._script), "--version"], env=self._environment(dict(os.environ)))
        return done.said.split()[-1]

    def run(self, errand: Errand) -> Once:
        table, where = errand.seed
        limits = [f"{table} = {where}"]
        # Its children are a rule of their own, by hand.
        limits += [f"{child} = {where.replace('(id)', '(order_id)')}" for child in errand.children]
        place = errand.place
        return timing.pipelines(
            [
                (
                    [
                        "perl",
                        str(self._script),
                        "--force",
                        *(f"--limit={', '.join([*limits, '* = 0'])}",),
                        errand.source,
                    ],
                    place.psql(errand.target, "-o", "/dev/null"),
                )
            ],
            left_env=self._environment(place.env()),
            right_env=place.env(),
        )

    def _environment(self, env: dict[str, str]) -> dict[str, str]:
        return env | {"PERL5LIB": self._libraries}
