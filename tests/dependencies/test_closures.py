"""What is needed is found from any object, once, however the needs go round."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st
from made_graphs import graph, thing

from devdb.dependencies import tree
from devdb.dependencies.model import Graph, Need, Unknown

A, B, C, D, E = (thing(name) for name in "abcde")
F = thing("f", "function", arguments="()")


def test_a_closure_ends_on_cycles():
    found = graph((A, B), (B, C), (C, A), (D, A)).needed([A])
    assert found.things == (A, B, C)
    assert len(found.needs) == 3


def test_the_other_way_round():
    found = graph((A, B), (B, C), (D, B)).needed([C], direction="needed-by")
    assert found.things == (C, B, A, D)


def test_a_depth_and_kinds_bound_it():
    made = graph((A, B), (B, C), (A, F), (F, D))
    assert made.needed([A], depth=0).things == (A,)
    assert made.needed([A], depth=1).things == (A, B, F)
    assert made.needed([A], follow=["fk"]).things == (A, B, F, C)
    assert made.needed([F], follow=["fk"]).things == (F,)
    assert set(made.needed([A], follow=["fk"]).needs) == set(made.needs[:3])


def test_what_cannot_be_known_is_told_of_what_was_found():
    unknown = (Unknown(F, "EXECUTE", 2), Unknown(D, "no", None))
    made = graph((A, F), (D, F), unknown=unknown)
    assert made.needed([A]).unknown == unknown[:1]


def test_the_tree_shows_each_object_expanded_once():
    found = graph((A, B), (B, C), (C, A), (A, D), (C, F), unknown=(Unknown(F, "EXECUTE x", 3),)).needed([A])
    assert list(tree.text(tree.tree(found))) == [
        "table app.a",
        "├─ table app.b  (fk a_b)",
        "│  └─ table app.c  (fk b_c)",
        "│     ├─ table app.a  (fk c_a), see above",
        "│     └─ function app.f()  (fk c_f)",
        "│        └─ ! EXECUTE x (line 3 of the body)",
        "└─ table app.d  (fk a_d)",
        "",
        "5 objects: 4 tables, 1 function; 1 thing cannot be known",
    ]


def test_an_object_is_expanded_where_it_is_nearest():
    lines = list(tree.text(tree.tree(graph((A, B), (B, C), (A, C), (C, D)).needed([A]))))
    assert lines[1:5] == [
        "├─ table app.b  (fk a_b)",
        "│  └─ table app.c  (fk b_c), see below",
        "└─ table app.c  (fk a_c)",
        "   └─ table app.d  (fk c_d)",
    ]


def test_an_uncertain_need_is_marked_and_explained():
    lines = list(tree.text(tree.tree(graph((F, A)).needed([F]))))
    assert lines[1] == "└─ table app.a  (routine f_a) ?"
    assert lines[-1].startswith("?: ")


def test_what_belongs_to_a_table_does_not_lead_back_to_it():
    trigger = thing("t", "trigger")
    needs = (Need(A, trigger, "trigger", is_first=False), Need(trigger, A, "trigger"), Need(trigger, F, "trigger"))
    made = tree.tree(Graph((A, trigger, F), needs).needed([A]))
    assert len(list(tree.text(made))) == 5
    assert list(tree.text(tree.tree(Graph((A, trigger, F), needs).needed([trigger]))))[1] == "├─ table app.a  (trigger)"


def test_json_is_nested_and_refers_back():
    (root,) = [json.loads("".join(tree.as_json(tree.tree(graph((A, B), (B, A), (B, F)).needed([A])))))]
    assert root["object_type"], root["object_schema"] == ("table", "app")
    assert (root["object_name"], root["object_identity"]) == ("a", "app.a")
    (b,) = root["dependency_list"]
    assert b["because"] == [{"kind": "fk", "detail": "a_b", "is_certain": True}]
    back, function = b["dependency_list"]
    assert (back["object_name"], back["reference"], back["dependency_list"]) == ("a", True, [])
    assert (function["object_name"], function["object_identity"]) == ("f", "app.f()")


def test_json_of_several_seeds_is_a_list():
    made = json.loads("".join(tree.as_json(tree.tree(graph((A, B), (C, D)).needed([A, C])))))
    assert [(one["object_name"], len(one["dependency_list"])) for one in made] == [("a", 1), ("c", 1)]


def test_a_long_chain_is_no_problem():
    chain = [thing(f"t{number:05}") for number in range(3000)]
    made = tree.tree(graph(*itertools.pairwise(chain)).needed(chain[:1]))
    assert sum(1 for _ in tree.text(made)) == 3002
    assert "".join(tree.as_json(made)).count('"dependency_list"') == 3000


EDGES = st.lists(
    st.tuples(*[st.sampled_from([A, B, C, D, E, F])] * 2).filter(lambda edge: edge[0] != edge[1]), max_size=15
)


@given(EDGES, st.sampled_from(["needs", "needed-by"]))
def test_any_graph_closes_and_every_object_is_expanded_once(edges, direction):
    made = graph((A, B), *edges)
    found = made.needed([A], direction=direction)
    forward = direction == "needs"
    # Nothing that a found object needs is missing, and nothing else is there.
    for need in made.needs:
        start, end = (need.of, need.needs) if forward else (need.needs, need.of)
        assert start not in found.things or end in found.things
    below = json.loads("".join(tree.as_json(tree.tree(found))))
    expanded, todo = [], [below]
    while todo:
        node = todo.pop()
        if not node.get("reference"):
            expanded.append(node["object_identity"])
        todo += node["dependency_list"]
    assert sorted(expanded) == sorted(one.identity for one in found.things)


@given(EDGES)
def test_any_order_has_what_is_needed_first(edges):
    made = graph((A, B), *edges)
    groups = made.ordered(made.things)
    at = {one: number for number, group in enumerate(groups) for one in group}
    assert all(at[need.needs] <= at[need.of] for need in made.needs)
    assert sorted(at) == sorted(made.things)
