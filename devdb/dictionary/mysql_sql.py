"""MySQL's conditions and expressions as PostgreSQL's: those that mean the same there, and no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devdb.dictionary.mysql_words import NotUnderstood, Word, words
from devdb.sqltext.quoting import literal

_COMPARED = {
    "=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "<=>": "IS NOT DISTINCT FROM",
}  # fmt: skip
_SAME = frozenset({
    "abs", "ceil", "char_length", "coalesce", "floor", "left", "lower", "lpad", "ltrim", "mod", "nullif",
    "octet_length", "repeat", "replace", "reverse", "right", "round", "rpad", "rtrim", "sign", "upper",
})  # fmt: skip
_RENAMED = {
    "ceiling": "ceil",
    "character_length": "char_length",
    "ifnull": "coalesce",
    "json_array": "jsonb_build_array",
    "json_object": "jsonb_build_object",
    "lcase": "lower",
    "length": "octet_length",
    "rand": "random",
    "ucase": "upper",
    "uuid": "gen_random_uuid",
}
_PARTS = {"year": "year", "month": "month", "day": "day", "dayofmonth": "day", "hour": "hour", "minute": "minute"}
# These take a precision, in parentheses that may be left out where there is none.
_NOW = {
    "current_timestamp": "CURRENT_TIMESTAMP",
    "now": "CURRENT_TIMESTAMP",
    "localtime": "CURRENT_TIMESTAMP",
    "localtimestamp": "CURRENT_TIMESTAMP",
    "curtime": "LOCALTIME",
    "current_time": "LOCALTIME",
}
_TODAY = frozenset({"curdate", "current_date"})
_CONSTANTS = {"null": "NULL", "true": "true", "false": "false"}


def translated(text: str) -> str:
    """The expression in PostgreSQL's SQL, its columns' names quoted and the source's. Raises NotUnderstood.

    Left to nobody's luck are `/` (of integers it is a fraction there), bits, arithmetic of dates, patterns of regular
    expressions, and all functions whose result differs.
    """
    return _Reader(words(text)).whole()


class _Reader:
    """Reads by precedence, so that what comes out needs none: every operation in parentheses."""

    def __init__(self, found: Sequence[Word]) -> None:
        self._words = found
        self._at = 0

    def whole(self) -> str:
        try:
            said = self._or()
        except RecursionError:
            raise NotUnderstood("(") from None
        if self._next.kind != "end":
            raise NotUnderstood(self._next.value)
        return said

    @property
    def _next(self) -> Word:
        return self._words[self._at]

    def _take(self, *values: str) -> str | None:
        """The next word or sign if it is one of these."""
        word = self._next
        if word.kind in ("word", "sign") and word.value in values:
            self._at += 1
            return word.value
        return None

    def _need(self, value: str) -> None:
        if self._take(value) is None:
            raise NotUnderstood(self._next.value)

    def _or(self) -> str:
        said = self._and()
        while self._take("or", "||"):
            said = f"({said} OR {self._and()})"
        return said

    def _and(self) -> str:
        said = self._not()
        while self._take("and", "&&"):
            said = f"({said} AND {self._not()})"
        return said

    def _not(self) -> str:
        return f"(NOT {self._not()})" if self._take("not") else self._comparison()

    def _comparison(self) -> str:
        said = self._sum()
        while True:
            if sign := self._take(*_COMPARED):
                said = f"({said} {_COMPARED[sign]} {self._sum()})"
            elif self._take("is"):
                no = "NOT " if self._take("not") else ""
                what = self._take(*_CONSTANTS)
                if what is None:
                    raise NotUnderstood(self._next.value)
                said = f"({said} IS {no}{_CONSTANTS[what].upper()})"
            else:
                no = "NOT " if self._take("not") else ""
                which = self._take("in", "between", "like")
                if which is None:
                    if no:
                        raise NotUnderstood(self._next.value)
                    return said
                said = f"({said} {no}{self._among(which)})"

    def _among(self, which: str) -> str:
        if which == "in":
            self._need("(")
            return f"IN ({', '.join(self._arguments())})"
        if which == "between":
            low = self._sum()
            self._need("and")
            return f"BETWEEN {low} AND {self._sum()}"
        pattern = f"LIKE {self._sum()}"
        return f"{pattern} ESCAPE {self._sum()}" if self._take("escape") else pattern

    def _sum(self) -> str:
        said = self._product()
        while sign := self._take("+", "-"):
            said = f"({said} {sign} {self._product()})"
        return said

    def _product(self) -> str:
        said = self._signed()
        while sign := self._take("*", "%", "mod"):
            said = f"({said} {'*' if sign == '*' else '%'} {self._signed()})"
        return said

    def _signed(self) -> str:
        return f"(- {self._signed()})" if self._take("-") else self._operand()

    def _operand(self) -> str:
        word = self._next
        self._at += 1
        if word.kind == "text":
            return literal(word.value)
        if word.kind == "number":
            return word.value
        if word.kind == "name":
            return self._named(word.value)
        if word.kind == "sign" and word.value == "(":
            said = self._or()
            self._need(")")
            return said
        if word.kind == "word":
            if word.value == "case":
                return self._case()
            if word.value in _CONSTANTS:
                return _CONSTANTS[word.value]
            if self._take("("):
                return self._cast() if word.value == "cast" else _called(word.value, self._arguments())
            if word.value in _NOW or word.value in _TODAY:
                return _called(word.value, [])
        raise NotUnderstood(word.value)

    def _named(self, name: str) -> str:
        parts = [name]
        while self._take("."):
            if self._next.kind != "name":
                raise NotUnderstood(self._next.value)
            parts.append(self._next.value)
            self._at += 1
        return ".".join('"' + part.replace('"', '""') + '"' for part in parts)

    def _arguments(self) -> list[str]:
        found: list[str] = []
        if self._take(")"):
            return found
        while True:
            found.append(self._or())
            if self._take(")"):
                return found
            self._need(",")

    def _cast(self) -> str:
        """A cast to a date, as which MariaDB prints date(); others convert otherwise."""
        said = self._or()
        self._need("as")
        self._need("date")
        self._need(")")
        return f"({said}::date)"

    def _case(self) -> str:
        said = ["CASE"]
        if self._next != Word("word", "when"):
            said.append(self._or())
        while self._take("when"):
            condition = self._or()
            self._need("then")
            said.append(f"WHEN {condition} THEN {self._or()}")
        if self._take("else"):
            said.append(f"ELSE {self._or()}")
        self._need("end")
        return f"({' '.join(said)} END)"


def _called(name: str, given: list[str]) -> str:
    """The call of a function. Those that follow NULLs otherwise become what follows them alike."""
    if name in _NOW and len(given) <= 1:
        return f"{_NOW[name]}({given[0]})" if given else _NOW[name]
    if name in _TODAY and not given:
        return "CURRENT_DATE"
    if name in _PARTS and len(given) == 1:
        return f"(EXTRACT({_PARTS[name]} FROM {given[0]})::integer)"
    if name in _REBUILT and len(given) in _REBUILT[name][0]:
        return _REBUILT[name][1](given)
    if name in _RENAMED or name in _SAME:
        return f"{_RENAMED.get(name, name)}({', '.join(given)})"
    if name == "nextval" and len(given) == 1:
        return f"nextval({given[0]})"
    raise NotUnderstood(name)


def _part_of_text(given: list[str]) -> str:
    # Counted from the end, or from 0, the two differ.
    if not given[1].isdigit() or int(given[1]) == 0:
        raise NotUnderstood(given[1])
    return f"substr({', '.join(given)})"


_REBUILT: dict[str, tuple[Sequence[int], Callable[[list[str]], str]]] = {
    "concat": (range(1, 100), lambda given: f"({' || '.join(given)})"),
    "date": ((1,), lambda given: f"({given[0]}::date)"),
    "if": ((3,), lambda given: f"(CASE WHEN {given[0]} THEN {given[1]} ELSE {given[2]} END)"),
    "isnull": ((1,), lambda given: f"({given[0]} IS NULL)"),
    "mid": ((2, 3), _part_of_text),
    "substr": ((2, 3), _part_of_text),
    "substring": ((2, 3), _part_of_text),
    "trim": ((1,), lambda given: f"btrim({given[0]})"),
}
