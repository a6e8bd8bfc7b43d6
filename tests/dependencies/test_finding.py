"""What a person types is found as SQL finds it, and what is not found is answered by what may be meant."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_graphs import graph, thing

from devdb.dependencies.finding import find
from devdb.dependencies.model import Graph, Thing
from devdb.errors import UsageError

ORDERS = thing("orders")
CAPITALS = thing("Orders")
ODD = thing('a "b" (c).d', schema="Odd one")
ONE, TWO, ARRAY = (
    thing("total", "function", arguments=f"({types})") for types in ("integer", "text,app.mood", "text[]")
)
VIEW = thing("recent", "view")
TRIGGER = Thing("trigger", "app", "recent", "recent on app.orders")
OTHER = thing("orders", schema="log")
OPERATOR = Thing("operator", "app", "#+#", "app.#+#(integer,integer)")
EXTENSION = Thing("extension", "", "citext", "citext")
FOREIGN = Thing("table", "HR", "STAFF", "HR.STAFF")
ALL = Graph((ORDERS, CAPITALS, ODD, ONE, TWO, ARRAY, VIEW, TRIGGER, OTHER, OPERATOR, EXTENSION, FOREIGN), ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("app.orders", ORDERS),
        ("APP.ORDERS", ORDERS),
        (" app . orders ", ORDERS),
        ('"app".orders', ORDERS),
        ('app."Orders"', CAPITALS),
        ('"Odd one"."a ""b"" (c).d"', ODD),
        ("log.orders", OTHER),
        ("citext", EXTENSION),
        ("app.total(integer)", ONE),
        ("app.total(int)", ONE),
        ("app.total(pg_catalog.int4)", ONE),
        ("app.total(text, mood)", TWO),
        ("App.Total(text[])", ARRAY),
        ("app.#+#", OPERATOR),
        ("recent on app.orders", TRIGGER),
        # The source writes its names in capitals, or the shell took the quotes.
        ("hr.staff", FOREIGN),
        ("staff", FOREIGN),
        ("app.#+#(integer,integer)", OPERATOR),
    ],
)
def test_a_name_is_found_as_in_sql(text, found):
    assert find(ALL, text) == found


@pytest.mark.parametrize(
    ("text", "type", "words", "hint"),
    [
        ("app.order", None, "there is no object app.order", "did you mean table app.orders"),
        ("lgo.orders", None, "there is no object lgo.orders", "table log.orders"),
        ("nothing.alike", None, "there is no object nothing.alike", "SCHEMA.NAME"),
        ("", None, "there is no object", "SCHEMA.NAME"),
        ("a.b.c.d", None, "there is no object a.b.c.d", ""),
        ("orders", None, "orders may be table app.orders, table log.orders", "schema"),
        (
            "app.total",
            None,
            "app.total may be function app.total(integer), function app.total(text,app.mood)",
            "written",
        ),
        ("app.total(bigint)", None, "there is no object app.total(bigint)", "app.total(integer)"),
        (
            "app.recent",
            None,
            "app.recent may be view app.recent, trigger recent on app.orders",
            "--type: trigger, view",
        ),
        ("app.orders", "view", "app.orders is no view", "of type table"),
        ("app.orders", "tabel", "no object is a tabel", "did you mean table"),
        ("app.orders", "🦆", "no object is a 🦆", "types there are: extension, function"),
    ],
)
def test_what_is_not_found_is_answered(text, type, words, hint):
    with pytest.raises(UsageError) as failure:
        find(ALL, text, type=type)
    assert failure.value.exit_status == 2
    assert words in failure.value.message
    assert hint in (failure.value.hint or "")


def test_a_type_tells_objects_of_one_name_apart():
    assert find(ALL, "app.recent", type="view") == VIEW
    assert find(ALL, "app.recent", type="trigger") == TRIGGER


def test_a_schema_that_is_not_chosen_is_told():
    chosen = Graph(ALL.things, (), schemas=("app",))
    with pytest.raises(UsageError, match=r"table log\.orders lies in the schema log, which source\.schemas leaves out"):
        find(chosen, "log.orders")
    # Without its schema the name means the one that is chosen; what lies in no schema is always there.
    assert (find(chosen, "orders"), find(chosen, "citext")) == (ORDERS, EXTENSION)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(NAMES, NAMES)
def test_any_name_is_found_by_its_identity(schema, name):
    one = thing(name, schema=schema)
    assert find(graph((one, thing("other"))), one.identity) == one


@given(st.text(max_size=20))
def test_any_text_is_found_or_refused(text):
    with contextlib.suppress(UsageError):
        assert find(ALL, text) in ALL.things
