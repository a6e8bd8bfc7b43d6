"""Migration files that create some objects of a source and all that these need, and not what is there already."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
from devdb.migrations.created import Created, created, signature
from devdb.migrations.folder import Folder
from devdb.migrations.inventory import Made
from devdb.migrations.layers import KINDS, VIEWS, Layer, Part, layers
from devdb.migrations.naming import SUFFIX, FileName, Version, next_version
from devdb.migrations.postgres_parts import looks_into_bodies, parts, schemas_of
from devdb.progress import Reporter
from devdb.server.connection import Connection, application_name, close_quietly, connect
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

Layout = Literal["kinds", "flat"]
Target = Literal["postgres", "oracle"]

_FIRST = Version("1.0.0")
_NAME = re.compile(r"[\w.-]+")
# What no file creates.
_OUTSIDE = ("role", "server", "foreign-data wrapper", "event trigger", "user mapping")
# How the lines of a batch may be introduced.
_HEADS = (["seed", "name"], ["seed", "name", "type"])
# A foreign table of the source is an ordinary one in the files.
_ALIKE: dict[str, tuple[str, ...]] = {"table": ("foreign table",)}


@dataclass(frozen=True)
class Wanted:
    """One set of migrations: the objects it is for, each with its type if that was said, and its name.

    `place` is where it was asked for, as FILE:LINE, None on the command line.
    """

    seeds: tuple[tuple[str, str | None], ...]
    name: str
    place: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"{self.name!r} cannot be part of a file's name", hint="write letters, digits, _, - and . alone"
            )


@dataclass(frozen=True)
class Written:
    """What became of one set. No files: all that it needs was there already."""

    wanted: Wanted
    files: tuple[Path, ...] = ()
    things: tuple[Thing, ...] = field(default=(), repr=False)


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
        with looking(settings, command="devdb migrations create", report=report) as (settings, _):
            connection = connect(
                make_conninfo(**settings.source_conninfo()),
                read_only=True,
                session=settings.source.limits,
                application_name=application_name("devdb migrations create"),
            )
            try:
                made = _sets(settings, connection, wanted, present, report)
            finally:
                close_quietly(connection)
        files: dict[str, bytes] = {}
        written = []
        for one, closure, new in made:
            named = dict(_files(one, closure, [part for part, _ in new], numbers, layout=layout))
            files |= named
            paths = tuple(folder / name for name in named if name.endswith(SUFFIX))
            written.append(Written(one, paths, tuple(dict.fromkeys(thing for _, thing in new))))
            _tell(closure, [thing for _, thing in new], report)
        if files:
            writing.write(folder, files)
    return written


def batch(path: Path) -> list[Wanted]:
    """The sets that a file in CSV asks for: seed, name and perhaps type, one set on a line.

    Raises UsageError naming every line that is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise UsageError(f"{path}: {exc.strerror}") from None
    except UnicodeError:
        raise UsageError(f"{path}: not in UTF-8") from None
    wanted: list[Wanted] = []
    mistakes: list[str] = []
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    while True:
        line = rows.line_num + 1
        try:
            row = [field.strip() for field in next(rows)]
            if any(row) and (line > 1 or [field.lower() for field in row] not in _HEADS):
                wanted.append(_wanted(row, f"{path}:{line}"))
        except StopIteration:
            break
        except csv.Error as exc:
            mistakes.append(f"{path}:{line}: {exc}")
            break
        except UsageError as exc:
            mistakes.append(f"{path}:{line}: {exc.message}")
    if mistakes:
        raise UsageError("\n".join(mistakes), hint="a line is SEED,NAME or SEED,NAME,TYPE; nothing was written")
    if not wanted:
        raise UsageError(f"{path}: no line asks for anything", hint="a line is SEED,NAME or SEED,NAME,TYPE")
    return wanted


def _wanted(row: Sequence[str], place: str) -> Wanted:
    if len(row) not in (2, 3) or not row[0]:
        raise UsageError(f"seed, name and perhaps type are wanted, not {len(row)} fields: {','.join(row)}")
    return Wanted(((row[0], row[2] or None if len(row) == 3 else None),), row[1], place)


def _sets(
    settings: Settings, connection: Connection, wanted: Sequence[Wanted], present: Folder, report: Reporter
) -> list[tuple[Wanted, Closure, list[tuple[Part, Thing]]]]:
    """Each set with all that it needs, and the parts of it that are not there yet."""
    report.step("reading what needs what")
    graph = reading.read(connection, Templates(settings.sql_directories), settings.source.schemas)
    closures = _closures(graph, wanted)
    made = _there(graph, present, closures, report)
    if made.issuperset(thing for closure in closures for thing in closure.things if thing.type not in _OUTSIDE):
        return [(one, closure, []) for one, closure in zip(wanted, closures, strict=True)]
    report.step("reading the schema")
    # What reads it need not be loaded where a seed is not there.
    from devdb.catalog import schema_archive

    archive = schema_archive.read(
        connection,
        schemas=schemas_of([thing for closure in closures for thing in closure.things]),
        skip_extensions=settings.extensions.skip,
        lock_timeout_ms=settings.source.lock_timeout_ms,
    )
    found = []
    for one, closure in zip(wanted, closures, strict=True):
        new = parts(archive, graph, closure.things, made)
        made |= {thing for _, thing in new}
        found.append((one, closure, new))
    return found


def _among(there: Created, things: Iterable[Thing]) -> set[Thing]:
    """Those of the things that files create. A name without schema is that of the one thing called so, or public's."""
    by_name: dict[tuple[str, str], list[Made]] = {}
    for made in there.things:
        for type_ in (made[0], *_ALIKE.get(made[0], ())):
            by_name.setdefault((type_, made[2]), []).append(made)
    named = [thing for thing in things if (thing.type, thing.name) in by_name]
    schemas: dict[tuple[str, str], set[str]] = {}
    for thing in named:
        schemas.setdefault((thing.type, thing.name), set()).add(thing.schema)
    found = set()
    for thing in named:
        key = (thing.type, thing.name)
        is_plain = schemas[key] == {thing.schema} or thing.schema == "public"
        told = signature(thing.type, thing.identity)
        for _, schema, _, args in by_name[key]:
            if (schema == thing.schema or (schema is None and is_plain)) and (args is None or args == told):
                found.add(thing)
    return found


def _there(graph: Graph, present: Folder, closures: Sequence[Closure], report: Reporter) -> set[Thing]:
    """What is there when all files of the folder have been applied, and before any new one is.

    What is repeatable is applied last of all, and can be applied twice: where something new needs it, it is not there.
    """
    all_of_them = created(present)
    for file, line, reason in all_of_them.opaque:
        place = file if line is None else f"{file}:{line}"
        report.warning(f"{place}: {reason}: what it creates is not known, and may be created again")
    there = _among(all_of_them, graph.things)
    versioned = replace(present, files=tuple(file for file in present.files if file.name.prefix != "R"))
    late = there - _among(created(versioned), graph.things) if len(versioned.files) < len(present.files) else set()
    for closure in closures:
        users = [thing for thing in closure.things if thing not in there]
        needed = late & set(graph.needed(users).things)
        for thing in sorted(needed):
            report.note(f"{thing} is created before its repeatable migration is: others need it")
        there -= needed
        late -= needed
    return there


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
