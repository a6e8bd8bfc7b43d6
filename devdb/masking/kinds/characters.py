"""A keyed permutation of any text, character by character: each takes a place in its own range of its alphabet.

A Feistel network over the characters that change, so a bijection by construction. It takes two microseconds a
character, many times what `permutation` takes for digits.
"""

from __future__ import annotations

from devdb.masking import keyed
from devdb.masking.kinds.alphabets import alphabet
from devdb.masking.kinds.digits import array
from devdb.masking.kinds.steps import Step, stepwise

_ROUNDS = 4
_POSITIVE = 2**63 - 1


def characters(text: str, label: str, encoding: str, *, kept: str = "0") -> str:
    """SQL (text): any text, its characters permuted each in its range, after the first `kept` of them.

    `kept` may name the column v, the text. Whoever calls has asked alphabets.is_known().
    """
    known = alphabet(encoding)
    starts, sizes, distances = (f"{array(row)}::int[]" for row in (known.starts, known.sizes, known.steps))
    numbers, characters_ = (None if row is None else f"({array(row)}::int[])" for row in (known.numbers, known.codes))
    code = "pg_catalog.ascii(c)" if numbers is None else f"{numbers}[pg_catalog.ascii(c) + 1]"

    def back(number: str) -> str:
        return number if characters_ is None else f"{characters_}[{number} + 1]"

    single = "pg_catalog.string_to_array(v, NULL::pg_catalog.text)"
    of_place = f"({sizes})[ranges[i]]"
    steps: list[Step] = [
        {"v": text, "k": keyed.seed(label), "again": keyed.seed(f"{label}, again")},
        {
            "kept": kept,
            "codes": f"ARRAY(SELECT {code} FROM {_each(f'pg_catalog.unnest({single})', 'c')})",
        },
        {"ranges": f"ARRAY(SELECT pg_catalog.width_bucket(pg_catalog.unnest(codes), {starts}))"},
        # Where something changes.
        {"places": f"ARRAY(SELECT i FROM {_series('kept + 1', 'pg_catalog.cardinality(codes)')} WHERE {of_place} > 1)"},
        {
            "n": "pg_catalog.cardinality(places)",
            "sizes": f"ARRAY(SELECT ({sizes})[ranges[pg_catalog.unnest(places)]])",
            "x": f"ARRAY(SELECT (codes[i] - ({starts})[ranges[i]]) / ({distances})[ranges[i]] % {of_place}"
            f" FROM {_each('pg_catalog.unnest(places)', 'i')})",
        },
        {"half": "n / 2"},
        {"l0": "x[1:half]", "r0": "x[half + 1:n]"},
    ]
    for number in range(1, _ROUNDS // 2 + 1):
        for shifted, other, count, offset, round_ in (
            (f"l{number - 1}", f"r{number - 1}", "half", "0", 2 * number - 1),
            (f"r{number - 1}", f"l{number}", "n - half", "half", 2 * number),
        ):
            steps += [
                {f"h{round_}": f"pg_catalog.hash_array_extended({other}, k # n # {round_})"},
                {f"{shifted[0]}{number}": _moved(shifted, f"h{round_}", count, offset)},
            ]
    last = _ROUNDS // 2
    steps.append({"y": f"l{last} || r{last}"})
    # Its place, if it has one, is the last that is not behind it.
    series = _series("1", "pg_catalog.cardinality(codes)")
    every = f"SELECT i, pg_catalog.width_bucket(i, places) AS p FROM {series} OFFSET 0"
    moved = f"codes[i] + CASE WHEN places[p] = i THEN (y[p] - x[p]) * ({distances})[ranges[i]] ELSE 0 END"
    together = f"pg_catalog.string_agg(pg_catalog.chr({back(moved)}), '')"
    # Of nothing, an aggregate is NULL.
    return stepwise(*steps, result=f"COALESCE((SELECT {together} FROM ({every}) AS q), v)")


def _series(first: str, last: str) -> str:
    return _each(f"pg_catalog.generate_series({first}, {last})", "i")


def _each(of: str, name: str) -> str:
    """SQL: rows in order. In FROM itself the function would keep all of them before it gives the first."""
    return f"(SELECT {of} AS {name} OFFSET 0) AS each"


def _moved(half: str, hashed: str, count: str, offset: str) -> str:
    size = f"sizes[{offset} + i]"
    shift = f"(pg_catalog.hashint8extended(i # {hashed}, again) & {_POSITIVE}) % {size}"
    each = f"(({half}[i] + {shift}) % {size})::int"
    return f"ARRAY(SELECT {each} FROM {_series('1', count)})"
