"""Whatever needs what: files are of one kind each, need nothing that comes later, and are as few as can be."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from devdb.migrations.layers import KINDS, Layer, Part, layers


@st.composite
def some_parts(draw: st.DrawFn, *, most: int = 12) -> list[Part]:
    """Parts that need some of those before them."""
    found: list[Part] = []
    for number in range(draw(st.integers(1, most))):
        needs = draw(st.frozensets(st.integers(0, number - 1), max_size=3)) if number else frozenset()
        found.append(Part(number, draw(st.sampled_from(list(KINDS))), "", needs))
    return found


def fewest(parts: list[Part]) -> int:
    """By trying all rows of kinds."""
    for length in range(1, len(parts) + 1):
        for kinds in product(KINDS, repeat=length):
            made: set[int] = set()
            for kind in kinds:
                made |= {
                    part.number
                    for part in parts
                    if part.kind == kind
                    and all(need in made or parts[need].kind == kind for need in _all_of_kind(part, parts, made))
                }
            if len(made) == len(parts):
                return length
    raise AssertionError


def _all_of_kind(part: Part, parts: list[Part], made: set[int]) -> set[int]:
    """What it needs that is not made, through others of its kind."""
    found: set[int] = set()
    todo = [part]
    while todo:
        for need in todo.pop().needs:
            if need not in made and need not in found:
                found.add(need)
                if parts[need].kind == part.kind:
                    todo.append(parts[need])
    return found


@settings(deadline=None)
@given(some_parts())
def test_each_file_needs_what_came_before(parts):
    made: set[int] = set()
    for layer in layers(parts):
        assert {part.kind for part in layer.parts} == {layer.kind}
        for part in layer.parts:
            assert part.needs <= made
            made.add(part.number)
    assert made == {part.number for part in parts}


@settings(deadline=None)
@given(some_parts(most=6))
def test_no_fewer_files_would_do(parts):
    assert len(layers(parts)) == fewest(parts)


def test_where_nothing_decides_kinds_have_their_order():
    parts = [Part(number, kind, "") for number, kind in enumerate(reversed(KINDS))]
    assert [layer.kind for layer in layers(parts)] == list(KINDS)


def test_what_is_needed_elsewhere_does_not_count():
    assert layers([Part(7, "TAB", "", frozenset({1, 2}))]) == [Layer("TAB", (Part(7, "TAB", ""),))]


def test_a_long_chain_of_views_and_functions():
    parts = [Part(n, ("TAB", "FP")[n % 2], "", frozenset({n - 1} if n else ())) for n in range(300)]
    assert len(layers(parts)) == 300
