"""The types of the fixtures that are functions, for tests that annotate."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class MakeDb(Protocol):
    def __call__(self, name: str | None = None, *, template: str | None = None) -> str: ...


class RunProgram(Protocol):
    def __call__(self, conninfo: str, *args: str, stdin: str | None = None) -> str: ...


class RunCommand(Protocol):
    def __call__(
        self,
        name: str,
        *args: str | Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
        timeout_s: float = 300,
    ) -> subprocess.CompletedProcess[str]: ...
