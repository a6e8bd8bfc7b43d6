"""Addresses in networks: of ranges that are for examples, and of devices."""

from __future__ import annotations

from typing import Any

from devdb.masking import keyed
from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.kinds.patterned import patterned, refusal
from devdb.masking.kinds.steps import stepwise, text
from devdb.masking.permutation import permuted_bits

# By RFC 1918 and RFC 3849.
_IPV4, _IPV4_ADDRESSES = "10.0.0.0", 2**24
_IPV6 = "2001:db8:"
_GROUPS = 6
_UNLIMITED = 10**6
_IPV4_LENGTH = len("10.255.255.255")
_IPV4_FORM = r"^[0-9]{1,3}([.][0-9]{1,3}){3}(/[0-9]{1,2})?$"
_IPV6_FORM = r"^[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}([.][0-9]{1,3}){0,3}(/[0-9]{1,3})?$"
_PAIRS, _FOURS = "([0-9a-f]{{2}}{0}){{5}}[0-9a-f]{{2}}", "([0-9a-f]{{4}}{0}){{2}}[0-9a-f]{{4}}"
# One after the other: to refer back to the first sign would take ten times as long.
_MAC_FORMS = "|".join(
    [*(_PAIRS.format(sign) for sign in (":", "-", "")), *(_FOURS.format(sign) for sign in ("[.]", ":", "-"))]
)


class Ip(Kind):
    """IPv4 addresses become some of 10.0.0.0/8, IPv6 addresses of 2001:db8::/32; the length of the prefix stays."""

    name = "ip"
    families = frozenset({Family.INET, Family.TEXT})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if fit.is_unique:
            instead = "hash or pattern" if fit.family is Family.TEXT else "shuffle"
            return f"ip has 16.7 million IPv4 addresses, so that two can become one; use {instead}"
        if fit.family is Family.TEXT and fit.length is not None and fit.length < _IPV4_LENGTH:
            return f"ip needs {_IPV4_LENGTH} characters, and there are {fit.length}; use pattern or redact"
        return refusal(self.name, fit) if fit.family is Family.TEXT else None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        if fit.family is Family.TEXT:
            return self._of_text(value, fit)
        host = f"pg_catalog.host({value})"
        four = f"{self._four(host, fit)}::inet"
        six = f"{self._six(host, fit, _GROUPS)}::inet"
        length = f"pg_catalog.masklen({value})"
        if fit.base_type == "cidr":
            # A shorter prefix is that of a larger network than these are.
            kept = f"pg_catalog.set_masklen({{}}, GREATEST({length}, {{}}))"
            four = f"pg_catalog.network({kept.format(four, 8)})"
            six = f"pg_catalog.network({kept.format(six, 32)})"
            return f"CASE WHEN pg_catalog.family({value}) = 4 THEN {four} ELSE {six} END"
        chosen = f"CASE WHEN pg_catalog.family({value}) = 4 THEN {four} ELSE {six} END"
        return f"pg_catalog.set_masklen({chosen}, {length})"

    def _of_text(self, value: str, fit: Fit) -> str:
        address = "pg_catalog.lower(pg_catalog.split_part(v, '/', 1))"
        prefix = "COALESCE(pg_catalog.substring(v, '/.*'), '')"
        room = _UNLIMITED if fit.length is None else fit.length
        four = self._four(address, fit) + (f" || {prefix}" if room >= _IPV4_LENGTH + len("/32") else "")
        # Each group has a colon before it, but for the first one after the two that are written out.
        groups = min(_GROUPS, (room - len("/128") - len(_IPV6)) // 5)
        if groups < 1:
            groups, prefix = (room - len(_IPV6)) // 5, "''"
        six = f"{self._six(address, fit, groups)} || {prefix}"
        return stepwise(
            {"v": text(value)},
            result=f"CASE WHEN v ~ '{_IPV4_FORM}' THEN {four}"
            f" WHEN v ~ '{_IPV6_FORM}' AND (v LIKE '%::%' OR v LIKE '%:%:%:%:%:%:%:%') THEN {six}"
            f" ELSE {patterned('v', self.label, fit)} END",
        )

    def _four(self, address: str, fit: Fit) -> str:
        """SQL (text): an IPv4 address."""
        number = keyed.number(address, self.label, fit.encoding)
        return f"pg_catalog.host('{_IPV4}'::inet + ({number} % {_IPV4_ADDRESSES}))"

    def _six(self, address: str, fit: Fit, groups: int) -> str:
        """SQL (text): an IPv6 address, of which `groups` groups of four digits are of a digest."""
        digest = keyed.hex_digest(address, self.label, fit.encoding, digits=4 * _GROUPS)
        start = _IPV6 if groups == _GROUPS else f"{_IPV6}:"
        parts = " || ':' || ".join(f"pg_catalog.substr(x, {1 + 4 * group}, 4)" for group in range(groups))
        return stepwise({"x": digest}, result=f"'{start}' || {parts}")


class Mac(Kind):
    """Another device: two bits stay, which say whether it is one, and whether its maker numbered it.

    A bijection of the 46 others, or 62 of macaddr8. A text keeps its separators, and capital letters if it has them:
    one address written in both ways may become one value.
    """

    name = "mac"
    families = frozenset({Family.MAC, Family.TEXT})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        return refusal(self.name, fit) if fit.family is Family.TEXT else None

    def is_injective(self, fit: Fit, options: Any) -> bool:
        return True

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        if fit.family is Family.MAC:
            octets = 8 if fit.base_type == "macaddr8" else 6
            return f"{self._other(f'({value})::pg_catalog.text', octets)}::{fit.base_type}"
        pairs = " || pg_catalog.substr(v, 3, 1) || ".join(f"pg_catalog.substr(x, {i}, 2)" for i in range(1, 12, 2))
        fours = " || pg_catalog.substr(v, 5, 1) || ".join(f"pg_catalog.substr(x, {i}, 4)" for i in range(1, 12, 4))
        length = "pg_catalog.char_length(v)"
        formed = f"CASE {length} WHEN 12 THEN x WHEN 14 THEN {fours} ELSE {pairs} END"
        address = stepwise(
            {"v": "v", "x": self._other("v", 6)},
            {"y": formed},
            result="CASE WHEN v ~ '[A-F]' THEN pg_catalog.upper(y) ELSE y END",
        )
        return stepwise(
            {"v": text(value)},
            result=f"CASE WHEN pg_catalog.lower(v) ~ '^({_MAC_FORMS})$'"
            f" AND (v = pg_catalog.lower(v) OR v = pg_catalog.upper(v)) THEN {address}"
            f" ELSE {patterned('v', self.label, fit)} END",
        )

    def _other(self, address: str, octets: int) -> str:
        """SQL (text): the hexadecimal digits of what becomes of `address`, which has them and maybe separators."""
        bits = 8 * octets
        # The two bits follow the first six.
        behind = bits - 8
        rest = f"(((a >> {behind + 2}) & 63) << {behind}) | (a & {2**behind - 1})"
        return stepwise(
            {"a": f"('x' || {_without(address, ':-.')})::bit({bits})::bigint"},
            {"b": rest},
            {"c": permuted_bits("b", bits - 2, self.label)},
            result=f"pg_catalog.lpad(pg_catalog.to_hex(((c >> {behind}) << {behind + 2}) | (a & {3 << behind})"
            f" | (c & {2**behind - 1})), {2 * octets}, '0')",
        )


def _without(text: str, signs: str) -> str:
    for sign in signs:
        text = f"pg_catalog.replace({text}, '{sign}', '')"
    return text


KINDS = (Ip(), Mac())
