"""Oracle's expressions and conditions as PostgreSQL's: those that mean the same there, and no others."""

from __future__ import annotations

from dataclasses import dataclass, field

from devdb.dictionary.oracle_functions import Said, added, called, joined
from devdb.dictionary.oracle_words import NotUnderstood, Word, words
from devdb.sqltext.quoting import literal

_NOW = {
    "SYSDATE": "LOCALTIMESTAMP(0)",
    "CURRENT_DATE": "LOCALTIMESTAMP(0)",
    "LOCALTIMESTAMP": "LOCALTIMESTAMP",
    "SYSTIMESTAMP": "CURRENT_TIMESTAMP",
    "CURRENT_TIMESTAMP": "CURRENT_TIMESTAMP",
}
_UNITS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
_CASTS = {"NUMBER": "numeric", "INTEGER": "numeric", "VARCHAR2": "varchar", "CHAR": "char", "DATE": "timestamp(0)"}
# Words that begin what is not understood here: they must not pass for columns.
_NO_COLUMNS = frozenset({
    "AND", "ANY", "ALL", "AS", "BETWEEN", "CONNECT_BY_ROOT", "CURSOR", "DISTINCT", "ELSE", "END", "ESCAPE", "EXISTS",
    "FROM", "IN", "IS", "LEVEL", "LIKE", "LIKE2", "LIKE4", "LIKEC", "NOT", "OR", "PRIOR", "ROWID", "ROWNUM", "SELECT",
    "SOME", "THEN", "UID", "WHEN", "WITH",
})  # fmt: skip


