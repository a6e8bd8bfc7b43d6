"""A snapshot of a source, opened as the tests want it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from devdb.server.snapshot import Snapshot
from devdb.server.sparing import Spare


@contextlib.contextmanager
def opened(
    conninfo: str, *, readers: int = 1, spare: Spare | None = None, heard: list[str] | None = None, **options: Any
) -> Iterator[Snapshot]:
    """A snapshot of the database; `heard` gets what it warns of and notes."""
    given = {key: str(value) for key, value in conninfo_to_dict(conninfo).items() if value is not None}
    options = {"session": {}, **options}
    said = [] if heard is None else heard
    with Snapshot.open(given, readers=readers, spare=spare or Spare(), on_warning=said.append, **options) as snapshot:
        yield snapshot


@contextlib.contextmanager
def connected(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def soon(is_true: Callable[[], Any], *, within_s: float = 10) -> Any:
    """Wait until something is true; returns it."""
    until = time.monotonic() + within_s
    while not (answer := is_true()):
        assert time.monotonic() < until, "it did not become true"
        time.sleep(0.02)
    return answer
