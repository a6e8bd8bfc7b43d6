"""Migration files that create some objects of a source and all that these need, and not what is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from psycopg.conninfo import make_conninfo

from devdb.dependencies import reading
from devdb.dependencies.finding import find
from devdb.dependencies.model import Closure, Graph, Thing
from devdb.errors import Refused, UsageError
from devdb.looking import looking
from devdb.migrations import folder as folders
from devdb.migrations import writing
from devdb.migrations.folder import Folder
from devdb.migrations.layers import KINDS, VIEWS, Layer, Part, layers
from devdb.migrations.naming import SUFFIX, FileName, Version, next_version
from devdb.migrations.postgres_parts import looks_into_bodies, parts, schemas_of
from devdb.migrations.there import Target, there
from devdb.migrations.wanted import Wanted
from devdb.progress import Reporter
from devdb.server.connection import application_name, close_quietly, connect
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

Layout = Literal["kinds", "flat"]

_FIRST = Version("1.0.0")
_NAME = "devdb migrations create"
# What no file creates.
_OUTSIDE = ("role", "server", "foreign-data wrapper", "event trigger", "user mapping")


@dataclass(frozen=True)
class Written:
    """What became of one set. No files: all that it needs was there already."""

    wanted: Wanted
    files: tuple[Path, ...] = ()
    things: tuple[Thing, ...] = field(default=(), repr=False)


_Set = tuple[Wanted, Closure, list[tuple[Part, Thing]]]


def create(
    settings: Settings,
    wanted: Sequence[Wanted],
    folder: Path,
    report: Reporter,
    *,
    version: Version | None = None,
    out_of_order: bool = False,
    layout: Layout = "kinds",
    target: Target = "postgres",
) -> list[Written]:
    """Write the migrations of every set, one set after the other; either all of them or none.

    `version` is that of the first file, None the one after the highest. Raises UsageError for a seed that is not
    there, CheckFailed for a folder with mistakes, Refused for a version that is not free.
    """
    if target == "oracle" and not (settings.source.is_foreign and settings.source.described.name == "oracle_fdw"):
        raise Refused("the source is no Oracle, of which --target oracle could be", hint="leave --target out")
    with writing.alone(folder):
        present = folders.read(folder).check()
        numbers = _Numbers(present, version, out_of_order=out_of_order)
        sets = (_of_oracle if target == "oracle" else _of_postgres)(settings, wanted, present, report)
        files: dict[str, bytes] = {}
        written = []
        for one, closure, new in sets:
            named = dict(_files(one, closure, [part for part, _ in new], numbers, layout=layout))
            files |= named
            paths = tuple(folder / name for name in named if name.endswith(SUFFIX))
            written.append(Written(one, paths, tuple(dict.fromkeys(thing for _, thing in new))))
            _tell(closure, [thing for _, thing in new], report)
        if files:
            writing.write(folder, files)
    return written


def _of_postgres(settings: Settings, wanted: Sequence[Wanted], present: Folder, report: Reporter) -> list[_Set]:
    """Each set with all that it needs, and the parts of it that are not there yet."""
    with looking(settings, command=_NAME, report=report) as (settings, _):
        source = settings.source
        connection = connect(
            make_conninfo(**settings.source_conninfo()),
            read_only=True,
            session=source.limits,
            application_name=application_name(_NAME),
        )
        try:
            report.step("reading what needs what")
            graph = reading.read(connection, Templates(settings.sql_directories), source.schemas)
            closures = _closures(graph, wanted)
            made = there(graph, present, closures, report)
            needed = [thing for closure in closures for thing in closure.things]
            if made.issuperset(thing for thing in needed if thing.type not in _OUTSIDE):
                return [(one, closure, []) for one, closure in zip(wanted, closures, strict=True)]
            report.step("reading the schema")
            # What reads it need not be loaded where a seed is not there.
            from devdb.catalog import schema_archive

            archive = schema_archive.read(
                connection,
                schemas=schemas_of(needed),
                skip_extensions=settings.extensions.skip,
                lock_timeout_ms=source.lock_timeout_ms,
            )
            return list(_new(wanted, closures, made, lambda things: parts(archive, graph, things, made)))
        finally:
            close_quietly(connection)


def _of_oracle(settings: Settings, wanted: Sequence[Wanted], present: Folder, report: Reporter) -> list[_Set]:
    """As `_of_postgres`, in Oracle's own SQL."""
    from devdb.migrations.oracle_parts import looked_at

    with looked_at(settings, report) as oracle:
        closures = _closures(oracle.graph, wanted)
        made = there(oracle.graph, present, closures, report, target="oracle")
        report.step("asking Oracle for its words")
        return list(_new(wanted, closures, made, lambda things: oracle.parts(things, made)))


