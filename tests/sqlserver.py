"""A SQL Server for the wrapper to talk to: it understands the wire, notes what it is asked, and answers as it is told.

Nothing of T-SQL is understood here. What tds_fdw and FreeTDS send, and what they make of an answer, is theirs.
"""

from __future__ import annotations

import contextlib
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

_COLLATION = bytes([0x09, 0x04, 0xD0, 0x00, 0x34])
_WHOLE = {"tinyint": 1, "smallint": 2, "int": 4, "bigint": 8}
_NULL_LENGTH = b"\xff\xff"


@dataclass(frozen=True)
class Answer:
    """Rows, and of each column its name and its type in T-SQL.

    After the rows comes the error `fails`, or nothing at all if the server `hangs_up`.
    """

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Any]] = ()
    fails: str | None = None
    hangs_up: bool = False


Reply = Callable[[str], "Answer | str | None"]
"""Of a batch: its rows, the words of an error, or nothing but that it is done."""


class SqlServer(socketserver.ThreadingTCPServer):
    """Listens on a port of its own. `batches` are what it was asked, `logins` how often somebody came."""

    daemon_threads = True

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.reply = reply
        self.batches: list[str] = []
        self.logins = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def options(self, **others: str) -> str:
        """SQL of the options with which a foreign server reaches it, over those that devdb gives."""
        from devdb.wrappers.registry import wrapper
        from devdb.wrappers.wrapper import Place

        said = {**wrapper("tds_fdw").server(Place("127.0.0.1", self.port, "Shop")), **others}
        return ", ".join(f"{name} '{value}'" for name, value in said.items())


@contextlib.contextmanager
def sql_server(reply: Reply) -> Iterator[SqlServer]:
    with SqlServer(reply) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


class _Session(socketserver.BaseRequestHandler):
    server: SqlServer

    def handle(self) -> None:
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                self._serve(*self._message())

    def _serve(self, kind: int, body: bytes) -> None:
        if kind == 0x12:  # before the login: no encryption here
            self._send(_prelogin())
        elif kind == 0x10:
            self.server.logins += 1
            self._send(_login())
        elif kind == 0x01:
            text = body[struct.unpack("<I", body[:4])[0] :].decode("utf-16-le")
            self.server.batches.append(text)
            answer = self.server.reply(text)
            hangs_up = isinstance(answer, Answer) and answer.hangs_up
            self._send(_result(answer), is_whole=not hangs_up)
            if hangs_up:
                raise EOFError
        else:  # an attention: whoever asked wants no more
            self._send(_done(0, 0x20))

    def _message(self) -> tuple[int, bytes]:
        body = b""
        while True:
            kind, status, length = struct.unpack(">BBH4x", self._exactly(8))
            body += self._exactly(length - 8)
            if status & 1:
                return kind, body

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            more = self.request.recv(count - len(got))
            if not more:
                raise EOFError
            got += more
        return got

    def _send(self, body: bytes, *, is_whole: bool = True) -> None:
        size = 4096 - 8
        parts = [body[start : start + size] for start in range(0, len(body), size)]
        for number, part in enumerate(parts, 1):
            header = struct.pack(">BBHHBB", 4, is_whole and number == len(parts), len(part) + 8, 51, number % 256, 0)
            self.request.sendall(header + part)


def _prelogin() -> bytes:
    options = [(0, bytes([15, 0, 7, 0xD0, 0, 0])), (1, b"\x02"), (2, b"\0"), (3, b""), (4, b"\0")]
    head, data = b"", b""
    for token, value in options:
        head += struct.pack(">BHH", token, 5 * len(options) + 1 + len(data), len(value))
        data += value
    return head + b"\xff" + data


