"""devdb.dump and devdb.sql.gz: the dev database as files that anyone can restore."""

from __future__ import annotations

import contextlib
import glob
import gzip
import os
import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from devdb.server import ownerless, programs

# Since this release pg_dump can leave an extension out by name.
_EXCLUDES_EXTENSIONS = 17

# The head of a plain dump ends where its first object begins.
_FIRST_OBJECT = re.compile(rb"^-- (?:Name|Data for Name): ", re.MULTILINE)
# Lines of the head that an older psql or server stumbles over, and versions that are nobody's business.
_UNPORTABLE = re.compile(
    rb"^(?:\\(?:un)?restrict .*|SET transaction_timeout = .*|-- Dumped (?:from|by) .*)\n", re.MULTILINE
)
_FOOT_BYTES = 4096
# A dump that is still being written has been changed later than this.
_LEFTOVER_AFTER_S = 24 * 3600

_OWNED_EXTENSIONS_WITH_COMMENT = """
    SELECT extname FROM pg_catalog.pg_extension
    WHERE pg_catalog.pg_has_role(extowner, 'USAGE')
      AND pg_catalog.obj_description(oid, 'pg_extension') IS NOT NULL
"""

# What a dump that names its extensions (-e) leaves out, as far as no extension brings it along.
_LOST_BY_NAMING_EXTENSIONS = """
    WITH brought AS (SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype IN ('e', 'i'))
    SELECT 'cast from ' || castsource::regtype || ' to ' || casttarget::regtype FROM pg_catalog.pg_cast AS c
    WHERE c.oid >= 16384
      AND NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_cast'::regclass AND objid = c.oid)
    UNION ALL
    SELECT 'language ' || lanname FROM pg_catalog.pg_language AS l
    WHERE l.oid >= 16384
      AND NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_language'::regclass AND objid = l.oid)
    UNION ALL
    SELECT 'transform for ' || trftype::regtype FROM pg_catalog.pg_transform AS t
    WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_transform'::regclass AND objid = t.oid)
    UNION ALL
    SELECT 'access method ' || amname FROM pg_catalog.pg_am AS a
    WHERE a.oid >= 16384
      AND NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_am'::regclass AND objid = a.oid)
    ORDER BY 1
"""

_POLICY_ROLES = """
    SELECT DISTINCT rolname FROM pg_catalog.pg_policy JOIN pg_catalog.pg_roles AS r ON r.oid = ANY (polroles)
    ORDER BY rolname
"""

_UNTRUSTED_EXTENSIONS = """
    SELECT DISTINCT e.extname FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_available_extension_versions AS v ON v.name = e.extname AND v.version = e.extversion
    WHERE v.superuser AND NOT v.trusted AND NOT e.extname = ANY (%s)
    ORDER BY e.extname
"""


# Tables whose rows are hidden from their very owner, and hence from pg_dump, which refuses then.
_FORCED_POLICIES = """
    SELECT n.nspname, c.relname
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity AND c.relforcerowsecurity AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER AND (rolsuper OR rolbypassrls)
      )
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Dump:
    """The files of one dev database. `notes`: what someone who restores them has to know, one line each."""

    archive: Path
    script: Path
    notes: tuple[str, ...]


def write(
    archive: Path,
    script: Path,
    *,
    target: psycopg.Connection[Any],
    exclude_extensions: Collection[str] = (),
    exclude_schemas: Collection[str] = (),
    approve: Callable[[Path, Path], None] = lambda _archive, _script: None,
) -> Dump:
    """Dump the database of `target` into `archive` (for pg_restore), and that into `script` (gzip, for psql).

    Neither owners nor privileges are in them. The link to the source must have been removed before; what an
    administrator put into the database for the link's sake is named in `exclude_extensions` and `exclude_schemas`.
    Comments on extensions are removed from the database: only an extension's owner may repeat them.
    Both files appear only when both are complete, readable for their owner alone, and `approve`, which is given them
    under other names, has raised nothing.
    """
    conninfo, password = programs.parameters(target)
    major = target.info.server_version // 10000
    lost = [what for (what,) in target.execute(_LOST_BY_NAMING_EXTENSIONS)] if exclude_extensions else []
    # The release of the server itself: an archive can be read by that release and by later ones, not by older ones.
    pg_dump = programs.find("pg_dump", at_least=major, newest=False, whose="the dev server")
    if lost and pg_dump.major < _EXCLUDES_EXTENSIONS <= programs.find("pg_dump").major:
        pg_dump, lost = programs.find("pg_dump"), []
    elif pg_dump.major >= _EXCLUDES_EXTENSIONS:
        lost = []
    args = ["--format=custom", "--no-password", "--no-owner", "--no-privileges", "--no-tablespaces"]
    args += ["--no-publications", "--no-subscriptions", "--no-security-labels"]
    args += [f"--exclude-schema={programs.exactly(name)}" for name in exclude_schemas]
    args += _extension_args(target, pg_dump, exclude_extensions)
    _silence_extensions(target)
    with _beside(archive) as new_archive, _beside(script) as new_script:
        with _policies_not_forced(target) as unforced:
            programs.run(pg_dump, args, conninfo=conninfo, password=password, stdout=new_archive)
        without_owners = ownerless.remove_owners(new_archive)
        _write_script(pg_dump.sibling("pg_restore"), new_archive, new_script)
        approve(new_archive, new_script)
        for new, final in ((new_archive, archive), (new_script, script)):
            _sync(new)
            os.replace(new, final)
    notes = list(_notes(target, exclude_extensions, lost))
    if unforced:
        notes.append(
            f"policies do not bind the owners of these tables, as they do in the source: {', '.join(unforced)}"
        )
    if not without_owners:
        notes.append(f"{archive.name} names owners: restore it with pg_restore --no-owner")
    return Dump(archive, script, tuple(notes))


def _extension_args(
    target: psycopg.Connection[Any], pg_dump: programs.Program, excluded: Collection[str]
) -> Iterator[str]:
    if not excluded:
        return
    if pg_dump.major >= _EXCLUDES_EXTENSIONS:
        yield from (f"--exclude-extension={programs.exactly(name)}" for name in excluded)
        return
    # Older releases can only be told which to include; there is always one, plpgsql, unless someone dropped it.
    for (name,) in target.execute("SELECT extname FROM pg_catalog.pg_extension ORDER BY extname"):
        if name not in excluded:
            yield f"--extension={programs.exactly(name)}"


def _silence_extensions(target: psycopg.Connection[Any]) -> None:
    """Remove the comments on our extensions: pg_dump repeats them, and their restore asks for the owner's rights."""
    for (name,) in target.execute(_OWNED_EXTENSIONS_WITH_COMMENT).fetchall():
        target.execute(sql.SQL("COMMENT ON EXTENSION {} IS NULL").format(sql.Identifier(name)))


