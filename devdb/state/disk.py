"""Migrations on disk: files of Django's, Alembic's and Flyway's, read without running any of them."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devdb.catalog.graph import components
from devdb.errors import CheckFailed, SettingsError
from devdb.migrations.checksum import checksum
from devdb.migrations.naming import Version
from devdb.settings import Settings

TOOLS = ("django", "alembic", "flyway")

_FLYWAY = re.compile(r"(?:(?P<kind>[VUB])(?P<version>\d+(?:[._]\d+)*)|(?P<repeatable>R))__(?P<description>.+)\.sql")
_NOT_OURS = {"node_modules", "site-packages", "__pycache__", "venv", "env", "build", "dist"}
_DEPTH = 6


@dataclass(frozen=True)
class File:
    """One migration. `name` tells it from the tool's others: app.0001_initial, a revision, V1.2, R description.

    `parents` are the revisions that Alembic's comes after, `replaces` the names that a squashed one of Django's stands
    for. `checksum` is as Flyway computes it, None where it depends on more than the file.
    """

    name: str
    path: Path
    title: str = ""
    parents: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    checksum: int | None = None


@dataclass(frozen=True)
class Disk:
    """The files of one tool, in the order in which they apply, and the directories they are in."""

    directories: tuple[Path, ...] = ()
    files: Mapping[str, File] = field(default_factory=dict)


def read(settings: Settings) -> dict[str, Disk]:
    """The files of each tool that has any, where the settings say or, if they say nothing, below their directory.

    Raises SettingsError for a directory that is not there, CheckFailed for a file that cannot be understood.
    """
    said, beside = settings.migrations_state, settings.beside
    found: dict[str, list[tuple[str, Path]]] = {tool: [] for tool in TOOLS}
    if said.are_said:
        found["django"] = [(label, beside / path) for label, path in said.django.items()]
        found["alembic"] = [("", beside / path) for path in said.alembic]
        found["flyway"] = [("", beside / path) for path in said.flyway]
        for tool, places in found.items():
            for _, path in places:
                if not path.is_dir():
                    raise SettingsError(f"migrations_state.{tool}: there is no directory {path}", path=settings.path)
    else:
        for tool, label, path in _search(beside):
            found[tool].append((label, path))
    readers = {"django": _django, "alembic": _alembic, "flyway": _flyway}
    disks = {}
    for tool, places in found.items():
        if places:
            files = list(readers[tool](places))
            disks[tool] = Disk(tuple(path for _, path in places), _by_name(tool, files))
    return disks


def flyway_name(version: str) -> str:
    """The name of a versioned migration of Flyway's."""
    return "V" + ".".join(map(str, Version(version).numbers))


def sql_files(directory: Path) -> list[Path]:
    """The SQL files of a directory in the order in which they apply: by Flyway's versions, or by name.

    Raises SettingsError where some are named as Flyway's are and others are not.
    """
    files = sorted(directory.glob("*.sql"))
    versions = {path: _FLYWAY.fullmatch(path.name) for path in files}
    if not any(versions.values()):
        return files
    if odd := [path.name for path, matched in versions.items() if matched is None]:
        raise SettingsError(f"{directory}: some files are named as Flyway's are, these are not: {', '.join(odd)}")
    return [file.path for file in _flyway([("", directory)])]


def _search(root: Path) -> Iterator[tuple[str, str, Path]]:
    """Tool, label and directory of all that looks like migrations."""
    top = len(root.absolute().parts)
    for place, directories, names in os.walk(root):
        path = Path(place)
        directories[:] = sorted(each for each in directories if each[0] != "." and each not in _NOT_OURS)
        if len(path.absolute().parts) - top >= _DEPTH:
            directories.clear()
        if path.name == "migrations" and "__init__.py" in names:
            yield "django", path.absolute().parent.name, path
        elif path.name == "versions" and (path.parent / "env.py").is_file():
            yield "alembic", "", path
        elif any(_FLYWAY.fullmatch(name) for name in names):
            yield "flyway", "", path


def _by_name(tool: str, files: Iterable[File]) -> dict[str, File]:
    named: dict[str, File] = {}
    for file in files:
        if file.name in named:
            raise CheckFailed(f"{file.path}: {tool}'s migration {file.name} is in {named[file.name].path} already")
        named[file.name] = file
    return named


def _django(places: Iterable[tuple[str, Path]]) -> Iterator[File]:
    for label, directory in places:
        for path in sorted(directory.glob("*.py")):
            if path.name[0] in "_~":
                continue
            for node in _parsed(path).body:
                if isinstance(node, ast.ClassDef) and node.name == "Migration":
                    replaces = _value(_assigned(node.body, "replaces"), path) or ()
                    yield File(f"{label}.{path.stem}", path, replaces=tuple(f"{app}.{name}" for app, name in replaces))


def _alembic(places: Iterable[tuple[str, Path]]) -> Iterator[File]:
    files: dict[str, File] = {}
    for _, directory in places:
        for path in sorted(directory.glob("*.py")):
            module = _parsed(path)
            revision = _value(_assigned(module.body, "revision"), path)
            if revision is None:
                continue
            before = _value(_assigned(module.body, "down_revision"), path)
            parents = (before,) if isinstance(before, str) else tuple(before or ())
            title = (ast.get_docstring(module) or "").partition("\n")[0]
            if revision in files:
                raise CheckFailed(f"{path}: the revision {revision} is in {files[revision].path} already")
            files[revision] = File(str(revision), path, title, parents=parents)
    edges = {name: [parent for parent in file.parents if parent in files] for name, file in files.items()}
    for component in components(edges):
        yield from (files[name] for name in component)


def _flyway(places: Iterable[tuple[str, Path]]) -> Iterator[File]:
    found: list[tuple[tuple[int, ...], str, File]] = []
    for _, directory in places:
        for path in sorted(directory.rglob("*.sql")):
            matched = _FLYWAY.fullmatch(path.name)
            # What undoes is no migration, nor is what may stand for all before it.
            if matched is None or matched["kind"] in ("U", "B"):
                continue
            title = matched["description"].replace("_", " ")
            if matched["repeatable"]:
                found.append(((), title, File(f"R {title}", path, checksum=_checksum(path, repeatable=True))))
            else:
                file = File(flyway_name(matched["version"]), path, title, checksum=_checksum(path, repeatable=False))
                found.append((Version(matched["version"]).numbers, "", file))
    yield from (file for *_, file in sorted(found, key=lambda each: (not each[0], each[0], each[1])))


def _checksum(path: Path, *, repeatable: bool) -> int | None:
    data = path.read_bytes()
    # Of these it is computed when placeholders have their values, which are not known here.
    return None if repeatable and b"${" in data else checksum(data)


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as exc:
        raise CheckFailed(f"{path}:{exc.lineno or 1}: this is not Python: {exc.msg}") from exc
    except (OSError, ValueError) as exc:
        raise CheckFailed(f"{path}: cannot be read: {getattr(exc, 'strerror', None) or exc}") from exc


def _assigned(body: Iterable[ast.stmt], name: str) -> ast.expr | None:
    """The last value that these statements give to `name`."""
    value = None
    for node in body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            value = node.value  # type: ignore[attr-defined]  # both kinds have one
    return value


def _value(node: ast.expr | None, path: Path) -> Any:
    if node is None:
        return None
    try:
        return ast.literal_eval(node)
    except ValueError as exc:
        raise CheckFailed(f"{path}:{node.lineno}: this is computed when the file runs, which it is not here") from exc
