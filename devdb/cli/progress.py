"""How a run is shown: steps while it works, a table at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from devdb.progress import Reporter
from devdb.report import Result

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


class _Closing(Reporter, Protocol):
    def close(self) -> None: ...


@contextmanager
def reporter(*, quiet: bool, verbose: int) -> Iterator[Reporter]:
    """What shows a run's progress on stderr: a live line on a terminal, elsewhere one line a step."""
    shown: _Closing = _Live(verbose) if sys.stderr.isatty() and not quiet else _Lines(quiet=quiet, verbose=verbose)
    try:
        yield shown
    finally:
        shown.close()


class _Lines:
    """One line a step, with the seconds since the start: what a log is read for.

    Of steps of one kind ("taking …") that follow each other quickly, a thousand tables' say, only some are told.
    """

    _BETWEEN_ALIKE_S = 0.2

    def __init__(self, *, quiet: bool, verbose: int) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._start_s = time.monotonic()
        self._told_s = 0.0
        self._kind = ""

    def step(self, title: str) -> None:
        now_s = time.monotonic()
        kind, previous = title.partition(" ")[0], self._kind
        self._kind = kind
        if self._quiet or (kind == previous and not self._verbose and now_s - self._told_s < self._BETWEEN_ALIKE_S):
            return
        self._told_s = now_s
        print(f"{now_s - self._start_s:8.1f} s  {title}", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        if not self._quiet:
            print(f"note: {text}", file=sys.stderr, flush=True)

    def warning(self, text: str) -> None:
        print(f"warning: {text}", file=sys.stderr, flush=True)

    def detail(self, text: str, *, level: int) -> None:
        if self._verbose >= level:
            print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        return


class _Live:
    """A line that tells the step under way; steps that took long stay on the screen."""

    _WORTH_TELLING_S = 0.5

    def __init__(self, verbose: int) -> None:
        from rich.console import Console

        self._console: Console = Console(stderr=True, highlight=False)
        self._verbose = verbose
        self._status: Status | None = None
        self._title = ""
        self._since_s = 0.0

    def step(self, title: str) -> None:
        from rich.markup import escape

        self._finish_step()
        self._title, self._since_s = title, time.monotonic()
        if self._status is None:
            self._status = self._console.status(escape(title))
            self._status.start()
        else:
            self._status.update(escape(title))

    def note(self, text: str) -> None:
        self._console.print(f"note: {text}", markup=False)

    def warning(self, text: str) -> None:
        self._console.print(f"warning: {text}", style="yellow", markup=False)

    def detail(self, text: str, *, level: int) -> None:
        if self._verbose >= level:
            self._console.print(text, style="dim", markup=False, soft_wrap=True)

    def close(self) -> None:
        self._finish_step()
        if self._status is not None:
            self._status.stop()

    def _finish_step(self) -> None:
        took_s = time.monotonic() - self._since_s
        if self._title and (took_s >= self._WORTH_TELLING_S or self._verbose):
            self._console.print(f"{took_s:8.1f} s  {self._title}", markup=False)
        self._title = ""


def show(result: Result) -> None:
    """The summary of a run, on stdout."""
    for change in result.changes or ():
        print(f"schema: {change}")
    titles = ("table", "rows in source", "by rule", "for keys", "children", "rows", "seconds")
    lines = [
        (
            rows.table,
            "?" if rows.source_rows is None else f"~{rows.source_rows:,}",
            f"{rows.by_rule:,}",
            f"{rows.by_key:,}",
            f"{rows.by_child:,}",
            f"{rows.rows:,}",
            f"{rows.seconds:.2f}",
        )
        for rows in sorted(result.tables, key=lambda rows: rows.table)
    ]
    show_table(titles, lines)
    total = sum(rows.rows for rows in result.tables)
    print(f"{result.target}: {total:,} rows in {len(result.tables)} tables, {result.seconds:.1f} s")
    for what, path in result.files.items():
        print(f"{what + ':':9}{path}")


def show_table(titles: Sequence[str], lines: Sequence[Sequence[str]], *, texts: int = 1) -> None:
    """A table on stdout: the first columns, `texts`, are text, the others numbers. Nothing when there are no lines."""
    if lines and sys.stdout.isatty():
        _draw_table(titles, lines, texts)
    elif lines:
        # Nothing that a terminal would draw, and no time spent on loading what draws it.
        widths = [max(map(len, column)) for column in zip(titles, *lines, strict=True)]
        for line in (titles, *lines):
            cells = enumerate(zip(line, widths, strict=True))
            shown = [f"{cell:<{width}}" if at < texts else f"{cell:>{width}}" for at, (cell, width) in cells]
            print("  ".join(shown))


def _draw_table(titles: Sequence[str], lines: Iterable[Sequence[str]], texts: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, title in enumerate(titles):
        table.add_column(title, justify="right" if number >= texts else "left", overflow="fold")
    for line in lines:
        table.add_row(*line)
    Console(highlight=False).print(table)
