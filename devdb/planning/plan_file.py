"""plan.yaml: the sampling of a plan in full, to be reviewed, edited and built."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from devdb.catalog.model import Source, Table
from devdb.errors import Refused, SettingsError
from devdb.planning.plan import Plan, PlannedKey, PlannedTable
from devdb.sampling.choice import Choice
from devdb.settings import Sampling, Settings, nearest, one_error, pattern_for
from devdb.settings.document import Document, read

# Of the file; another number means that this devdb does not understand it.
FORMAT = 1

_KEYS = ("format", "source", "schema", "sampling")
_HEAD = """\
# What devdb would take of {source}, as planned on {made}: about {rows:,} rows, {size}, {seconds:.0f} s.
# Edit it, look at it again with devdb plan --plan FILE, and build it: build-dev-db --plan FILE.
# It takes the place of the section sampling of devdb.yaml and of --seed and --percent; the rest of the settings holds.
# Numbers are estimates{exact}. A table that is not listed gets rows only where a key needs them.
"""


def load(path: Path, source: Source) -> Sampling:
    """The sampling that the file `path` holds. It must have been planned for the schema of `source`.

    Raises SettingsError with file and line for what cannot be used, and Refused naming the tables that changed.
    """
    document = read(path)
    _check_head(document)
    recorded = document.value.get("schema") or {}
    changed = _changed(recorded, source)
    if changed:
        raise Refused(
            f"{path}: the source's schema is no longer that of the plan: {'; '.join(changed)}",
            hint="plan it anew with devdb plan --write, and compare",
        )
    sampling = Sampling.from_document(document)
    errors = _unknown(sampling, source)
    if errors:
        raise one_error(errors)
    return sampling


def text(plan: Plan, source: Source, settings: Settings, choice: Choice) -> str:
    """The file of a plan."""
    return "".join(_lines(plan, source, settings, choice))


def fingerprint(source: Source, table: Table) -> str:
    """A mark of the table's columns, types and keys: another schema has another one."""
    said = [
        *(f"{column.name} {column.type} {column.not_null} {column.is_generated}" for column in table.columns),
        f"{table.kind} {table.primary_key}",
        *sorted(
            f"{key.name} {key.child.name} {key.child_columns} {key.parent.name} {key.parent_columns}"
            for key in source.foreign_keys
            if source.root(key.child) == table
        ),
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _lines(plan: Plan, source: Source, settings: Settings, choice: Choice) -> Iterator[str]:
    yield _HEAD.format(
        source=plan.source,
        made=plan.made,
        rows=plan.rows,
        size=readable(plan.bytes),
        seconds=plan.seconds,
        exact=", but for the rows and bytes of tables" if plan.is_exact else "",
    )
    for note in plan.notes:
        yield f"# note: {_comment(note)}\n"
    yield f"format: {FORMAT}\n"
    yield f"source: {_value(plan.source)}\n\n"
    yield "sampling:\n"
    yield f"  seed: {settings.sampling.seed}\n"
    yield f"  on_violation: {settings.sampling.on_violation}\n"
    yield "  default: none\n"
    yield from _tables(plan, source, choice)
    yield from _follow(plan, choice)
    yield from _cut(plan.keys)
    if settings.sampling.virtual_keys:
        yield "  virtual_keys:\n"
        for name, key in settings.sampling.virtual_keys.items():
            yield f"    {_key(name)}: {_value(key.plain)}\n"
    yield "\n# The schema that this was planned for: a mark of each table's columns, types and keys.\n"
    yield "schema:\n" if source.filled_tables else "schema: {}\n"
    for table in source.filled_tables:
        yield f"  {_key(_pattern(table))}: {fingerprint(source, table)}\n"


def _tables(plan: Plan, source: Source, choice: Choice) -> Iterator[str]:
    listed = [table for table in source.filled_tables if plan.table[str(table.name)].origin is not None]
    barred = [table for table in source.filled_tables if choice.rules[table.name].kind == "empty"]
    yield "  tables:\n" if listed or barred else "  tables: {}\n"
    for table in (*listed, *barred):
        planned = plan.table[str(table.name)]
        for line in _told(planned):
            yield f"    # {_comment(line)}\n"
        yield f"    {_key(_pattern(table))}: {_value(choice.rules[table.name].plain)}\n"


def _told(table: PlannedTable) -> Iterator[str]:
    if table.why is None:
        return
    parts = [(table.by_rule, "by its rule"), (table.by_key, "for keys"), (table.by_child, "as children")]
    split = ", ".join(f"{rows:,} {words}" for rows, words in parts if rows)
    about = "" if table.is_exact else "about "
    yield f"{about}{table.rows:,} of {table.source_rows:,} rows, {readable(table.bytes)}" + (
        f": {split}" if split else ""
    )
    yield table.why if table.place is None or table.way else f"{table.why} ({table.place})"


def _follow(plan: Plan, choice: Choice) -> Iterator[str]:
    used = [
        (key, reference)
        for key, reference in zip(plan.keys, choice.references, strict=True)
        if reference.follow is not None and not reference.follow.is_none
    ]
    yield "  # Children, by key; those of other keys are not followed.\n"
    yield "  follow:\n    default: none\n"
    for key, reference in used:
        assert reference.follow is not None
        words = f"about {key.followed:,} children"
        if key.cap is not None:
            largest = "" if key.cap.largest is None else f", at most about {key.cap.largest:,}"
            words += (
                f"; the cap bites for about {key.cap.parents:,.0f} parents: {key.cap.average:,} on average{largest}"
            )
        yield f"    # {words}\n"
        yield f"    {_key(key.key)}: {_value(reference.follow.plain)}\n"


def _cut(keys: Iterable[PlannedKey]) -> Iterator[str]:
    cut = [key for key in keys if key.is_cut and key.nulled]
    if not cut:
        return
    yield "  # Keys whose parents are not fetched.\n"
    yield "  keys:\n"
    for key in cut:
        yield f"    # about {key.nulled_rows:,} rows get NULL in {', '.join(key.nulled)}\n"
        yield f"    {_key(key.key)}: {{on_missing: set_null}}\n"


def _check_head(document: Document) -> None:
    if not isinstance(document.value, dict) or "format" not in document.value:
        raise SettingsError(
            "this is not a plan: it has no format", path=document.path, hint="devdb plan --write FILE writes one"
        )
    found = document.value["format"]
    if found != FORMAT or isinstance(found, bool):
        raise SettingsError(
            f"format {document.written(('format',)) or found}: this devdb reads format {FORMAT}",
            path=document.path,
            line=document.line(("format",)),
            hint="plan it anew with devdb plan --write",
        )
    errors = [
        SettingsError(
            f"{key}: unknown key",
            path=document.path,
            line=document.line((key,)),
            hint=nearest(key, _KEYS) or f"known here: {', '.join(_KEYS)}",
        )
        for key in document.value
        if key not in _KEYS
    ]
    if not isinstance(document.value.get("schema"), dict):
        errors.append(
            SettingsError(
                "schema: expected a mapping of tables to their marks",
                path=document.path,
                line=document.line(("schema",)),
                hint="devdb plan --write writes it",
            )
        )
    if "sampling" not in document.value:
        errors.append(SettingsError("sampling: is missing", path=document.path))
    if errors:
        raise one_error(errors)


def _changed(recorded: Mapping[str, Any], source: Source) -> list[str]:
    now = {_pattern(table): fingerprint(source, table) for table in source.filled_tables}
    changed = [f"{name} has changed" for name in now if name in recorded and str(recorded[name]) != now[name]]
    changed += [f"{name} is new" for name in now if name not in recorded]
    changed += [f"{name} is gone" for name in recorded if name not in now]
    shown = 20
    return changed[:shown] + ([f"and {len(changed) - shown} more"] if len(changed) > shown else [])


def _unknown(sampling: Sampling, source: Source) -> list[SettingsError]:
    """Rules for what is no table of the source; keys are compared when the sample is chosen."""
    known = [_pattern(table) for table in source.filled_tables]
    names = [(table.name.schema, table.name.name) for table in source.filled_tables]
    return [
        SettingsError(
            f"sampling.tables.{pattern.text}: there is no such table in the source",
            path=rule.path,
            line=rule.line,
            hint=nearest(pattern.text, known),
        )
        for pattern, rule in sampling.patterns()
        if not any(pattern.matches(*name) for name in names)
    ]


def readable(size: float) -> str:
    """So many bytes, in a unit that a person would choose."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _pattern(table: Table) -> str:
    return pattern_for(table.name.schema, table.name.name)


def _value(value: Any) -> str:
    """YAML of a value in one line, in words that our reader understands."""
    if "\n" in repr(value).replace("\\n", "\n"):
        # What spans lines would have to be indented; JSON does not span lines, and is YAML.
        return json.dumps(value, ensure_ascii=False)
    return (
        str(yaml.safe_dump(value, default_flow_style=True, width=10**9, allow_unicode=True, sort_keys=False))
        .replace("\n...\n", "")
        .rstrip("\n")
    )


def _key(name: str) -> str:
    """YAML of a name as a key."""
    return _value(name)


def _comment(text: str) -> str:
    return " ".join(text.split())
