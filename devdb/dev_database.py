"""The dev database of today, opened to be changed where it is: not the source, and nobody else at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.conninfo import make_conninfo

from devdb.catalog import dev_server
from devdb.catalog import source as catalog
from devdb.errors import Refused
from devdb.server.connection import Connection, application_name, close_quietly, connect
from devdb.settings import Settings
from devdb.sqltext.templates import Templates


@contextmanager
def opened(settings: Settings, command: str, templates: Templates, *, dry_run: bool = False) -> Iterator[Connection]:
    """A connection to the dev database, which no other run replaces or changes meanwhile.

    A dry run takes no lock. Raises Refused for a database that is the source itself.
    """
    name = application_name(command)
    lock = None
    connection = connect(make_conninfo(**settings.target_conninfo()), application_name=name)
    try:
        refuse_source(settings, connection, templates)
        if not dry_run:
            lock = connect(
                make_conninfo(**settings.target_conninfo(settings.target.maintenance_db)), application_name=name
            )
            dev_server.lock(lock, templates, settings.target.dbname)
        yield connection
    finally:
        # A failing clean-up must not hide the failure.
        for each in filter(None, (connection, lock)):
            close_quietly(each)


def refuse_source(settings: Settings, connection: Connection, templates: Templates) -> None:
    """Raise Refused if the database of `connection` is the source. Names that differ tell without asking the source."""
    params = settings.source_conninfo()
    if settings.source.is_foreign or params.get("dbname", connection.info.dbname) != connection.info.dbname:
        return
    source = connect(make_conninfo(**params), read_only=True, session=settings.source.limits)
    try:
        is_same = catalog.read_database(source, templates).is_same_as(catalog.read_database(connection, templates))
    finally:
        close_quietly(source)
    if is_same:
        raise Refused(
            f"the dev database {connection.info.dbname} would be the source itself",
            hint="give another name with -d or target.dbname",
        )


def is_marked(connection: Connection, templates: Templates) -> bool:
    """Whether devdb made this database, or put its link into it."""
    (row,) = catalog.ask(connection, templates, "state/mark.sql")
    return row.is_marked or bool(dev_server.schemas(connection, templates)[0])
