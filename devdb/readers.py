"""Which way rows take from the source: through the foreign data wrapper, or by COPY over connections of our own."""

from __future__ import annotations

import time
from typing import Literal

from devdb.errors import Refused, UsageError
from devdb.server import programs
from devdb.server.connection import Connection
from devdb.server.psql_session import OLDEST_PSQL
from devdb.settings import Settings
from devdb.settings.sections import Source
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
    replaced = own_load(templates)
    if settings.source.is_foreign:
        if wanted == "direct":
            raise Refused(
                f"the direct reader reads PostgreSQL only, and the source is {settings.source.described.source}",
                hint="set source.reader to auto or wrapper",
            )
        return "wrapper"
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


def own_load(templates: Templates) -> str | None:
    """The template of a site's own that loads rows, or the directory that holds it; None where there is none."""
    return next((name for name in ("populate_dev_db.sql", "populate") if templates.are_replaced(name)), None)


def session(source: Source) -> dict[str, str]:
    """Settings of every session that reads rows at the source, whichever way they take."""
    return {
        "default_transaction_read_only": "on",
        **source.limits,
        "idle_in_transaction_session_timeout": "0",
        # What the dev database is filled under too: money is no number but text in the custom of a country.
        "lc_monetary": "C",
        "row_security": "on" if source.row_security else "off",
        # Rows are fetched by keys that an index knows, many at a time. Four times the price of a page read in turn, the
        # default, is that of a disk's arm: whole tables would be read instead.
        "random_page_cost": "1.1",
        "jit": "off",
    }


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
