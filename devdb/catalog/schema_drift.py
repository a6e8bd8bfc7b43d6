"""What changed between two schema files, one line for each thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pglast
from pglast import ast
from pglast.stream import RawStream

from devdb.catalog.schema_file import Entry, entries, sections
from devdb.sqltext.quoting import ident
from devdb.sqltext.statements import Script

# Parts of other objects, or remarks on them: of no interest to someone who asks what moved in production.
_MINOR = ("COMMENT", "SETTING", "SEQUENCE OWNED BY", "INDEX ATTACH", "DEFAULT")

_Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Column:
    """One column of a CREATE TABLE, as text."""

    type: str
    definition: str


def drift(old: str, new: str) -> list[str]:
    """Lines saying which tables, columns and other objects were added, removed or changed, tables first.

    Objects of a table that was itself added or removed are not listed.
    """
    before, after = _objects(old), _objects(new)
    differing = sorted(key for key in before.keys() | after.keys() if _text(before, key) != _text(after, key))
    tables = [key for key in differing if key[0] == "TABLE"]
    lines = [line for key in tables for line in _table(key, before.get(key, []), after.get(key, []))]
    whole = {key[1:] for key in tables if key not in before or key not in after}
    for key in differing:
        present = before.get(key) or after[key]
        if key[0] == "TABLE" or (whole and present[0].table() in whole):
            continue
        lines.append(f"{_called(key)} {_verb(key, before, after)}")
    return lines


def _objects(text: str) -> dict[_Key, list[Entry]]:
    """The objects by kind, schema and name; overloaded ones share a key only when pg_dump names them alike."""
    found: dict[_Key, list[Entry]] = defaultdict(list)
    for section in sections(text):
        for entry in entries(Script("schema.sql", section)):
            if entry.kind not in _MINOR:
                found[(entry.kind, entry.schema, entry.name)].append(entry)
    return dict(found)


def _text(objects: dict[_Key, list[Entry]], key: _Key) -> list[str]:
    """What makes them, without where it stands in the file."""
    return [entry.text for entry in objects.get(key, [])]


def _verb(key: _Key, before: dict[_Key, list[Entry]], after: dict[_Key, list[Entry]]) -> str:
    return "added" if key not in before else "removed" if key not in after else "changed"


def _called(key: _Key) -> str:
    kind, schema, name = key
    if kind in ("CONSTRAINT", "FK CONSTRAINT", "TRIGGER", "RULE", "POLICY") or "(" in name:
        # pg_dump's tag holds two names here, or arguments: quoting it would say something else.
        return f"{kind.lower()} {ident(schema)}.{name}"
    return f"{kind.lower()} {ident(name)}" if schema == "-" else f"{kind.lower()} {ident(schema)}.{ident(name)}"


def _table(key: _Key, old: list[Entry], new: list[Entry]) -> Iterator[str]:
    name = f"{ident(key[1])}.{ident(key[2])}"
    if not old or not new:
        yield f"table {name} {'removed' if old else 'added'}"
        return
    before, after = _columns(old[0]), _columns(new[0])
    said = False
    for column in [*before, *(column for column in after if column not in before)]:
        what = f"column {name}.{ident(column)}"
        if column not in after:
            yield f"{what} removed"
        elif column not in before:
            yield f"{what} added ({after[column].type})"
        elif before[column].type != after[column].type:
            yield f"{what}: {before[column].type} is now {after[column].type}"
        elif before[column] != after[column]:
            yield f"{what}: {before[column].definition} is now {after[column].definition}"
        else:
            continue
        said = True
    if not said:
        yield f"table {name} changed"


def _columns(entry: Entry) -> dict[str, _Column]:
    columns = {}
    for parsed in pglast.parse_sql(entry.text):
        if isinstance(parsed.stmt, ast.CreateStmt):
            for element in parsed.stmt.tableElts or ():
                if isinstance(element, ast.ColumnDef):
                    definition = _sql(element).removeprefix(ident(str(element.colname))).strip()
                    columns[str(element.colname)] = _Column(_sql(element.typeName), definition)
    return columns


def _sql(node: Any) -> str:
    return str(RawStream()(node))
