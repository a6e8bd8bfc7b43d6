"""A psql that stays: a session whose results of COPY come as blocks of bytes, never as rows in Python."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from typing import IO, cast

from psycopg.conninfo import make_conninfo

from devdb.errors import ConnectionFailed, DevdbError, ScriptFailed, UsageError
from devdb.server.connection import LOCK_HINT, LOCK_TIMEOUT
from devdb.server.programs import Program, environment
from devdb.sqltext.scanning import scan_text

# \warn came with it.
OLDEST_PSQL = 13
_BLOCK_BYTES = 1 << 18
_PIPE_BYTES = 1 << 20
_PATIENCE_S = 2.0
_ARGUMENTS = ("-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose")
# psql -v VERBOSITY=verbose: the severity in the server's language, the rest in ours (LC_MESSAGES is C).
_ERROR = re.compile(r"^(?:psql: (?:error|fatal): )?[^\s:]+: +([0-9A-Z]{5}): (.*)$", re.MULTILINE)
_PART = re.compile(r"^(DETAIL|HINT|CONTEXT|LOCATION|LINE \d+): ?(.*)$")
_HINTS = {
    "40001": "a standby had to go on: max_standby_streaming_delay or hot_standby_feedback gives readers time",
    LOCK_TIMEOUT: LOCK_HINT,
    "57014": "was it statement_timeout? The settings give the source more time",
}


class PsqlSession:
    """One psql process and its session. Not thread-safe, but for `interrupt`.

    The password goes by the environment. Statements go in on psql's standard input; rows come out of its standard
    output; after each of them psql says on its standard error that it is through. By then all rows are in the pipe,
    for psql flushes them before: so what is to be read is exactly known, and no byte of it is looked at.
    """

    def __init__(self, program: Program, conninfo: Mapping[str, str], password: str | None) -> None:
        """Start psql; whether it has reached the server is known after the first `run`."""
        env, rest = environment(conninfo, password)
        arguments = [
            str(program.path),
            "-X",
            "-q",
            "-A",
            "-t",
            "-w",
            "-v",
            "ON_ERROR_STOP=1",
            "-v",
            "VERBOSITY=verbose",
        ]
        if rest:
            arguments += ["--dbname", make_conninfo("", **rest)]
        self._program = program
        self._password = password
        self._mark = f"devdb-{secrets.token_hex(8)}".encode()
        try:
            # In a session of its own: Ctrl-C in a terminal is for us to handle.
            self._process = subprocess.Popen(
                [*_guard(), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=env,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as exc:
            raise UsageError(f"{program.path}: {exc.strerror}") from exc
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)
        self._errors = cast("IO[bytes]", self._process.stderr)
        for stream in (self._out, self._errors):
            os.set_blocking(stream.fileno(), False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # A user may have so many pages of pipes and no more; then it stays as it is.
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._out, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(self, statement: str) -> Iterator[bytes]:
        """Run a statement (see `quoted`), yielding what it puts out, block by block.

        Raises ScriptFailed with what the server said, or ConnectionFailed; psql has ended then.
        """
        # A server that is gone shows in what psql says.
        with contextlib.suppress(BrokenPipeError):
            self._in.write(b"%s\n\\warn %s\n" % (statement.encode("utf-8", "surrogateescape"), self._mark))
        said = b""
        polling = select.poll()
        polling.register(self._out, select.POLLIN)
        polling.register(self._errors, select.POLLIN)
        while True:
            ready = dict(polling.poll())
            if self._out.fileno() in ready:
                block = self._read(self._out.fileno())
                if block:
                    yield block
                elif block is not None:
                    polling.unregister(self._out)
            if self._errors.fileno() in ready:
                text = self._read(self._errors.fileno())
                if text == b"":
                    raise self._failed(said)
                said += text or b""
                if b"\n" + self._mark + b"\n" in b"\n" + said:
                    break
        while block := self._read(self._out.fileno()):
            yield block

    def interrupt(self) -> None:
        """Have psql cancel what the server does for it, and end. From any thread."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End psql at once. From any thread."""
        self._process.kill()

    def close(self) -> None:
        """End psql, whatever it is doing."""
        if self._process.poll() is None:
            self.interrupt()
        # Closed pipes end it too: when it waits for the next statement as well as when it waits to write.
        for stream in (self._in, self._out, self._errors):
            with contextlib.suppress(OSError):
                stream.close()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self, descriptor: int) -> bytes | None:
        """What there is to read: b"" at the end, None when there is nothing now."""
        try:
            return os.read(descriptor, _BLOCK_BYTES)
        except BlockingIOError:
            return None

    def _failed(self, said: bytes) -> DevdbError:
        self.close()
        text = said.decode("utf-8", "replace").strip()
        if self._password:
            text = text.replace(self._password, "********")
        errors = list(_ERROR.finditer(text))
        # psql's status: 3 for a statement that failed, 2 for a session that is gone, 1 for what befell itself.
        if self._process.returncode == 3 and errors:
            code, message = errors[-1].groups()
            parts = _parts(text[errors[-1].end() :])
            return ScriptFailed(
                message,
                path=self._program.name,
                sqlstate=code,
                detail=parts.get("DETAIL"),
                context=parts.get("CONTEXT"),
                hint=parts.get("HINT") or _HINTS.get(code),
            )
        # Of a session that is gone the server's own words come first.
        message = errors[0][2] if errors else re.sub(r"^psql: (error: )?", "", text) or "psql was ended"
        return ConnectionFailed(message, hint=_HINTS.get(errors[0][1]) if errors else None)


def quoted(query: str, *, what: str) -> str:
    """The query as psql takes it: no colon in it is a variable's, no semicolon an end, no backslash a command's.

    Raises ScriptFailed, naming `what`, for text that is no single query: psql would wait for the rest of it.
    """
    scanned = scan_text(query)
    if scanned.incomplete is not None:
        raise ScriptFailed(scanned.reason, path=what)
    if "\0" in query:
        raise ScriptFailed("a zero byte in a query", path=what)
    depth = 0
    pieces = []
    done = 0
    for token in scanned.tokens:
        if token.name == "ASCII_58":
            pieces += [query[done : token.start], "\\"]
            done = token.start
        elif token.name in ("ASCII_59", "ASCII_92"):
            raise ScriptFailed(f"syntax error at or near {query[token.start]!r}", path=what)
        else:
            depth += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
            if depth < 0:
                break
    if depth:
        raise ScriptFailed("unbalanced parentheses", path=what)
    return "".join([*pieces, query[done:]])


def terminated(statements: list[str]) -> str:
    r"""Statements as one message to the server, ended as psql wants it; each was `quoted`."""
    return " \\;\n".join(statements) + "\n;"


def _parts(text: str) -> dict[str, str]:
    """DETAIL, HINT and CONTEXT of an error, each with the lines that belong to it."""
    parts: dict[str, str] = {}
    last = ""
    for line in text.strip("\n").splitlines():
        if found := _PART.match(line):
            last = found[1]
            parts[last] = found[2]
        elif last:
            parts[last] += f"\n{line}"
    return parts


@cache
def _guard() -> tuple[str, ...]:
    """A program that has the kernel end psql with us, even when we are killed while it waits for the server."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return ()
    command = (setpriv, "--pdeathsig", "TERM")
    try:
        works = subprocess.run([*command, "true"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.SubprocessError):
        works = False
    return command if works else ()
