"""What keeps its form is permuted among all that have it; check digits stay right, addresses stay addresses."""

from __future__ import annotations

import ipaddress
import itertools
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from databases import new_database
from hypothesis import example, given, settings
from hypothesis import strategies as st
from masked import Masks
from stdnum import iban, luhn

from devdb.server.cluster import Cluster

few = settings(max_examples=15, deadline=None)
digits = st.text("0123456789", max_size=40)
DIGITS_AND_SEPARATORS = st.text("0123456789 +-()/.", max_size=45)
# A letter or digit stays one of its script; what is neither stays.
CLASSES = ("[0-9]", "[a-z]", "[A-Z]", "[à-öø-þ]", "[а-я]", "[А-Я]", "[א-ת]", "[ぁ-ゖ]", "[一-龥]", "[가-힣]")  # noqa: RUF001


@pytest.fixture(scope="module")
def masks(cluster: Cluster) -> Iterator[Masks]:
    with new_database(cluster, "CREATE EXTENSION IF NOT EXISTS citext") as made:
        yield Masks(made)


def form(value: str) -> str:
    for stands_for, characters in zip("0aAéжЖאあ漢가", CLASSES, strict=True):
        value = re.sub(characters, stands_for, value)
    return value


def written(*alphabets: str) -> list[str]:
    return ["".join(characters) for characters in itertools.product(*alphabets)]


