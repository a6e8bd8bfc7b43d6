"""PL/pgSQL taken apart: the SQL that a body holds, that which it makes at run time, and the types that it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pglast.parser import ParseError, Token, parse_plpgsql_json, scan

from devdb.dependencies.references import Reference, parts_of, references
from devdb.sqltext.quoting import ident

Mode = Literal["statement", "expression", "assignment"]

# How libpg_query says what a text is: a statement, an expression; the others are assignments.
_MODES: Mapping[int, Mode] = {0: "statement", 2: "expression"}
_ENDS = frozenset({"COLON_EQUALS", "ASCII_61", "DEFAULT", "NOT", "COLLATE", "ASCII_59"})
_MOST_TRIES = 50
_UNKNOWN_FIELD = re.compile(r'"([^".]+)\..*" is not a known variable')
_NO_SCALAR = re.compile(r'"([^"]+)" is not a scalar variable')


@dataclass(frozen=True)
class Declared:
    """A type of a declaration, as its author wrote it; where the text is, and its line."""

    variable: str
    written: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Piece:
    """SQL within a body. `is_dynamic`: an expression whose text is run as SQL."""

    sql: str
    mode: Mode
    line: int
    is_dynamic: bool = False


@dataclass(frozen=True)
class Body:
    """What a body holds: its SQL, in the order of its lines, and the names of what it declares."""

    pieces: tuple[Piece, ...]
    declared: tuple[tuple[Reference, int], ...]
    variables: frozenset[str]


@dataclass(frozen=True)
class Signature:
    """What a body may rely on.

    `arguments` are mode (i, o, b, v, t), name, and what stands for the type: record, text, text[], refcursor.
    """

    name: str
    arguments: tuple[tuple[str, str, str], ...]
    result: str
    is_set: bool = False
    is_procedure: bool = False


def read(source: str, signature: Signature) -> Body:
    """Take a body apart. Raises pglast.parser.ParseError for what is none."""
    declared = list(_declarations(source))
    variables = frozenset({one.variable for one in declared} | {name for _, name, _ in signature.arguments})
    kinds = {one: _kind(one.written) for one in declared}
    for _ in range(_MOST_TRIES):
        text = _creating(_replaced(source, kinds), signature)
        try:
            parsed = _parsed(text)
        except ParseError as exc:
            # Nobody tells which of the types have fields: it shows in what is done with the variables.
            changed = _corrected(str(exc), kinds, signature)
            if changed is None:
                raise
            kinds, signature = changed
            continue
        pieces = sorted(_pieces(parsed, 1), key=lambda piece: piece.line)
        names = tuple((reference, one.line) for one in declared for reference in _names(one.written, variables))
        return Body(tuple(pieces), names, variables)
    raise ParseError("its declarations cannot be made out", None)


def _parsed(text: str) -> Any:
    import json

    return json.loads(parse_plpgsql_json(text))


def _corrected(
    said: str, kinds: Mapping[Declared, str], signature: Signature
) -> tuple[dict[Declared, str], Signature] | None:
    """The kinds with another for the variable that the parser stumbled on; None if that helps nothing."""
    for pattern, kind in ((_UNKNOWN_FIELD, "record"), (_NO_SCALAR, "text")):
        found = pattern.search(said)
        if found is None:
            continue
        name = found[1].lower()
        changed = {one: kind if one.variable == name else known for one, known in kinds.items()}
        arguments = tuple((mode, n, kind if n.lower() == name else known) for mode, n, known in signature.arguments)
        if changed != kinds or arguments != signature.arguments:
            return changed, replace(signature, arguments=arguments)
    return None


def _creating(source: str, signature: Signature) -> str:
    tag = "$devdb$"
    while tag in source:
        tag = tag[:-1] + "_$"
    modes = {"o": "OUT ", "t": "OUT ", "b": "INOUT "}
    arguments = ", ".join(
        f"{modes.get(mode, '')}{ident(name) if name else ''} {kind}" for mode, name, kind in signature.arguments
    )
    out = [kind for mode, _, kind in signature.arguments if mode in ("o", "t", "b")]
    if signature.is_procedure:
        return f"CREATE PROCEDURE {ident(signature.name)}({arguments}) LANGUAGE plpgsql AS {tag}{source}{tag}"
    result = signature.result if not out else out[0] if len(out) == 1 else "record"
    returns = f"RETURNS {'SETOF ' if signature.is_set else ''}{result}"
    return f"CREATE FUNCTION {ident(signature.name)}({arguments}) {returns} LANGUAGE plpgsql AS {tag}{source}{tag}"


def _replaced(source: str, kinds: Mapping[Declared, str]) -> str:
    """The source with types that any parser knows, its lines where they were."""
    pieces, done = [], 0
    for one, kind in kinds.items():
        pieces += [source[done : one.start], kind, "\n" * source.count("\n", one.start, one.end)]
        done = one.end
    return "".join([*pieces, source[done:]])


def _declarations(source: str) -> Iterator[Declared]:
    """The types in the DECLARE sections, those of the arguments of cursors too."""
    tokens = [token for token in scan(source) if token.name not in ("SQL_COMMENT", "C_COMMENT")]
    texts = [source[token.start : token.end + 1] for token in tokens]
    at = 0
    while at < len(tokens):
        if tokens[at].name != "DECLARE" or not _begins(tokens, at):
            at += 1
            continue
        at += 1
        while at < len(tokens) and tokens[at].name != "BEGIN_P":
            if tokens[at].name == "DECLARE":
                at += 1
                continue
            end = _until(tokens, at, frozenset({"ASCII_59"}))
            for variable, first, last in _declaration(tokens, texts, at, end):
                start, stop = tokens[first].start, tokens[last].end + 1
                yield Declared(variable, source[start:stop], start, stop, source.count("\n", 0, start) + 1)
            at = end + 1


def _begins(tokens: Sequence[Token], at: int) -> bool:
    """Whether a block may begin here: DECLARE may be a column's name elsewhere."""
    return at == 0 or tokens[at - 1].name in ("ASCII_59", "BEGIN_P", "THEN", "ELSE", "IDENT", "Op", "SCONST")


