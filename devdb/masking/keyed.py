"""Keyed functions in SQL, of built-in functions alone: whoever lacks the key learns nothing from what they give.

The key is in a setting of the session, which reaches the server in the startup packet: it is in no statement, so in no
log. What is derived from it is an uncorrelated subquery, which a query evaluates once, not once a row.

Two strengths. `digest` and `hmac` are SHA-256, for what is put out as it is: 0.9 microseconds a value. `number` is 30
times as fast, and not made to withstand a cryptographer: for choosing among many values, where a few bits of it show.
"""

from __future__ import annotations

from devdb.settings.settings import MASK_KEY
from devdb.sqltext.quoting import literal

KEY_BYTES = 32
_BLOCK_BYTES = 64  # of SHA-256, to which HMAC brings its key
_POSITIVE = 2**63 - 1
# Their own octets must do: those of UTF-8 would not pass for a text.
_CHECKED = frozenset({"EUC_JP", "EUC_CN", "EUC_KR", "EUC_TW", "EUC_JIS_2004", "MULE_INTERNAL"})
_KEY = f"pg_catalog.decode(pg_catalog.current_setting('{MASK_KEY}'), 'hex')"


def octets(text: str, encoding: str) -> str:
    """SQL (bytea): the octets of `text` in UTF-8, whatever the `encoding` of the database (as PostgreSQL calls it)."""
    # What is in no encoding cannot be converted.
    return f"pg_catalog.convert_to({text}, {literal('SQL_ASCII' if encoding == 'SQL_ASCII' else 'UTF8')})"


def key(label: str) -> str:
    """SQL (bytea, 32 octets): a key for one purpose, which `label` names in ASCII."""
    return f"(SELECT pg_catalog.sha256({_KEY} || {literal(label)}::bytea))"


def digest(text: str, label: str, encoding: str) -> str:
    """SQL (bytea, 32 octets): SHA-256 of the key for `label` and `text`."""
    return f"pg_catalog.sha256({key(label)} || {octets(text, encoding)})"


def hex_digest(text: str, label: str, encoding: str, *, digits: int = 64) -> str:
    """SQL (text): the first `digits`, at most 64, of `digest` in hexadecimal."""
    digested = digest(text, label, encoding)
    if digits < 64:
        # Of octets it is quicker than of characters.
        digested = f"pg_catalog.substr({digested}, 1, {(digits + 1) // 2})"
    encoded = f"pg_catalog.encode({digested}, 'hex')"
    return encoded if digits % 2 == 0 else f"pg_catalog.left({encoded}, {digits})"


def hmac(text: str, encoding: str) -> str:
    """SQL (bytea, 32 octets): HMAC-SHA-256 of `text` by the key itself, as RFC 2104 has it."""
    return f"pg_catalog.sha256({_padded(0x5C)} || pg_catalog.sha256({_padded(0x36)} || {octets(text, encoding)}))"


def number(text: str, label: str, encoding: str) -> str:
    """SQL (bigint, 0 or more): a keyed hash of `text`, the same everywhere for the same value, label and key."""
    if encoding != "UTF8" and encoding not in _CHECKED:
        # The function looks at octets, and those differ between encodings.
        text = f"pg_catalog.convert_from({octets(text, encoding)}, 'SQL_ASCII')"
    hashed = f'pg_catalog.hashtextextended(({text}) COLLATE pg_catalog."C", {seed(label)})'
    return f"(pg_catalog.hashint8extended({hashed}, {seed(label + ', again')}) & {_POSITIVE})"


def number_of(integer: str, label: str) -> str:
    """SQL (bigint, 0 or more): as `number`, of a bigint."""
    hashed = f"pg_catalog.hashint8extended({integer}, {seed(label)})"
    return f"(pg_catalog.hashint8extended({hashed}, {seed(label + ', again')}) & {_POSITIVE})"


def seed(label: str) -> str:
    """SQL (bigint): a seed for one purpose, of 64 secret bits."""
    return f"(SELECT ('x' || pg_catalog.left(pg_catalog.encode({key(label)}, 'hex'), 16))::bit(64)::bigint)"


def _padded(octet: int) -> str:
    """SQL: the key, filled with zeros to a block, every octet XOR `octet`."""
    xored = f"(CASE WHEN i < {KEY_BYTES} THEN pg_catalog.get_byte(k, i) ELSE 0 END) # {octet}"
    return (
        f"(SELECT pg_catalog.decode(pg_catalog.string_agg(pg_catalog.lpad(pg_catalog.to_hex({xored}), 2, '0'), ''"
        f" ORDER BY i), 'hex') FROM pg_catalog.generate_series(0, {_BLOCK_BYTES - 1}) AS i, (SELECT {_KEY}) AS s (k))"
    )
