"""Boxes do not cover each other, and what refers stands left of what it refers to."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from devdb.planning.layout import BOX_HEIGHT, BOX_WIDTH, Layout, layout


def covers(found: Layout) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, (x, y)), (other, (u, v)) in itertools.combinations(found.boxes.items(), 2)
        if abs(x - u) < BOX_WIDTH and abs(y - v) < BOX_HEIGHT
    ]


def test_a_chain_goes_from_left_to_right() -> None:
    found = layout(["c", "a", "b"], [("a", "b"), ("b", "c"), ("a", "c")])
    assert found.boxes["a"][0] < found.boxes["b"][0] < found.boxes["c"][0]
    assert covers(found) == []
    for (start, end), points in zip([("a", "b"), ("b", "c"), ("a", "c")], found.lines, strict=True):
        assert points[0] == (found.boxes[start][0] + BOX_WIDTH, found.boxes[start][1] + BOX_HEIGHT / 2)
        assert points[-1] == (found.boxes[end][0], found.boxes[end][1] + BOX_HEIGHT / 2)


def test_a_key_around_a_cycle_is_drawn_from_what_refers() -> None:
    found = layout(["a", "b"], [("a", "b"), ("b", "a"), ("a", "a")])
    there, back, loop = found.lines
    # The first point lies at what refers, whichever stands left.
    assert {there[0][0] < there[-1][0], back[0][0] < back[-1][0]} == {True, False}
    assert loop[0][0] == loop[-1][0]


@pytest.mark.parametrize(("names", "edges"), [([], []), (["a"], []), (["a"], [("a", "a")])])
def test_little_is_laid_out_as_well(names: list[str], edges: list[tuple[str, str]]) -> None:
    found = layout(names, edges)
    assert list(found.boxes) == names
    assert len(found.lines) == len(edges)


def test_four_hundred_tables_take_a_moment() -> None:
    chance = random.Random(7)
    names = [f"t{n}" for n in range(400)]
    edges = [(chance.choice(names), names[int(chance.random() ** 2 * 380)]) for _ in range(700)]
    started = time.monotonic()
    found = layout(names, edges)
    assert time.monotonic() - started < 10
    assert set(found.boxes) == set(names)
    assert covers(found) == []
    assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in found.boxes.values())
    # No sheet a hundred times as wide as high.
    assert 0.1 < found.width / found.height < 10
    straight = sum(line[0][0] < line[-1][0] for line in found.lines)
    assert straight > 0.9 * sum(start != end for start, end in edges)
