"""Which way rows take from the source: through the foreign data wrapper, or by COPY over connections of our own."""

from __future__ import annotations

import time
from typing import Literal

from devdb.errors import Refused, UsageError
from devdb.server import programs
from devdb.server.connection import Connection
from devdb.server.psql_session import OLDEST_PSQL
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

Reader = Literal["wrapper", "direct"]

# Between this machine and the dev server. By COPY all rows cross it; where that is far, the servers may be near each
# other. Measured: see bench/README.md, job L.
FAR_S = 0.005
_PROBES = 3


def choose(settings: Settings, templates: Templates, target: Connection, *, dry_run: bool) -> Reader:
    """The reader of a run: the one that the settings name or, of two that would do, the faster.

    A dry run prints the load through the wrapper, which takes the same rows. Raises Refused or UsageError when the
    settings want what cannot be.
    """
    wanted = settings.source.reader
    replaced = next((name for name in ("populate_dev_db.sql", "populate") if templates.are_replaced(name)), None)
    if wanted == "direct" and replaced is not None:
        raise Refused(
            f"source.reader is direct, and sql_dir has its own {replaced}, which reads through the wrapper",
            hint="set source.reader to auto or wrapper",
        )
    if dry_run or wanted == "wrapper" or replaced is not None:
        return "wrapper"
    if wanted == "direct":
        programs.find("psql", at_least=OLDEST_PSQL)
        return "direct"
    try:
        programs.find("psql", at_least=OLDEST_PSQL)
    except UsageError:
        return "wrapper"
    return "wrapper" if _distance_s(target) > FAR_S else "direct"


def _distance_s(connection: Connection) -> float:
    """The time of a round trip."""
    found = []
    for _ in range(_PROBES):
        started = time.monotonic()
        connection.execute("SELECT")
        found.append(time.monotonic() - started)
        if found[-1] <= FAR_S:
            break
    return min(found)
