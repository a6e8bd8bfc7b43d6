"""Graphs made by hand, of things that no server has."""

from __future__ import annotations

from typing import Any

from devdb.dependencies.model import Graph, Need, Thing, Unknown
from devdb.sqltext.quoting import ident


def thing(name: str, type: str = "table", schema: str = "app", arguments: str = "") -> Thing:
    place = f"{ident(schema)}." if schema else ""
    return Thing(type, schema, name, f"{place}{ident(name)}{arguments}")


def graph(*edges: tuple[Thing, Thing], unknown: tuple[Unknown, ...] = (), **more: Any) -> Graph:
    """The graph of these needs: foreign keys, unless a routine has them."""
    things = dict.fromkeys(one for edge in edges for one in edge)
    needs = tuple(
        Need(of, needs, "routine" if of.type == "function" else "fk", f"{of.name}_{needs.name}", of.type != "function")
        for of, needs in edges
    )
    return Graph(tuple(things), needs, unknown, **more)
