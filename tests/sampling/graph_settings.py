"""What the settings write of a graph's rules, keys and follows."""

from __future__ import annotations

from typing import Any

from foreign_key_graphs import SEED, Graph, Reference, Table

from devdb.settings import key_pattern_for, pattern_for


def sampling(graph: Graph) -> dict[str, Any]:
    """The section sampling of the settings."""
    said: dict[str, Any] = {"default": "none", "seed": SEED}
    said["tables"] = {_table(table): table.rule for table in graph.tables}
    follow = {_key(reference): _follow(reference) for reference in graph.references if reference.is_said}
    if graph.default_follow is not None:
        follow = {"default": graph.default_follow.written, **follow}
    keys = {_key(reference): {"on_missing": "set_null"} for reference in graph.references if reference.is_cut}
    virtual = {reference.name: _virtual(reference) for reference in graph.references if reference.virtual}
    return said | {
        name: value for name, value in (("follow", follow), ("keys", keys), ("virtual_keys", virtual)) if value
    }


def seeds(graph: Graph) -> tuple[str, ...]:
    """The values of --seed."""
    return tuple(f"{_table(table)}: {condition}" for table, condition in graph.seeds)


def _table(table: Table) -> str:
    return pattern_for(table.schema, table.name)


def _key(reference: Reference) -> str:
    """By its columns or by its name, as its number is even or odd; virtual keys may have their columns in common."""
    child = reference.child
    name = child.name if reference.child_part is None else f"{child.name} {reference.child_part}"
    if reference.virtual is not None or int(reference.name.split()[-1]) % 2:
        return key_pattern_for(child.schema, name, constraint=reference.name)
    columns = [reference.child_columns[position].name for position in reference.order]
    return key_pattern_for(child.schema, name, columns)


def _follow(reference: Reference) -> Any:
    return "none" if reference.follow is None else reference.follow.written


def _virtual(reference: Reference) -> dict[str, Any]:
    assert reference.virtual is not None
    said: dict[str, Any] = {
        "child": _table(reference.child),
        "columns": reference.virtual.values,
        "parent": _table(reference.parent),
    }
    if not reference.parent_key.is_primary or len(reference.parent_key.columns) > 1:
        # Without the names it is the primary key, whose columns the catalog lists in its order.
        said["parent_columns"] = [column.name for column in reference.parent_key.columns]
    if reference.virtual.when is not None:
        said["when"] = reference.virtual.when
    return said
