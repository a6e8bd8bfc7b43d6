"""Which tables may get rows, and over which keys: known before any row is read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from devdb.catalog.model import ForeignKey, Name, Source

if TYPE_CHECKING:
    from devdb.sampling.choice import Reference

Path = tuple[str, ...]


def paths(source: Source, starts: Mapping[Name, str], references: Sequence[Reference]) -> dict[Name, Path]:
    """For each table that may get rows, the shortest way to it from a table that gets some of its own.

    `starts` are these, with what puts rows into them. A barred table gets none, whatever refers to it.
    """
    found: dict[Name, Path] = {name: (text,) for name, text in starts.items()}
    chosen = dict(found)
    todo = deque((name, True) for name in starts)
    by_child: dict[Name, list[Reference]] = {}
    by_parent: dict[Name, list[Reference]] = {}
    for reference in references:
        by_child.setdefault(source.root(reference.key.child).name, []).append(reference)
        by_parent.setdefault(source.root(reference.key.parent).name, []).append(reference)
    while todo:
        name, is_chosen = todo.popleft()
        path = chosen[name] if is_chosen else found[name]
        for reference in by_child.get(name, ()):
            parent = source.root(reference.key.parent).name
            if not reference.is_cut and parent not in found:
                found[parent] = (*path, up(reference.key))
                todo.append((parent, False))
        for reference in by_parent.get(name, ()):
            child = source.root(reference.key.child).name
            if reference.follow is None or not (is_chosen or reference.follow.of == "all"):
                continue
            if child not in chosen:
                # It may have been there as a parent; now it has rows whose children are wanted as well.
                chosen[child] = (*path, down(reference.key))
                found.setdefault(child, chosen[child])
                todo.append((child, True))
    return found


def up(key: ForeignKey) -> str:
    """A key as one goes to the parent: public.item.product_id → public.product."""
    return f"{key.child.name}.{_columns(key.child_columns)} → {key.parent.name}"


def down(key: ForeignKey) -> str:
    """A key as one goes to the children: public.item (order_id) children."""
    return f"{key.child.name} ({', '.join(key.child_columns)}) children"


def written(path: Iterable[str]) -> str:
    return " → ".join(path)


def _columns(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"
