"""What the bodies of routines need, where PostgreSQL keeps them as text and does not look into them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pglast.parser import ParseError, parse_sql

from devdb.dependencies import plpgsql
from devdb.dependencies.model import Need, Thing, Unknown
from devdb.dependencies.names import Names, Path
from devdb.dependencies.references import Reference, constant, references

_SHOWN = 60
# What every PL/pgSQL body of a trigger sees.
_OF_TRIGGERS = ("trigger", "event_trigger")


@dataclass(frozen=True)
class Text:
    """A body: whose, its language and text, how it is called, and where it looks for names."""

    of: Thing
    language: str
    source: str
    signature: plpgsql.Signature
    path: Path
    transition_tables: tuple[str, ...] = ()


class Reading:
    """The needs of bodies, by the names of the database."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def of(self, text: Text) -> Iterator[Need | Unknown]:
        """What a body needs, and what cannot be known of it."""
        if text.language not in ("sql", "plpgsql"):
            yield Unknown(text.of, f"written in {text.language}, which is not read", None)
            return
        found = _Found(self._names, text)
        try:
            if text.language == "sql":
                found.sql(text.source, 1)
            else:
                found.block(text.source)
        except (ParseError, ValueError, RecursionError) as exc:
            reason = str(exc.args[0]) if exc.args else "too deep"
            yield Unknown(text.of, f"its body cannot be read: {reason}", None)
        yield from found.needs.values()
        yield from dict.fromkeys(found.unknown)

    def expression(self, of: Thing, sql: str, kind: str, detail: str, path: Path) -> Iterator[Need]:
        """What an expression that PostgreSQL keeps needs by the texts in it."""
        text = Text(of, "sql", "", plpgsql.Signature(of.name, (), "text"), path)
        found = _Found(self._names, text, kind, detail)
        try:
            found.sql(f"SELECT {sql}", 1)
        except (ParseError, ValueError):
            return
        yield from found.needs.values()


class _Found:
    """What has been found in a body so far."""

    def __init__(self, names: Names, text: Text, kind: str = "routine", detail: str = "") -> None:
        self.needs: dict[tuple[Thing, str], Need] = {}
        self.unknown: list[Unknown] = []
        self._names = names
        self._text = text
        self._kind = kind
        self._detail = detail
        self._made: set[tuple[str, ...]] = {(name,) for name in text.transition_tables}

    def sql(self, sql: str, line: int) -> None:
        for statement in references(sql):
            for reference in statement.mentioned:
                self._mention(reference, line + sql.count("\n", 0, max(0, reference.at)))
            # Only from here on does the name mean that.
            self._made |= set(statement.made)

    def block(self, source: str) -> None:
        body = plpgsql.read(source, self._text.signature)
        for reference, line in body.declared:
            self._mention(reference, line)
        for piece in body.pieces:
            try:
                self.sql(plpgsql.expression(piece), piece.line)
                if piece.is_dynamic:
                    self._dynamic(piece)
            except (ParseError, ValueError) as exc:
                self._cannot(f"not read: {exc.args[0] if exc.args else exc}", piece.line)

    def _dynamic(self, piece: plpgsql.Piece) -> None:
        (select,) = parse_sql(f"SELECT {piece.sql}")
        expression: Any = select.stmt
        said = constant(expression.targetList[0].val)
        if said is not None:
            self.sql(said, piece.line)
            return
        shown = " ".join(piece.sql.split())
        shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
        self._cannot(f"what it needs cannot be known: EXECUTE {shown}", piece.line)

    def _mention(self, reference: Reference, line: int) -> None:
        if reference.sort in ("relation", "type") and (
            reference.name in self._made or (reference.name[0].startswith("pg_temp") and len(reference.name) > 1)
        ):
            return
        meaning = self._names.meaning(reference, self._text.path, home=self._text.of.schema)
        if meaning.lacks is not None:
            self._cannot(meaning.lacks, line)
        for thing in meaning.things:
            if thing == self._text.of:
                continue
            kind = self._kind
            if thing.type == "extension":
                kind = "extension"
            elif thing.type in ("type", "domain", "collation"):
                kind = "type"
            elif kind == "default" and thing.type == "sequence":
                kind = "sequence"
            known = self.needs.get((thing, kind))
            if known is None or (meaning.is_certain and not known.is_certain):
                self.needs[thing, kind] = Need(self._text.of, thing, kind, self._detail, is_certain=meaning.is_certain)

    def _cannot(self, reason: str, line: int) -> None:
        self.unknown.append(Unknown(self._text.of, reason, line))


def signature(row: Any) -> plpgsql.Signature:
    """How a routine of the question dependencies/routines.sql is called."""
    types: Sequence[str] = row.argument_types or ()
    names: Sequence[str] = row.argument_names or [""] * len(types)
    modes: Sequence[str] = row.argument_modes or ["i"] * len(types)
    result = row.result if row.result in (*_OF_TRIGGERS, "void", "record") else "record" if row.is_row else "text"
    return plpgsql.Signature(
        row.name, tuple(zip(modes, names, types, strict=True)), result, row.is_set, row.is_procedure
    )


def search_path(settings: Sequence[str] | None) -> str | None:
    """The search path that a routine is declared with."""
    for setting in settings or ():
        name, _, value = setting.partition("=")
        if name == "search_path":
            return value
    return None
