"""A closure as a diagram that other programs draw: Graphviz' DOT, and Mermaid."""

from __future__ import annotations

from collections.abc import Iterator

from devdb.dependencies.model import Closure, Thing

_SHAPES = {
    "table": "box",
    "foreign table": "box",
    "view": "note",
    "materialized view": "note",
    "function": "component",
    "procedure": "component",
    "aggregate": "component",
    "package": "component",
    "package body": "component",
    "type": "ellipse",
    "domain": "ellipse",
    "sequence": "cds",
    "extension": "box3d",
}


def dot(closure: Closure) -> Iterator[str]:
    """Lines of a digraph in Graphviz' language (its grammar: graphviz.org/doc/info/lang.html)."""
    yield "digraph dependencies {"
    yield '  rankdir=LR; node [fontname="sans-serif" fontsize=10]; edge [fontname="sans-serif" fontsize=8];'
    numbers = _numbers(closure)
    for thing, number in numbers.items():
        seed = " penwidth=2" if thing in closure.seeds else ""
        label = f"{thing.type}\n{thing.identity}"
        yield f"  n{number} [label={_quoted(label)} shape={_SHAPES.get(thing.type, 'hexagon')}{seed}];"
    for need in closure.needs:
        style = "" if need.is_certain else " style=dashed"
        label = f"{need.kind} {need.detail}".strip()
        yield f"  n{numbers[need.of]} -> n{numbers[need.needs]} [label={_quoted(label)}{style}];"
    yield "}"


def mermaid(closure: Closure) -> Iterator[str]:
    """Lines of a flowchart in Mermaid's language."""
    yield "flowchart LR"
    numbers = _numbers(closure)
    for thing, number in numbers.items():
        yield f'  n{number}["{_entities(thing.type)}<br/>{_entities(thing.identity)}"]'
    for need in closure.needs:
        arrow = "-->" if need.is_certain else "-.->"
        label = f"{need.kind} {need.detail}".strip()
        yield f'  n{numbers[need.of]} {arrow}|"{_entities(label)}"| n{numbers[need.needs]}'
    for seed in closure.seeds:
        yield f"  style n{numbers[seed]} stroke-width:3px"


def _numbers(closure: Closure) -> dict[Thing, int]:
    return {thing: number for number, thing in enumerate(closure.things, start=1)}


def _quoted(text: str) -> str:
    r"""A quoted text of DOT. A label has escapes of its own (\N, \G), so that a backslash counts twice."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'


def _entities(text: str) -> str:
    """Text between Mermaid's quotes: what is neither letter nor digit goes by its number, as # would end nothing."""
    return "".join(one if one.isalnum() or one in " _.,()" else f"#{ord(one)};" for one in text)
