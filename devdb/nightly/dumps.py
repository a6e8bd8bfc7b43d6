"""Dated dumps: the last few of them, kept beside the one that every run replaces."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

_ENDINGS = (".sql.gz", ".dump")
_STAMP = r"\d{4}-\d\d-\d\dT\d{6}Z"
_TEMPORARY = ".dated."


def keep(files: Iterable[Path], directory: Path, *, at: datetime, count: int) -> list[Path]:
    """Keep `files` (a dump's) in `directory` under names with the time `at`; returns them.

    Of all times so kept the latest `count` stay. A file appears whole: as another name of the same file, or copied
    where the directory is on another disk.
    """
    stamp = at.strftime("%Y-%m-%dT%H%M%SZ")
    kept = []
    if count:
        directory.mkdir(parents=True, exist_ok=True)
        for file in files:
            ending = next((each for each in _ENDINGS if file.name.endswith(each)), file.suffix)
            dated = directory / f"{file.name.removesuffix(ending)}-{stamp}{ending}"
            _link(file, dated)
            kept.append(dated)
    _let_go(directory, count)
    return kept


def _link(file: Path, dated: Path) -> None:
    try:
        dated.unlink(missing_ok=True)
        os.link(file, dated)
    except OSError:
        handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=dated.parent)
        try:
            with os.fdopen(handle, "wb") as copy, file.open("rb") as original:
                shutil.copyfileobj(original, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            os.replace(name, dated)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _let_go(directory: Path, count: int) -> None:
    """Remove all but the latest, and what a killed run left half copied."""
    if not directory.is_dir():
        return
    dated: dict[str, list[Path]] = {}
    for path in directory.iterdir():
        found = re.fullmatch(rf"devdb-({_STAMP})(?:\.dump|\.sql\.gz)", path.name)
        if found is not None:
            dated.setdefault(found[1], []).append(path)
        elif path.name.startswith(_TEMPORARY):
            path.unlink(missing_ok=True)
    for stamp in sorted(dated)[: max(len(dated) - count, 0)]:
        for path in dated[stamp]:
            path.unlink(missing_ok=True)
