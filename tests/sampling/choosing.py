"""Settings written for one test, and what they choose of a source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from devdb.catalog.model import Source
from devdb.errors import DevdbError
from devdb.sampling.choice import Choice, Reference, choose
from devdb.settings import Overrides, Settings


def settings_of(directory: Path, sampling: str, *, seeds: Sequence[str] = (), allow_empty: bool = False) -> Settings:
    """The settings of a file whose section `sampling` is this, lines from 2 on, and of options."""
    path = directory / "devdb.yaml"
    path.write_text("sampling:\n" + "".join(f"  {line}\n" for line in sampling.strip().split("\n")), encoding="utf-8")
    return Settings.load(path, overrides=Overrides(seeds=seeds, allow_empty=allow_empty))


def chosen(source: Source, directory: Path, sampling: str, *, seeds: Sequence[str] = ()) -> Choice:
    return choose(source, settings_of(directory, sampling, seeds=seeds))


def refusal(source: Source, directory: Path, sampling: str, *, seeds: Sequence[str] = ()) -> str:
    """What is said when the settings do not fit the source."""
    with pytest.raises(DevdbError) as failure:
        chosen(source, directory, sampling, seeds=seeds)
    return str(failure.value)


def reference(choice: Choice, name: str) -> Reference:
    """The key of that name."""
    (found,) = (item for item in choice.references if item.key.name == name)
    return found
