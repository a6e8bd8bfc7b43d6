"""Migrations made of a source in a test's cluster, and what an empty database becomes by them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import psycopg
from databases import new_database
from quiet import Quiet

from devdb.migrations import check, create, folder
from devdb.migrations.apply import Options, apply
from devdb.migrations.check import Found
from devdb.migrations.create import Written
from devdb.migrations.wanted import Wanted
from devdb.server.cluster import Cluster
from devdb.settings import Overrides, Settings
from devdb.sqltext.templates import Templates

ENTANGLED = Path(__file__).with_name("entangled.sql")

TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema)'
    ORDER BY 1
"""

_EMPTY = """
    DO $empty$
    DECLARE
        one text;
    BEGIN
        FOR one IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP
            EXECUTE format('DROP EXTENSION %I CASCADE', one);
        END LOOP;
        FOR one IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP
            EXECUTE format('DROP SCHEMA %I CASCADE', one);
        END LOOP;
    END
    $empty$;
    CREATE SCHEMA public
"""


def settings_for(source: psycopg.Connection[Any], **said: Any) -> Settings:
    info = source.info
    conninfo = f"host={info.host} port={info.port} user={info.user} dbname={info.dbname}"
    settings = Settings.load(None, overrides=Overrides(prod_db=conninfo))
    return settings.model_copy(update={"source": settings.source.model_copy(update=said)})


def created(
    source: psycopg.Connection[Any],
    into: Path,
    *seeds: str,
    name: str = "lot",
    report: Quiet | None = None,
    **said: Any,
) -> Written:
    """Files for one set of seeds, written into the folder."""
    wanted = Wanted(tuple((seed, None) for seed in seeds), name)
    (written,) = create.create(settings_for(source), [wanted], into, report or Quiet(), **said)
    return written


def names(written: Written) -> list[str]:
    return [path.name for path in written.files]


def remembering(read: Callable[..., Any], databases: Collection[str]) -> Callable[..., Any]:
    """`read`, which takes a connection and more, and asks each of these databases the same thing once."""
    answers: dict[tuple[str, str], Any] = {}

    def reading(connection: psycopg.Connection[Any], *args: Any, **said: Any) -> Any:
        dbname = connection.info.dbname
        if dbname not in databases:
            return read(connection, *args, **said)
        # Templates of one kind are one.
        asked = (dbname, repr([arg for arg in args if not isinstance(arg, Templates)]) + repr(sorted(said.items())))
        if asked not in answers:
            answers[asked] = read(connection, *args, **said)
        return answers[asked]

    return reading


class Empty:
    """A database to apply migrations to, again and again: emptied is sooner done than made anew."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def applied(self, *folders: Path) -> psycopg.Connection[Any]:
        """The connection to it, which held nothing before the files of these folders were applied."""
        self.connection.execute(_EMPTY)
        info = self.connection.info
        files = folder.read(*folders).check()

        def another() -> psycopg.Connection[Any]:
            return psycopg.connect(
                f"host={info.host} port={info.port} user={info.user} dbname={info.dbname}", autocommit=True
            )

        # Flyway's lock is its session's.
        with contextlib.closing(another()) as first:
            apply(first, another, files, Options(), templates=Templates(), reporter=Quiet())
        return self.connection

    def difference(self, source: psycopg.Connection[Any], *folders: Path) -> Found:
        """What the files make of it, and the source has otherwise."""
        made = self.applied(*folders)
        return check.difference(source, made, Templates(), settings_for(source), Options())


@contextlib.contextmanager
def empty(cluster: Cluster) -> Iterator[Empty]:
    with new_database(cluster) as connection:
        yield Empty(connection)
