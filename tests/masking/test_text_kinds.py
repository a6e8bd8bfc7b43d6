# ruff: noqa: RUF001
"""Digests, names and redactions of any text: deterministic, of the right length and form, and never a failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from databases import connect, new_database
from hypothesis import example, given, settings
from hypothesis import strategies as st
from masked import OTHER_KEY, Masks, expression, fit_of, is_injective, refusal

from devdb.masking.kinds import lists
from devdb.server.cluster import Cluster
from devdb.settings.mask import Mask

DIGESTS = ("hash", "email", "username", "url", "uuid")
NAMES = ("first_name", "last_name", "full_name", "company", "street", "city", "country")
FORMS = ("redact", "pattern", "phone", "postal_code", "iban", "credit_card", "ip", "mac")
PARTIAL = {"kind": "partial", "first": 2, "last": 1}
ALL: tuple[Any, ...] = (*DIGESTS, *NAMES, *FORMS, PARTIAL, {"kind": "pattern", "keep": 2}, {"kind": "phone", "keep": 4})
HARD = [
    *(
        "",
        " ",
        "\n",
        "'",
        '"',
        "\\",
        "%s",
        "$1",
        "{}",
        "\x01\x7f\x80\x9f",
        "İıſßẞŸ",
        "e\u0301\u0308",
        "👩‍👩‍👧‍👦 🇩🇪",
        "שלום עולם",
        "مرحبا ٤٢",
    ),
    *(
        "日本語 テスト １２３",
        "한국어",
        "ไทย ๑๒",
        "\u202eabc\u202c",
        "\ufeff\ufffd\uffff",
        "\U0010ffff",
        "ﬁ Ǆ ǅ",
        "-",
        "+",
        "+()/.-",
    ),
    *(
        "0" * 36,
        "0" * 37,
        "9" * 36,
        "1.2.3.4.5",
        "a" * 3000,
        "ä1" * 700,
        "00:00",
        "::",
        ":::::::::",
        "1.2.3.4/99",
        "999.999.999.999",
    ),
    *(
        "DE",
        "DE00",
        "de89 3704 0044 0532 0130 00",
        "4111-1111-1111-1111",
        "0" * 19,
        "aA:bb:cc:dd:ee:ff",
        "aabbccddeeff",
        "٤٢٤٢",
    ),
]

few = settings(max_examples=15, deadline=None)
anything = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@pytest.fixture(scope="module")
def masks(cluster: Cluster) -> Iterator[Masks]:
    with new_database(cluster, "CREATE EXTENSION IF NOT EXISTS citext") as made:
        yield Masks(made)


def named(mask: Any) -> str:
    return str(Mask.of(mask))


@pytest.mark.parametrize("mask", ALL, ids=named)
def test_every_text_is_masked_the_same_way_each_time(masks: Masks, mask: Any) -> None:
    @few
    @given(st.lists(anything, min_size=1, max_size=150))
    @example(HARD)
    def check(values: list[str]) -> None:
        masked = masks(mask, "text", [*values, None])
        assert masks(mask, "text", [None, *reversed(values)]) == masked[::-1]
        assert masked[-1] is None
        assert None not in masked[:-1]
        if is_injective(mask, "text"):
            assert len(set(masked)) == len(set(values)) + 1

    check()


@pytest.mark.parametrize("mask", [mask for mask in ALL if mask not in ("redact", PARTIAL)], ids=named)
def test_another_key_gives_other_values(masks: Masks, mask: Any) -> None:
    values = [f"+49 {number}, Straße 3" for number in range(300)]
    others = masks.with_key(OTHER_KEY)(mask, "text", values)
    same = sum(mine == other for mine, other in zip(masks(mask, "text", values), others, strict=True))
    assert same < 10


@pytest.mark.parametrize("mask", ALL, ids=named)
@pytest.mark.parametrize("type_name", ["character varying(15)", "character(40)", "name", "citext"])
def test_every_type_of_text_is_served(masks: Masks, mask: Any, type_name: str) -> None:
    if refusal(mask, type_name):
        assert (mask, type_name) in [(kind, "character varying(15)") for kind in ("url", "uuid")]
        return
    values = ["", "a", "Maß 3", "0170 12", "1.2.3.4"]
    # As a cast spells it, character is character(1).
    masked = masks(mask, type_name, values, as_type=type_name)
    length = fit_of(type_name).length
    assert None not in masked
    assert masks(mask, type_name, values, as_type=type_name) == masked
    if length is not None:
        # A cast would have cut what is too long.
        whole = masks(mask, "text", values, length=length)
        assert [value.rstrip() for value in masked] == whole
        assert all(len(value) <= length for value in whole)


def test_a_collation_that_takes_a_for_A_is_no_obstacle(masks: Masks) -> None:  # noqa: N802
    # PostgreSQL refuses to search text of such a collation.
    masks.connection.execute(
        "CREATE COLLATION alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
        "CREATE TEMPORARY TABLE f (x text COLLATE alike);"
        "INSERT INTO f VALUES ('a'), ('B1'), ('+49 2'), ('DE89 3704 0044 0532 0130 00'), ('::1'), ('aa:bb:cc:dd:ee:ff')"
    )
    for mask in ALL:
        for ignores_case in (False, True):
            (count,) = masks.row(mask, "text", "SELECT count({mask}) FROM f", ignores_case=ignores_case)
            assert count == 6


@pytest.mark.parametrize("mask", ALL, ids=named)
def test_what_differs_in_case_alone_is_masked_alike_where_that_counts(masks: Masks, mask: Any) -> None:
    values = ["Ann@x.org", "BÉa 1", "DE89 3704 0044 0532 0130 00", "FE80::1", "08:00:2B:01:02:03"]
    one, other = (
        masks(mask, "citext", spelt, ignores_case=True) for spelt in (values, [value.swapcase() for value in values])
    )
    assert [value.lower() for value in one] == [value.lower() for value in other]


@pytest.mark.parametrize("mask", ALL, ids=named)
def test_latin1_and_utf8_mask_alike(masks: Masks, latin1: Masks, mask: Any) -> None:
    values = ["", "a", "Grüße, Ærø ÿß×÷", "+49 170 12", "«½»\xa0", "\x80\x9f", "1.2.3.4", "x" * 50, "é" * 200]
    ours = masks(mask, "text", values, locale="de_DE")
    theirs = latin1(mask, "text", values, locale="de_DE", encoding="LATIN1")
    assert theirs == ours


@pytest.fixture(scope="module")
def latin1(cluster: Cluster) -> Iterator[Masks]:
    yield from _in_encoding(cluster, "LATIN1")


def test_another_release_masks_alike(masks: Masks, cluster_factory: Callable[..., Cluster]) -> None:
    """The source may be of another one, and an expression is worked out on either side."""
    values = [value for value in HARD if len(value) < 100]
    with connect(cluster_factory(major=18), "postgres") as newer:
        theirs = Masks(newer)
        for mask in ALL:
            assert theirs(mask, "text", values) == masks(mask, "text", values)
        for mask, type_name, value in (("ip", "inet", "10.1.2.3/8"), ("mac", "macaddr", "08:00:2b:01:02:03")):
            assert theirs(mask, type_name, [value]) == masks(mask, type_name, [value])


@pytest.mark.parametrize("encoding", ["WIN1251", "WIN1253", "KOI8R", "LATIN2", "SQL_ASCII", "EUC_JP"])
def test_other_encodings_are_served_or_refused(cluster: Cluster, encoding: str) -> None:
    values = ["", "Ab 1", "+49 170", "1.2.3.4"]
    if encoding != "SQL_ASCII":
        every = [bytes([code]).decode(lists.codec(encoding), "ignore") for code in range(0xA0, 0xFF)]
        values += [character for character in every if character] + ["日本"] * (encoding == "EUC_JP")
    for masks in _in_encoding(cluster, encoding):
        for mask in ALL:
            if refusal(mask, "text", encoding=encoding):
                assert encoding == "EUC_JP"
                continue
            masked = masks(mask, "text", values, encoding=encoding)
            assert None not in masked
            if is_injective(mask, "text", encoding=encoding):
                assert len(set(masked)) == len(set(values))


def _in_encoding(cluster: Cluster, encoding: str) -> Iterator[Masks]:
    name = f"in_{encoding.lower()}"
    with connect(cluster, "postgres") as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        try:
            with connect(cluster, name) as made:
                made.execute("SET client_encoding = 'UTF8'" if encoding != "SQL_ASCII" else "SELECT")
                yield Masks(made)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("mask", "form"),
    [
        ("hash", r"[0-9a-f]{64}"),
        ({"kind": "hash", "length": 24}, r"[0-9a-f]{24}"),
        ("email", r"[a-z]{2,12}\.[0-9a-f]{32}@example\.com"),
        ({"kind": "email", "domain": "mail.test"}, r"[a-z]{2,12}\.[0-9a-f]{32}@mail\.test"),
        ("username", r"[a-z]{2,12}[0-9a-f]{20}"),
        ("url", r"https://example\.com/[0-9a-f]{32}"),
        ("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    ],
    ids=str,
)
def test_a_digest_has_its_form(masks: Masks, mask: Any, form: str) -> None:
    assert all(re.fullmatch(form, masked) for masked in masks(mask, "text", HARD, locale="de_DE"))


@pytest.mark.parametrize("length", [13, 20, 31, 32, 33, 44, 45, 50, 57, 58, 64])
def test_an_address_is_as_long_as_fits(masks: Masks, length: int) -> None:
    masked = masks("email", "text", [str(number) for number in range(200)], length=length)
    assert all(re.fullmatch(r"([a-z]+\.)?[0-9a-f]+@example\.com", address) for address in masked)
    assert max(map(len, masked)) <= length
    assert min(map(len, masked)) > min(length - 12, 40)


def test_a_million_addresses_are_different(masks: Masks) -> None:
    address = expression(Mask.of("email"), fit_of("character varying(50)", is_unique=True))
    masks.connection.execute('CREATE TEMPORARY TABLE addresses (email varchar(50) COLLATE "C")')
    masks.connection.execute(
        f"INSERT INTO addresses SELECT {address}"
        " FROM (SELECT i || '@people.org' AS x FROM generate_series(1, 1000000) AS i) AS f"
    )
    masks.connection.execute("CREATE UNIQUE INDEX ON addresses (email)")
    (count,) = masks.connection.execute("SELECT count(email) FROM addresses").fetchone() or ()
    assert count == 1_000_000


def test_hash_is_the_hmac_that_others_compute(masks: Masks) -> None:
    (ours,) = masks.row("hash", "text", "SELECT {mask} FROM (SELECT 'Müller'::text AS x) AS f")
    (octets,) = masks.row("hash", "bytea", "SELECT length({mask}) FROM (SELECT '\\x00ff'::bytea AS x) AS f")
    import hashlib
    import hmac

    assert ours == hmac.new(bytes.fromhex("5e" * 32), "Müller".encode(), hashlib.sha256).hexdigest()
    assert octets == 32


def test_uuids_of_both_types_are_masked_alike(masks: Masks) -> None:
    values = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(50)]
    assert masks("uuid", "uuid", values) == masks("uuid", "text", values)
    assert is_injective("uuid", "uuid")


@pytest.mark.parametrize(
    ("mask", "said", "words"),
    [
        ("email", {"length": 12}, "13 characters"),
        ("email", {"length": 31, "is_unique": True}, "32 characters"),
        ({"kind": "email", "domain": "a.very.long.test"}, {"length": 36, "is_unique": True}, "37 characters"),
        ("url", {"length": 20}, "21 characters"),
        ("url", {"length": 39, "is_unique": True}, "40 characters"),
        ("username", {"length": 19, "is_unique": True}, "20 characters"),
        ("hash", {"length": 19, "is_unique": True}, "20 characters"),
        ({"kind": "hash", "length": 8}, {"is_unique": True}, "length of 20"),
        ("uuid", {"length": 31}, "36 characters"),
        ("first_name", {"is_unique": True}, "username"),
        ("full_name", {"length": 2}, "2 characters"),
        ("first_name", {"encoding": "SQL_ASCII", "locale": "ja_JP"}, "SQL_ASCII"),
        ("street", {"locale": "de_XX"}, "de_DE"),
        ("redact", {"is_unique": True}, "pattern"),
        (PARTIAL, {"is_unique": True}, "pattern"),
        ({**PARTIAL, "fill": "**"}, {}, "one character"),
        ({**PARTIAL, "fill": "█"}, {"encoding": "LATIN1"}, "LATIN1"),
        ("pattern", {"encoding": "EUC_JP"}, "EUC_JP"),
        ("ip", {"is_unique": True}, "hash"),
        ("ip", {"length": 10}, "14 characters"),
    ],
    ids=str,
)
def test_what_cannot_serve_is_refused(mask: Any, said: dict[str, Any], words: str) -> None:
    assert words in refusal(mask, "text", **said)


def test_octets_are_served_by_hash_alone() -> None:
    assert refusal({"kind": "hash", "length": 20}, "bytea")
    assert not refusal("hash", "bytea", is_unique=True)
    assert "shuffle" in refusal("ip", "inet", is_unique=True)


@pytest.mark.parametrize("mask", ALL, ids=named)
def test_only_what_keeps_values_apart_says_so(mask: Any) -> None:
    apart = {
        "hash",
        "email",
        "username",
        "url",
        "uuid",
        "pattern",
        "phone",
        "iban",
        "credit_card",
        "mac",
    }
    kind = Mask.of(mask).kind
    assert is_injective(mask, "text") == (kind in apart)
    assert (not refusal(mask, "text", is_unique=True)) == (kind in apart)
    assert not is_injective({"kind": "postal_code", "locale": "de_DE"}, "text")
    assert not is_injective("email", "character varying(25)")


def test_redact_leaves_the_form(masks: Masks) -> None:
    def shape(value: str) -> str:
        return "".join("x" if c.islower() else "X" if c.isupper() else "0" if c.isdigit() else c for c in value)

    @few
    @given(st.lists(st.text(st.characters(min_codepoint=1, max_codepoint=0x7F)), min_size=1, max_size=200))
    def check(values: list[str]) -> None:
        assert masks("redact", "text", values) == [shape(value) for value in values]

    check()
    european = ["Élan Şükrü Łódź Őr", "ΑΒΓ αβγ Άλ", "Ёлка ІЇ ѝ", "İıſŸ ÿß", "Ệ ệ Ǎǎ", "Հայ", "Ａｂ１", "٤٢ 12"]
    shapes = ["Xxxx Xxxxx Xxxx Xx", "XXX xxx Xx", "Xxxx XX x", "XxxX xx", "X x Xx", "Xxx", "Xx0", "00 00"]
    assert masks("redact", "text", european) == shapes


def test_redact_leaves_nothing_but_the_form(masks: Masks) -> None:
    separators = {
        *map(chr, range(1, 128)),
        *"\xa0¡«\xad·»¿",
        *map(chr, (*range(0x2000, 0x2070), *range(0x3000, 0x3021))),
    }

    @few
    @given(st.lists(anything, min_size=1, max_size=200))
    @example(HARD)
    def check(values: list[str]) -> None:
        for value, masked in zip(values, masks("redact", "text", values), strict=True):
            assert len(masked) == len(value)
            assert all(
                mine in "xX0" or (mine == raw and mine in separators) for mine, raw in zip(masked, value, strict=True)
            )

    check()


def test_partial_shows_both_ends_or_nothing(masks: Masks) -> None:
    values = ["", "a", "ab", "abc", "abcd", "Müller", "日本語テスト"]
    assert masks(PARTIAL, "text", values) == ["", "*", "**", "***", "ab*d", "Mü***r", "日本***ト"]
    assert masks({"kind": "partial", "last": 4, "fill": "•"}, "text", ["4111111111111111"]) == ["•" * 12 + "1111"]


def test_a_failing_statement_would_be_noticed(masks: Masks) -> None:
    with pytest.raises(psycopg.Error):
        masks.row("hash", "text", "SELECT 1 / 0, {mask} FROM (SELECT ''::text AS x) AS f")
