"""schema.sql: the source's schema in one readable file, the same bytes as long as the source is the same."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pglast
import psycopg
from pglast import ast

from devdb.errors import CheckFailed
from devdb.sqltext.statements import Script

if TYPE_CHECKING:
    from devdb.catalog.schema_archive import Archive, Section
    from devdb.catalog.schema_choice import Piece

_MARKER = "-- devdb: post-data"
_HEADER = re.compile(r"^--\n-- Type: (.*?); Schema: (.*?); Name: (.*)\n--\n", re.MULTILINE)

_INTRODUCTION = """\
-- The schema of the source, as pg_dump tells it. devdb writes this file anew at every update; changes here are lost.
-- Not in it: publications, subscriptions, event triggers, foreign servers and their users, security labels.
"""
_ONLY = "-- devdb: only-deps-of "


@dataclass(frozen=True)
class SchemaFile:
    """A schema.sql just written. `previous` is what it held before, None when there was none."""

    path: Path
    text: str
    previous: str | None
    notes: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return self.text != self.previous


@dataclass(frozen=True)
class Entry:
    """One object of a schema file, with the statements that make it.

    `kind`, `schema` and `name` are pg_dump's words ("TABLE", "INDEX", "CONSTRAINT", "FK CONSTRAINT", "TRIGGER", …;
    schema "-" for what lives in none). `line` is that of its first statement in the file, from 1.
    """

    kind: str
    schema: str
    name: str
    line: int
    text: str

    def table(self) -> tuple[str, str] | None:
        """Schema and name of the table that the entry's first statement alters or is on; None when it is on none."""
        statement = pglast.parse_sql(self.text)[0].stmt
        for attribute in ("relation", "table"):
            relation = getattr(statement, attribute, None)
            if isinstance(relation, ast.RangeVar) and relation.schemaname and relation.relname:
                return relation.schemaname, relation.relname
        return None


def write(
    path: Path,
    *,
    source: psycopg.Connection[Any],
    schemas: Sequence[str] | None = None,
    owner: bool = False,
    privileges: bool = False,
    skip_extensions: Collection[str] = (),
    lock_timeout_ms: int = 0,
    only_deps_of: Sequence[tuple[str, str | None]] = (),
    restricted: Callable[[Archive], Archive] | None = None,
) -> SchemaFile:
    """Write the schemas of the source (None: all but system ones) to `path`, which is replaced only when complete.

    For its owner's eyes. A file that would not change is not written. `lock_timeout_ms` as in `schema_archive.read`.
    `restricted` says what of the schema is wanted, if not all: what these objects need (`only_deps_of`).
    Raises UsageError when no installed pg_dump is new enough.
    """
    # What reads a source's schema need not be loaded where a saved one is read.
    from devdb.catalog.schema_archive import read

    archive = read(
        source,
        schemas=schemas,
        owner=owner,
        privileges=privileges,
        skip_extensions=skip_extensions,
        lock_timeout_ms=lock_timeout_ms,
    )
    if restricted is not None:
        archive = restricted(archive)
    notes = "".join(f"-- {line}\n" for note in archive.notes for line in note.splitlines())
    # As JSON whatever a name holds is on one line.
    notes += "".join(f"{_ONLY}{json.dumps(one, ensure_ascii=False)}\n" for one in only_deps_of)
    text = "\n".join([_INTRODUCTION + notes, _render(archive.pre_data), f"\n{_MARKER}\n", _render(archive.post_data)])
    previous = text_of(path) if path.exists() else None
    if text != previous:
        _replace(path, text)
    else:
        # One of an earlier release, or that git brought.
        path.chmod(0o600)
    return SchemaFile(path, text, previous, archive.notes)


def only_deps_of(path: Path) -> tuple[tuple[str, str | None], ...]:
    """The objects, each with its type, of which the file holds no more than what they need; none if it holds all."""
    found = []
    for line in text_of(path).split("\n"):
        if not line.startswith("--"):
            break
        if line.startswith(_ONLY):
            text, type_ = json.loads(line.removeprefix(_ONLY))
            found.append((str(text), type_))
    return tuple(found)


