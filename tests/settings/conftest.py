"""A settings file for a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devdb.settings import Overrides, Settings


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Write a settings file and load it."""
    for name in ("PGUSER", "PGDATABASE"):
        monkeypatch.delenv(name, raising=False)

    def load(text: str, **overrides: Any) -> Settings:
        path = tmp_path / "devdb.yaml"
        path.write_text(text, encoding="utf-8")
        return Settings.load(path, overrides=Overrides(**overrides))

    return load
