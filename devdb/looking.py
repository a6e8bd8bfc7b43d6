"""A source as commands look at it that build nothing: PostgreSQL itself, or what stands in for another source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg.conninfo import make_conninfo

from devdb.catalog.model import Source
from devdb.progress import Reporter
from devdb.server.connection import application_name, close_quietly, connect
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

View = Callable[[Source], Source]


@contextmanager
def looking(settings: Settings, *, command: str, report: Reporter) -> Iterator[tuple[Settings, View]]:
    """Settings whose source can be connected to, until the end, and what makes of its catalog the source's.

    Raises what there is to say when a source that is not PostgreSQL cannot be looked at.
    """
    if not settings.source.is_foreign:
        yield settings, _as_it_is
        return
    # Not a moment before it is needed, as most sources are PostgreSQL.
    from devdb.standin import standing_in

    conninfo = make_conninfo(**settings.target_conninfo(settings.target.maintenance_db))
    maintenance = connect(conninfo, application_name=application_name(command))
    try:
        templates = Templates(settings.sql_directories)
        with standing_in(settings, templates, maintenance, command=command, report=report) as standin:
            yield standin.settings, standin.sized
    finally:
        close_quietly(maintenance)


def _as_it_is(source: Source) -> Source:
    return source
