"""SQL of JSON documents some values of which are masked, by paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devdb.masking import registry
from devdb.masking.families import Family, family_named
from devdb.masking.kind import Fit, Row
from devdb.masking.once import once
from devdb.settings.json_paths import Step, parse_json_path
from devdb.settings.mask import Mask
from devdb.sqltext.quoting import literal

# What the paths lead to: a mask, or further steps.
Tree = Mask | Mapping[Step, "Tree"]

_EMPTIED = {"object": "'{}'::jsonb", "array": "'[]'::jsonb"}
_NULL = "'null'::jsonb"
# Neither a value inside of a document nor an element has what these need.
OF_COLUMNS = frozenset({"sql", "shuffle"})
# Days as ISO 8601 writes them. February has 29 of them whatever the year: the last is taken for the one before.
_ISO_DAY = "(?!0000)[0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|[12][0-9])|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)"
_ISO_TIME = "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"


class Inside:
    """SQL of masked values inside of documents."""

    def __init__(self, fit: Fit, keeps_rest: bool, row: Row):
        self._fit = fit
        self._keeps_rest = keeps_rest
        self._row = row

    def value(self, value: str, tree: Tree, depth: int) -> str:
        """SQL (jsonb) for `value`, a jsonb that is not NULL; `depth` tells nested subqueries apart."""
        if isinstance(tree, Mask):
            return self._masked(value, tree)
        element = f"devdb_inside_{depth}"
        branches = dict(_EMPTIED)
        by_key = {step: below for step, below in tree.items() if step is not None}
        if by_key and self._keeps_rest:
            branches["object"] = self._replaced(value, by_key, depth)
        elif by_key:
            whens = " ".join(
                f"WHEN {literal(key)} THEN {self.value(f'{element}.value', below, depth + 1)}"
                for key, below in by_key.items()
            )
            rest = _by_type(f"{element}.value", _EMPTIED, _NULL)
            branches["object"] = (
                f"(SELECT COALESCE(pg_catalog.jsonb_object_agg({element}.key,"
                f" CASE {element}.key {whens} ELSE {rest} END), '{{}}')"
                f" FROM pg_catalog.jsonb_each({value}) AS {element} (key, value))"
            )
        if None in tree:
            branches["array"] = (
                f"(SELECT COALESCE(pg_catalog.jsonb_agg({self.value(f'{element}.value', tree[None], depth + 1)}"
                f" ORDER BY {element}.place), '[]')"
                f" FROM pg_catalog.jsonb_array_elements({value}) WITH ORDINALITY AS {element} (value, place))"
            )
        return _by_type(value, branches, _NULL)

    def _replaced(self, value: str, by_key: Mapping[str, Tree], depth: int) -> str:
        """Of an object, nothing of which is taken apart but what is masked: a third of the time."""
        replaced = value
        for key, below in by_key.items():
            if isinstance(below, Mask) and below.kind == "keep":
                continue
            masked = self.value(f"({value} -> {literal(key)})", below, depth)
            # Where there is no such key the function adds none, and must not be told NULL.
            replaced = f"pg_catalog.jsonb_set({replaced}, ARRAY[{literal(key)}], COALESCE({masked}, {_NULL}), false)"
        return replaced

    def _masked(self, value: str, mask: Mask) -> str:
        if mask.kind == "keep":
            return value
        if mask.kind == "null":
            return _NULL
        if mask.kind == "constant":
            fixed = registry.kind_of(mask).sql(value, _fit_of("jsonb", self._fit), mask.options, self._row)
            return _by_type(value, {"null": _NULL}, fixed)
        branches = dict(_EMPTIED)
        if _serves(mask, of_number := _fit_of("numeric", self._fit)):
            branches["number"] = once(
                f"({value})::numeric", lambda number: self._as_jsonb(mask, number, of_number), "devdb_number"
            )
        if _serves(mask, of_date := _fit_of("date", self._fit)):
            branches["string"] = once(
                f"({value} #>> '{{}}')", lambda text: self._day(mask, text, of_date), "devdb_text"
            )
        otherwise = _by_type(value, branches, _NULL)
        if not _serves(mask, of_text := _fit_of("text", self._fit)):
            return otherwise
        text = once(f"({value} #>> '{{}}')", lambda text: self._as_jsonb(mask, text, of_text), "devdb_text")
        as_text = "'string'" if "number" in branches else "'string', 'number'"
        return f"CASE WHEN pg_catalog.jsonb_typeof({value}) IN ({as_text}) THEN {text} ELSE {otherwise} END"

    def _as_jsonb(self, mask: Mask, value: str, fit: Fit) -> str:
        return f"pg_catalog.to_jsonb({registry.expression(mask, value, fit, self._row)})"

    def _day(self, mask: Mask, text: str, fit: Fit) -> str:
        """Of a text that is a day, or begins with one; anything else is nothing."""
        day = once(
            f"(CASE pg_catalog.substr({text}, 6, 5) WHEN '02-29' THEN pg_catalog.left({text}, 8) || '28'"
            f" ELSE pg_catalog.left({text}, 10) END)::date",
            lambda day: registry.expression(mask, day, fit, self._row),
            "devdb_day",
        )
        written = f"pg_catalog.to_char(({day})::timestamp, 'YYYY-MM-DD')"
        branches = f"WHEN {text} ~ {literal(f'^{_ISO_DAY}$')} THEN pg_catalog.to_jsonb({written})"
        if mask.kind == "date_shift":
            branches += (
                f" WHEN {text} ~ {literal(f'^{_ISO_DAY}{_ISO_TIME}$')}"
                f" THEN pg_catalog.to_jsonb({written} || pg_catalog.substr({text}, 11))"
            )
        return f"CASE {branches} ELSE {_NULL} END"


def _by_type(value: str, branches: Mapping[str, str], otherwise: str) -> str:
    whens = " ".join(f"WHEN {literal(name)} THEN {branch}" for name, branch in branches.items())
    return f"CASE pg_catalog.jsonb_typeof({value}) {whens} ELSE {otherwise} END"


def tree_of(paths: Mapping[str, Mask]) -> Tree:
    """The paths as a tree; the settings have seen to it that none leads to what another masks."""
    tree: dict[Step, Any] = {}
    for path, mask in paths.items():
        steps = parse_json_path(path)
        if not steps:
            return mask
        below = tree
        for step in steps[:-1]:
            below = below.setdefault(step, {})
        below[steps[-1]] = mask
    return tree


def _fit_of(base_type: str, fit: Fit) -> Fit:
    """What fits inside of a document: whatever the type can be."""
    return Fit(base_type, base_type, family_named(base_type), encoding=fit.encoding, locale=fit.locale)


def _serves(mask: Mask, fit: Fit) -> bool:
    return registry.refusal(mask, fit) is None


def refusal_inside(mask: Mask, fit: Fit) -> str | None:
    if mask.kind in OF_COLUMNS:
        return f"{mask.kind} is for whole columns: a kind for texts or numbers can serve"
    if mask.kind == "array":
        return "array is for columns of arrays: name the elements, as in $.tags[*]"
    if mask.kind == "json":
        return "json is for columns: name the whole path, as in $.person.email"
    refusals = [registry.refusal(mask, _fit_of(name, fit)) for name in ("text", "numeric", "date")]
    if None in refusals:
        return None
    served = registry.kind_of(mask).families
    reasons = [
        reason
        for reason, family in zip(refusals, (Family.TEXT, Family.NUMERIC, Family.DATE), strict=True)
        if family in served
    ]
    return reasons[0] if reasons else f"{mask.kind} cannot serve what JSON holds: texts, numbers, and days as text"


def readable(text: str, fit: Fit) -> str:
    """SQL (jsonb) of a document of type json, some of which jsonb does not take.

    NUL and halves of characters become U+FFFD, numbers beyond all measure lose their exponent. What looks like either
    inside of a text is changed too, and is a text as before.
    """
    bad = r"\\u0000|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    low = r"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    replaced = r"\\ufffd"
    if fit.encoding != "UTF8":
        bad, replaced = r"\\u(?!00[2-7])[0-9a-fA-F]{4}", r"\\u003f"
    escapes = f"pg_catalog.regexp_replace({text}, {literal(bad)}, {literal(replaced)}, 'g')"
    if fit.encoding == "UTF8":
        escapes = f"pg_catalog.regexp_replace({escapes}, {literal(low)}, {literal(replaced)}, 'g')"
    exponents = f"pg_catalog.regexp_replace({escapes}, '([eE][+-]?)[0-9]{{5,}}', E'\\\\11', 'g')"
    is_plain = f"pg_catalog.strpos({text}, {literal(chr(92) + 'u')}) = 0 AND {text} !~ '[eE][+-]?[0-9]{{5}}'"
    return f"CASE WHEN {is_plain} THEN {text}::jsonb ELSE ({exponents})::jsonb END"