def _login() -> bytes:
    accepted = b"\x01\x74\x00\x00\x04" + _short("Microsoft SQL Server") + bytes([15, 0, 7, 0xD0])
    collation = bytes([7, len(_COLLATION)]) + _COLLATION + b"\0"
    changes = [bytes([1]) + _short("Shop") + _short("master"), collation, bytes([4]) + _short("4096") + _short("4096")]
    environment = b"".join(b"\xe3" + struct.pack("<H", len(one)) + one for one in changes)
    return environment + b"\xad" + struct.pack("<H", len(accepted)) + accepted + _done(0, 0)


def _result(answer: Answer | str | None) -> bytes:
    if answer is None:
        return _done(0, 0)
    if isinstance(answer, str):
        said = struct.pack("<IBBH", 208, 1, 16, len(answer)) + answer.encode("utf-16-le") + _short("here") + _short("")
        said += struct.pack("<I", 1)
        return b"\xaa" + struct.pack("<H", len(said)) + said + _done(0, 2)
    made = [b"\x81" + struct.pack("<H", len(answer.columns))]
    for name, type_ in answer.columns:
        made.append(struct.pack("<IH", 0, 9) + _type(type_) + _short(name))
    for row in answer.rows:
        made.append(b"\xd1")
        made += (_value(type_, value) for (_, type_), value in zip(answer.columns, row, strict=True))
    if answer.hangs_up:
        return b"".join(made)
    return b"".join(made) + (_done(len(answer.rows), 0x10) if answer.fails is None else _result(answer.fails))


def _done(rows: int, status: int) -> bytes:
    return b"\xfd" + struct.pack("<HHQ", status, 0xC1, rows)


def _short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("utf-16-le")


def _sizes(type_: str) -> tuple[str, str]:
    name, _, sizes = type_.partition("(")
    return name, sizes.rstrip(")")


def _type(type_: str) -> bytes:
    name, sizes = _sizes(type_)
    if name in _WHOLE:
        return bytes([0x26, _WHOLE[name]])
    if name == "decimal":
        return bytes([0x6A, 17, *map(int, sizes.split(","))])
    if name in ("nvarchar", "varbinary"):
        length = 0xFFFF if sizes == "max" else int(sizes) * (2 if name == "nvarchar" else 1)
        code = 0xE7 if name == "nvarchar" else 0xA5
        return struct.pack("<BH", code, length) + (_COLLATION if name == "nvarchar" else b"")
    return {
        "bit": b"\x68\x01",
        "float": b"\x6d\x08",
        "real": b"\x6d\x04",
        "uniqueidentifier": b"\x24\x10",
        "datetime2": b"\x2a\x07",
    }[name]


def _value(type_: str, value: Any) -> bytes:
    name, sizes = _sizes(type_)
    if name in ("nvarchar", "varbinary"):
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        if sizes != "max":
            return _NULL_LENGTH if data is None else struct.pack("<H", len(data)) + data
        if data is None:
            return b"\xff" * 8
        return struct.pack("<Q", len(data)) + (struct.pack("<I", len(data)) + data if data else b"") + bytes(4)
    if value is None:
        return b"\0"
    data = _fixed(name, sizes, value)
    return bytes([len(data)]) + data


def _fixed(name: str, sizes: str, value: Any) -> bytes:
    if name in _WHOLE:
        return int(value).to_bytes(_WHOLE[name], "little", signed=name != "tinyint")
    if name == "decimal":
        scaled = int(Decimal(value).scaleb(int(sizes.split(",")[1]), Context(prec=40)))
        return bytes([scaled >= 0]) + abs(scaled).to_bytes(16, "little")
    if name == "uniqueidentifier":
        return UUID(value).bytes_le
    if name == "datetime2":
        ticks = ((value.hour * 60 + value.minute) * 60 + value.second) * 10**7 + value.microsecond * 10
        return bytes(ticks.to_bytes(5, "little") + (value.toordinal() - 1).to_bytes(3, "little"))
    if name == "bit":
        return bytes([bool(value)])
    return struct.pack("<f" if name == "real" else "<d", value)
