"""A stream gives the same hits however it is cut into blocks, and any text is found however it is written."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from databases import new_database
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from devdb.catalog.model import Name
from devdb.leakcheck.chance import _exceeded
from devdb.leakcheck.dumps import search_script
from devdb.leakcheck.needles import Automaton, Masked, Needles
from devdb.leakcheck.search import Found, Stream, Where
from devdb.leakcheck.spellings import spellings
from devdb.leakcheck.telling import Judge, Piece, is_dense
from devdb.server.cluster import Cluster
from devdb.settings.mask import Mask

MASK = Mask.of("redact")
COLUMN = Masked(Name("s", "t"), "c", MASK)

# What a column may hold, and a file: no NUL, no surrogates.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40)


def automaton(*texts: str) -> Automaton:
    return Needles.of([(COLUMN, [Piece(text, MASK) for text in texts])]).automaton(in_octets=True)


def hits(found: Found) -> dict[tuple[str | None, str | None, str | None], int]:
    return {
        (where.table, where.column, where.at): sum(times.count for times in of_value.values())
        for where, of_value in found.hits.items()
    }


@pytest.fixture(scope="module")
def writer(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, "CREATE TYPE pair AS (a text, b text)") as made:
        yield made


WAYS = [
    "v",
    "to_jsonb(v)",
    "jsonb_build_object(v, 1)",
    "ARRAY[v, 'x']",
    "ROW('x', v)::pair",
    "ARRAY[ROW('x', v)::pair]",
    "ROW('x', ARRAY[v]::text)::pair",
    "ARRAY[to_jsonb(v)]",
    "ROW('x', to_jsonb(v)::text)::pair",
    "convert_to(v, 'UTF8')",
    "'before: ' || v || '; after'",
    "'(' || v || ')'",
]


@given(TEXTS)
@example('O\'Brien "x" \\ \t\n\r\b\f\v \x01 ü 漢 😀 ß İ ŉ')
@example("\\N")
@example("{}")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_found_however_the_server_writes_it(writer: psycopg.Connection[Any], text: str) -> None:
    found = Found("x")
    names = [f"c{number}" for number in range(len(WAYS))]
    stream = Stream(automaton(text), found, table="t", columns=names)
    query = f"COPY (SELECT {', '.join(WAYS)} FROM (SELECT %s::text AS v) AS r) TO STDOUT (ENCODING 'UTF8')"
    with psycopg.ClientCursor(writer) as cursor, cursor.copy(query, [text]) as copy:  # type: ignore[arg-type]
        for block in copy:
            stream.feed(bytes(block))
    stream.end()
    assert [WAYS[names.index(column)] for _, column, _ in hits(found) if column] == WAYS


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_text_is_found_in_other_letters_and_as_programs_write_it(text: str) -> None:
    spelled = spellings(text)
    for written in (text.upper(), text.lower(), json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        assert written.encode().lower() in spelled


DUMP = b"""-- dump
SET x = 'NEEDLE-ONE';

--
-- Name: note; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.note (a text DEFAULT 'needle-one');

--
-- Data for Name: note; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.note (a, "b c") FROM stdin;
needle-one\tx
x\tneedle-two
x\tneedle-one needle-two
\\.


COPY public.empty (a) FROM stdin;
\\.


COPY public.other (a, b) FROM stdin;
\\\\.\t\\\\.
\\N\tneedle-two\\nneedle-one
\\.


