"""The components of a graph are what can reach each other, and come in an order that one can work through."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devdb.catalog.graph import components

Edges = dict[int, list[int]]

edges = st.integers(1, 12).flatmap(
    lambda count: st.lists(
        st.lists(st.integers(0, count - 1), max_size=4), min_size=count, max_size=count
    ).map(lambda successors: dict(enumerate(successors)))
)  # fmt: skip


def reachable(edges: Edges, start: int) -> set[int]:
    found = {start}
    todo = [start]
    while todo:
        new = set(edges[todo.pop()]) - found
        found |= new
        todo += new
    return found


@given(edges)
def test_a_component_is_what_can_reach_each_other(edges: Edges) -> None:
    reached = {node: reachable(edges, node) for node in edges}
    expected = {
        frozenset(other for other in edges if other in reached[node] and node in reached[other]) for node in edges
    }
    found = components(edges)
    assert {frozenset(component) for component in found} == expected
    assert sorted(node for component in found for node in component) == sorted(edges)


@given(edges)
def test_a_component_comes_after_all_that_it_has_edges_to(edges: Edges) -> None:
    place = {node: number for number, component in enumerate(components(edges)) for node in component}
    assert all(place[successor] <= place[node] for node, successors in edges.items() for successor in successors)


@given(edges)
def test_the_order_is_the_same_every_time(edges: Edges) -> None:
    assert components(edges) == components(edges)


def test_a_chain_of_any_length_is_no_recursion() -> None:
    chain = {node: [node + 1] for node in range(50_000)} | {50_000: []}
    assert components(chain) == [[node] for node in reversed(range(50_001))]


def test_a_cycle_of_any_length_is_one_component() -> None:
    cycle = {node: [(node + 1) % 50_000] for node in range(50_000)}
    assert [len(component) for component in components(cycle)] == [50_000]
