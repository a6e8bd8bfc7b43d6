"""What pg_dump says of some objects, as parts of migration files that any runner can execute."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from devdb.catalog.schema_archive import Archive
from devdb.catalog.schema_choice import Piece
from devdb.dependencies.model import Graph, Thing
from devdb.dependencies.pieces import chosen
from devdb.migrations.layers import Part

_KINDS = {
    "TAB": (
        "TABLE",
        "VIEW",
        "MATERIALIZED VIEW",
        "DEFAULT",
        "CONSTRAINT",
        "FK CONSTRAINT",
        "INDEX",
        "TABLE ATTACH",
        "INDEX ATTACH",
        "STATISTICS",
        "ROW SECURITY",
        "POLICY",
        "RULE",
        "SEQUENCE OWNED BY",
    ),
    "FP": (
        "FUNCTION",
        "PROCEDURE",
        "AGGREGATE",
        "OPERATOR",
        "OPERATOR CLASS",
        "OPERATOR FAMILY",
        "CAST",
        "TRANSFORM",
        "CONVERSION",
    ),
    "TRG": ("TRIGGER",),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
_TABLES = ("TABLE", "VIEW", "MATERIALIZED VIEW")
_DEFAULT_ACCESS = ("heap", "''", '""')
# What a server looks into when it makes a routine: the body of a function in SQL, the declarations of one in PL/pgSQL.
_LOOKED_INTO = re.compile(
    r"\bLANGUAGE (?:sql\b|plpgsql\b.*(?:\bDECLARE\b|%\s*(?:ROW)?TYPE\b))", re.DOTALL | re.IGNORECASE
)


def parts(
    archive: Archive, graph: Graph, things: Collection[Thing], made: Collection[Thing]
) -> list[tuple[Part, Thing]]:
    """What makes `things` but for those `made` already, each part with its thing, in an order that works."""
    pre_data, post_data = archive.pre_data.pieces, archive.post_data.pieces
    found: list[tuple[Part, Thing]] = []
    kinds: dict[int, str] = {}
    by_number: dict[int, Piece] = {}
    attached: dict[int, set[int]] = {}
    first_of_post_data = len(pre_data)
    places = {id(piece): place for place, piece in enumerate((*pre_data, *post_data))}
    access = "heap"
    for piece, thing in chosen((*pre_data, *post_data), graph, things):
        if thing is None:
            if piece.name == "default_table_access_method":
                access = piece.text.rpartition("=")[2].strip(" ;")
            continue
        number = piece.number or -places[id(piece)] - 1
        by_number[number] = piece
        kinds[number] = kind = _kind(piece, thing, by_number, kinds)
        needs = set(piece.needs)
        if piece.kind == "TABLE ATTACH":
            for table in piece.needs:
                attached.setdefault(table, set()).add(number)
        elif places[id(piece)] >= first_of_post_data:
            # Where a partition is attached later, its indexes would be made a second time.
            needs.update(*(attached.get(table, ()) for table in piece.needs))
        if thing in made:
            continue
        text = piece.text
        if piece.kind in _TABLES and access not in _DEFAULT_ACCESS and piece.kind != "VIEW":
            text = f"SET default_table_access_method = {access};\n{text}\nRESET default_table_access_method;"
        found.append((Part(number, kind, text, frozenset(needs), is_view="view" in thing.type), thing))
    return found


def looks_into_bodies(texts: Iterable[str]) -> bool:
    """Whether a server that makes these might miss what a body names, and a later file makes."""
    return any(_LOOKED_INTO.search(text) for text in texts)


def _kind(piece: Piece, thing: Thing, by_number: Mapping[int, Piece], kinds: Mapping[int, str]) -> str:
    known = [number for number in sorted(piece.needs) if number in by_number]
    if piece.kind == "COMMENT":
        return kinds[known[0]] if known else "TYP"
    if piece.kind == "SEQUENCE":
        # One that a column owns belongs to its table.
        return "TAB" if any(by_number[number].kind in _TABLES for number in known) else "TYP"
    if piece.kind == "CHECK CONSTRAINT":
        # One that is not valid is told apart from its table, or its domain.
        return "TYP" if thing.type == "domain" else "TAB"
    return _KIND_OF.get(piece.kind, "TYP")


def schemas_of(things: Sequence[Thing]) -> list[str]:
    """The schemas that pg_dump is to look into."""
    return sorted({thing.schema for thing in things if thing.schema} | {t.name for t in things if t.type == "schema"})
