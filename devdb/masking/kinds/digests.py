"""Kinds that put out a digest of the value, in the form that is wanted: different values stay different."""

from __future__ import annotations

from typing import Any

from devdb.masking import keyed
from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.kinds import lists
from devdb.masking.kinds.people import element
from devdb.masking.kinds.steps import subject, text

# Hexadecimal digits: of all, for a million million values not to meet; and as many as one would have.
_SHA256 = 64
_LEAST = 20
_USUAL = 32
_UUID_DIGITS = 32
_UUID_LENGTH = 36
# By RFC 9562: 0100 in the seventh octet, 10 in the ninth. Of an octet, the first bit is the least.
_VERSION_AND_VARIANT = {52: 0, 53: 0, 54: 1, 55: 0, 70: 0, 71: 1}


class _Digest(Kind):
    """A digest of as many digits as there is room for after `_rest` other characters, and before it maybe a name."""

    families = frozenset({Family.TEXT})
    most = _USUAL

    def rest(self, options: Any) -> int:
        return 0

    def digits(self, fit: Fit, options: Any) -> int:
        return self.most if fit.length is None else min(self.most, fit.length - self.rest(options))

    def refusal(self, fit: Fit, options: Any) -> str | None:
        found, rest = self.digits(fit, options), self.rest(options)
        if fit.is_unique and found < _LEAST:
            return f"{self.name} needs {rest + _LEAST} characters for different values to stay different" + _there_are(
                fit
            )
        if found < 1:
            return f"{self.name} needs at least {rest + 1} characters{_there_are(fit)}; use redact, pattern or hash"
        return None

    def is_injective(self, fit: Fit, options: Any) -> bool:
        return self.digits(fit, options) >= _LEAST

    def hexadecimal(self, value: str, fit: Fit, options: Any) -> str:
        return keyed.hex_digest(subject(value, fit), self.label, fit.encoding, digits=self.digits(fit, options))

    def named(self, value: str, fit: Fit, options: Any, between: str) -> str:
        """SQL (text): a first name before the digest, where there is room for it."""
        digits = self.digits(fit, options)
        room = lists.LONGEST_PLAIN if fit.length is None else fit.length - self.rest(options) - digits - len(between)
        names = tuple(name + between for name in lists.plain_names(fit.locale) if len(name) <= room)
        digest = self.hexadecimal(value, fit, options)
        if len(names) < lists.FEWEST_PLAIN:
            return digest
        return f"{element(names, value, fit, f'{self.label}, name')} || {digest}"


class Hash(_Digest):
    """HMAC-SHA-256 in hexadecimal; of octets, in octets."""

    name = "hash"
    families = frozenset({Family.TEXT, Family.BYTES})
    most = _SHA256

    def digits(self, fit: Fit, options: Any) -> int:
        return min(super().digits(fit, options), options.length or _SHA256)

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if fit.family is Family.BYTES:
            return "hash gives 32 octets of bytea; leave length out" if options.length else None
        if fit.is_unique and options.length and options.length < _LEAST:
            return (
                f"hash needs a length of {_LEAST} or more for different values to stay different, not {options.length}"
            )
        return super().refusal(fit, options)

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        if fit.family is Family.BYTES:
            return keyed.hmac(f"pg_catalog.encode({value}, 'hex')", fit.encoding)
        encoded = f"pg_catalog.encode({keyed.hmac(subject(value, fit), fit.encoding)}, 'hex')"
        digits = self.digits(fit, options)
        return encoded if digits == _SHA256 else f"pg_catalog.left({encoded}, {digits})"


class Email(_Digest):
    """A name and a digest at a domain that nobody can own."""

    name = "email"

    def rest(self, options: Any) -> int:
        return 1 + len(options.domain)

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return f"({self.named(value, fit, options, '.')} || '@{options.domain}')"


class Username(_Digest):
    """A name and a digest, without any sign between them."""

    name = "username"
    most = _LEAST

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return f"({self.named(value, fit, options, '')})"


class Url(_Digest):
    """A path at a domain that nobody can own."""

    name = "url"

    def rest(self, options: Any) -> int:
        return len(f"https://{options.domain}/")

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return f"('https://{options.domain}/' || {self.hexadecimal(value, fit, options)})"


class Uuid(Kind):
    """A digest that says it is a random UUID, version 4, so that whoever checks them accepts it."""

    name = "uuid"
    families = frozenset({Family.UUID, Family.TEXT})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if fit.length is None or fit.length >= _UUID_DIGITS:
            return None
        return f"uuid needs {_UUID_LENGTH} characters, or {_UUID_DIGITS} without hyphens{_there_are(fit)}; use hash"

    def is_injective(self, fit: Fit, options: Any) -> bool:
        return True

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        looked_at = text(value) if fit.family is Family.UUID else subject(value, fit)
        digest = f"pg_catalog.substr({keyed.digest(looked_at, self.label, fit.encoding)}, 1, {_UUID_DIGITS // 2})"
        for bit, is_set in _VERSION_AND_VARIANT.items():
            digest = f"pg_catalog.set_bit({digest}, {bit}, {is_set})"
        marked = f"pg_catalog.encode({digest}, 'hex')"
        if fit.family is Family.UUID:
            return f"{marked}::uuid"
        is_long = fit.length is None or fit.length >= _UUID_LENGTH
        return f"{marked}::uuid::pg_catalog.text" if is_long else marked


def _there_are(fit: Fit) -> str:
    return f", and there are {fit.length}"


KINDS = (Hash(), Uuid(), Username(), Email(), Url())
