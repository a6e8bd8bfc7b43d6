"""New files in a folder of migrations: all of them, or none."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from devdb.errors import Refused

# Hidden, so that neither Flyway nor devdb looks into them: files being written, and files that are complete.
_NEW, _WHOLE = ".devdb-new-", ".devdb-whole-"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other runs from writing into the folder; it is made, and removed again if nothing was put into it.

    What a killed run left is brought to its end: files that were complete get their places, others go.
    """
    made = _make(folder)
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another run is writing into {folder}", hint="wait for its end") from None
        _end_others(folder)
        yield
    finally:
        os.close(lock)
        for directory in made:
            # Not empty any more: that was the point of it.
            with suppress(OSError):
                directory.rmdir()


def write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Put these files into the folder, which `alone` holds. Raises Refused, and puts none, if one is there already.

    They are complete under other names first. A kill while they get their own leaves the first of them, which need none
    of the others, and the next run puts the rest.
    """
    place = Path(tempfile.mkdtemp(prefix=_NEW, dir=folder))
    put: list[Path] = []
    try:
        for name, data in files.items():
            with (place / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        place = place.rename(folder / place.name.replace(_NEW, _WHOLE, 1))
        for name in files:
            _put(place / name, folder / name)
            put.append(folder / name)
    except BaseException:
        for path in put:
            path.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)
        _sync(folder)
    return put


def _put(path: Path, final: Path) -> None:
    """Give the file its name, unless there is one of that name."""
    try:
        os.link(path, final)
    except FileExistsError:
        raise Refused(f"{final} is there already", hint="give another --version or --name") from None
    except OSError:
        # A file system without links.
        if os.path.lexists(final):
            raise Refused(f"{final} is there already", hint="give another --version or --name") from None
        path.rename(final)


def _end_others(folder: Path) -> None:
    for place in sorted(folder.glob(f"{_WHOLE}*")):
        for path in sorted(place.iterdir()):
            if not (folder / path.name).exists():
                _put(path, folder / path.name)
        shutil.rmtree(place)
    for place in folder.glob(f"{_NEW}*"):
        shutil.rmtree(place)


def _make(folder: Path) -> list[Path]:
    """The directories made for it, the innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
