"""What sets of migrations somebody asks for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import UsageError

_NAME = re.compile(r"[\w.-]+")
# How the lines of a batch may be introduced.
_HEADS = (["seed", "name"], ["seed", "name", "type"])


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
