"""Find patterns of the settings that match nothing of the source, and the nearest thing that each may have meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from devdb.errors import SettingsError
from devdb.settings.column_patterns import ColumnPattern
from devdb.settings.complaints import nearest
from devdb.settings.fields import Placed
from devdb.settings.key_patterns import KeyPattern, key_pattern_for
from devdb.settings.patterns import Pattern, parse_pattern, pattern_for
from devdb.settings.sampling import Sampling
from devdb.settings.seeds import OPTION

Key = tuple[str, str, Sequence[str], str]  # schema, table, columns, constraint

_SHOWN_KEYS = 3


def patterns(
    sampling: Sampling, tables: Iterable[tuple[str, str]], *, schemas: Collection[str] | None
) -> list[SettingsError]:
    """Return an error for each pattern of `tables`, and each seed, that no table (schema, name) matches.

    `schemas` are those that the settings choose; None for all.
    """
    known = list(tables)
    errors = []
    for pattern, rule in sampling.patterns():
        if not any(pattern.matches(*table) for table in known):
            what = "there is no such table" if pattern.exact else "no table matches"
            message = f"sampling.tables.{pattern.text}: {what} in the source"
            hint = _left_out(pattern, schemas) or _nearest_table(pattern, known)
            errors.append(SettingsError(message, path=rule.path, line=rule.line, hint=hint))
    for seed in sampling.seeds:
        if seed.table_name not in known:
            pattern = parse_pattern(seed.pattern)
            hint = _left_out(pattern, schemas) or _nearest_table(pattern, known)
            message = f"{seed.pattern}: there is no such table in the source"
            errors.append(SettingsError(message, path=seed.path or OPTION, line=seed.line, hint=hint))
    return errors


def key_patterns(sampling: Sampling, keys: Iterable[Key], *, schemas: Collection[str] | None) -> list[SettingsError]:
    """Return an error for each pattern of `follow` and `keys` that no key matches. `schemas` as for `patterns`."""
    known = list(keys)
    errors = []
    said = [("follow", pattern, follow) for pattern, follow in sampling.follow_patterns()]
    for section, pattern, value in [*said, *(("keys", pattern, rule) for pattern, rule in sampling.key_patterns())]:
        if not any(pattern.matches(*key) for key in known):
            message = f"sampling.{section}.{pattern.text}: {_what(pattern)} in the source"
            hint = _left_out(pattern.table, schemas) or _nearest_key(pattern, known)
            errors.append(SettingsError(message, path=value.path, line=value.line, hint=hint))
    return errors


def column_patterns(
    section: str,
    said: Iterable[tuple[ColumnPattern, Placed]],
    columns: Mapping[tuple[str, str], Collection[str]],
    *,
    schemas: Collection[str] | None,
    others: Mapping[tuple[str, str], str],
) -> list[SettingsError]:
    """Return an error for each pattern of `section` that matches none of the `columns` of tables (schema, name).

    `schemas` are those that the settings choose; None for all. `others` says of what else there is why it has no
    columns that matter here.
    """
    errors = []
    for pattern, value in said:
        names = [(table, name) for table, names in _tables(pattern, columns) for name in names]
        if not any(pattern.column.matches(name) for _, name in names):
            what = "there is no such column" if pattern.exact else "no column matches"
            message = f"{section}.{pattern.text}: {what} in the source"
            table = (pattern.table.schema.text, pattern.table.table.text)
            hint = others.get(table) or _left_out(pattern.table, schemas) or _nearest_column(pattern, names, columns)
            errors.append(SettingsError(message, path=value.path, line=value.line, hint=hint))
    return errors


def _tables(
    pattern: ColumnPattern, columns: Mapping[tuple[str, str], Collection[str]]
) -> Iterable[tuple[tuple[str, str], Collection[str]]]:
    """Return the tables that the pattern names, with their columns."""
    if pattern.table.exact:
        table = (pattern.table.schema.text, pattern.table.table.text)
        return [(table, columns[table])] if table in columns else []
    return [(table, names) for table, names in columns.items() if pattern.table.matches(*table)]


def _nearest_column(
    pattern: ColumnPattern, found: Sequence[tuple[tuple[str, str], str]], columns: Collection[tuple[str, str]]
) -> str | None:
    """Return the nearest column of the tables that were `found`; without any, the nearest table."""
    if not found:
        return _nearest_table(pattern.table, columns)
    if not pattern.column.exact:
        return None
    return nearest(pattern.column.text, {name for _, name in found})


def _what(pattern: KeyPattern) -> str:
    if not pattern.exact:
        return "no foreign key matches"
    if pattern.columns is None and pattern.constraint is None:
        return "there is no such table with a foreign key"
    return "there is no such foreign key"


def _left_out(pattern: Pattern, schemas: Collection[str] | None) -> str | None:
    if pattern.schema.exact and schemas is not None and pattern.schema.text not in schemas:
        return f"{pattern.schema.text} is not among source.schemas"
    return None


def _nearest_table(pattern: Pattern, known: Iterable[tuple[str, str]]) -> str | None:
    schemas: dict[str, list[str]] = {}
    for schema, table in known:
        schemas.setdefault(schema, []).append(table)
    elsewhere = [schema for schema, tables in schemas.items() if any(map(pattern.table.matches, tables))]
    if pattern.table.exact and len(elsewhere) == 1:
        return f"did you mean {pattern_for(elsewhere[0], pattern.table.text)}?"
    if not pattern.table.exact and pattern.schema.exact:
        return nearest(pattern.schema.text, schemas)
    written = [pattern_for(schema, table) for schema, tables in schemas.items() for table in tables]
    return nearest(pattern.text, written)


def _nearest_key(pattern: KeyPattern, known: Sequence[Key]) -> str | None:
    of_table = [key for key in known if pattern.table.matches(*key[:2])]
    candidates = [_written(pattern, key) for key in of_table or known]
    hint = nearest(pattern.text, candidates)
    if hint is not None or not of_table:
        return hint
    shown = ", ".join(dict.fromkeys(candidates[:_SHOWN_KEYS]))
    return f"there is {shown}" + (" and others" if len(set(candidates)) > _SHOWN_KEYS else "")


def _written(pattern: KeyPattern, key: Key) -> str:
    """Return the key in the form of the pattern: by columns or by name."""
    schema, table, columns, constraint = key
    if pattern.constraint is not None:
        return key_pattern_for(schema, table, constraint=constraint)
    return key_pattern_for(schema, table, () if pattern.columns is None else columns)
