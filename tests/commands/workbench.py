"""What the tests of the commands share: a small source, and how to wait and to compare."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

# Orders and their customers: small enough that a run takes about a second.
SHOP = """
    CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, note text);
    INSERT INTO customer SELECT n, 'customer ' || n FROM generate_series(1, 50) AS n;
    INSERT INTO orders SELECT n, n % 50 + 1, 'order ' || n FROM generate_series(1, 200) AS n;
"""

# Rules under which a run on the shop takes as long as its killer needs: rows are slept over, by the dev server if it
# fetches them, by the source if they are copied.
SLOW = """
sampling:
  tables:
    public.customer: {where: "pg_catalog.pg_sleep(0.06) IS NOT NULL"}
"""
SLOW_BY = {way: f"source: {{reader: {way}}}\n{SLOW}" for way in ("wrapper", "direct")}


class Run(Protocol):
    def __call__(
        self,
        name: str,
        *args: str | Path,
        status: int = 0,
        env: Mapping[str, str] | None = None,
        settings: str | None = None,
    ) -> subprocess.CompletedProcess[str]: ...


class Start(Protocol):
    def __call__(
        self, name: str, *args: str | Path, settings: str | None = None, **popen: Any
    ) -> subprocess.Popen[str]: ...


def eventually(condition: Callable[[], Any], *, timeout_s: float = 30) -> Any:
    """Wait until the condition holds; returns what it returned."""
    deadline_s = time.monotonic() + timeout_s
    while not (held := condition()):
        assert time.monotonic() < deadline_s, "waited in vain"
        time.sleep(0.02)
    return held


@contextmanager
def unchanged(directory: Path) -> Iterator[None]:
    """Nothing in the directory is made, removed or written meanwhile."""
    before = _listing(directory)
    yield
    assert _listing(directory) == before


def _listing(directory: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in directory.rglob("*")}
