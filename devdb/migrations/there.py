"""Which of a source's objects the files of a folder create."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from devdb.dependencies.model import Closure, Graph, Thing
from devdb.migrations.created import Created, created, signature
from devdb.migrations.folder import Folder
from devdb.migrations.inventory import Made
from devdb.progress import Reporter

Target = Literal["postgres", "oracle"]

# A foreign table of the source is an ordinary one in the files; some of Oracle's tables have types of their own.
_ALIKE: dict[str, tuple[str, ...]] = {
    "table": ("foreign table", "temporary table", "external table"),
    "materialized view": ("table",),
}


def there(
    graph: Graph, present: Folder, closures: Sequence[Closure], report: Reporter, *, target: Target = "postgres"
) -> set[Thing]:
    """What is there when all files of the folder have been applied, and before any new one is.

    What is repeatable is applied last of all, and can be applied twice: where something new needs it, it is not there.
    """
    all_of_them = created(present, target=target)
    for file, line, reason in all_of_them.opaque:
        place = file if line is None else f"{file}:{line}"
        report.warning(f"{place}: {reason}: what it creates is not known, and may be created again")
    found = _among(all_of_them, graph.things)
    versioned = replace(present, files=tuple(file for file in present.files if file.name.prefix != "R"))
    late = (
        found - _among(created(versioned, target=target), graph.things)
        if len(versioned.files) < len(present.files)
        else set()
    )
    for closure in closures:
        users = [thing for thing in closure.things if thing not in found]
        needed = late & set(graph.needed(users).things)
        for thing in sorted(needed):
            report.note(f"{thing} is created before its repeatable migration is: others need it")
        found -= needed
        late -= needed
    return found


def _among(there: Created, things: Iterable[Thing]) -> set[Thing]:
    """Those of the things that files create. A name without schema is that of the one thing called so, or public's."""
    by_name: dict[tuple[str, str], list[Made]] = {}
    for made in there.things:
        for type_ in (made[0], *_ALIKE.get(made[0], ())):
            by_name.setdefault((type_, made[2]), []).append(made)
    named = [(thing, key) for thing in things for key in [_key(thing)] if key in by_name]
    schemas: dict[tuple[str, str], set[str]] = {}
    for thing, key in named:
        schemas.setdefault(key, set()).add(thing.schema)
    found = set()
    for thing, key in named:
        is_plain = schemas[key] == {thing.schema} or thing.schema == "public"
        for _, schema, _, args in by_name[key]:
            if schema != thing.schema and not (schema is None and is_plain):
                continue
            if args is None or args == signature(thing.type, thing.identity):
                found.add(thing)
    return found


def _key(thing: Thing) -> tuple[str, str]:
    # A cast has no name, only what it is between.
    return thing.type, "" if thing.type == "cast" else thing.name
