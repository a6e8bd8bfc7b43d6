"""Find PostgreSQL's client programs, and run them without a password in sight."""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.errors import ConnectionFailed, DevdbError, ScriptFailed, UsageError

# Variables that change what the programs print, beside those that libpq reads.
_DISTURBING = ("PGDATESTYLE", "PGTZ", "PGGEQO", "PGLOCALEDIR", "PSQLRC", "PGSERVICEFILE")

# Words by which libpq says that there was no session, as opposed to a statement that failed in one.
_NO_SESSION = re.compile(
    r"connection to server|could not connect|server closed the connection|connection to database|"
    r"could not translate host name|terminating connection|no password supplied|SSL SYSCALL"
)


@dataclass(frozen=True)
class Program:
    """An installed client program, with the version it reported."""

    name: str
    path: Path
    version: tuple[int, ...]

    @property
    def major(self) -> int:
        return self.version[0]

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))

    def sibling(self, name: str) -> Program:
        """The program of that name installed beside this one: an archive is best read by the release that wrote it."""
        version = _version(self.path.with_name(name))
        return find(name, at_least=self.major) if version is None else Program(name, self.path.with_name(name), version)


def places() -> list[Path]:
    """Directories that may hold PostgreSQL's programs, the most deliberate choice first, each once.

    DEVDB_PG_BIN (directories joined like PATH), PATH, `pg_config --bindir`, then the places of Debian, of the
    PostgreSQL project's own rpm packages, of Homebrew and of Postgres.app.
    """
    found: list[str] = []
    for variable in ("DEVDB_PG_BIN", "PATH"):
        found += [entry for entry in os.environ.get(variable, "").split(os.pathsep) if entry]
    found += _pg_config_bindir(shutil.which("pg_config"))
    for pattern in (
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql*/bin",
        "/opt/homebrew/opt/libpq/bin",
        "/usr/local/opt/postgresql*/bin",
        "/usr/local/opt/libpq/bin",
        "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/usr/local/pgsql/bin",
    ):
        found += sorted(glob.glob(pattern), reverse=True)
    return list(dict.fromkeys(Path(entry) for entry in found))


def installed(name: str) -> list[Program]:
    """Every installed program of that name, newest first; of equals the one found earliest."""
    programs = []
    for place in places():
        path = place / name
        # Debian's pg_wrapper picks a release by rules of its own, after having reported another one's version.
        if os.path.realpath(path).endswith("/pg_wrapper"):
            continue
        version = _version(path)
        if version is not None:
            programs.append(Program(name, path, version))
    return sorted(programs, key=lambda program: program.version, reverse=True)


def find(name: str, *, at_least: int | None = None, newest: bool = True, whose: str = "the source") -> Program:
    """The newest installed program of that name, or (`newest=False`) the oldest that suffices.

    `at_least` is the major version of the server it is to talk to, which `whose` names in the message: pg_dump
    refuses a server newer than itself. Raises UsageError saying what there is and what to install.
    """
    programs = installed(name)
    if not programs:
        raise UsageError(
            f"{name} is not installed here",
            hint=f"install {_package(at_least)}, or name its directory in DEVDB_PG_BIN",
        )
    enough = [program for program in programs if at_least is None or program.major >= at_least]
    if not enough:
        best = programs[0]
        raise UsageError(
            f"{whose} is PostgreSQL {at_least}, the newest {name} here is {best.version_text} ({best.path})",
            hint=f"install {_package(at_least)}, or name its directory in DEVDB_PG_BIN",
        )
    if newest:
        return enough[0]
    return next(program for program in enough if program.major == enough[-1].major)


def parameters(connection: psycopg.Connection[Any]) -> tuple[dict[str, str], str | None]:
    """How this connection was made, as `run` wants it: parameters, and the password apart.

    Environment, service and passfile are resolved in it, so that the program reaches the very same server.
    """
    conninfo = connection.info.get_parameters()
    conninfo.pop("service", None)
    for known, value in (("host", connection.info.host), ("port", str(connection.info.port))):
        if value:
            conninfo[known] = value
    conninfo["dbname"] = connection.info.dbname
    conninfo["user"] = connection.info.user
    return conninfo, connection.info.password or None


def run(
    program: Program,
    args: Sequence[str],
    *,
    conninfo: Mapping[str, str] | None = None,
    password: str | None = None,
    stdin: IO[bytes] | None = None,
    stdout: Path | IO[bytes] | None = None,
) -> bytes:
    """Run the program to its end; returns what it printed, or b"" when that goes to the file `stdout`.

    `conninfo` must be complete (see `parameters`): libpq's variables of this process are not handed on. None means
    that no server is asked. Raises UsageError, ConnectionFailed or ScriptFailed with the program's own words.
    """
    with contextlib.ExitStack() as closing:
        if isinstance(stdout, Path):
            stdout = closing.enter_context(stdout.open("wb"))
        child, errors = closing.enter_context(_child(program, args, conninfo, password, stdin, stdout))
        printed = b"" if child.stdout is None else child.stdout.read()
        _finish(program, child, errors, password)
    return printed


