"""Types of columns that keys are made of, and texts of their values."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

TYPES = """
CREATE EXTENSION citext;
CREATE SCHEMA one;
CREATE SCHEMA "Two 2";
CREATE TYPE one."Mood" AS ENUM ({labels});
CREATE DOMAIN one.small AS integer CHECK (VALUE < 100000);
CREATE DOMAIN "Two 2".word AS text;
CREATE DOMAIN "Two 2".word_of_word AS "Two 2".word;
CREATE COLLATION one.folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
""".format(labels=", ".join(f"'it''s {k}'" for k in range(60)))


@dataclass(frozen=True)
class KeyType:
    """A type that can be a key. `text` writes the value of a number; distinct for distinct numbers below 60.

    `referring` are types that columns which refer to it may have, with how these write the same value.
    """

    sql: str
    text: Callable[[int], str]
    referring: Mapping[str, Callable[[int], str]] = field(default_factory=dict)


def _number(k: int) -> str:
    return str(k * 7 - 20)


def _word(k: int) -> str:
    return f'{k} isn\'t \\ "é" {{{{ x }}}} 100%'


def _day(k: int) -> str:
    return "infinity" if k == 0 else str(date(1999, 12, 30) + timedelta(days=k))


KEY_TYPES = (
    KeyType("integer", _number, {"bigint": _number, "smallint": _number, "one.small": _number}),
    KeyType("bigint", lambda k: str(2**40 + k)),
    KeyType("one.small", _number, {"integer": _number, "bigint": _number}),
    KeyType("text", _word, {"character varying(80)": _word, "Two 2.word": _word}),
    KeyType("Two 2.word_of_word", _word, {"text": _word}),
    KeyType("character varying(80)", _word, {"text": _word}),
    KeyType("uuid", lambda k: str(uuid.UUID(int=(k + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))),
    KeyType("numeric", lambda k: f"{k * 5}.00", {"numeric": lambda k: f"{k * 5}.0", "integer": lambda k: str(k * 5)}),
    KeyType("date", _day),
    KeyType("timestamp without time zone", _day, {"date": _day}),
    KeyType("timestamp with time zone", lambda k: _day(k) + (" 02:00+01" if k else "")),
    KeyType("one.Mood", lambda k: f"it's {k}"),
    KeyType("public.citext", lambda k: f"key {k}", {"public.citext": lambda k: f"KEY {k}"}),
    KeyType("text COLLATE one.folding", lambda k: f"key {k}", {"text COLLATE one.folding": lambda k: f"Key {k}"}),
    KeyType("interval", lambda k: f"{k} days"),
    KeyType("double precision", lambda k: repr(k / 3)),
    KeyType("inet", lambda k: f"10.0.0.{k}"),
    KeyType("bytea", lambda k: f"\\x{k:04x}"),
)

PART = KeyType("integer", str)


@dataclass(frozen=True, eq=False)
class KeyColumn:
    """A column of a key. `text` writes its values; `type` is that of a column which it refers to or is."""

    name: str
    sql_type: str
    text: Callable[[int], str]
    type: KeyType
