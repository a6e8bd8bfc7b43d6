"""The schema of a source as pg_dump tells it: one piece per object, without what must not leave the source."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

import psycopg

from devdb.catalog.schema_choice import Choice, Piece
from devdb.errors import ScriptFailed
from devdb.server import programs
from devdb.server.connection import LOCK_HINT

# Lines of pg_restore's table of contents that are left out before any text is made of them: what administers the
# source or holds passwords, and comments that only the owner of an extension, or of "public", may repeat.
_ADMINISTRATION = re.compile(
    r"(?:SUBSCRIPTION|PUBLICATION|EVENT TRIGGER|SERVER|USER MAPPING|FOREIGN DATA WRAPPER|BLOB|LARGE OBJECT|DATABASE|"
    r"SECURITY LABEL|COMMENT - (?:SUBSCRIPTION|PUBLICATION|EVENT TRIGGER|SERVER|FOREIGN DATA WRAPPER|LARGE OBJECT|"
    r"EXTENSION|SCHEMA public)|ACL - (?:FOREIGN SERVER|FOREIGN DATA WRAPPER|LARGE OBJECT)) "
    r"|BLOBS|PUBLICATION TABLE|SUBSCRIPTION TABLE"
)

# Settings at the head of a section that every supported server knows. pg_dump may add newer ones, all of them at
# their default, which an older dev server would refuse.
_SETTINGS = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "client_encoding",
    "standard_conforming_strings",
    "check_function_bodies",
    "xmloption",
    "client_min_messages",
    "row_security",
)

# pg_dump states these once, before the header of the first object that they matter to.
_CARRIED = re.compile(r"(?:\n+SET default_(?:table_access_method|tablespace) = [^\n]*;)+\n*\Z")

# Above this many `-N` arguments pg_dump is asked for everything; what was not chosen is dropped afterwards.
_MOST_EXCLUSIONS = 2000

_OTHER_SCHEMAS = """
    SELECT nspname FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT nspname = ANY (%s)
    ORDER BY nspname
"""

# Extensions that consist of a foreign data wrapper and its functions, none of which anything else uses.
# Our own link's; the extension is called as its wrapper is.
_LINKING_EXTENSIONS = """
    SELECT e.extname FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.fdwname = e.extname
    JOIN pg_catalog.pg_foreign_server AS s ON s.srvfdw = w.oid
    WHERE s.srvname = 'prod_server'
"""
_WRAPPER_EXTENSIONS = """
    WITH members AS (
        SELECT refobjid AS extension, classid, objid FROM pg_catalog.pg_depend
        WHERE refclassid = 'pg_catalog.pg_extension'::regclass AND deptype = 'e'
    )
    SELECT e.extname FROM pg_catalog.pg_extension AS e
    WHERE EXISTS (
        SELECT FROM members AS m JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = m.objid
        WHERE m.extension = e.oid AND m.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass AND w.fdwhandler <> 0
    )
    AND NOT EXISTS (
        SELECT FROM members AS m
        WHERE m.extension = e.oid AND m.classid NOT IN (
            'pg_catalog.pg_foreign_data_wrapper'::regclass, 'pg_catalog.pg_proc'::regclass
        )
    )
    AND NOT EXISTS (
        SELECT FROM members AS m JOIN pg_catalog.pg_depend AS d ON d.refclassid = m.classid AND d.refobjid = m.objid
        WHERE m.extension = e.oid AND m.classid = 'pg_catalog.pg_proc'::regclass
          AND d.classid <> 'pg_catalog.pg_foreign_data_wrapper'::regclass
    )
    ORDER BY e.extname
"""


@dataclass(frozen=True)
class Section:
    """What comes before the data, or after it. `settings` are the SET statements that it relies on."""

    settings: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Archive:
    """Both sections of a source's schema, and a line of prose for each thing left out or changed."""

    pre_data: Section
    post_data: Section
    notes: tuple[str, ...]