def stream(
    program: Program,
    args: Sequence[str],
    *,
    conninfo: Mapping[str, str] | None = None,
    password: str | None = None,
    block_bytes: int = 1 << 16,
) -> Iterator[bytes]:
    """What the program prints, block by block; otherwise as `run`. A generator left early ends the program."""
    with _child(program, args, conninfo, password, None, None) as (child, errors):
        assert child.stdout is not None
        while block := child.stdout.read(block_bytes):
            yield block
        _finish(program, child, errors, password)


def environment(conninfo: Mapping[str, str], password: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Variables by which a libpq program takes these parameters, and those parameters that have no variable."""
    options = {option.keyword.decode(): option for option in psycopg.pq.Conninfo.get_defaults()}
    variables = {option.envvar.decode() for option in options.values() if option.envvar}
    env = {key: value for key, value in os.environ.items() if key not in variables and key not in _DISTURBING}
    env.update(PGCLIENTENCODING="UTF8", PG_COLOR="never", LC_MESSAGES="C")
    rest = {}
    for keyword, value in (conninfo if password is None else {**conninfo, "password": password}).items():
        option = options.get(keyword)
        if option is not None and option.envvar:
            env[option.envvar.decode()] = str(value)
        elif option is not None and option.dispchar == b"*":
            raise UsageError(f"{keyword} cannot be handed to PostgreSQL's programs without showing it to everyone")
        else:
            rest[keyword] = str(value)
    return env, rest


def exactly(name: str) -> str:
    """A pattern for pg_dump's options that matches this name only: within double quotes it knows no wildcards."""
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def _child(
    program: Program,
    args: Sequence[str],
    conninfo: Mapping[str, str] | None,
    password: str | None,
    stdin: IO[bytes] | None,
    stdout: IO[bytes] | None,
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Start the program; whatever happens inside the block, it has ended after it."""
    env, rest = environment(conninfo or {}, password)
    argv = [str(program.path), *args, *(["--dbname", make_conninfo("", **rest)] if rest else [])]
    # A file, not a pipe: nobody reads a second pipe while the first is being drained.
    with tempfile.TemporaryFile() as errors:
        try:
            child = subprocess.Popen(
                argv, stdin=stdin or subprocess.DEVNULL, stdout=stdout or subprocess.PIPE, stderr=errors, env=env
            )
        except OSError as exc:
            raise UsageError(f"{program.path}: {exc.strerror}") from exc
        try:
            yield child, errors
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


def _finish(program: Program, child: subprocess.Popen[bytes], errors: IO[bytes], password: str | None) -> None:
    """Wait for the end, and turn a failure into ours."""
    status = child.wait()
    if status == 0:
        return
    errors.seek(0)
    said = errors.read().decode("utf-8", "replace").strip()
    raise _failure(program, said or f"ended with status {status}", password)


def _failure(program: Program, said: str, password: str | None) -> DevdbError:
    if password:
        said = said.replace(password, "********")
    said = re.sub(rf"^(?:\S*/)?{re.escape(program.name)}: (?:error: )?", "", said, flags=re.MULTILINE)
    if "server version mismatch" in said:
        return UsageError(f"{program.path} is older than the server: {said}")
    if _NO_SESSION.search(said):
        return ConnectionFailed(f"{program.name}: {said}")
    return ScriptFailed(said, path=program.name)


def _package(major: int | None) -> str:
    """What an administrator of this machine would install."""
    number = "" if major is None else str(major)
    if sys.platform == "darwin":
        return f"postgresql@{number} with brew" if number else "postgresql with brew"
    if shutil.which("apt-get"):
        return f"postgresql-client-{number}" if number else "postgresql-client"
    return f"the client programs of PostgreSQL {number}".rstrip()


def _version(path: Path) -> tuple[int, ...] | None:
    """The version that `--version` prints; None when there is no such program or it does not run."""
    if not os.access(path, os.X_OK) or path.is_dir():
        return None
    return _told(path, path.stat().st_mtime_ns)


@cache
def _told(path: Path, _changed_ns: int) -> tuple[int, ...] | None:
    """What the program says of itself: asked once, since that takes as long as starting it."""
    try:
        said = subprocess.run([str(path), "--version"], capture_output=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(rb"\(PostgreSQL\) (\d+(?:\.\d+)*)", said)
    return None if number is None else tuple(int(part) for part in number[1].split(b"."))


def _pg_config_bindir(pg_config: str | None) -> list[str]:
    if pg_config is None:
        return []
    try:
        said = subprocess.run([pg_config, "--bindir"], capture_output=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [said.decode().strip()]