@pytest.mark.parametrize(
    "values",
    [
        written("0123456789"),
        written("0123456789", "0123456789"),
        written("(", "0123456789", ")", "0123456789", "0123456789", "-.", "0123456789"),
        written("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "_", "abcdefghijklmnopqrstuvwxyz"),
        written("0123456789", ":", "0123456789", "0123456789"),
        written("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", ".,", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        written("abcdefghijklmnopqrstuvwxyz", "()", "abcdefghijklmnopqrstuvwxyz", "-"),
        written("éа", "0123456789", "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    ],
    ids=lambda values: f"{values[0]} to {values[-1]}",
)
@pytest.mark.parametrize("mask", ["pattern", {"kind": "pattern", "keep": 1}], ids=str)
def test_all_values_of_a_form_change_places(masks: Masks, mask: Any, values: list[str]) -> None:
    masked = masks(mask, "text", values)
    assert len(set(masked)) == len(values)
    assert {form(value) for value in masked} == {form(value) for value in values}
    if "é" not in values[0]:
        assert len(values) < 10 or set(masked) == set(values)
    if mask != "pattern" and len(values[0]) > 1:
        assert [value[0] for value in masked] == [value[0] for value in values]


@pytest.mark.parametrize(
    "mask", ["pattern", "phone", {"kind": "phone", "keep": 3}, {"kind": "pattern", "keep": 4}], ids=str
)
def test_separators_stay_where_they_are(masks: Masks, mask: Any) -> None:
    @few
    @given(st.lists(DIGITS_AND_SEPARATORS, min_size=1, max_size=250, unique=True))
    @example(
        [
            "",
            ".",
            "..1",
            "1.",
            "+1.2.3",
            "((((",
            "1" * 36,
            "1" * 37,
            "." * 35 + "1",
            "1" * 18,
            "1" * 18 + ".",
            "1" * 19 + "-",
        ]
    )
    def check(values: list[str]) -> None:
        masked = masks(mask, "text", values)
        assert [form(value) for value in masked] == [form(value) for value in values]
        assert len(set(masked)) == len(values)

    check()


@pytest.mark.parametrize("mask", ["pattern", "phone"])
@pytest.mark.parametrize("form", ["{}", "{}-{}", "({}) {}/{}"])
@pytest.mark.parametrize("length", [4, 9, 18])
def test_each_digit_depends_on_every_digit(masks: Masks, mask: str, form: str, length: int) -> None:
    draw = random.Random(length)
    bases = ["7" + "".join(draw.choices("0123456789", k=length - 1)) for _ in range(80)]
    # By what it begins with a telephone number is of one sort or another.
    for place in range(1 if mask == "phone" else 0, length):
        others = [base[:place] + str((int(base[place]) + 3) % 10) + base[place + 1 :] for base in bases]
        images, changed = (
            [re.sub(r"\D", "", one) for one in masks(mask, "text", [_cut(form, value) for value in values])]
            for values in (bases, others)
        )
        for at in range(length):
            same = sum(one[at] == other[at] for one, other in zip(images, changed, strict=True))
            # One in ten by chance.
            assert same < len(bases) * 0.45, (place, at)


def _cut(form: str, digits: str) -> str:
    parts = form.count("{")
    ends = [len(digits) * number // parts for number in range(parts + 1)]
    return form.format(*(digits[a:b] for a, b in itertools.pairwise(ends)))


def test_codes_stay_apart_and_of_their_form(masks: Masks) -> None:
    codes = st.text("ABYZ0059 -_:.,#/+?", max_size=26)

    @few
    @given(st.lists(codes | codes.map(str.lower), min_size=1, max_size=250, unique=True))
    @example(
        [
            "A" * 24,
            "Z" * 24,
            "Z" * 25,
            "Z" * 23 + "9",
            "9" + "Z" * 22 + "0",
            ",",
            ".A.",
            "?A",
            "A" * 5,
            "A" * 4 + ",1.",
            "_1",
        ]
    )
    def check(values: list[str]) -> None:
        for keep in (0, 3):
            masked = masks({"kind": "pattern", "keep": keep}, "text", values)
            assert [form(value) for value in masked] == [form(value) for value in values]
            assert len(set(masked)) == len(values)
            assert all(one[:keep] == raw[:keep] for one, raw in zip(masked, values, strict=True) if len(raw) > keep)

    check()


def test_letters_stay_letters_of_their_script(masks: Masks) -> None:
    scripts = st.sampled_from(["Straße Öl ÀÞ", "жЖ ёЁ", "שלום", "ひらがな", "漢字", "한국어", "ab1-", "łŁ şŞ"])

    @few
    @given(st.lists(st.lists(scripts, max_size=4).map("".join), min_size=1, max_size=100, unique=True))
    def check(values: list[str]) -> None:
        masked = masks("pattern", "text", values)
        assert [form(value) for value in map(_without_extended, masked)] == [
            form(value) for value in map(_without_extended, values)
        ]
        assert [value.isupper() for value in masked] == [value.isupper() for value in values]
        assert len(set(masked)) == len(values)

    check()


def _without_extended(value: str) -> str:
    return re.sub("[À-ßÿĀ-ſЀ-Џѐ-џ]", "?", value)


def test_capitals_become_the_capitals_of_what_small_letters_become(masks: Masks) -> None:
    values = ["straße 12-b", "žluťoučký kůň", "привет ёж", "αβγ", "ệ"]
    small = masks("pattern", "text", values)
    # There is no capital of ß, and one of ÿ far away.
    capitals = masks("pattern", "text", [value.replace("ß", "?").upper().replace("?", "ß") for value in values])
    assert [value.replace("ß", "?").upper().replace("?", "ß") for value in small] == capitals


def test_the_beginning_that_is_kept_stays(masks: Masks) -> None:
    values = ["DE-1234567", "12345678", "+4912345", "äöü-12ab", "abc", "abcd"]
    masked = masks({"kind": "pattern", "keep": 3}, "text", values)
    assert [value[:3] for value in masked[:-2]] == [value[:3] for value in values[:-2]]
    assert masked[-1][:3] == "abc"
    # What has nothing else does not stay.
    assert masked[-2] != "abc"


@pytest.mark.parametrize("keep", range(5))
@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_telephone_numbers_stay_apart_whatever_they_begin_with(masks: Masks, keep: int, length: int) -> None:
    values = written(*["0123456789"] * min(length, 4))
    values = [value + "7" * (length - len(value)) for value in values] if length > 4 else values
    masked = masks({"kind": "phone", "keep": keep}, "text", values)
    assert len(set(masked)) == len(values)
    begins = re.compile("00|0|")
    assert [begins.match(value)[0] for value in masked] == [begins.match(value)[0] for value in values]  # type: ignore[index]


def test_an_international_number_keeps_its_country(masks: Masks) -> None:
    values = [
        "+49 170 1234567",
        "0049-170-1234567",
        "+1 (555) 123-4567",
        "(+44) 20 7946 0958",
        "+49 170 1234567 ext 12",
    ]
    masked = masks("phone", "text", values)
    kept = (3, 4, 2, 4, 3)
    assert [value[:count] for value, count in zip(masked, kept, strict=True)] == [
        value[:count] for value, count in zip(values, kept, strict=True)
    ]
    assert not set(masked) & set(values)
    longer = masks({"kind": "phone", "keep": 5}, "text", values)
    assert [re.sub(r"\D", "", value)[:5] for value in longer] == [re.sub(r"\D", "", value)[:5] for value in values]


IBANS = (
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
    "FR1420041010050500013M02606",
)


def test_account_numbers_are_valid_and_stay_apart(masks: Masks) -> None:
    made = [f"DE{98 - int(f'{number:018d}131400') % 97:02d}{number:018d}" for number in range(0, 10**17, 10**14 - 7)]
    values = [*IBANS, *made, *(iban.format(value) for value in IBANS), *map(str.lower, IBANS)]
    masked = masks("iban", "text", values)
    assert all(iban.validate(value, check_country=False) for value in masked)
    assert [form(value[4:]) for value in masked] == [form(value[4:]) for value in values]
    assert [value[:2] for value in masked] == [value[:2] for value in values]
    assert len(set(masked)) == len(values)


def test_account_numbers_that_are_wrong_stay_wrong(masks: Masks) -> None:
    values = [f"DE{check:02d}370400440532013{number:03d}" for check in range(2, 99) for number in range(40)]
    # 00, 01 and 99 nobody gives, though a remainder of 97 cannot tell them from others.
    masked = masks("iban", "text", values)
    assert len(set(masked)) == len(values)
    assert [iban.is_valid(value, check_country=False) for value in masked] == [
        iban.is_valid(value, check_country=False) for value in values
    ]


def test_card_numbers_are_valid_and_stay_apart(masks: Masks) -> None:
    valid = [
        start + luhn.calc_check_digit(start)
        for start in (f"{number:015d}" for number in range(4 * 10**14, 4 * 10**14 + 3000))
    ]
    others = ["378282246310005", "6304000000000000000", "4222222222222", "6011 1111 1111 1117", "5105-1051-0510-5100"]
    values = [*valid, *others]
    masked = masks("credit_card", "text", values)
    assert all(luhn.is_valid(re.sub("[ -]", "", value)) for value in masked if luhn.is_valid(re.sub("[ -]", "", value)))
    assert [luhn.is_valid(re.sub("[ -]", "", value)) for value in masked] == [
        luhn.is_valid(re.sub("[ -]", "", value)) for value in values
    ]
    assert [value[:2] for value in masked] == [value[:2] for value in values]
    assert [form(value) for value in masked] == [form(value) for value in values]
    assert len(set(masked)) == len(values)


def test_card_numbers_that_are_wrong_stay_wrong(masks: Masks) -> None:
    @few
    @given(st.lists(st.text("0123456789", min_size=12, max_size=20), min_size=1, max_size=200, unique=True))
    def check(values: list[str]) -> None:
        masked = masks("credit_card", "text", values)
        assert len(set(masked)) == len(values)
        assert [luhn.is_valid(value) for value in masked if 12 < len(value) < 20] == [
            luhn.is_valid(value) for value in values if 12 < len(value) < 20
        ]

    check()


addresses = st.ip_addresses() | st.sampled_from(
    [ipaddress.ip_address(text) for text in ("0.0.0.0", "::", "::ffff:1.2.3.4")]
)


@pytest.mark.parametrize("type_name", ["inet", "cidr", "text"])
def test_addresses_go_into_ranges_that_nobody_has(masks: Masks, type_name: str) -> None:
    @few
    @given(
        st.lists(
            addresses.flatmap(lambda address: st.tuples(st.just(address), st.integers(0, address.max_prefixlen))),
            min_size=1,
        )
    )
    def check(found: list[tuple[Any, int]]) -> None:
        interfaces = [ipaddress.ip_interface((str(address), length)) for address, length in found]
        values = [str(one.network if type_name == "cidr" else one) for one in interfaces]
        masked = [ipaddress.ip_interface(value) for value in masks("ip", type_name, values)]
        for raw, one in zip(interfaces, masked, strict=True):
            assert one.version == raw.version
            least = 0 if type_name != "cidr" else 8 if raw.version == 4 else 32
            assert one.network.prefixlen == max(raw.network.prefixlen, least)
            assert one in ipaddress.ip_network("10.0.0.0/8" if one.version == 4 else "2001:db8::/32")
        assert len({*masked}) == len({*values}) or 4 in {one.version for one in masked} or type_name == "cidr"

    check()


def test_an_address_is_masked_alike_whatever_its_prefix(masks: Masks) -> None:
    one, other = masks("ip", "inet", ["192.168.7.1/24", "192.168.7.1"])
    other = other.removesuffix("/32")
    assert one == f"{other}/24"
    assert masks("ip", "text", ["192.168.7.1", "192.168.7.1/24", "FE80::1", "fe80::1"])[:2] == [other, one]


@pytest.mark.parametrize("length", [14, 15, 16, 18, 20, 39, 43])
def test_an_address_as_text_fits(masks: Masks, length: int) -> None:
    values = [
        value
        for value in ("1.2.3.4", "1.2.3.4/30", "::1", "::1/128", "fe80::1/64", "no address")
        if len(value) <= length
    ]
    masked = masks("ip", "text", values, length=length)
    assert all(len(value) <= length for value in masked)
    assert all(ipaddress.ip_interface(value) for value in masked if value != masked[-1])


@pytest.mark.parametrize(("type_name", "octets"), [("macaddr", 6), ("macaddr8", 8)])
def test_devices_stay_apart_and_of_their_sort(masks: Masks, type_name: str, octets: int) -> None:
    @few
    @given(st.lists(st.binary(min_size=octets, max_size=octets), min_size=1, max_size=250, unique=True))
    @example([bytes(octets), b"\xff" * octets, b"\x7f" * octets, b"\x80" + bytes(octets - 1)])
    def check(found: list[bytes]) -> None:
        masked = masks("mac", type_name, [raw.hex(":") for raw in found])
        assert len(set(masked)) == len(found)
        sorts = [bytes.fromhex(value.replace(":", ""))[0] & 3 for value in masked]
        assert sorts == [raw[0] & 3 for raw in found]

    check()


def test_devices_as_text_keep_the_way_they_are_written(masks: Masks) -> None:
    raw = bytes.fromhex("ac001b010203")
    ways = [raw.hex(":"), raw.hex("-"), raw.hex(), raw.hex(".", 2), raw.hex(":").upper(), raw.hex("-").upper()]
    masked = masks("mac", "text", ways)
    (typed,) = masks("mac", "macaddr", [ways[0]])
    assert masked[0] == typed
    assert {re.sub("[:.-]", "", value).lower() for value in masked} == {typed.replace(":", "")}
    assert masked[4] == typed.upper()
    assert [re.sub("[0-9A-Fa-f]", "", value) for value in masked] == [
        re.sub("[0-9A-Fa-f]", "", value) for value in ways
    ]
    assert masks("mac", "text", ["Ac:00:1b:01:02:03", "ac:00-1b:01:02:03"]) != [
        "Ac:00:1b:01:02:03",
        "ac:00-1b:01:02:03",
    ]