def text_of(path: Path) -> str:
    """What the file holds. Bytes that are no UTF-8 (a source in SQL_ASCII may have some) survive a round trip."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def pre_data(path: Path) -> Script:
    """What must exist before rows are loaded: schemas, types, functions, bare tables, views."""
    text = text_of(path)
    return _script(path, text[: _boundary(path, text)], 1)


def post_data(path: Path) -> Script:
    """What is created after the rows: indexes, keys, triggers, rules, policies."""
    text = text_of(path)
    boundary = _boundary(path, text)
    return _script(path, text[boundary:], text.count("\n", 0, boundary) + 1)


def sections(text: str) -> tuple[str, ...]:
    """The text's sections, pre-data and post-data; of a file that was cut, what there is."""
    boundary = text.rfind(f"\n{_MARKER}\n")
    return (text,) if boundary < 0 else (text[: boundary + 1], text[boundary + 1 :])


def settings(script: Script) -> str:
    """The SET statements at the head of a section; a session that runs a single entry needs them too."""
    text = script.text or ""
    first = _HEADER.search(text)
    head = text if first is None else text[: first.start()]
    return "\n".join(line for line in head.split("\n") if line and not line.startswith("--"))


def entries(script: Script) -> Iterator[Entry]:
    """The objects of a section, in an order in which they can be created."""
    text = script.text or ""
    lines = script.origins
    found = _true_headers(text)
    line, counted = 0, 0
    for index, header in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        body = text[header.end() : end]
        start = header.end() + len(body) - len(body.lstrip())
        line += text.count("\n", counted, start)
        counted = start
        yield Entry(header[1], header[2], header[3], lines[line][1] if lines else line + 1, body.strip())


def extensions(script: Script) -> dict[str, str]:
    """The extensions that the schema needs, with the schema each lives in."""
    needed = {}
    for entry in entries(script):
        if entry.kind == "EXTENSION":
            statement = pglast.parse_sql(entry.text)[0].stmt
            assert isinstance(statement, ast.CreateExtensionStmt)
            options = {option.defname: option.arg.sval for option in statement.options or ()}
            needed[str(statement.extname)] = options.get("schema", "public")
    return needed


def _render(section: Section) -> str:
    return section.settings + "\n" + "".join(_render_piece(piece) for piece in section.pieces)


def _render_piece(piece: Piece) -> str:
    return f"\n--\n-- Type: {piece.kind}; Schema: {piece.schema}; Name: {piece.name}\n--\n\n{piece.text}\n"


def _replace(path: Path, text: str) -> None:
    """Write beside the file, then take its name: a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _boundary(path: Path, text: str) -> int:
    """Where the second section begins. The last marker counts: a function's body may hold the words as well."""
    found = text.rfind(f"\n{_MARKER}\n")
    if found < 0:
        raise CheckFailed(f'{path}: no line "{_MARKER}"', hint="write it anew with update-dev-db-schema")
    return found + 1


def _script(path: Path, text: str, first_line: int) -> Script:
    origins = tuple((str(path), first_line + number) for number in range(text.count("\n") + 1))
    return Script(name=str(path), text=text, path=path, origins=origins, directory=path.parent)


def _true_headers(text: str) -> list[re.Match[str]]:
    """Headers between statements; lines that look like one inside a string or a function's body do not count."""
    found: list[re.Match[str]] = []
    for header in _HEADER.finditer(text):
        if not found or _complete(text[found[-1].end() : header.start()]):
            found.append(header)
    return found


def _complete(body: str) -> bool:
    """Whether no string is open at the end of these statements."""
    if not body.rstrip().endswith(";"):
        return False
    if "\n--\n-- Type: " not in body and "'" not in body and '"' not in body and "$" not in body:
        return True
    try:
        pglast.parser.scan(body)
    except pglast.parser.ParseError:
        return False
    return True
