"""What of a source's schema a dev database gets, and in which shape."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pglast
from pglast import ast
from pglast.enums import AlterTableType

from devdb.sqltext.quoting import ident


@dataclass(frozen=True)
class Piece:
    """One object, or a comment or grant on one: its kind in pg_dump's word ("TABLE", "FK CONSTRAINT"), and its SQL.

    `schema` is "-" for what lives in none; `name` is pg_dump's tag, such as `orders orders_pkey` or `TABLE orders`.
    `number` is its place among all objects of the archive, 0 if it has none; `needs` are the numbers of those that
    pg_dump puts before it. `oids` are those of its catalog and of the object, 0 for what pg_dump gives none.
    """

    kind: str
    schema: str
    name: str
    text: str
    number: int = field(default=0, compare=False)
    needs: frozenset[int] = field(default=frozenset(), compare=False, repr=False)
    oids: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)


class Choice:
    """Which pieces a dev database gets. Sees the pieces in their order: a comment follows what it is on."""

    def __init__(
        self,
        schemas: Sequence[str] | None,
        wrappers: Collection[str],
        skipped: Collection[str],
        linking: Collection[str] = (),
    ) -> None:
        """`wrappers`, `skipped` and `linking` are extensions; the last are those by which a stand-in sees a source."""
        self.schemas = None if schemas is None else frozenset(schemas)
        self.wrappers = wrappers
        self.skipped = skipped
        self.linking = linking
        self.notes: list[str] = []
        self._gone: set[str] = set()
        self._created: set[str] = set()

    def of(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        return tuple(kept for piece in pieces for kept in self._of_one(piece))

    def _of_one(self, piece: Piece) -> list[Piece]:
        if piece.kind == "SETTING":
            return [piece]
        if piece.kind == "EXTENSION":
            return self._extension(piece)
        if not self._wanted(piece):
            self._gone.add(_subject(piece))
            return []
        if piece.kind == "SCHEMA":
            self._created.add(piece.text.split("\n")[0])
            return [replace(piece, text=piece.text.replace("CREATE SCHEMA ", "CREATE SCHEMA IF NOT EXISTS ", 1))]
        if piece.kind == "FOREIGN TABLE":
            self.notes.append(f"Foreign table {piece.schema}.{piece.name} of the source is an ordinary table here.")
            return [replace(piece, kind="TABLE", text=ordinary_table(piece.text))]
        if piece.kind == "COMMENT" and piece.name.startswith("FOREIGN TABLE "):
            text = piece.text.replace("COMMENT ON FOREIGN TABLE ", "COMMENT ON TABLE ", 1)
            return [replace(piece, name=piece.name.removeprefix("FOREIGN "), text=text)]
        return [piece]

    def _extension(self, piece: Piece) -> list[Piece]:
        if piece.name in self.linking:
            # The source has no such thing: it is our link to it.
            return []
        if piece.name in self.skipped or piece.name in self.wrappers:
            why = "as the settings say" if piece.name in self.skipped else "it only serves foreign tables"
            self.notes.append(f"Extension {piece.name} is left out: {why}.")
            return []
        home = re.search(r" WITH SCHEMA (.*);$", piece.text)
        if home is None or home[1] in ("public", "pg_catalog") or f"CREATE SCHEMA {home[1]};" in self._created:
            return [piece]
        self._created.add(f"CREATE SCHEMA {home[1]};")
        schema = Piece("SCHEMA", "-", home[1].strip('"'), f"CREATE SCHEMA IF NOT EXISTS {home[1]};")
        return [schema, piece]

    def _wanted(self, piece: Piece) -> bool:
        if piece.kind == "FUNCTION" and re.search(r"\bRETURNS fdw_handler\b", piece.text):
            return False
        if self.schemas is None:
            return True
        if piece.kind == "SCHEMA":
            return piece.name in self.schemas
        if piece.kind in ("CAST", "TRANSFORM"):
            return _schemas_named(piece.text) <= self.schemas | {"pg_catalog"}
        if piece.schema == "-":
            return piece.name not in self._gone
        return piece.schema in self.schemas


def _subject(piece: Piece) -> str:
    """How the name of a comment on it, or of a grant on it, begins."""
    if piece.kind == "SCHEMA":
        return f"SCHEMA {ident(piece.name)}"
    return piece.name if piece.kind in ("CAST", "TRANSFORM") else f"{piece.kind} {piece.name}"


def _schemas_named(text: str) -> set[str]:
    """Schemas of the types and functions in a CREATE CAST or CREATE TRANSFORM, which pg_dump always writes."""
    tokens = pglast.parser.scan(text)
    pairs = pairwise(tokens)
    names = (text[token.start : token.end + 1] for token, after in pairs if after.name == "ASCII_46")
    return {name[1:-1].replace('""', '"') if name.startswith('"') else name for name in names}


def ordinary_table(text: str) -> str:
    """CREATE FOREIGN TABLE, with the statements that follow it, as an ordinary table: no server and no options."""
    create, *others = pglast.split(text)
    kept = [_without_server(create)]
    for statement in others:
        if statement.startswith("ALTER FOREIGN TABLE "):
            if _changes_options(statement):
                continue
            statement = statement.replace("ALTER FOREIGN TABLE ", "ALTER TABLE ", 1)
        kept.append(statement)
    return ";\n\n".join(kept) + ";"


def _changes_options(statement: str) -> bool:
    parsed = pglast.parse_sql(statement)[0].stmt
    commands = parsed.cmds if isinstance(parsed, ast.AlterTableStmt) else None
    return any(command.subtype == AlterTableType.AT_AlterColumnGenericOptions for command in commands or ())


def _without_server(statement: str) -> str:
    """Cut FOREIGN, every OPTIONS (…) and everything from SERVER on, at their tokens; the rest stays as it was."""
    tokens = pglast.parser.scan(statement)
    cuts: list[tuple[int, int]] = []
    depth = 0
    options_from: int | None = None
    for index, token in enumerate(tokens):
        if token.name == "FOREIGN" and index == 1:
            cuts.append((token.start, tokens[index + 1].start))
        elif token.name == "ASCII_40":
            depth += 1
        elif token.name == "ASCII_41":
            depth -= 1
            if options_from is not None and depth == 1:
                cuts.append((options_from, token.end + 1))
                options_from = None
        elif token.name == "SERVER" and depth == 0:
            cuts.append((tokens[index - 1].end + 1, len(statement)))
            break
        elif token.name == "OPTIONS" and depth == 1 and tokens[index + 1].name == "ASCII_40":
            options_from = tokens[index - 1].end + 1
    for start, end in reversed(cuts):
        statement = statement[:start] + statement[end:]
    return statement
