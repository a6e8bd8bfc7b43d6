"""The log of nightly runs: what is told, with the time; earlier logs kept, up to a number."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from devdb.nightly.places import now
from devdb.progress import Reporter

HIDDEN = "********"


class Log:
    """Writes what a run tells, without secrets, and hands it on to `also`, who sees it at once."""

    def __init__(self, file: TextIO, *, secrets: Sequence[str], also: Reporter | None, verbose: int) -> None:
        self.file = file
        self._secrets = secrets
        self._also = also
        self._verbose = verbose

    def cleaned(self, text: str) -> str:
        """`text` with ******** for every secret that is known here."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def write(self, text: str) -> None:
        """Write lines, each with the time."""
        stamp = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = self.cleaned(text).splitlines() or [""]
        self.file.write("".join(f"{stamp} {line}\n" for line in lines))
        self.file.flush()

    def step(self, title: str) -> None:
        self.write(title)
        if self._also is not None:
            self._also.step(title)

    def note(self, text: str) -> None:
        self.write(f"note: {text}")
        if self._also is not None:
            self._also.note(text)

    def warning(self, text: str) -> None:
        self.write(f"warning: {text}")
        if self._also is not None:
            self._also.warning(text)

    def detail(self, text: str, *, level: int) -> None:
        if self._verbose >= level:
            self.write(text)
        if self._also is not None:
            self._also.detail(text, level=level)


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """The log, to be added to; for its owner's eyes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
        yield file


def rotate(path: Path, *, size_bytes: int, files: int) -> None:
    """Give a log of this size or more the name `path`.1, the one before it `path`.2, and so on; `files` are kept."""
    if not path.exists() or path.stat().st_size < size_bytes:
        return
    for number in range(files, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        newer = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if newer.exists():
            os.replace(newer, older)
