"""The migration files in folders, in the order in which they apply, and what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devdb.errors import CheckFailed, UsageError
from devdb.migrations.naming import SUFFIX, FileName, NameMistake, Version, is_callback, next_version, parse

# What a file beside a migration may say of it: V1__x.sql.conf.
_SAYINGS = ("encoding", "executeInTransaction", "placeholderReplacement")


@dataclass(frozen=True)
class File:
    """One migration. `script` is its path within the folder, as Flyway's table has it; `text` is without a byte order
    mark.

    `in_transaction` and `has_placeholders` are what a file of the same name with .conf after it says, else None and
    True.
    """

    path: Path
    script: str
    name: FileName
    text: str = field(repr=False)
    in_transaction: bool | None = None
    has_placeholders: bool = True


@dataclass(frozen=True)
class Mistake:
    """Something wrong with a file, which cannot be used as it is. `line` is None when it concerns the whole."""

    path: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.line is None else f"{self.path}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class Folder:
    """What was found below some directories.

    `files` are in order: versions, then what is repeatable by description; B and U come with the version they are of.
    `unnamed` are SQL files whose names Flyway would pass over, `callbacks` those that it runs at other moments, and
    devdb never.
    """

    paths: tuple[Path, ...]
    files: tuple[File, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    unnamed: tuple[Mistake, ...] = ()
    callbacks: tuple[Path, ...] = ()

    def of(self, *prefixes: str) -> list[File]:
        return [file for file in self.files if file.name.prefix in prefixes]

    def next_version(self) -> Version:
        return next_version(file.name for file in self.files)

    def check(self, *, names: bool = False) -> Folder:
        """Return itself. Raises CheckFailed with all mistakes; `names`: a name that says nothing is one, too."""
        mistakes = [*self.mistakes, *(self.unnamed if names else ())]
        if mistakes:
            raise CheckFailed("\n".join(map(str, mistakes)))
        return self


def read(*directories: Path) -> Folder:
    """The migrations in these directories and those below, hidden ones left out, as Flyway looks for them.

    Raises UsageError for a directory that is not there, or cannot be read.
    """
    files: list[File] = []
    mistakes: list[Mistake] = []
    unnamed: list[Mistake] = []
    callbacks: list[Path] = []
    for directory in directories:
        for path in _sql_files(directory):
            if is_callback(path.name):
                callbacks.append(path)
                continue
            try:
                name = parse(path.name)
            except NameMistake as exc:
                unnamed.append(Mistake(path, None, str(exc)))
                continue
            try:
                files.append(_file(path, path.relative_to(directory).as_posix(), name))
            except _Unusable as exc:
                mistakes.append(exc.mistake)
    files.sort(key=_order)
    mistakes += _twice(files)
    return Folder(tuple(directories), tuple(files), tuple(mistakes), tuple(unnamed), tuple(callbacks))


class _Unusable(Exception):
    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake


def _sql_files(directory: Path) -> Iterator[Path]:
    def refuse(exc: OSError) -> None:
        raise UsageError(f"{exc.filename}: {exc.strerror}")

    if not directory.is_dir():
        raise UsageError(f"there is no directory {directory}", hint="say where the migrations are with --folder")
    for place, below, names in os.walk(directory, onerror=refuse, followlinks=True):
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if name.endswith(SUFFIX))


def _file(path: Path, script: str, name: FileName) -> File:
    said = _conf(path.with_name(path.name + ".conf"))
    encoding = said.get("encoding", "utf-8")
    try:
        data = path.read_bytes()
        text = data.decode(encoding)
    except LookupError:
        raise _Unusable(Mistake(path, None, f"the encoding {encoding!r} is not known")) from None
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise _Unusable(Mistake(path, line, f"not in {encoding.upper()}: {exc.reason}")) from None
    except OSError as exc:
        raise _Unusable(Mistake(path, None, exc.strerror or str(exc))) from None
    return File(
        path,
        script,
        name,
        text.removeprefix("\ufeff"),
        in_transaction=None if "executeInTransaction" not in said else said["executeInTransaction"] == "true",
        has_placeholders=said.get("placeholderReplacement", "true") == "true",
    )


def _conf(path: Path) -> dict[str, str]:
    """What the file beside a migration says of how to run it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError) as exc:
        raise _Unusable(Mistake(path, None, getattr(exc, "strerror", None) or "not in UTF-8")) from None
    said = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, value = (part.strip() for part in line.partition("="))
        if name not in _SAYINGS:
            raise _Unusable(Mistake(path, number, f"{name!r} is none of {', '.join(_SAYINGS)}"))
        if name != "encoding" and value.lower() not in ("true", "false"):
            raise _Unusable(Mistake(path, number, f"{name} is true or false, not {value!r}"))
        said[name] = value if name == "encoding" else value.lower()
    return said


def _order(file: File) -> tuple[object, ...]:
    name = file.name
    if name.version is None:
        # Java compares UTF-16, not characters.
        return (1, (), name.description.encode("utf-16-be", "surrogatepass"), "")
    return (0, name.version.numbers, b"", name.prefix)


def _twice(files: Sequence[File]) -> Iterator[Mistake]:
    """Two files of one version (1 and 1.0 are one), or two repeatable ones of one description."""
    seen: dict[object, File] = {}
    for file in files:
        name = file.name
        key = (name.prefix, name.description if name.version is None else name.version)
        if key in seen:
            what = f"the description {name.description!r}" if name.version is None else f"the version {name.version}"
            yield Mistake(file.path, None, f"{what} is that of {seen[key].path}, too")
        seen.setdefault(key, file)
