"""A keyed permutation of short codes of letters, digits and separators, in a third of the time that characters take.

Letters are numbers to the base of 26, so that half of the letters and half of the digits make one bigint. The Feistel
network is that of `digits`; letters and digits keep their places.
"""

from __future__ import annotations

from devdb.masking.kinds.digits import SEPARATORS, array, filled, network
from devdb.masking.kinds.steps import Step, stepwise

_MOST = 24
_HALF = _MOST // 2  # letters of one bigint: 26^12 * 10 is less than 2^60
_FEW = 4  # letters, for which less is written out
_OTHER_SEPARATORS = ",:_#"
_PLACE = "?"  # of a letter; no separator


def is_code(text: str) -> str:
    """SQL (boolean): whether `text` is short, and of letters of one case, digits and separators alone."""
    allowed = "A-Za-z0-9" + (SEPARATORS + _OTHER_SEPARATORS).replace("-", "") + "-"
    one_case = f"{text} = pg_catalog.upper({text}) OR {text} = pg_catalog.lower({text})"
    return f"pg_catalog.octet_length({text}) <= {_MOST} AND {text} !~ '[^{allowed}]' AND ({one_case})"


def masked(text: str, label: str, *, kept: str = "0") -> str:
    """SQL (text): a text that `is_code`, its letters and digits permuted after the first `kept` characters.

    `kept` may name the column v, the text.
    """
    steps: list[Step] = [
        {"v": text},
        {"kept": kept},
        {"rest": "pg_catalog.substr(v, kept + 1)"},
        {
            "a": "pg_catalog.upper(pg_catalog.regexp_replace(rest, '[^A-Za-z]+', '', 'g'))",
            "d": "pg_catalog.regexp_replace(rest, '[^0-9]+', '', 'g')",
        },
        {"m": "pg_catalog.char_length(a)", "n": "pg_catalog.char_length(d)"},
        {
            "left_a": f"pg_catalog.lpad(pg_catalog.left(a, (m + 1) / 2), {_HALF}, 'A')",
            "right_a": f"pg_catalog.lpad(pg_catalog.substr(a, (m + 1) / 2 + 1), {_HALF}, 'A')",
            "ten_l": _power(10, "(n + 1) / 2"),
            "ten_r": _power(10, "n / 2"),
        },
        *network(
            {
                "l0": f"{_number('left_a')} * ten_l + ('0' || pg_catalog.left(d, (n + 1) / 2))::bigint",
                "r0": f"{_number('right_a')} * ten_r + ('0' || pg_catalog.substr(d, (n + 1) / 2 + 1))::bigint",
                "size_l": f"ten_l * {_power(26, '(m + 1) / 2')}",
                "size_r": f"ten_r * {_power(26, 'm / 2')}",
                "w": "(64 * m + n)::bigint",
            },
            label,
        ),
    ]
    left, right = "l2", "r2"
    digits = (
        f"pg_catalog.lpad(({left} % ten_l)::pg_catalog.text, (n + 1) / 2, '0')"
        f" || pg_catalog.lpad(({right} % ten_r)::pg_catalog.text, n / 2, '0')"
    )
    letters = (
        f"pg_catalog.right({_letters(f'{left} / ten_l')}, (m + 1) / 2)"
        f" || pg_catalog.right({_letters(f'{right} / ten_r')}, m / 2)"
    )
    steps += [
        {
            "places": f"pg_catalog.regexp_replace(rest, '[A-Za-z]', '{_PLACE}', 'g')",
            "b": f"CASE WHEN v ~ '[a-z]' THEN pg_catalog.lower({letters}) ELSE {letters} END",
        },
        {"c": filled("places", digits, "n")},
    ]
    few, many = _with_letters(_FEW), _with_letters(_MOST)
    return stepwise(
        *steps, result=f"pg_catalog.left(v, kept) || CASE WHEN m = 0 THEN c WHEN m <= {_FEW} THEN {few} ELSE {many} END"
    )


def _power(base: int, exponent: str) -> str:
    return f"({array(base**n for n in range(_HALF + 1))}::bigint[])[{exponent} + 1]"


def _number(letters: str) -> str:
    """SQL (bigint): the number that a column of 12 letters is."""

    def last(count: int) -> str:
        return " + ".join(
            f"(pg_catalog.ascii(pg_catalog.substr({letters}, {_HALF - place}, 1)) - 65) * {26**place}::bigint"
            for place in range(count)
        )

    return f"CASE WHEN m = 0 THEN 0 WHEN m <= {_FEW} THEN {last(_FEW // 2)} ELSE {last(_HALF)} END"


def _letters(number: str) -> str:
    """SQL (text): at least as many letters as a half has, for the number that they are."""

    def last(count: int) -> str:
        return " || ".join(
            f"pg_catalog.chr((65 + ({number}) / {26**place} % 26)::int)" for place in reversed(range(count))
        )

    return f"CASE WHEN m = 0 THEN '' WHEN m <= {_FEW} THEN {last(_FEW // 2)} ELSE {last(_HALF)} END"


def _with_letters(most: int) -> str:
    """SQL (text): column c with the letters of column b, at most so many, in their places."""
    parts = [f"pg_catalog.split_part(c, '{_PLACE}', {n}) || pg_catalog.substr(b, {n}, 1)" for n in range(1, most + 1)]
    return " || ".join([*parts, f"pg_catalog.split_part(c, '{_PLACE}', {most + 1})"])