def read(
    source: psycopg.Connection[Any],
    *,
    schemas: Sequence[str] | None,
    skip_extensions: Collection[str] = (),
    owner: bool = False,
    privileges: bool = False,
    lock_timeout_ms: int = 0,
) -> Archive:
    """Ask pg_dump for the schemas of the source (None: all but system ones) and keep what a dev database wants.

    `lock_timeout_ms`: how long it waits for a table that someone has locked; 0 for ever.
    Raises UsageError when every installed pg_dump is older than the source.
    """
    conninfo, password = programs.parameters(source)
    pg_dump = programs.find("pg_dump", at_least=source.info.server_version // 10000)
    args = ["--format=custom", "--schema-only", "--encoding=UTF8", "--no-tablespaces", "--no-security-labels"]
    args += ["--no-publications", "--no-subscriptions", "--no-password"]
    args += [] if owner else ["--no-owner"]
    args += [] if privileges else ["--no-privileges"]
    args += [f"--lock-wait-timeout={lock_timeout_ms}"] if lock_timeout_ms else []
    if schemas is not None:
        # Exclusion, as opposed to -n, keeps extensions, casts and languages, and asks no right on other schemas.
        others = [name for (name,) in source.execute(_OTHER_SCHEMAS, (list(schemas),))]
        if len(others) <= _MOST_EXCLUSIONS:
            args += ["--exclude-schema=" + programs.exactly(name) for name in others]
    wrappers = [name for (name,) in source.execute(_WRAPPER_EXTENSIONS)]
    linking = [name for (name,) in source.execute(_LINKING_EXTENSIONS)]
    # A file without a name: the archive holds the passwords of user mappings, and nothing of it may stay behind.
    with tempfile.TemporaryFile() as archive:
        try:
            programs.run(pg_dump, args, conninfo=conninfo, password=password, stdout=archive)
        except ScriptFailed as exc:
            if "timeout" in exc.reason and "LOCK TABLE" in exc.reason:
                exc.hint = LOCK_HINT
            raise
        pg_restore = pg_dump.sibling("pg_restore")
        pre_data = _section(pg_restore, archive, "pre-data", owner=owner)
        post_data = _section(pg_restore, archive, "post-data", owner=owner)
    choice = Choice(schemas, frozenset(wrappers), frozenset(skip_extensions), frozenset(linking))
    chosen = Archive(
        replace(pre_data, pieces=choice.of(pre_data.pieces)), replace(post_data, pieces=choice.of(post_data.pieces)), ()
    )
    return replace(chosen, notes=tuple(choice.notes))


def _section(pg_restore: programs.Program, archive: IO[bytes], section: str, *, owner: bool) -> Section:
    """The pieces of one section, in pg_dump's order, administration left out."""

    def restore(*args: str) -> str:
        archive.seek(0)
        printed = programs.run(pg_restore, [f"--section={section}", *args], stdin=archive)
        return printed.decode("utf-8", "surrogateescape")

    wanted = [entry for entry in _listed(restore("--list", "--verbose")) if not _ADMINISTRATION.match(entry.told)]
    if not wanted:
        return Section("", ())
    with tempfile.NamedTemporaryFile() as contents:
        contents.write("\n".join(entry.line for entry in wanted).encode("utf-8", "surrogateescape"))
        contents.flush()
        flags = [] if owner else ["--no-owner"]
        text = restore(f"--use-list={contents.name}", "--file=-", "--no-tablespaces", *flags)
    return _split(text, wanted)


@dataclass(frozen=True)
class _Entry:
    """A line of the table of contents: `217; 1259 16407 TABLE public orders owner`. `told` is it without numbers.

    `needs` are the numbers of those that it depends on, which the line after it says.
    """

    line: str
    needs: frozenset[int]

    @property
    def told(self) -> str:
        return self.line.split(" ", 3)[3]

    def numbered(self, piece: Piece) -> Piece:
        number, catalog, oid, _ = self.line.split(" ", 3)
        return replace(piece, number=int(number.rstrip(";")), oids=(int(catalog), int(oid)), needs=self.needs)


_NEEDS = ";\tdepends on:"


def _listed(contents: str) -> list[_Entry]:
    found: list[_Entry] = []
    for line in contents.split("\n"):
        if line.startswith(_NEEDS) and found:
            found[-1] = replace(found[-1], needs=frozenset(map(int, line.removeprefix(_NEEDS).split())))
        elif line and not line.startswith(";"):
            found.append(_Entry(line, frozenset()))
    return found


_HEADER = re.compile(r"^--\n-- Name: (.*)\n--\n\n?", re.MULTILINE)


def _split(text: str, contents: Sequence[_Entry]) -> Section:
    """Cut pg_restore's text at the headers of its entries.

    A header counts only when it is the next one that the table of contents promises: a function's body may hold
    lines that look like one, and names may hold the words that separate the parts of a header.
    """
    cuts: list[tuple[int, int, Piece]] = []
    position = 0
    for found in _HEADER.finditer(text):
        for later in range(position, len(contents)):
            piece = _match(found[1], contents[later].told)
            if piece is not None:
                cuts.append((found.start(), found.end(), contents[later].numbered(piece)))
                position = later + 1
                break
    head = text[: cuts[0][0]] if cuts else text
    settings = [line for line in head.split("\n") if _is_setting(line)]
    end = re.compile(r"\n*--\n-- PostgreSQL database dump complete\n--\n.*\Z", re.DOTALL)
    pieces = _carried(head)[1]
    for index, (_, start, piece) in enumerate(cuts):
        body = text[start : cuts[index + 1][0]] if index + 1 < len(cuts) else end.sub("\n", text[start:])
        body, carried = _carried(body)
        if body.strip():
            pieces.append(replace(piece, text=body.strip("\n")))
        pieces += carried
    return Section("\n".join(settings), tuple(pieces))


def _match(header: str, entry: str) -> Piece | None:
    """The parts of a header `NAME; Type: KIND; Schema: SCHEMA; Owner: OWNER`, if it is that of this entry."""
    for kind_at in re.finditer("; Type: ", header):
        for schema_at in re.finditer("; Schema: ", header[kind_at.end() :]):
            kind = header[kind_at.end() :][: schema_at.start()]
            if not entry.startswith(kind + " "):
                continue
            rest = header[kind_at.end() + schema_at.end() :]
            for owner_at in re.finditer("; Owner: ", rest):
                schema, name = rest[: owner_at.start()], header[: kind_at.start()]
                if (entry + " ").startswith(f"{kind} {schema} {name} "):
                    return Piece(kind, schema, name, "")
    return None


def _is_setting(line: str) -> bool:
    name = re.match(r"SET (\w+) = ", line)
    return line.startswith("SELECT pg_catalog.set_config(") or (name is not None and name[1] in _SETTINGS)


def _carried(text: str) -> tuple[str, list[Piece]]:
    """Text without the settings at its end, and these as pieces of their own: they matter to all that follows."""
    found = _CARRIED.search(text)
    if found is None:
        return text, []
    lines = [line for line in found[0].split("\n") if line]
    return text[: found.start()], [Piece("SETTING", "-", line.split()[1], line) for line in lines]