def _until(tokens: Sequence[Token], at: int, ends: frozenset[str]) -> int:
    """Where the first of these tokens is that no parentheses enclose; one behind the last if there is none."""
    depth = 0
    while at < len(tokens):
        name = tokens[at].name
        if depth == 0 and name in ends:
            return at
        depth += (name in ("ASCII_40", "ASCII_91")) - (name in ("ASCII_41", "ASCII_93"))
        at += 1
    return at


def _declaration(tokens: Sequence[Token], texts: Sequence[str], at: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The types of one declaration: whose, first token, last token."""
    variable = parts_of(texts[at])[:1]
    words = [text.lower() for text in texts[at + 1 : end]]
    if not variable or not words or words[0] == "alias":
        return
    if "cursor" in words[:3]:
        opening = at + 1 + words.index("cursor") + 1
        if opening < end and tokens[opening].name == "ASCII_40":
            yield from _arguments(tokens, texts, opening + 1)
        return
    first = at + 1 + (words[0] == "constant")
    last = min(_until(tokens, first, _ENDS), end) - 1
    if last >= first:
        yield variable[0], first, last


def _arguments(tokens: Sequence[Token], texts: Sequence[str], at: int) -> Iterator[tuple[str, int, int]]:
    while at < len(tokens):
        end = _until(tokens, at, frozenset({"ASCII_44", "ASCII_41"}))
        name = parts_of(texts[at])[:1]
        if name and end - at > 1:
            yield name[0], at + 1, end - 1
        if end >= len(tokens) or tokens[end].name == "ASCII_41":
            return
        at = end + 1


def _kind(written: str) -> str:
    """What stands for a type while the body is parsed."""
    word = written.strip().lower()
    if word.endswith("]") or word.endswith(" array"):
        return "text[]"
    if word.endswith("rowtype") or word in ("record", "pg_catalog.record"):
        return "record"
    return "refcursor" if word.split(".")[-1] == "refcursor" else "text"


def _names(written: str, variables: frozenset[str]) -> list[Reference]:
    """What the type of a declaration names: a type, a table (%ROWTYPE), a column (%TYPE); nothing if a variable."""
    said = re.fullmatch(r"(.*?)\s*%\s*(ROWTYPE|TYPE)\b.*", written, re.DOTALL | re.IGNORECASE)
    if said is None:
        try:
            (statement,) = references(f"SELECT NULL::{written}")
        except (ParseError, ValueError):
            return []
        return list(statement.mentioned)
    parts = parts_of(re.sub(r"\s*\.\s*", ".", said[1].strip()))
    if said[2].upper() == "TYPE":
        parts = () if parts[:1] and parts[0] in variables else parts[:-1]
    return [Reference("relation", parts[-2:])] if parts else []


def _pieces(node: Any, line: int, of: str = "") -> Iterator[Piece]:
    """The SQL below a node of the parser's. `of` is the kind of statement, and what the SQL is to it."""
    if isinstance(node, list):
        for item in node:
            yield from _pieces(item, line, of)
        return
    if not isinstance(node, dict):
        return
    for name, child in node.items():
        if name == "PLpgSQL_expr":
            mode = _MODES.get(child.get("parseMode", 0), "assignment")
            is_dynamic = of.endswith(".dynquery") or of in (
                "PLpgSQL_stmt_dynexecute.query",
                "PLpgSQL_stmt_dynfors.query",
            )
            yield Piece(child["query"], mode, line, is_dynamic)
        elif name.startswith("PLpgSQL_") and isinstance(child, dict):
            for slot, value in child.items():
                # What a statement assigns to is a variable, told where it is declared.
                if slot not in ("var", "target"):
                    yield from _pieces(value, child.get("lineno", line), f"{name}.{slot}")
        else:
            yield from _pieces(child, line, of)


def expression(piece: Piece) -> str:
    """SQL that can be parsed for a piece: of an assignment both sides."""
    if piece.mode == "statement":
        return piece.sql
    if piece.mode == "expression":
        return f"SELECT {piece.sql}"
    tokens = scan(piece.sql)
    sign = _until(tokens, 0, frozenset({"COLON_EQUALS", "ASCII_61"}))
    if sign >= len(tokens):
        return f"SELECT {piece.sql}"
    left, right = piece.sql[: tokens[sign].start], piece.sql[tokens[sign].end + 1 :]
    return f"SELECT {right}" + (f";SELECT {left}" if "[" in left else "")
