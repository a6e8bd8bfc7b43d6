"""The model that builds are compared with is right itself: cases told by hand, and what is true of every sample."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence

from foreign_key_graphs import Follow, Graph, Key, Reference, Row, Table
from graph_strategies import graphs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from key_types import PART, KeyColumn
from sample_model import Sample, children, cut_columns, is_cut, parents_of, sample


def _tables(*sizes: int) -> list[Table]:
    """Tables whose rows have their numbers for keys."""
    found = []
    for number, size in enumerate(sizes):
        table = Table("one", f"table {number}", False)
        table.keys.append(Key([table.new_column(KeyColumn("", "integer", str, PART))], True))
        table.rows = [Row(n, {table.columns[0].name: n}) for n in range(size)]
        found.append(table)
    return found


def _refer(child: Table, parent: Table, *targets: int | None, follow: Follow | None = None) -> Reference:
    """A reference of each row of the child in turn."""
    column = child.new_column(KeyColumn("", "integer", str, PART))
    for row, target in zip(child.rows, targets, strict=True):
        row.values[column.name] = target
    name = f"reference {child.name} {column.name}"
    return Reference(name, child, [column], parent, parent.keys[0], follow=follow)


def _sample(
    references: Sequence[Reference], seeds: Mapping[Table, set[int]], tables: Sequence[Table]
) -> list[list[int]]:
    """The rows of each table. Children come in the order of their numbers."""
    graph = Graph(list(tables), list(references))
    ranked = {reference.name: [row.n for row in reference.child.rows] for reference in references}
    found = sample(graph, {table: seeds.get(table, set()) for table in tables}, ranked)
    return [sorted(found.positions(table)) for table in tables]


def test_parents_come_with_their_children() -> None:
    a, b, c = tables = _tables(3, 3, 3)
    references = [_refer(a, b, 2, 1, None), _refer(b, c, 0, None, 1)]
    assert _sample(references, {a: {0}}, tables) == [[0], [2], [1]]


def test_a_cycle_ends() -> None:
    (a,) = tables = _tables(4)
    assert _sample([_refer(a, a, 1, 2, 0, 3)], {a: {0}}, tables) == [[0, 1, 2]]


def test_no_more_children_than_the_cap_and_the_first_of_them() -> None:
    a, b = tables = _tables(2, 5)
    assert _sample([_refer(b, a, 0, 1, 0, 0, 0, follow=Follow(max=2))], {a: {0}}, tables) == [[0], [0, 2]]


def test_the_cap_counts_what_is_there_by_another_way() -> None:
    a, b = tables = _tables(1, 4)
    reference = _refer(b, a, 0, 0, 0, 0, follow=Follow(max=2))
    assert _sample([reference], {a: {0}, b: {1}}, tables) == [[0], [0, 1]]
    assert _sample([reference], {a: {0}, b: {3}}, tables) == [[0], [0, 1, 3]]


def test_children_are_those_of_chosen_rows_unless_all_are_meant() -> None:
    a, b = tables = _tables(1, 3)
    # The row of a is there because a chosen row of b needs it.
    assert _sample([_refer(b, a, 0, 0, 0, follow=Follow())], {b: {1}}, tables) == [[0], [1]]
    assert _sample([_refer(b, a, 0, 0, 0, follow=Follow(of="all"))], {b: {1}}, tables) == [[0], [0, 1, 2]]


def test_children_have_children_to_the_depth_that_is_said() -> None:
    (a,) = tables = _tables(6)
    for depth in (1, 2, 3):
        reference = _refer(a, a, None, 0, 1, 2, 3, 4, follow=Follow(depth=depth))
        assert _sample([reference], {a: {0}}, tables) == [list(range(depth + 1))]
    assert _sample([_refer(a, a, None, 0, 1, 2, 3, 4, follow=Follow())], {a: {0}}, tables) == [list(range(6))]


def test_a_parent_lies_as_deep_as_the_row_that_needs_it() -> None:
    a, b, c = tables = _tables(1, 1, 2)
    # From a to its child in b, up to c, and from there to the children of c, which would be the second step.
    down = _refer(b, a, 0, follow=Follow())
    up = _refer(b, c, 0)
    for depth, found in ((1, [0]), (2, [0, 1])):
        again = _refer(c, c, None, 0, follow=Follow(of="all", depth=depth))
        assert _sample([down, up, again], {a: {0}}, tables) == [[0], [0], found]


def test_a_row_that_a_key_needed_may_become_a_child_later() -> None:
    a, b, c = tables = _tables(1, 1, 1)
    # The row of a needs that of b, which is a child of that of a as well: only so its children are wanted.
    references = [_refer(a, b, 0), _refer(c, b, 0, follow=Follow())]
    assert _sample(references, {a: {0}}, tables) == [[0], [0], []]
    references.append(_refer(b, a, 0, follow=Follow()))
    assert _sample(references, {a: {0}}, tables) == [[0], [0], [0]]


def test_a_key_that_is_cut_brings_no_parent() -> None:
    a, b = tables = _tables(3, 2)
    reference = _refer(a, b, 0, 1, 1)
    reference.is_cut = True
    found = sample(Graph(list(tables), [reference]), {a: {0, 1}, b: {1}}, {})
    assert found.positions(b) == {1}
    assert found.nulled == {(a, 0): cut_columns(Graph(list(tables), [reference]), reference)}


def test_a_barred_table_stays_empty() -> None:
    a, b = tables = _tables(2, 2)
    up, down = _refer(a, b, 0, 1), _refer(b, a, 0, 1, follow=Follow())
    b.rule = "empty"
    found = sample(Graph(list(tables), [up, down]), {a: {0}, b: set()}, {down.name: [0, 1]})
    assert (found.positions(a), found.positions(b)) == ({0}, set())
    assert list(found.nulled) == [(a, 0)]


_EXAMPLES = settings(
    max_examples=int(os.environ.get("DEVDB_GRAPHS", "30")),
    derandomize="DEVDB_GRAPHS" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@st.composite
def _samples(draw: st.DrawFn) -> tuple[Graph, dict[Table, set[int]], dict[str, list[int]], Sample]:
    """A graph, rows that rules chose, children in any order without some that conditions leave out, and the sample."""
    graph = draw(graphs(is_wide=True))
    chance = random.Random(draw(st.integers(0, 2**32)))
    seeds = {
        table: set[int]() if table.is_barred else {row.n for row in table.rows if chance.random() < 0.1}
        for table in graph.tables
    }
    ranked = {}
    for reference in graph.references:
        if reference.follow is not None:
            rows = [row.n for row in reference.child.rows]
            ranked[reference.name] = chance.sample(rows, round(len(rows) * chance.choice([0.6, 1])))
    return graph, seeds, ranked, sample(graph, seeds, ranked)


@_EXAMPLES
@given(_samples())
def test_a_sample_is_what_can_be_walked_to(
    made: tuple[Graph, dict[Table, set[int]], dict[str, list[int]], Sample],
) -> None:
    """The same by another definition: rows at the end of a walk over keys and children from a row that a rule chose."""
    graph, seeds, ranked, found = made
    parents = {reference.name: parents_of(reference) for reference in graph.references}
    deepest = max((item.follow.depth or 0 for item in graph.references if item.follow), default=0)
    seen = {(table, n, True, 0) for table in graph.tables for n in seeds[table]}
    todo = list(seen)
    while todo:
        table, n, is_chosen, depth = todo.pop()
        reached: list[tuple[Table, int, bool, int]] = []
        for reference in graph.references:
            names = parents[reference.name]
            if reference.child is table and not is_cut(reference):
                reached += ((reference.parent, parent, False, depth) for parent in names[n])
            follow = reference.follow
            if reference.parent is not table or follow is None or reference.child.is_barred:
                continue
            if (is_chosen or follow.of == "all") and (follow.depth is None or depth < follow.depth):
                taken = children(reference, n, names, ranked[reference.name])
                # Beyond every bound one depth is like another.
                reached += ((reference.child, child, True, min(depth + 1, deepest)) for child in taken)
        todo += set(reached) - seen
        seen |= set(reached)
    assert {(table, n) for table, n, _, _ in seen} == {
        (table, n) for table in graph.tables for n in found.depths[table]
    }
    assert {(table, n) for table, n, is_chosen, _ in seen if is_chosen} == {
        (table, n) for table in graph.tables for n in found.chosen[table]
    }


@_EXAMPLES
@given(_samples())
def test_nothing_can_be_left_out_of_a_sample(
    made: tuple[Graph, dict[Table, set[int]], dict[str, list[int]], Sample],
) -> None:
    """Without any row that no rule chose, a key of another row is broken, or a child is missing that was promised."""
    graph, seeds, ranked, found = made
    needed: dict[Table, set[int]] = {table: set(seeds[table]) for table in graph.tables}
    for reference in graph.references:
        names = parents_of(reference)
        if not is_cut(reference):
            for n in found.depths[reference.child]:
                needed[reference.parent] |= names[n] - ({n} if reference.child is reference.parent else set())
        for n in _expanded(reference, found):
            taken = set(children(reference, n, names, ranked[reference.name]))
            assert taken <= found.chosen[reference.child].keys(), "a promised child is missing"
            assert reference.follow is not None
            assert reference.follow.max is None or len(taken) <= reference.follow.max
            needed[reference.child] |= taken - ({n} if reference.child is reference.parent else set())
    assert {table: found.positions(table) for table in graph.tables} == needed


@_EXAMPLES
@given(_samples())
def test_what_is_null_is_what_points_at_nothing(
    made: tuple[Graph, dict[Table, set[int]], dict[str, list[int]], Sample],
) -> None:
    graph, _, _, found = made
    expected: dict[tuple[Table, int], set[str]] = {}
    for reference in graph.references:
        for n, targets in enumerate(parents_of(reference)):
            if n in found.depths[reference.child] and not targets <= found.positions(reference.parent):
                assert is_cut(reference), "a key that is not cut is broken"
                expected.setdefault((reference.child, n), set()).update(cut_columns(graph, reference))
    assert found.nulled == expected
    assert all(found.nulled.values())


def _expanded(reference: Reference, found: Sample) -> list[int]:
    """The rows of the parent whose children are taken."""
    follow = reference.follow
    if follow is None or reference.child.is_barred:
        return []
    rows = found.chosen if follow.of == "chosen" else found.depths
    return [n for n, depth in rows[reference.parent].items() if follow.depth is None or depth < follow.depth]
