"""Names in the settings that fit nothing of the source: rules, seeds and follows for what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from devdb.catalog.model import ForeignKey, Name, Source, Table
from devdb.errors import SettingsError
from devdb.sampling.virtual_keys import Problem, find_table
from devdb.settings import Seed, Settings, unknown_columns
from devdb.settings.seeds import OPTION


def named(key: ForeignKey) -> tuple[str, str, tuple[str, ...], str]:
    """The key as patterns know it."""
    return key.child.name.schema, key.child.name.name, key.child_columns, key.name


def of_names(source: Source, settings: Settings) -> list[SettingsError]:
    """Rules and seeds for what is no table that gets rows."""
    taken = {table.name for table in source.filled_tables}
    source = source.complete
    others = {table.name for table in source.tables if not table.is_filled} | source.views.keys()
    known = [*(table.name for table in source.filled_tables), *others]
    errors = settings.unmatched_patterns([(name.schema, name.name) for name in known])
    for pattern, rule in settings.sampling.patterns():
        name = Name(pattern.schema.text, pattern.table.text)
        if pattern.exact and name in others:
            errors.append(_not_filled(source, name, f"sampling.tables.{pattern.text}: ", rule.path, rule.line))
    for seed in settings.sampling.seeds:
        name = Name(*seed.table_name)
        if name in others:
            errors.append(_not_filled(source, name, "", seed.path or OPTION, seed.line))
        elif name in known and name not in taken:
            message = f"{name} is not taken: nothing that --only-deps-of names needs it"
            errors.append(SettingsError(message, path=seed.path or OPTION, line=seed.line))
        elif name in known:
            errors += _seed_mistakes(find_table(source, *seed.table_name), settings, seed)
    return errors


def _not_filled(source: Source, name: Name, place: str, path: Path | str | None, line: int | None) -> SettingsError:
    try:
        find_table(source, name.schema, name.name)
    except Problem as problem:
        return SettingsError(place + problem.message, path=path, line=line, hint=problem.hint)
    raise AssertionError(f"{name} is filled")


def _seed_mistakes(table: Table, settings: Settings, seed: Seed) -> Iterator[SettingsError]:
    rule = settings.sampling.rule_for(*seed.table_name)
    if rule.kind == "empty":
        message = f"{table.name} is empty by sampling.tables: no row of it can be a seed"
        hint = None if rule.path is None else f"it is barred in {rule.path}:{rule.line}"
        yield SettingsError(message, path=seed.path or OPTION, line=seed.line, hint=hint)
    said = replace(seed, path=seed.path or Path(OPTION))
    yield from unknown_columns(said, table=str(table.name), columns=table.column)


def of_follows(keys: Sequence[ForeignKey], settings: Settings) -> Iterator[SettingsError]:
    for key in keys:
        follow = settings.sampling.follow_for(*named(key))
        if follow is not None and not follow.is_none:
            yield from unknown_columns(follow, table=str(key.child.name), columns=key.child.column)
