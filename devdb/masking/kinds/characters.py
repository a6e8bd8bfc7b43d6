"""A keyed permutation of any text, character by character: each takes a place in its own range of its alphabet.

A Feistel network over the characters that change, so a bijection by construction. It takes two microseconds a
character, many times what `permutation` takes for digits.
"""

from __future__ import annotations

from devdb.masking.kinds.alphabets import alphabet
from devdb.masking.kinds.permutation import POSITIVE, array, seeds, tweak
from devdb.masking.kinds.steps import Step, stepwise

_ROUNDS = 4


def characters(text: str, label: str, encoding: str, *, kept: str = "0") -> str:
    """SQL (text): any text, its characters permuted each in its range, after the first `kept` of them.

    `kept` may name the column v, the text. Whoever calls has asked alphabets.is_known().
    """
    known = alphabet(encoding)
    starts, sizes, distances = (f"{array(row)}::int[]" for row in (known.starts, known.sizes, known.steps))
    code, back = "pg_catalog.ascii(c)", "{}"
    if known.numbers and known.codes:
        code = f"({array(known.numbers)}::int[])[{code} + 1]"
        back = f"({array(known.codes).replace('{', '{{').replace('}', '}}')}::int[])[{{}} + 1]"
    steps: list[Step] = [
        {"v": text, **seeds(label)},
        {
            "kept": kept,
            "codes": f"ARRAY(SELECT {code} FROM pg_catalog.unnest("
            "pg_catalog.string_to_array(v, NULL::pg_catalog.text)) AS c)",
        },
        {
            "ranges": f"ARRAY(SELECT pg_catalog.width_bucket(c, {starts}) FROM pg_catalog.unnest(codes) AS c)",
        },
        {
            # Where something changes.
            "places": "ARRAY(SELECT i FROM pg_catalog.generate_series(kept + 1, pg_catalog.cardinality(codes)) AS i"
            f" WHERE ({sizes})[ranges[i]] > 1)",
        },
        {
            "n": "pg_catalog.cardinality(places)",
            "sizes": f"ARRAY(SELECT ({sizes})[ranges[i]] FROM pg_catalog.unnest(places) AS i)",
            "distances": f"ARRAY(SELECT ({distances})[ranges[i]] FROM pg_catalog.unnest(places) AS i)",
            "x": f"ARRAY(SELECT (codes[i] - ({starts})[ranges[i]]) / ({distances})[ranges[i]] % ({sizes})[ranges[i]]"
            " FROM pg_catalog.unnest(places) AS i)",
        },
        {"half": "n / 2", "w": f"n # {tweak('pg_catalog.left(v, kept)')}"},
        {"l0": "x[1:half]", "r0": "x[half + 1:n]"},
    ]
    for number in range(1, _ROUNDS // 2 + 1):
        for shifted, other, count, offset, round_ in (
            (f"l{number - 1}", f"r{number - 1}", "half", "0", 2 * number - 1),
            (f"r{number - 1}", f"l{number}", "n - half", "half", 2 * number),
        ):
            steps += [
                {f"h{round_}": f"pg_catalog.hash_array_extended({other}, k # w # {round_})"},
                {f"{shifted[0]}{number}": _moved(shifted, f"h{round_}", count, offset)},
            ]
    last = _ROUNDS // 2
    steps.append({"y": f"l{last} || r{last}"})
    # Its place, if it has one, is the last that is not behind it.
    every = (
        "SELECT i, pg_catalog.width_bucket(i, places) AS p"
        " FROM pg_catalog.generate_series(1, pg_catalog.cardinality(codes)) AS i OFFSET 0"
    )
    moved = "codes[i] + CASE WHEN places[p] = i THEN (y[p] - x[p]) * distances[p] ELSE 0 END"
    together = f"pg_catalog.string_agg(pg_catalog.chr({back.format(moved)}), '')"
    # An aggregate of nothing is NULL.
    return stepwise(*steps, result=f"pg_catalog.concat((SELECT {together} FROM ({every}) AS q))")


def _moved(half: str, hashed: str, count: str, offset: str) -> str:
    size = f"sizes[{offset} + i]"
    shift = f"(pg_catalog.hashint8extended(i # {hashed}, again) & {POSITIVE}) % {size}"
    each = f"(({half}[i] + {shift}) % {size})::int"
    return f"ARRAY(SELECT {each} FROM pg_catalog.generate_series(1, {count}) AS i)"
