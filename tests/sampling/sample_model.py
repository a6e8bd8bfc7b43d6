"""What a sample is, told naively: the least set of rows that the rules, the keys and the follows of a graph ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from foreign_key_graphs import Graph, Reference, Table

# The rows of a table by position, and how deep each lies: how many times children were taken to come to it.
Depths = dict[Table, dict[int, int]]


@dataclass
class Sample:
    """`depths` are of all rows, `chosen` of those that rules or follows chose; `nulled` are columns made NULL."""

    depths: Depths
    chosen: Depths
    nulled: dict[tuple[Table, int], set[str]] = field(default_factory=dict)

    def positions(self, table: Table) -> set[int]:
        return set(self.depths[table])


def sample(graph: Graph, seeds: Mapping[Table, set[int]], ranked: Mapping[str, Sequence[int]]) -> Sample:
    """The sample of rows that the rules choose, `seeds`, by position.

    `ranked` are, for each reference with a follow, the child's rows that meet its condition, in its order.
    """
    found = Sample(depths={table: {} for table in graph.tables}, chosen={table: {} for table in graph.tables})
    parents = {reference.name: parents_of(reference) for reference in graph.references}
    for table in graph.tables:
        for n in seeds[table]:
            assert not table.is_barred
            found.depths[table][n] = found.chosen[table][n] = 0
    grows = True
    while grows:
        grows = False
        for reference in graph.references:
            names = parents[reference.name]
            for n, depth in list(_upward(reference, found, names)):
                grows |= _put(found.depths[reference.parent], n, depth)
            for n, depth in list(_downward(reference, found, names, ranked.get(reference.name, ()))):
                grows |= _put(found.depths[reference.child], n, depth)
                grows |= _put(found.chosen[reference.child], n, depth)
    for reference in graph.references:
        if is_cut(reference):
            for n in found.depths[reference.child]:
                if any(parent not in found.depths[reference.parent] for parent in parents[reference.name][n]):
                    found.nulled.setdefault((reference.child, n), set()).update(cut_columns(graph, reference))
    return found


def parents_of(reference: Reference) -> list[set[int]]:
    """For each row of the child, by position, the rows that it refers to."""
    targets = reference.rows_by_key()
    return [{targets[key].n for key in reference.of(row)} for row in reference.child.rows]


def children(reference: Reference, parent: int, names: Sequence[set[int]], ranked: Sequence[int]) -> list[int]:
    """The rows that the reference's follow takes for one row of the parent."""
    assert reference.follow is not None
    referring = [n for n in ranked if parent in names[n]]
    return referring if reference.follow.max is None else referring[: reference.follow.max]


def is_cut(reference: Reference) -> bool:
    return reference.is_cut or reference.parent.is_barred


def cut_columns(graph: Graph, reference: Reference) -> set[str]:
    """The columns that can be NULL and say nothing but where this reference goes; none when it cannot be cut."""
    child = reference.child
    taken = {"part"} | {column.name for key in child.keys if key.is_primary for column in key.columns}
    for other in graph.references:
        are_alternatives = _has_condition(reference) and _has_condition(other)
        if other is not reference and other.child is child and not are_alternatives:
            taken |= other.read_columns
        if other.parent is child:
            taken |= {column.name for column in other.parent_key.columns}
        if other.child is child and other.not_null:
            taken |= other.columns
    free = reference.columns - taken
    return set() if reference.is_full and free != reference.columns else free


def _has_condition(reference: Reference) -> bool:
    """One column may refer to this or to that, as conditions say."""
    return reference.virtual is not None and reference.virtual.when is not None


def _upward(reference: Reference, found: Sample, names: Sequence[set[int]]) -> Iterator[tuple[int, int]]:
    if not is_cut(reference):
        for n, depth in found.depths[reference.child].items():
            for parent in names[n]:
                yield parent, depth


def _downward(
    reference: Reference, found: Sample, names: Sequence[set[int]], ranked: Sequence[int]
) -> Iterator[tuple[int, int]]:
    follow = reference.follow
    if follow is None or reference.child.is_barred:
        return
    expanded = found.chosen if follow.of == "chosen" else found.depths
    for parent, depth in expanded[reference.parent].items():
        if follow.depth is None or depth < follow.depth:
            for n in children(reference, parent, names, ranked):
                yield n, depth + 1


def _put(depths: dict[int, int], n: int, depth: int) -> bool:
    """Note that the row is there; returns whether that is news."""
    if n in depths and depths[n] <= depth:
        return False
    depths[n] = depth
    return True
