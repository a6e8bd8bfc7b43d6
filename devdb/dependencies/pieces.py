"""The pieces of a source's schema that make some of its objects, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from devdb.catalog.schema_archive import Archive, Section
from devdb.catalog.schema_choice import Piece
from devdb.dependencies.model import Graph, Thing
from devdb.sqltext.quoting import ident


def restricted(archive: Archive, graph: Graph, things: Collection[Thing]) -> Archive:
    """The archive with what makes `things`, and what is part of them, alone."""
    kept = {id(piece) for piece, _ in chosen((*archive.pre_data.pieces, *archive.post_data.pieces), graph, things)}

    def section(whole: Section) -> Section:
        return replace(whole, pieces=tuple(piece for piece in whole.pieces if id(piece) in kept))

    return replace(archive, pre_data=section(archive.pre_data), post_data=section(archive.post_data))


def chosen(pieces: Sequence[Piece], graph: Graph, things: Collection[Thing]) -> Iterator[tuple[Piece, Thing | None]]:
    """Those of the pieces that make `things`, each with its thing; settings, with None, are all there.

    `pieces` are in pg_dump's order. With the things come the schemas that they live in, and what pg_dump says of
    several of them, as that one is a partition of another.
    """
    return _Choosing(graph, things).of(pieces)


class _Choosing:
    def __init__(self, graph: Graph, things: Collection[Thing]) -> None:
        self._things = frozenset(things)
        self._parts = graph.parts
        self._by_oids: Mapping[tuple[int, int], Thing] = {oids: thing for thing, oids in graph.oids.items()}
        self._schemas = {thing.name if thing.type == "schema" else thing.schema for thing in things}
        self._types = {(thing.schema, thing.name): thing for thing in things if thing.type == "type"}
        self._known: dict[int, Piece] = {}
        self._made: dict[int, Thing] = {}

    def of(self, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Thing | None]]:
        for piece in pieces:
            if piece.kind == "SETTING":
                yield piece, None
                continue
            self._known[piece.number] = piece
            thing = self._thing(piece)
            if thing is not None:
                self._made[piece.number] = thing
                if any(line and not line.startswith("--") for line in piece.text.split("\n")):
                    yield piece, thing
                # Else pg_dump only says why it says nothing: of the schema public, which is there in a new database.

    def _thing(self, piece: Piece) -> Thing | None:
        """What the piece makes, or is part of; None if that is not chosen."""
        if piece.kind == "SCHEMA":
            known = self._by_oids.get(piece.oids) or Thing("schema", "", piece.name, ident(piece.name))
            return known if piece.name in self._schemas else None
        if piece.kind == "SHELL TYPE":
            return self._types.get((piece.schema, piece.name))
        if piece.oids[0]:
            found = self._by_oids.get(piece.oids) or self._parts.get(piece.oids)
            return found if found in self._things else None
        required = set(piece.needs)
        if piece.kind == "SEQUENCE OWNED BY":
            # Of the owner only the sequence tells.
            required.update(*(self._known[number].needs for number in piece.needs if number in self._known))
        if not required or not required <= self._made.keys():
            return None
        return self._made[min(piece.needs, key=lambda number: not self._is_named(number, piece))]

    def _is_named(self, number: int, piece: Piece) -> bool:
        """Whether that one is called as the piece is: the partition, and not the table that it is attached to."""
        other = self._known[number]
        return other.schema == piece.schema and (other.name == piece.name or other.name.endswith(f" {piece.name}"))