@dataclass
class Translation:
    """One expression being translated. Names are then quoted, and Oracle's; `columns` are those of columns."""

    text: str
    columns: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._words = words(self.text)
        self._at = 0

    def whole(self) -> Said:
        """The translation of all of it. Raises NotUnderstood."""
        try:
            said = self._disjunction()
        except RecursionError:
            raise NotUnderstood(self.text[:20]) from None
        if self._next.kind != "end":
            raise NotUnderstood(self._next.value)
        return said

    # Words.
    @property
    def _next(self) -> Word:
        return self._words[self._at]

    def _is(self, *values: str, kind: str = "word", ahead: int = 0) -> bool:
        word = self._words[min(self._at + ahead, len(self._words) - 1)]
        return word.kind == kind and word.value in values

    def _take(self, *values: str, kind: str = "word") -> bool:
        if self._is(*values, kind=kind):
            self._at += 1
            return True
        return False

    def _sign(self, value: str) -> bool:
        return self._take(value, kind="sign")

    def _need(self, value: str, kind: str = "word") -> None:
        if not self._take(value, kind=kind):
            raise NotUnderstood(self._next.value)

    def _pop(self, kind: str) -> str:
        word = self._next
        if word.kind != kind:
            raise NotUnderstood(word.value)
        self._at += 1
        return word.value

    # Conditions.
    def _disjunction(self) -> Said:
        said = self._conjunction()
        while self._take("OR"):
            said = Said(f"({said.sql} OR {self._conjunction().sql})")
        return said

    def _conjunction(self) -> Said:
        said = self._negation()
        while self._take("AND"):
            said = Said(f"({said.sql} AND {self._negation().sql})")
        return said

    def _negation(self) -> Said:
        if self._take("NOT"):
            return Said(f"(NOT {self._negation().sql})")
        return self._condition()

    def _condition(self) -> Said:
        left = self._sum()
        if self._next.kind == "sign" and self._next.value in ("=", "<>", "<", ">", "<=", ">="):
            sign = self._pop("sign")
            return Said(f"({left.sql} {sign} {self._sum().sql})")
        if self._take("IS"):
            no = "NOT " if self._take("NOT") else ""
            self._need("NULL")
            return Said(f"({left.sql} IS {no}NULL)")
        no = "NOT " if self._is("IN", "BETWEEN", "LIKE", ahead=1) and self._take("NOT") else ""
        if self._take("IN"):
            self._need("(", "sign")
            values = self._list()
            return Said(f"({left.sql} {no}IN ({', '.join(value.sql for value in values)}))")
        if self._take("BETWEEN"):
            low = self._sum()
            self._need("AND")
            return Said(f"({left.sql} {no}BETWEEN {low.sql} AND {self._sum().sql})")
        if self._take("LIKE"):
            return Said(f"({left.sql} {no}LIKE {self._pattern()})")
        return left

    def _pattern(self) -> str:
        pattern = self._sum()
        if self._take("ESCAPE"):
            return f"{pattern.sql} ESCAPE {literal(self._pop('text'))}"
        # A backslash means itself unless Oracle is told otherwise.
        plain = pattern.literal is not None and "\\" not in pattern.literal
        return pattern.sql if plain else f"{pattern.sql} ESCAPE ''"

    def _list(self) -> list[Said]:
        """Expressions up to the closing parenthesis, the opening one being taken."""
        if self._sign(")"):
            return []
        values = [self._disjunction()]
        while self._sign(","):
            values.append(self._disjunction())
        self._need(")", "sign")
        return values

    # Values.
    def _sum(self) -> Said:
        said = self._product()
        while True:
            if self._sign("||"):
                said = joined(said, self._product())
            elif self._is("+", "-", kind="sign"):
                said = added(said, self._pop("sign"), self._product())
            else:
                return said

    def _product(self) -> Said:
        said = self._factor()
        while self._is("*", "/", kind="sign"):
            sign = self._pop("sign")
            right = self._factor()
            if "moment" in (said.sort, right.sort):
                raise NotUnderstood(sign)
            # Whole numbers are divided without a rest by PostgreSQL.
            left = f"({said.sql})::numeric" if sign == "/" else said.sql
            said = Said(f"({left} {sign} {right.sql})", "span" if "span" in (said.sort, right.sort) else "other")
        return said

    def _factor(self) -> Said:
        if self._sign("-"):
            return Said(f"(- {self._factor().sql})")
        if self._sign("+"):
            return self._factor()
        return self._value()

    def _value(self) -> Said:
        word = self._next
        if word.kind == "number":
            self._at += 1
            return Said(word.value, literal=word.value)
        if word.kind == "text":
            self._at += 1
            # The empty text is NULL.
            return Said(literal(word.value), literal=word.value) if word.value else Said("NULL")
        if self._sign("("):
            said = self._list()
            if len(said) != 1:
                raise NotUnderstood(word.value)
            return said[0] if said[0].sql.startswith("(") else Said(f"({said[0].sql})", said[0].sort)
        if word.kind == "quoted":
            return self._name()
        if word.kind != "word":
            raise NotUnderstood(word.value)
        return self._named(word.value)

    def _named(self, name: str) -> Said:
        if self._is("(", kind="sign", ahead=1):
            self._at += 2
            return self._called(name)
        if name in ("DATE", "TIMESTAMP", "INTERVAL") and self._words[self._at + 1].kind == "text":
            self._at += 1
            return self._interval() if name == "INTERVAL" else Said(f"{name} {literal(self._pop('text'))}", "moment")
        if name in _NO_COLUMNS:
            raise NotUnderstood(name)
        if name not in (*_NOW, "NULL", "USER", "CASE"):
            return self._name()
        self._at += 1
        if name == "CASE":
            return self._case()
        if name in _NOW:
            if self._sign("("):  # its precision
                self._pop("number")
                self._need(")", "sign")
            return Said(_NOW[name], "moment")
        return Said("CURRENT_USER" if name == "USER" else "NULL")

    def _interval(self) -> Said:
        text, unit = self._pop("text"), self._pop("word")
        to = self._pop("word") if self._take("TO") else None
        if unit not in _UNITS or to not in (None, *_UNITS):
            raise NotUnderstood(unit)
        return Said(f"INTERVAL {literal(text)} {unit}" + (f" TO {to}" if to else ""), "span")

    def _name(self) -> Said:
        parts = [self._part()]
        while self._sign("."):
            parts.append(self._part())
        if self._is("(", kind="sign") or len(parts) > 3:
            raise NotUnderstood(".".join(parts))
        if parts[-1] == "NEXTVAL" and len(parts) > 1:
            return Said("pg_catalog.nextval({})".format(".".join(f'"{part}"' for part in parts[:-1])))
        self.columns.append(parts[-1])
        return Said(f'"{parts[-1]}"')

    def _part(self) -> str:
        return self._pop("quoted" if self._next.kind == "quoted" else "word")

    def _case(self) -> Said:
        of = "" if self._is("WHEN") else f" {self._disjunction().sql}"
        sql = f"CASE{of}"
        while self._take("WHEN"):
            when = self._disjunction().sql
            self._need("THEN")
            sql += f" WHEN {when} THEN {self._disjunction().sql}"
        if self._take("ELSE"):
            sql += f" ELSE {self._disjunction().sql}"
        self._need("END")
        return Said(f"{sql} END")

    # Functions, whose opening parenthesis is taken.
    def _called(self, name: str) -> Said:
        if name == "CAST":
            return self._cast()
        if name == "EXTRACT":
            unit = self._pop("word")
            self._need("FROM")
            of, *more = self._list()
            if unit not in _UNITS or more:
                raise NotUnderstood(unit)
            return Said(f"EXTRACT({unit} FROM {of.sql})")
        arguments = self._list()
        if name in _NOW and len(arguments) == 1:
            return Said(_NOW[name], "moment")
        return called(name, arguments)

    def _cast(self) -> Said:
        value = self._disjunction()
        self._need("AS")
        name = self._pop("word")
        sizes = []
        if self._sign("("):
            sizes = [self._pop("number")]
            while self._sign(","):
                sizes.append(self._pop("number"))
            self._take("BYTE", "CHAR")
            self._need(")", "sign")
        self._need(")", "sign")
        if name not in _CASTS:
            raise NotUnderstood(name)
        sized = f"({', '.join(sizes)})" if sizes else ""
        return Said(f"CAST({value.sql} AS {_CASTS[name]}{sized})", "moment" if name == "DATE" else "other")