--
-- Name: COLUMN note.a; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.note.a IS 'not needle-ones
but needle-two';
"""


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 400, 10_000])
def test_the_size_of_blocks_changes_nothing(size: int) -> None:
    found = Found("x")
    blocks = (DUMP[at : at + size] for at in range(0, len(DUMP), size))
    search_script(blocks, automaton("Needle-One", "needle-two"), found)
    assert hits(found) == {
        (None, None, None): 1,
        (None, None, "table note in public"): 1,
        ("public.note", "a", None): 1,
        ("public.note", "b c", None): 3,
        ("public.other", "b", None): 2,
        (None, None, "comment COLUMN note.a in public"): 1,
    }
    assert {where.at: line for where, line in found.lines.items()} == {
        None: 2,
        "table note in public": 8,
        "comment COLUMN note.a in public": DUMP[: DUMP.index(b"but ")].count(b"\n") + 1,
    }
    assert found.rows == {"public.note": 3, "public.empty": 0, "public.other": 2}
    assert found.bytes <= len(DUMP)


@pytest.mark.parametrize("seed", range(3))
def test_columns_are_told_in_long_rows_and_in_blocks_of_any_size(seed: int) -> None:
    rows = random.Random(seed)
    columns = [f"c{number}" for number in range(5)]
    expected = dict.fromkeys(columns, 0)
    text = b""
    for _ in range(200):
        at = rows.choice(columns)
        expected[at] += 1
        filler = ["y" * rows.randint(0, 3000) for _ in columns]
        text += "\t".join(
            f"{it} the needle {it}" if name == at else it for name, it in zip(columns, filler, strict=True)
        ).encode()
        text += b"\n"
    found = Found("x")
    stream = Stream(automaton("the needle"), found, table="t", columns=columns)
    at = 0
    while at < len(text):
        size = rows.choice([1, 10, 1000, 100_000])
        stream.feed(text[at : at + size])
        at += size
    stream.end()
    assert hits(found) == {("t", name, None): count for name, count in expected.items() if count}
    assert found.rows == {"t": 200}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("1234567890", True),
        ("(1234567890)", True),
        ("a 1234567890.", True),
        ("1234567890, 5", True),
        ("x\\n1234567890\\nx", True),
        ("x\\\\n1234567890", True),
        ("%201234567890%20", True),
        ("\\u00201234567890", True),
        ("\\\\u00a01234567890", True),
        ("01234567890", False),
        ("12345678901", False),
        ("a1234567890", False),
        ("1234567890a", False),
        ("ä1234567890", False),
        ("1234567890ä", False),
        ("0.1234567890", False),
        ("1234567890.12", False),
        ("%411234567890", False),
        ("\\u00e41234567890", False),
        ("1234567890\\\\u00e4", False),
    ],
)
def test_a_value_ends_where_no_letter_or_digit_goes_on(text: str, is_found: bool) -> None:
    found = Found("x")
    stream = Stream(automaton("1234567890"), found, table="t", columns=["c"])
    stream.feed(f"x\n{text}\nx\n".encode())
    stream.end()
    assert (Where("t", "c") in found.hits) == is_found


def test_a_whole_cell_is_told_from_a_part() -> None:
    found = Found("x")
    stream = Stream(automaton("the needle", "the other"), found, table="t", columns=["a", "b"])
    stream.feed(b"the needle\tx\nx\tthe needle\nthe other!\tx\n")
    stream.end()
    assert [(times.count, times.whole) for of_value in found.hits.values() for times in of_value.values()] == [
        (1, 1),
        (1, 0),
        (1, 1),
    ]


def test_of_long_values_the_beginning_is_searched_for() -> None:
    found = Found("x")
    stream = Stream(automaton("word " * 100), found, table="t", columns=["c"])
    stream.feed(("word " * 99 + "cut\n").encode())
    stream.end()
    assert hits(found)["t", "c", None] > 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("short", "short"),
        ("- - - - -", "short"),
        ("00000000", "of few different characters"),
        ("n/a n/a n/a", "of few different characters"),
        ("Hamburg-Altona", "in the lists of names and places"),
        ("HAMBURG-ALTONA", "in the lists of names and places"),
        ("Hamburg-Altona-West", None),
        ("anna@example.de", None),
    ],
)
def test_what_is_telling(text: str, reason: str | None) -> None:
    judge = Judge(min_length=8, known=lambda _mask: ["Hamburg-Altona"])
    assert judge.is_telling(Piece(text, Mask.of("city"))) == (reason is None)
    assert list(judge.left_out) == ([] if reason is None else [reason])


def test_a_full_name_is_put_together_of_what_is_listed() -> None:
    judge = Judge(min_length=8, known=lambda _mask: ["Anna", "Hans Peter", "Müller"])
    told = {
        name: judge.is_telling(Piece(name, Mask.of("full_name")))
        for name in ("Anna Müller", "Dr. Peter MÜLLER", "Anna Zwölfpfennig")
    }
    assert told == {"Anna Müller": False, "Dr. Peter MÜLLER": False, "Anna Zwölfpfennig": True}


def test_whole_numbers_close_together() -> None:
    assert is_dense({str(10_000_000 + n) for n in range(1000)})
    assert not is_dense({str(10_000_000_000 + n * 99_991) for n in range(1000)})
    assert not is_dense({"anna1", "anna2"})
    assert not is_dense(set())


def test_nobody_sees_a_value_by_accident() -> None:
    needles = Needles.of([(COLUMN, [Piece("the needle", MASK)])])
    shown = [
        repr(needles),
        str(needles),
        repr(needles.values),
        repr(needles.values[0]),
        repr(Piece("the needle", MASK)),
    ]
    assert not any("needle'" in text or "the needle" in text for text in shown)
    assert bool(needles)


@given(st.floats(0, 5000))
def test_chance_allows_more_than_is_expected_and_not_much_more(expected: float) -> None:
    assert expected <= _exceeded(expected) + 1
    assert _exceeded(expected) <= expected + 5 * expected**0.5 + 6
    assert _exceeded(1e-9) == 0