def _new(
    wanted: Sequence[Wanted],
    closures: Sequence[Closure],
    made: set[Thing],
    parts_of: Callable[[Sequence[Thing]], list[tuple[Part, Thing]]],
) -> Iterator[_Set]:
    """Of each set what is not `made` yet, to which it is then added."""
    for one, closure in zip(wanted, closures, strict=True):
        found = parts_of(closure.things)
        made |= {thing for _, thing in found}
        yield one, closure, found


def _closures(graph: Graph, wanted: Sequence[Wanted]) -> list[Closure]:
    closures = []
    mistakes: list[UsageError] = []
    for one in wanted:
        try:
            closures.append(graph.needed([find(graph, text, type=type_) for text, type_ in one.seeds]))
        except UsageError as exc:
            place = "" if one.place is None else f"{one.place}: "
            mistakes.append(UsageError(place + exc.message, hint=exc.hint))
    if len(mistakes) > 1:
        raise UsageError("\n".join(map(str, mistakes)))
    if mistakes:
        raise mistakes[0]
    return closures


class _Numbers:
    """The versions of new files, one after the other."""

    def __init__(self, present: Folder, first: Version | None, *, out_of_order: bool) -> None:
        self._taken = {file.name.version for file in present.files if file.name.version is not None}
        highest = max(self._taken, default=None)
        if first is not None and highest is not None and first <= highest and not out_of_order:
            raise Refused(
                f"version {first} does not come after {highest}, which is the highest there",
                hint=f"leave --version out for {present.next_version()}, or say --out-of-order",
            )
        self._next = first or (_FIRST if highest is None else present.next_version())

    def take(self) -> Version:
        version = self._next
        if version in self._taken:
            raise Refused(f"there is a version {version} already", hint="give another --version")
        self._next = next_version([FileName("V", version, "")])
        return version


def _files(
    wanted: Wanted, closure: Closure, new: Sequence[Part], numbers: _Numbers, *, layout: Layout
) -> Iterator[tuple[str, bytes]]:
    for layer in [Layer("", tuple(new))] if layout == "flat" and new else layers(new):
        suffix = VIEWS if layer.kind == "TAB" and all(part.is_view for part in layer.parts) else layer.kind
        name = f"V{numbers.take()}__{wanted.name}{'_' if suffix else ''}{suffix}{SUFFIX}"
        text = _text(layer, wanted, closure)
        if "${" in text:
            # To Flyway these would be placeholders.
            yield f"{name}.conf", b"placeholderReplacement=false\n"
        yield name, text.encode("utf-8", "surrogateescape")


def _text(layer: Layer, wanted: Wanted, closure: Closure) -> str:
    what = KINDS.get(layer.kind, "all")
    told = f"{wanted.name}: {what} that {', '.join(map(str, closure.seeds))} needs"
    head, tail = f"-- {' '.join(told.split())}\n", ""
    if looks_into_bodies(part.text for part in layer.parts):
        head += "\n-- Bodies may name what comes later.\nSET check_function_bodies = off;\n"
        tail = "\nRESET check_function_bodies;\n"
    return head + "".join(f"\n{part.text}\n" for part in layer.parts) + tail


def _tell(closure: Closure, new: Sequence[Thing], report: Reporter) -> None:
    """What a person has to know of the files."""
    for unknown in closure.unknown:
        place = "" if unknown.line is None else f", line {unknown.line} of its body"
        report.warning(f"{unknown.of}{place}: {unknown.reason}")
    roles = sorted(thing.name for thing in closure.things if thing.type == "role")
    if roles:
        report.note(f"row security policies name these roles, which must exist: {', '.join(roles)}")
    for thing in dict.fromkeys(new):
        if thing.type == "foreign table":
            report.note(f"{thing} of the source is an ordinary table in the migrations")
