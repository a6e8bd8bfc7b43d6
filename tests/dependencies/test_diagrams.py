"""Diagrams that other programs draw are what those can read, whatever the objects are called."""

from __future__ import annotations

import html
import itertools
import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_graphs import graph, thing

from devdb.dependencies import diagrams

NASTY = [
    'a"b',
    "a\\",
    "a\\N\\",
    "two\nlines",
    "[x](y)",
    "{}|<>",
    "end",
    "é 日本 🦆",
    "#35;",
    "%% c",
    "`md`",
    "a;b",
    "-->",
    "\u2028",
]
NAMES = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))

# A statement of a node or of an edge, by the grammar of DOT: in a quoted text only \" ends nothing.
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_DOT = re.compile(rf"  n\d+(?: -> n\d+)? \[label={_QUOTED}(?: \w+=\w+)*\];")
_MERMAID = re.compile(r'  n\d+(?:\["([^"]*)"\]| (?:-->|-\.->)\|"([^"]*)"\| n\d+)')


@given(NAMES, NAMES)
def test_dot_holds_any_name(schema, name):
    one, other = thing(name, schema=schema), thing("other")
    lines = list(diagrams.dot(graph((one, other)).needed([one])))
    assert (lines[0], lines[-1], len(lines)) == ("digraph dependencies {", "}", 6)
    found = [_DOT.fullmatch(line) for line in lines[2:-1]]
    assert all(found)
    # Undone, the label is the name again.
    label = re.sub(r"\\(.)", lambda escape: "\n" if escape[1] == "n" else escape[1], found[0][1])
    assert label == f"table\n{one.identity}".replace("\r", "")


@given(NAMES, NAMES)
def test_mermaid_holds_any_name(schema, name):
    one, other = thing(name, schema=schema), thing("other")
    lines = list(diagrams.mermaid(graph((one, other)).needed([one])))
    assert (lines[0], len(lines)) == ("flowchart LR", 5)
    found = [_MERMAID.fullmatch(line) for line in lines[1:4]]
    assert all(found)
    label = found[0][1].partition("<br/>")[2]
    assert re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), label) == one.identity
    assert html.escape(label, quote=False).replace("&", "") == label


def test_what_is_uncertain_is_dashed():
    function = thing("f", "function", arguments="()")
    found = graph((function, thing("a"))).needed([function])
    assert "style=dashed" in "".join(diagrams.dot(found))
    assert "-.->" in "".join(diagrams.mermaid(found))


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz (the program dot) is not installed")
def test_graphviz_draws_it():
    things = [thing(name) for name in NASTY]
    text = "\n".join(diagrams.dot(graph(*itertools.pairwise(things)).needed(things[:1])))
    done = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\nnode ") == len(NASTY)
