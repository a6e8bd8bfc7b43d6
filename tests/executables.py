"""Where the installed commands are."""

from __future__ import annotations

import sys
from pathlib import Path


def executable(name: str) -> str:
    """The installed command of that name, beside the Python that runs the tests."""
    path = Path(sys.executable).parent / name
    assert path.exists(), f"{path} is not installed: run scripts/test, or pip install -e '.[test]'"
    return str(path)
