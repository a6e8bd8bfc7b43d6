"""The page asks nobody for anything, is well formed whatever tables are called, and shows all of the plan.

It is parsed here, not run: no browser is among what the tests need.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from plan_making import key, made_up, table

from devdb.planning.page import page
from devdb.planning.plan import Plan

VOID = {"meta", "link", "input", "br", "img", "hr"}
NASTY = 'public.</script><!--figures--><b onclick="x">&amp; \u2028'


class Parsed(HTMLParser):
    """Elements by name, the rows of tables, what ids there are; fails on an end without a start."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.rows: list[list[str]] = []
        self.scripts: dict[str, str] = {}
        self._open: list[str] = []
        self._script = ""
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "script":
            self._script = dict(attrs).get("id") or "code"
            self.scripts[self._script] = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.scripts[self._script] += data
        elif self.rows and {"td", "th"} & set(self._open):
            self.rows[-1][-1] += data

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.scripts["plan"])
        return found


@pytest.fixture
def plan() -> Plan:
    return made_up()


def test_every_table_and_key_is_on_the_page(plan: Plan) -> None:
    parsed = Parsed(page(plan))
    assert [row[0] for row in parsed.rows[1:5]] == ["public.item", "public.customer", "public.orders", "public.log"]
    assert parsed.rows[0][:3] == ["table", "rows", "in the source"]
    assert parsed.rows[1][1:3] == ["40", "1,000"]
    assert set(parsed.data["layouts"]["all"]["boxes"]) == {table.table for table in plan.tables}
    assert [name for name, _ in parsed.data["layouts"]["all"]["lines"]] == [key.key for key in plan.keys]
    # What is cut off is shown beside what is taken.
    assert set(parsed.data["layouts"]["sample"]["boxes"]) == {table.table for table in plan.tables}
    text = page(plan)
    for words in ("now() is stable", "CREATE INDEX ON public.item", "40 rows get NULL in log_id", "never analyzed"):
        assert words in text


def test_the_data_is_the_plan_s(plan: Plan) -> None:
    data = Parsed(page(plan)).data
    for name, value in json.loads(plan.as_json()).items():
        if name != "tables":
            assert data[name] == value


def test_nothing_is_fetched(plan: Plan) -> None:
    text = page(plan)
    parsed = Parsed(text)
    assert not [value for _, name, value in parsed.attributes if name in ("src", "href", "srcset", "action", "data")]
    assert parsed.elements["link"] == parsed.elements["img"] == parsed.elements["iframe"] == 0
    assert set(re.findall(r"https?://[^\s\"')]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|\bfetch\(|XMLHttpRequest|importScripts|url\((?!#)", text)
    (policy,) = (value for tag, name, value in parsed.attributes if tag == "meta" and value.startswith("default-src"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def test_no_name_breaks_out_of_its_place() -> None:
    tables = [table(NASTY), table("public.orders", way=[f"{NASTY}(c)"], why=f"rule {NASTY}")]
    keys = [key(NASTY, "c", "public.orders", follow="{where: \"a < 'b'\"}")]
    parsed = Parsed(page(made_up(tables, keys)))
    assert parsed.data["tables"][0]["table"] == NASTY
    assert parsed.rows[1][0] == NASTY
    assert parsed.elements["b"] == 4
    assert not [name for _, name, _ in parsed.attributes if name == "onclick"]
    assert list(parsed.scripts) == ["plan", "code"]


def test_every_id_that_the_script_looks_for_is_there_once(plan: Plan) -> None:
    parsed = Parsed(page(plan))
    ids = Counter(value for _, name, value in parsed.attributes if name == "id")
    assert set(ids.values()) == {1}
    wanted = set(re.findall(r'getElementById\("([^"]+)"\)', parsed.scripts["code"]))
    wanted |= set(re.findall(r"url\(#([\w-]+)\)", page(plan)))
    assert wanted <= set(ids)


def test_the_braces_of_the_script_match(plan: Plan) -> None:
    """As far as it can be told without running it: strings and comments out, brackets in pairs."""
    code = Parsed(page(plan)).scripts["code"]
    code = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', code)
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", code, flags=re.DOTALL)
    pairs = {")": "(", "]": "[", "}": "{"}
    open_ones: list[str] = []
    for character in code:
        if character in "([{":
            open_ones.append(character)
        elif character in pairs:
            assert open_ones.pop() == pairs[character]
    assert open_ones == []


def test_an_empty_source_has_a_page() -> None:
    empty = Plan(**{**vars(made_up()), "tables": [], "keys": [], "unsent": [], "missing_indexes": [], "notes": []})
    assert Parsed(page(empty)).data["layouts"]["all"]["boxes"] == {}
