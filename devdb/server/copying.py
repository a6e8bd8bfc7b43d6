r"""The command \copy: COPY with a file on this side."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from devdb.sqltext.arguments import CommandError
from devdb.sqltext.copy_command import CopyCommand
from devdb.sqltext.lexer import Query

if TYPE_CHECKING:
    from devdb.server.runner import ScriptFile

_BLOCK_BYTES = 1 << 16


def run_copy(file: ScriptFile, command: CopyCommand, line: int) -> None:
    r"""Carry out a `\copy`; files are relative to the working directory, as in psql."""
    query = Query()
    query.add(command.statement, line, fixed=True)
    query.words = ["copy"]
    if command.from_script:
        file.lexer.end_line()
        file.sender.send(query)
    elif command.direction == "in" and command.is_file:
        with _opened(command, "rb") as source:
            file.sender.send(query, data=_blocks(source))
    elif command.direction == "in":
        file.sender.send(query, data=_blocks(sys.stdin.buffer))
    elif command.is_file:
        with _opened(command, "wb") as target:
            file.sender.send(query, write=target.write)
    else:
        file.sender.send(query)


def _opened(command: CopyCommand, mode: str) -> BinaryIO:
    try:
        return cast(BinaryIO, Path(command.place).expanduser().open(mode))
    except OSError as exc:
        raise CommandError(f"{command.place}: {exc.strerror}") from exc


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(_BLOCK_BYTES):
        yield block
