"""Permutations of whole numbers in SQL, by the mask key: no value twice, none left out.

A Feistel network: each half in turn is moved by a keyed function of the other, which can be undone, so it is injective
whatever the function is. Where the halves need not be bits, they are residues: a and b of about the same size with
a * b at or a little above the count of numbers (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). What
falls outside is sent through again until it falls inside ("cycle walking"), which is seldom and ends always.

Four rounds, written out: 11 keyed functions, and the number named 13 times.
"""

from __future__ import annotations

import math

from devdb.masking import keyed

# As many numbers as arithmetic on bigint still serves.
MOST = 2**62
_ROUNDS = 4


def permuted_bits(number: str, bits: int, label: str) -> str:
    """SQL (bigint): a permutation of 0 to 2^bits - 1, for a bigint of them. `bits` is even, and at most 62."""
    half = bits // 2
    mask = (1 << half) - 1
    left, right = f"({number} >> {half})", f"({number} & {mask})"
    for turn in range(_ROUNDS):
        if turn % 2 == 0:
            left = f"({left} # ({keyed.number_of(right, f'{label} {turn}')} & {mask}))"
        else:
            right = f"({right} # ({keyed.number_of(left, f'{label} {turn}')} & {mask}))"
    return f"(({left} << {half}) | {right})"


def permuted(number: str, count: int, label: str, *, without_last: str | None = None) -> str:
    """SQL (bigint): a permutation of 0 to count - 1, for a bigint of them; `count` is at most MOST.

    Where `without_last`, SQL of a boolean, is true, it is one of 0 to count - 2 instead.
    """
    if count <= 1:
        return number
    upper = math.isqrt(count - 1) + 1
    lower = -(-count // upper)
    shuffled = _rounds(number, upper, lower, label)
    if upper * lower == count and without_last is None:
        return shuffled
    last = f"{count - 1}" if without_last is None else f"{count - 1} - ({without_last})::integer"
    again = _rounds("devdb_w.devdb_y", upper, lower, label)
    walk = (
        "(WITH RECURSIVE devdb_w (devdb_y) AS (SELECT devdb_f.devdb_y UNION ALL"
        f" SELECT {again} FROM devdb_w WHERE devdb_w.devdb_y > devdb_f.devdb_last)"
        " SELECT devdb_w.devdb_y FROM devdb_w WHERE devdb_w.devdb_y <= devdb_f.devdb_last)"
    )
    return (
        f"(SELECT CASE WHEN devdb_f.devdb_y <= devdb_f.devdb_last THEN devdb_f.devdb_y ELSE {walk} END"
        f" FROM (SELECT {shuffled} AS devdb_y, {last} AS devdb_last OFFSET 0) AS devdb_f)"
    )


def _rounds(number: str, upper: int, lower: int, label: str) -> str:
    left, right = f"({number} / {lower})", f"({number} % {lower})"
    for turn in range(_ROUNDS):
        if turn % 2 == 0:
            left = f"(({left} + {keyed.number_of(right, f'{label} {turn}')} % {upper}) % {upper})"
        else:
            right = f"(({right} + {keyed.number_of(left, f'{label} {turn}')} % {lower}) % {lower})"
    return f"({left} * {lower} + {right})"
