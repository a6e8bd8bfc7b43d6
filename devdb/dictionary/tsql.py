"""Expressions of T-SQL, as SQL Server keeps them, in PostgreSQL's SQL. What is not known for certain is not told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from devdb.sqltext.quoting import literal

Kind = Literal["name", "word", "text", "binary", "number", "sign", "made"]

_TOKENS = re.compile(
    r"""
    (?P<space>\s+)
  | \[(?P<name>(?:[^]]|\]\])+)\]
  | "(?P<quoted>(?:[^"]|"")+)"
  | [Nn]?'(?P<text>(?:[^']|'')*)'
  | 0[xX](?P<binary>[0-9A-Fa-f]*)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d][\w@#$]*)
  | (?P<sign><>|!=|<=|>=|!<|!>|::|[-+*/%&|^~=<>(),.])
    """,
    re.VERBOSE,
)
_SIGNS = {"!=": "<>", "!<": ">=", "!>": "<=", "^": "#"}
# Words that mean the same in both, and stand for no column.
_SAME = frozenset({
    "and", "between", "case", "else", "end", "escape", "in", "is", "like", "not", "null", "or", "then", "when",
})  # fmt: skip
_MOMENTS = {
    "getdate": "LOCALTIMESTAMP",
    "sysdatetime": "LOCALTIMESTAMP",
    "current_timestamp": "LOCALTIMESTAMP",
    "getutcdate": "pg_catalog.timezone('UTC', pg_catalog.now())",
    "sysutcdatetime": "pg_catalog.timezone('UTC', pg_catalog.now())",
    "sysdatetimeoffset": "pg_catalog.now()",
}
_USERS = frozenset({
    "current_user", "original_login", "session_user", "suser_name", "suser_sname", "system_user", "user", "user_name",
})  # fmt: skip
_FUNCTIONS: Mapping[str, tuple[int, str]] = {
    # The number of arguments, and SQL of the call.
    "abs": (1, "pg_catalog.abs({0})"),
    "ceiling": (1, "pg_catalog.ceil({0})"),
    "charindex": (2, "pg_catalog.strpos({1}, {0})"),
    "day": (1, "(EXTRACT(DAY FROM {0}))::integer"),
    "floor": (1, "pg_catalog.floor({0})"),
    "iif": (3, "CASE WHEN {0} THEN {1} ELSE {2} END"),
    "isnull": (2, "COALESCE({0}, {1})"),
    "left": (2, "pg_catalog.left({0}, {1})"),
    # Blanks at the end do not count.
    "len": (1, "pg_catalog.length(pg_catalog.rtrim({0}))"),
    "lower": (1, "pg_catalog.lower({0})"),
    "ltrim": (1, "pg_catalog.ltrim({0})"),
    "month": (1, "(EXTRACT(MONTH FROM {0}))::integer"),
    "newid": (0, "pg_catalog.gen_random_uuid()"),
    "newsequentialid": (0, "pg_catalog.gen_random_uuid()"),
    "nullif": (2, "NULLIF({0}, {1})"),
    "power": (2, "pg_catalog.power({0}, {1})"),
    "replace": (3, "pg_catalog.replace({0}, {1}, {2})"),
    "replicate": (2, "pg_catalog.repeat({0}, {1})"),
    "reverse": (1, "pg_catalog.reverse({0})"),
    "right": (2, "pg_catalog.right({0}, {1})"),
    "round": (2, "pg_catalog.round({0}, {1})"),
    "rtrim": (1, "pg_catalog.rtrim({0})"),
    "sign": (1, "pg_catalog.sign({0})"),
    "sqrt": (1, "pg_catalog.sqrt({0})"),
    "square": (1, "pg_catalog.power({0}, 2)"),
    "substring": (3, "pg_catalog.substr({0}, {1}, {2})"),
    "trim": (1, "pg_catalog.btrim({0})"),
    "upper": (1, "pg_catalog.upper({0})"),
    "year": (1, "(EXTRACT(YEAR FROM {0}))::integer"),
}
# What these return is text, and a plus beside it joins texts.
_VARIADIC = {"coalesce": "COALESCE", "concat": "pg_catalog.concat"}
_PASSED_ON = frozenset({"coalesce", "iif", "isnull", "nullif"})
_TEXTUAL = frozenset({
    "concat", "left", "lower", "ltrim", "replace", "replicate", "reverse", "right", "rtrim", "substring", "trim",
    "upper",
})  # fmt: skip
# What follows CONVERT's types in PostgreSQL, and the sizes that they have when none are told; '' if they take none.
_TYPES = {
    "bigint": ("bigint", ""),
    "char": ("character", "(30)"),
    "date": ("date", ""),
    "datetime": ("timestamp(3)", ""),
    "datetime2": ("timestamp", ""),
    "decimal": ("numeric", "(18, 0)"),
    "float": ("double precision", ""),
    "int": ("integer", ""),
    "money": ("numeric(19, 4)", ""),
    "nchar": ("character", "(30)"),
    "numeric": ("numeric", "(18, 0)"),
    "nvarchar": ("character varying", "(30)"),
    "real": ("real", ""),
    "smalldatetime": ("timestamp(0)", ""),
    "smallint": ("smallint", ""),
    "smallmoney": ("numeric(10, 4)", ""),
    "tinyint": ("smallint", ""),
    "uniqueidentifier": ("uuid", ""),
    "varchar": ("character varying", "(30)"),
}


class NotKnown(ValueError):
    """What this means in PostgreSQL is not known for certain."""


@dataclass(frozen=True)
class Token:
    kind: Kind
    text: str
    is_text: bool = False
    """Whether its value is a text for certain."""


def translated(text: str) -> str | None:
    """PostgreSQL's SQL of an expression or a condition, columns "so"; None if it is not known for certain."""
    try:
        return _Translation(tokens(text)).whole()
    except NotKnown:
        return None


def tokens(text: str) -> list[Token]:
    """The tokens of an expression. Raises NotKnown for what is none, comments among them."""
    found = []
    position = 0
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None or text.startswith(("--", "/*"), position):
            raise NotKnown(text[position:])
        position = match.end()
        kind = match.lastgroup
        said = match[kind] if kind is not None else ""
        if kind == "name":
            found.append(Token("name", said.replace("]]", "]")))
        elif kind == "quoted":
            found.append(Token("name", said.replace('""', '"')))
        elif kind == "text":
            # A backslash at the end of a line, and the end of the line, are no part of a text.
            found.append(Token("text", re.sub(r"\\\r?\n", "", said.replace("''", "'")), is_text=True))
        elif kind == "sign":
            found.append(Token("sign", said))
        elif kind in ("binary", "number", "word"):
            found.append(Token(kind, said))  # type: ignore[arg-type]
    return found


def unwrapped(found: Sequence[Token]) -> Sequence[Token]:
    """The tokens without the parentheses around all of them, of which SQL Server puts one or two pairs."""
    while len(found) > 2 and found[0] == Token("sign", "(") and found[-1] == Token("sign", ")"):
        depth = 0
        for token in found[:-1]:
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
            if depth == 0:
                return found
        found = found[1:-1]
    return found


class _Translation:
    """Reads tokens from left to right, a call or what is in parentheses at a time."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._at = 0

    def whole(self) -> str:
        made = self._list(())
        if self._at != len(self._tokens):
            raise NotKnown("unbalanced")
        return _joined(made)

    def _peek(self, ahead: int = 0) -> Token | None:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def _is_sign(self, sign: str, ahead: int = 0) -> bool:
        return self._peek(ahead) == Token("sign", sign)

    def _take(self) -> Token:
        token = self._peek()
        if token is None:
            raise NotKnown("it ends too soon")
        self._at += 1
        return token

    def _list(self, ends: Sequence[str]) -> list[Token]:
        """What comes before one of these signs, translated."""
        made: list[Token] = []
        while (token := self._peek()) is not None:
            if token.kind == "sign" and token.text in (*ends, ")"):
                break
            made.append(self._one(self._take()))
        return made

    def _one(self, token: Token) -> Token:
        if token.kind == "word":
            return self._word(token.text)
        if token.kind == "name" and any(self._is_sign(sign) for sign in ("(", ".", "::")):
            raise NotKnown("a function or a method of theirs, or a name of several parts")
        if token == Token("sign", "("):
            parts = self._parts() or [[]]
            is_text = len(parts) == 1 and any(one.is_text for one in parts[0])
            return Token("made", f"({', '.join(map(_joined, parts))})", is_text)
        if token.kind == "sign" and token.text in (".", "::", ","):
            raise NotKnown(token.text)
        return token

    def _parts(self) -> list[list[Token]]:
        """What stands between commas, up to the parenthesis that ends it, which is passed over."""
        parts = [self._list((",",))]
        while self._is_sign(","):
            self._take()
            parts.append(self._list((",",)))
        if self._take() != Token("sign", ")"):
            raise NotKnown("a parenthesis is missing")
        return [] if parts == [[]] else parts

    def _word(self, word: str) -> Token:
        known = word.lower()
        if known in _SAME:
            return Token("made", word.upper())
        if known == "next":
            return self._next_value()
        if not self._is_sign("("):
            if known == "current_timestamp":
                return Token("made", _MOMENTS[known])
            if known in _USERS:
                return Token("made", "SESSION_USER", is_text=True)
            raise NotKnown(word)
        self._take()
        if known == "convert":
            return self._converted()
        parts = self._parts()
        arguments = [_joined(part) for part in parts]
        if not arguments and known in _MOMENTS:
            return Token("made", _MOMENTS[known])
        if not arguments and known in _USERS:
            return Token("made", "SESSION_USER", is_text=True)
        is_text = known in _TEXTUAL or (known in _PASSED_ON and any(one.is_text for part in parts for one in part))
        if known in _VARIADIC and arguments:
            return Token("made", f"{_VARIADIC[known]}({', '.join(arguments)})", is_text)
        count, sql = _FUNCTIONS.get(known, (-1, ""))
        if count != len(arguments):
            raise NotKnown(word)
        return Token("made", sql.format(*arguments), is_text)

    def _converted(self) -> Token:
        """CONVERT([type](sizes), value), which is also how SQL Server keeps a CAST."""
        token = self._take()
        known = token.text.lower()
        if token.kind not in ("name", "word") or known not in _TYPES:
            raise NotKnown(token.text)
        type_, default_size = _TYPES[known]
        sizes = default_size
        if self._is_sign("("):
            self._take()
            said = [_joined(part) for part in self._sizes()]
            sizes = f"({', '.join(said)})" if default_size else ""
            if said == ["max"]:
                type_, sizes = "text", ""
        if self._take() != Token("sign", ","):
            raise NotKnown("a type")
        parts = self._parts()
        if len(parts) != 1:
            raise NotKnown("styles are many")
        return Token("made", f"CAST({_joined(parts[0])} AS {type_}{sizes})", type_ in ("text", "character varying"))

    def _sizes(self) -> list[list[Token]]:
        if self._peek() == Token("word", "max"):
            self._take()
            self._take()
            return [[Token("made", "max")]]
        return self._parts()

    def _next_value(self) -> Token:
        """NEXT VALUE FOR [schema].[sequence]."""
        if [self._take().text.lower() for _ in range(2)] != ["value", "for"]:
            raise NotKnown("next")
        names = [self._take()]
        while self._is_sign("."):
            self._take()
            names.append(self._take())
        if len(names) > 2 or any(name.kind not in ("name", "word") for name in names):
            raise NotKnown("next value for")
        return Token("made", f"nextval({'.'.join(quoted(name.text) for name in names)})")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _joined(made: Sequence[Token]) -> str:
    """SQL of what stands beside each other within one pair of parentheses."""
    if not made:
        raise NotKnown("nothing")
    signs = {token.text for token in made if token.kind == "sign"}
    if signs & {"&", "|", "^"} and signs & {"+", "-"}:
        raise NotKnown("these bind otherwise in PostgreSQL")
    joins = any(_beside_plus(made, place) for place in range(len(made)))
    return " ".join(_sql(token, "||" if joins else "+") for token in _patterns(made))


def _beside_plus(made: Sequence[Token], place: int) -> bool:
    token = made[place]
    around = [made[other].text for other in (place - 1, place + 1) if 0 <= other < len(made)]
    return token.is_text and "+" in around


def _patterns(made: Sequence[Token]) -> list[Token]:
    """Patterns after LIKE: PostgreSQL's know no [classes], and a backslash means something in them."""
    changed = list(made)
    for place, token in enumerate(changed):
        if token != Token("made", "LIKE"):
            continue
        pattern = changed[place + 1] if place + 1 < len(changed) else None
        if pattern is None or pattern.kind != "text" or Token("made", "ESCAPE") in changed:
            raise NotKnown("a pattern")
        if "[" in pattern.text:
            negated = place > 0 and changed[place - 1] == Token("made", "NOT")
            changed[place] = Token("sign", "!~" if negated else "~")
            changed[place + 1] = Token("text", _regular_expression(pattern.text))
            if negated:
                changed[place - 1] = Token("made", "")
        else:
            changed[place + 1] = Token("text", pattern.text.replace("\\", "\\\\"))
    return [token for token in changed if token != Token("made", "")]


def _regular_expression(pattern: str) -> str:
    pieces = []
    for piece in re.findall(r"\[\^?[^]]+\]|.", pattern, re.DOTALL):
        if len(piece) > 1:
            negation = "^" if piece.startswith("[^") else ""
            pieces.append(f"[{negation}{piece[1 + len(negation) : -1].replace(chr(92), chr(92) * 2)}]")
        else:
            pieces.append({"%": ".*", "_": "."}.get(piece, re.escape(piece)))
    return f"^{''.join(pieces)}$"


def _sql(token: Token, plus: str) -> str:
    write: Mapping[Kind, Callable[[str], str]] = {
        "name": quoted,
        "text": literal,
        "binary": lambda digits: f"'\\x{digits.zfill(len(digits) + len(digits) % 2)}'::pg_catalog.bytea",
        "sign": lambda sign: plus if sign == "+" else _SIGNS.get(sign, sign),
    }
    return write.get(token.kind, str)(token.text)
