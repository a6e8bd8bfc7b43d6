"""Rows named on the command line, around which the smallest sample is built: public.orders: id IN (42, 4711)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import SettingsError, UsageError
from devdb.settings.complaints import one_error
from devdb.settings.document import read_text
from devdb.settings.patterns import PatternError, parse_one_table

OPTION = "--seed"

_EXAMPLE = "write TABLE: CONDITION, such as public.orders: id IN (42, 4711)"
_SEED = re.compile(r'\s*(?P<table>(?:[^":]|"(?:[^"]|"")*")*):(?P<where>.*)', re.DOTALL)


@dataclass(frozen=True)
class Seed:
    """Rows of one table: those for which `where`, SQL of the source, is true.

    `pattern` is the table as written, schema.table without wildcards. `path` and `line` are the seed file's; None for
    an option's value.
    """

    pattern: str
    where: str
    path: Path | None = None
    line: int | None = None

    @property
    def origin(self) -> str:
        """Where it was said, for messages: --seed, or the file and its line."""
        return OPTION if self.path is None else f"{self.path}:{self.line}"

    @property
    def table_name(self) -> tuple[str, str]:
        """Schema and table, as they are really called."""
        return parse_one_table(self.pattern)

    def __str__(self) -> str:
        return f"{self.pattern}: {self.where}"


def seeds_of(texts: Iterable[str], file: Path | None = None) -> tuple[Seed, ...]:
    """Return the seeds that options and a file of such lines hold, in this order.

    Raises UsageError for an option, SettingsError naming file and line for the file: all its mistakes at once.
    """
    found = []
    for text in texts:
        try:
            found.append(_parse(text))
        except PatternError as exc:
            raise UsageError(f"{OPTION}: {exc}") from exc
    if file is not None:
        found += _read(file)
    return tuple(found)


def _read(path: Path) -> list[Seed]:
    found, errors = [], []
    # Not splitlines(), which knows line ends that are none to an editor.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        # A whole line only: # is an operator of PostgreSQL's as well.
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            found.append(_parse(line, path=path, line=number))
        except PatternError as exc:
            errors.append(SettingsError(str(exc), path=path, line=number))
    if errors:
        raise one_error(errors)
    if not found:
        raise SettingsError("there is no seed in this file", path=path, hint=f"on each line, {_EXAMPLE}")
    return found


def _parse(text: str, *, path: Path | None = None, line: int | None = None) -> Seed:
    match = _SEED.fullmatch(text)
    if match is None:
        shown = text.strip()
        raise PatternError(f"{shown[:60] or 'this'} has no colon: {_EXAMPLE}")
    table, where = match["table"].strip(), match["where"].strip()
    if not table:
        raise PatternError(f"there is no table before the colon: {_EXAMPLE}")
    parse_one_table(table)
    if not where:
        raise PatternError(f"{table}: there is no condition after the colon; true means every row")
    return Seed(table, where, path, line)
