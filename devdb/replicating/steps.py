"""The steps of a replication: numbered SQL templates, and the functions that they become."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import ScriptFailed, SettingsError
from devdb.replicating.statements import Part, parts
from devdb.settings import Settings, nearest
from devdb.settings.replicate import Condition
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates

DIRECTORY = "replicate"
FUNCTION = "db_replicate_step"

_FILE = re.compile(r"0*(\d+)_.*\.sql")


@dataclass(frozen=True)
class Step:
    """One template: its number and file, what it says in both modes, and the function that runs it.

    `groups` are the statements side by side: of a subset, and of everything. Where the two differ in more than words,
    there is one group of all statements.
    """

    number: int
    file: str
    groups: tuple[Group, ...]

    @property
    def function(self) -> str:
        return f"{FUNCTION}{self.number}"

    @property
    def has_modes(self) -> bool:
        """Whether a subset and everything are two things to it."""
        return any(group.differs for group in self.groups)


@dataclass(frozen=True)
class Group:
    """Statements that take each other's place."""

    of_subset: tuple[Part, ...]
    of_all: tuple[Part, ...]

    @property
    def differs(self) -> bool:
        return [part.sql for part in self.of_subset] != [part.sql for part in self.of_all]


def find(settings: Settings, *, foreign_schema: str) -> tuple[list[Step], list[str]]:
    """The steps in their order, and the conditions of the settings that none of them uses.

    Raises SettingsError when there are none, or two of one number, and ScriptFailed for what is wrong with one.
    """
    directories = (*settings.sql_directories, settings.beside)
    directory = next((place / DIRECTORY for place in directories if (place / DIRECTORY).is_dir()), None)
    by_number: dict[int, Path] = {}
    for path in sorted(directory.iterdir()) if directory is not None else ():
        found = _FILE.fullmatch(path.name)
        if found is None or not path.is_file():
            continue
        number = int(found[1])
        if number in by_number:
            raise SettingsError(f"{by_number[number]} and {path.name} have the same number", path=settings.path)
        by_number[number] = path
    if not by_number:
        looked = ", ".join(str(place / DIRECTORY) for place in directories)
        raise SettingsError(f"there is no step: no 01_….sql in {looked}", hint="each step is a numbered SQL template")
    templates = Templates(directories, functions=("subset",))
    used: set[str] = set()
    steps = [
        _step(number, path, templates, settings.replicate.subset, used, foreign_schema)
        for number, path in sorted(by_number.items())
    ]
    return steps, [label for label in settings.replicate.subset if label not in used]


def _step(
    number: int,
    path: Path,
    templates: Templates,
    conditions: Mapping[str, Condition],
    used: set[str],
    foreign_schema: str,
) -> Step:
    def rendered(mode: str) -> Script:
        return templates.render(
            f"{DIRECTORY}/{path.name}",
            subset=_subset(conditions, used, is_wanted=mode == "Subset"),
            fdw_schema=foreign_schema,
            mode=mode,
        )

    of_subset, of_all = parts(rendered("Subset")), parts(rendered("Full"))
    if not of_subset and not of_all:
        raise ScriptFailed("there is no statement in it", path=path)
    return Step(number, str(path), _side_by_side(of_subset, of_all))


def _subset(conditions: Mapping[str, Condition], used: set[str], *, is_wanted: bool) -> Callable[[str], str]:
    def subset(label: str) -> str:
        if label not in conditions:
            hint = nearest(str(label), conditions)
            raise ValueError(f"replicate.subset has no {label}" + (f": {hint}" if hint else ""))
        used.add(label)
        return f"AND {_conjunct(conditions[label].sql)}" if is_wanted else ""

    return subset


def _conjunct(condition: str) -> str:
    """The condition as one side of AND: as it is, unless it is an OR, or holds what a comment might be."""
    from pglast import parser

    tree = json.loads(parser.parse_sql_json(f"SELECT WHERE {condition}\n"))
    said = tree["stmts"][0]["stmt"]["SelectStmt"]["whereClause"]
    is_plain = said.get("BoolExpr", {}).get("boolop") != "OR_EXPR" and "--" not in condition and "/*" not in condition
    return condition.strip() if is_plain else f"({condition}\n)"


def _side_by_side(of_subset: Sequence[Part], of_all: Sequence[Part]) -> tuple[Group, ...]:
    if [(part.table, part.verb) for part in of_subset] != [(part.table, part.verb) for part in of_all]:
        return (Group(tuple(of_subset), tuple(of_all)),)
    return tuple(Group((a,), (b,)) for a, b in zip(of_subset, of_all, strict=True))
