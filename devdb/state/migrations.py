"""Which migrations are applied at the source and in the dev database, and which are on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from psycopg.conninfo import make_conninfo

from devdb.progress import Reporter
from devdb.server.connection import application_name, close_quietly, connect
from devdb.settings import Settings
from devdb.sqltext.templates import Templates
from devdb.state import books, disk
from devdb.state.books import Book
from devdb.state.disk import TOOLS, Disk

_COMMAND = "migrations-state"
PLACES = ("source", "dev", "disk")


@dataclass(frozen=True)
class Migration:
    """One migration, and what each place knows of it: yes, no, failed or changed; None where nobody looked."""

    tool: str
    name: str
    title: str
    source: str | None
    dev: str | None
    disk: str | None

    @property
    def differs(self) -> bool:
        return any(getattr(self, place) not in ("yes", None) for place in PLACES)

    @property
    def where(self) -> str:
        """In a few words, where it is and is not."""
        there = [place for place in PLACES if getattr(self, place) not in ("no", None)]
        missing = [place for place in PLACES if getattr(self, place) == "no"]
        odd = [f"{getattr(self, place)} in {_NAMED[place]}" for place in ("source", "dev") if self._is_odd(place)]
        if odd:
            return ", ".join(odd)
        if len(there) == 1 and missing:
            return "only on disk" if there == ["disk"] else f"only in {_NAMED[there[0]]}"
        return "not " + " nor ".join("on disk" if place == "disk" else f"in {_NAMED[place]}" for place in missing)

    def _is_odd(self, place: str) -> bool:
        return getattr(self, place) in ("failed", "changed")


_NAMED = {"source": "the source", "dev": "the dev database"}


@dataclass(frozen=True)
class State:
    """All migrations of all tools, and where each place keeps them: names of tables, directories."""

    migrations: tuple[Migration, ...]
    kept: Mapping[str, Mapping[str, Sequence[str]]]

    @property
    def is_equal(self) -> bool:
        return not any(migration.differs for migration in self.migrations)

    def as_json(self) -> str:
        """All of it, for programs."""
        migrations = [{**asdict(each), "differs": each.differs} for each in self.migrations]
        values = {"equal": self.is_equal, "kept": self.kept, "migrations": migrations}
        return json.dumps(values, indent=2, ensure_ascii=False)


def compare(settings: Settings, reporter: Reporter, *, with_source: bool = True) -> State:
    """Read the three places and compare them. A tool that has no files here is compared between the databases alone."""
    templates = Templates(settings.sql_directories)
    disks = disk.read(settings)
    source: dict[str, Book] | None = None
    if with_source and settings.source.is_foreign:
        reporter.note(f"the source is read through {settings.source.wrapper}: it is not compared")
    elif with_source:
        reporter.step("reading the source")
        source = _books(settings.source_conninfo(), templates, session=settings.source.limits)
    reporter.step("reading the dev database")
    dev = _books(settings.target_conninfo(), templates)
    migrations: list[Migration] = []
    kept: dict[str, dict[str, Sequence[str]]] = {}
    for tool in TOOLS:
        there = [each for each in (source, dev) if each is not None and tool in each]
        if not there and tool not in disks:
            continue
        if tool not in disks:
            reporter.note(f"no files of {tool}'s were found: say where they are with migrations_state.{tool}")
        compared = None if source is None else source.get(tool, Book())
        migrations += _compared(tool, compared, dev.get(tool, Book()), disks.get(tool))
        kept[tool] = {
            "source": _tables(compared),
            "dev": _tables(dev.get(tool)),
            "disk": [str(path) for path in disks[tool].directories] if tool in disks else [],
        }
    return State(tuple(migrations), kept)


def _books(
    params: Mapping[str, str], templates: Templates, session: Mapping[str, str] | None = None
) -> dict[str, Book]:
    connection = connect(
        make_conninfo(**params), read_only=True, session=session, application_name=application_name(_COMMAND)
    )
    try:
        return books.read(connection, templates)
    finally:
        close_quietly(connection)


def _tables(book: Book | None) -> list[str]:
    return [] if book is None else [str(table) for table in book.tables]


def _compared(tool: str, source: Book | None, dev: Book, files: Disk | None) -> list[Migration]:
    databases = [book for book in (source, dev) if book is not None]
    for book in databases:
        book.completed(files or Disk())
    on_disk = set() if files is None else {*files.files, *(each for f in files.files.values() for each in f.replaces)}
    ordered = dict.fromkeys(() if files is None else files.files)
    others = {name for book in databases for name in (*book.applied, *book.failed)} - ordered.keys()
    # What a squashed migration stands for need be nowhere any more.
    replaced = set() if files is None else {each for file in files.files.values() for each in file.replaces}
    names = [*ordered, *sorted(others - replaced)]
    found = []
    for name in names:
        file = None if files is None else files.files.get(name)
        wanted = None if file is None else file.checksum
        if file is None and source is not None:
            wanted = source.applied.get(name)
        found.append(
            Migration(
                tool=tool,
                name=name,
                title="" if file is None else file.title,
                source=None if source is None else _known(source, name, wanted),
                dev=_known(dev, name, wanted),
                disk=None if files is None else "yes" if name in on_disk else "no",
            )
        )
    return found


def _known(book: Book, name: str, checksum: int | None) -> str:
    """What a database knows of a migration whose file, or the source, has this checksum."""
    if name in book.failed:
        return "failed"
    if name not in book.applied:
        return "no"
    noted = book.applied[name]
    return "changed" if noted is not None and checksum is not None and noted != checksum else "yes"