@contextlib.contextmanager
def _policies_not_forced(target: psycopg.Connection[Any]) -> Iterator[list[str]]:
    """Lift FORCE ROW LEVEL SECURITY from tables that a role like ours could not dump; gives their names."""
    tables = [sql.Identifier(*names) for names in target.execute(_FORCED_POLICIES).fetchall()]
    try:
        for table in tables:
            target.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(table))
        yield [table.as_string(target) for table in tables]
    finally:
        for table in tables:
            target.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(table))


def _notes(target: psycopg.Connection[Any], excluded: Collection[str], lost: Iterable[str]) -> Iterator[str]:
    roles = [name for (name,) in target.execute(_POLICY_ROLES)]
    if roles:
        yield f"row security policies name these roles, which must exist before a restore: {', '.join(roles)}"
    untrusted = [name for (name,) in target.execute(_UNTRUSTED_EXTENSIONS, (list(excluded),))]
    if untrusted:
        yield f"only a superuser can create these extensions, before a restore: {', '.join(untrusted)}"
    for what in lost:
        yield f"not in the dump, which only pg_dump {_EXCLUDES_EXTENSIONS} or newer could keep: {what}"


def _write_script(pg_restore: programs.Program, archive: Path, script: Path) -> None:
    """The archive as SQL text, compressed on its way, without what only some servers and psqls understand."""
    listed = programs.run(pg_restore, ["--list", str(archive)])
    wanted = [line for line in listed.split(b"\n") if not re.match(rb"\d+; \d+ \d+ COMMENT - EXTENSION ", line)]
    with tempfile.NamedTemporaryFile() as contents:
        contents.write(b"\n".join(wanted))
        contents.flush()
        args = ["--file=-", "--no-owner", "--no-privileges", f"--use-list={contents.name}", str(archive)]
        # Neither a file name nor a time goes into the file: the same content gives the same bytes.
        with script.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
            for block in portable(programs.stream(pg_restore, args)):
                packed.write(block)


def portable(blocks: Iterable[bytes]) -> Iterator[bytes]:
    r"""A plain dump without \restrict, \unrestrict and settings of newer releases, at its head and foot alone.

    In between there are rows, in which the same words are data.
    """
    head: bytes | None = b""
    foot = b""
    for block in blocks:
        if head is not None:
            head += block
            first = _FIRST_OBJECT.search(head)
            if first is None:
                continue
            block = _UNPORTABLE.sub(b"", head[: first.start()]) + head[first.start() :]
            head = None
        foot += block
        yield foot[:-_FOOT_BYTES]
        foot = foot[-_FOOT_BYTES:]
    if head is not None:
        yield _UNPORTABLE.sub(b"", head)
        return
    end = foot.rfind(b"\n-- PostgreSQL database dump complete\n")
    yield foot if end < 0 else foot[:end] + _UNPORTABLE.sub(b"", foot[end:])


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A new file in the directory of `path`, mode 0600, gone afterwards unless it was renamed.

    What a killed run left there a day ago or earlier goes first.
    """
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*"):
        with contextlib.suppress(OSError):
            if leftover.stat().st_mtime < time.time() - _LEFTOVER_AFTER_S:
                leftover.unlink()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
