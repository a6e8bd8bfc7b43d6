"""Find the object that a person means by what was typed: app.orders, app."Orders", app.total(integer)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from devdb.dependencies.model import Graph, Thing
from devdb.errors import UsageError
from devdb.settings.complaints import nearest

_PART = r'"(?:[^"]|"")+"|[^."()\s][^."(]*'
_NAME = re.compile(rf"\s*({_PART})(?:\s*\.\s*({_PART}))?\s*(\(.*\))?\s*", re.DOTALL)
_MOST_NAMED = 5


def find(graph: Graph, text: str, *, type: str | None = None) -> Thing:
    """The one thing that `text` names: its identity, or schema and name as in SQL, with arguments for a routine.

    Names that are not quoted may be written in any case where only one is meant, and without their schema where only
    one has such a thing. Raises UsageError: nothing is called so, it lies in a schema that is not chosen, it is of
    another type than `type`, or it may mean several things.
    """
    if type is not None and not any(thing.type == type for thing in graph.things):
        types = sorted({thing.type for thing in graph.things})
        raise UsageError(f"no object is a {type}", hint=nearest(type, types) or f"types there are: {', '.join(types)}")
    named = _named(graph, text) or [thing for thing in graph.things if thing.identity == text.strip()]
    if not named:
        raise _nothing(graph, text)
    found = [thing for thing in named if type in (None, thing.type)]
    if not found:
        others = ", ".join(sorted({thing.type for thing in named}))
        raise UsageError(f"{text} is no {type}", hint=f"what is called so is of type {others}")
    allowed = [thing for thing in found if graph.schemas is None or not thing.schema or thing.schema in graph.schemas]
    if not allowed:
        schema = found[0].schema
        raise UsageError(
            f"{found[0]} lies in the schema {schema}, which source.schemas leaves out",
            hint=f"add {schema} to source.schemas",
        )
    if {thing.type for thing in allowed} == {"package", "package body"}:
        # Oracle's: who asks for it means both, and the package has its body with it.
        allowed = [thing for thing in allowed if thing.type == "package"]
    if len(allowed) > 1:
        raise _several(text, allowed)
    return allowed[0]


def _named(graph: Graph, text: str) -> list[Thing]:
    parsed = _NAME.fullmatch(text)
    if parsed is None:
        return []
    first, second, arguments = parsed.groups()
    schema, name = (None, first) if second is None else (first, second)
    for same in (_same, _alike):
        found = [
            thing for thing in graph.things if same(name, thing.name) and (schema is None or same(schema, thing.schema))
        ]
        if arguments is not None:
            found = [thing for thing in found if _takes(thing, arguments)]
        if found:
            return found
    return []


def _same(written: str, name: str) -> bool:
    """Whether SQL means that name."""
    return name == (written[1:-1].replace('""', '"') if written.startswith('"') else written.strip().lower())


def _alike(written: str, name: str) -> bool:
    """Whether a person may mean that name: the shell took the quotes, or the source writes names in capitals."""
    return _same(written, name) if written.startswith('"') else written.strip().lower() == name.lower()


def _takes(thing: Thing, arguments: str) -> bool:
    """Whether a routine or an operator takes these arguments; of types only the last name counts if no more is said."""
    if not thing.identity.endswith(")"):
        return False
    kind = "OPERATOR" if thing.type == "operator" else "FUNCTION"
    wanted, known = _types(f"{'=' if kind == 'OPERATOR' else 'f'}{arguments}", kind), _types(thing.identity, kind)
    if wanted is None or known is None or len(wanted) != len(known):
        return False
    return all(
        is_array == was_array and names[-len(said) :] == said
        for (said, is_array), (names, was_array) in zip(wanted, known, strict=True)
    )


@lru_cache(maxsize=1000)
def _types(signature: str, kind: str) -> list[tuple[list[str], bool]] | None:
    """The types of a signature, names without pg_catalog, and whether they are arrays; None if it is none."""
    from pglast.parser import ParseError, parse_sql

    try:
        (statement,) = parse_sql(f"DROP {kind} {signature}")
    except ParseError:
        return None
    found = []
    dropped: Any = statement.stmt
    for argument in dropped.objects[0].objargs or ():
        names = [] if argument is None else [part.sval for part in argument.names]
        found.append((names[names[:1] == ["pg_catalog"] :], argument is not None and bool(argument.arrayBounds)))
    return found


def _nothing(graph: Graph, text: str) -> UsageError:
    known = _shown(graph)
    alike = difflib.get_close_matches(text.strip().lower(), list(known), n=_MOST_NAMED, cutoff=0.6)
    # Of a name without its schema, or with another, the last part is compared.
    last = text.strip().lower().split("(")[0].rpartition(".")[2].strip('"')
    by_name = {thing.name.lower(): str(thing) for thing in graph.things if _may_be_asked_for(graph, thing)}
    alike = alike or difflib.get_close_matches(last, list(by_name), n=_MOST_NAMED, cutoff=0.6)
    near = list(dict.fromkeys(known.get(name) or by_name[name] for name in alike))
    hint = f"did you mean {', '.join(near)}?" if near else "give it as SCHEMA.NAME, as in SQL"
    return UsageError(f"there is no object {text}", hint=hint)


def _shown(graph: Graph) -> dict[str, str]:
    return {thing.identity.lower(): str(thing) for thing in graph.things if _may_be_asked_for(graph, thing)}


def _may_be_asked_for(graph: Graph, thing: Thing) -> bool:
    return graph.schemas is None or not thing.schema or thing.schema in graph.schemas


def _several(text: str, found: Sequence[Thing]) -> UsageError:
    shown = _listed(str(thing) for thing in found)
    if len({thing.type for thing in found}) == len(found):
        types = ", ".join(sorted({thing.type for thing in found}))
        return UsageError(f"{text} may be {shown}", hint=f"say which with --type: {types}")
    if len({thing.schema for thing in found}) > 1:
        return UsageError(f"{text} may be {shown}", hint="give its schema, too")
    return UsageError(f"{text} may be {shown}", hint="give it as it is written here")


def _listed(words: Iterable[str]) -> str:
    said = list(words)
    shown = said[:_MOST_NAMED]
    more = f" and {len(said) - len(shown)} more" if len(said) > len(shown) else ""
    return ", ".join(shown) + more
