"""What a run chooses: each table's rule, and how each key is followed, worked out from the settings and the catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from devdb.catalog.model import ForeignKey, Name, Source
from devdb.errors import Refused, SettingsError
from devdb.sampling import mistakes, proportions, reach, rules, virtual_keys
from devdb.server.connection import raise_if_lost, refused
from devdb.settings import Follow, Rule, Seed, Settings, one_error, pattern_for
from devdb.settings.seeds import OPTION
from devdb.sqltext.quoting import ident

_ALL = Follow.parse("all")


@dataclass(frozen=True)
class Reference:
    """One foreign key, declared or virtual, as the sample uses it.

    `is_cut`: it is not followed upward; the columns `nulled` become NULL where the parent is missing. `follow` says
    which children are taken over it, None for none.
    """

    key: ForeignKey
    is_cut: bool = False
    follow: Follow | None = None
    nulled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What the sample of one run is, before any row was read.

    `rules` has every filled table: bookkeeping, seeds, a percentage and barred tables are worked in. `notes` are worth
    telling before the run. `paths` has the tables that may get rows, each with the keys that lead to it from a rule.
    `proportional` are the tables of which a percentage is wanted, and nothing else is said.
    """

    rules: Mapping[Name, Rule]
    references: tuple[Reference, ...]
    notes: tuple[str, ...] = ()
    paths: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)
    proportional: frozenset[Name] = frozenset()
    source: Source | None = field(default=None, repr=False)
    settings: Settings | None = field(default=None, repr=False)

    @property
    def followed_keys(self) -> list[ForeignKey]:
        """The keys by which rows are looked for, upward or downward."""
        return [item.key for item in self.references if not item.is_cut or item.follow is not None]

    @property
    def entered(self) -> list[Name]:
        """The filled tables that children are put into."""
        assert self.source is not None
        return [self.source.root(item.key.child).name for item in self.references if item.follow is not None]


def choose(source: Source, settings: Settings) -> Choice:
    """What `settings` choose of `source`. Raises SettingsError with all that does not fit it."""
    errors = mistakes.of_names(source, settings)
    virtual, others = virtual_keys.resolve(source, settings)
    errors += others
    declared = [key for key in source.foreign_keys if "f" not in (key.child.kind, key.parent.kind)]
    keys = (*declared, *virtual)
    if not others:
        # A key that is wrong may be the one that a pattern is for.
        whole = source.whole
        left_out = () if whole is None else (*whole.foreign_keys, *virtual_keys.resolve(whole, settings)[0])
        errors += settings.unmatched_keys([mistakes.named(key) for key in (*keys, *left_out)])
    errors += mistakes.of_follows(keys, settings)
    if errors:
        raise one_error(errors)
    chosen, follows, notes, proportional = _rules(source, settings, keys)
    barred = {name for name, rule in chosen.items() if rule.kind == "empty"}
    references = []
    for key in keys:
        is_wanted = settings.sampling.on_missing_for(*mistakes.named(key)) == "set_null"
        is_cut = is_wanted or source.root(key.parent).name in barred
        nulled = nullable_columns(source, key, keys) if is_cut else ()
        if is_wanted and not nulled:
            errors.append(_cannot_be_null(settings, key))
        follow = None if barred & {source.root(table).name for table in (key.child, key.parent)} else follows(key)
        references.append(Reference(key, is_cut, follow, nulled))
    starts = {name: _origin(settings, name) for name, rule in chosen.items() if rule.kind not in ("none", "empty")}
    paths = reach.paths(source, starts, references)
    for reference in references:
        path = paths.get(source.root(reference.key.child).name)
        parent = source.root(reference.key.parent).name
        if parent in barred and not reference.nulled and path is not None:
            errors.append(_needed(reference.key, chosen[parent], path))
    if errors:
        raise one_error(errors)
    return Choice(chosen, tuple(references), tuple(notes), paths, proportional, source, settings)


def check(connection: psycopg.Connection[Any], choice: Choice) -> tuple[str, ...]:
    """Ask the source for what its catalog does not tell; returns what is worth telling.

    Nothing is written, and no row read but to find one that each seed names. Raises Refused when the user may not
    read all that is needed, or a seed names no row; SettingsError and ScriptFailed for SQL that does not fit.
    """
    source, settings = choice.source, choice.settings
    assert source is not None
    assert settings is not None
    _refuse_unreadable(connection, source, choice)
    errors = []
    for reference in choice.references:
        if reference.key.is_virtual:
            said = settings.sampling.virtual_keys[reference.key.name]
            errors += virtual_keys.check(connection, reference.key, said)
        if reference.follow is not None:
            _check_follow(connection, reference.key, reference.follow)
    if errors:
        raise one_error(errors)
    return _refuse_unmatched(connection, source, settings)


def nullable_columns(source: Source, key: ForeignKey, keys: Sequence[ForeignKey]) -> tuple[str, ...]:
    """The columns that become NULL where the key's parent is missing; none when that is not possible.

    They may be NULL, belong to no other of `keys`, at neither end, and decide nothing else.
    """
    if key.each:
        return ()
    columns = [virtual_keys.bare_column(value, key.child) for value in key.values] if key.values else key.child_columns
    if None in columns:
        # NULL within a document is a change to the document.
        return ()
    root = source.root(key.child)
    fixed = {*key.child.primary_key, *root.primary_key, *root.partition_columns}
    for other in keys:
        # Several keys may share the column of a polymorphic reference: one of them counts for a row.
        is_alternative = other.when is not None and key.when is not None
        if other is not key and source.root(other.child) == root and not is_alternative:
            fixed |= {*other.read_columns}
        if source.root(other.parent) == root:
            fixed |= {*other.parent_columns}
    free = []
    for name in dict.fromkeys(columns):
        column = None if name is None else key.child.column[name]
        if column is not None and not column.not_null and not column.is_generated and name not in fixed:
            free.append(column.name)
    if key.match_full and len(free) < len(columns):
        return ()
    return tuple(free)


def _rules(
    source: Source, settings: Settings, keys: Sequence[ForeignKey]
) -> tuple[dict[Name, Rule], Callable[[ForeignKey], Follow | None], Sequence[str], frozenset[Name]]:
    """Each filled table's rule, each key's children, notes, and the tables of which a percentage is taken."""
    sampling = settings.sampling
    books = {table.name for table in source.filled_tables if table.name.name.lower() in rules.BOOKKEEPING}
    said = {table.name: sampling.rule_for(table.name.schema, table.name.name) for table in source.filled_tables}
    said |= {name: Rule.of("all") for name in books}

    def follow(key: ForeignKey) -> Follow | None:
        found = sampling.follow_for(*mistakes.named(key))
        if found is None and sampling.seeds:
            found = _ALL
        return None if found is None or found.is_none else found

    if sampling.seeds:
        for name, rule in said.items():
            if rule.kind != "empty" and name not in books:
                said[name] = _seeded([seed for seed in sampling.seeds if Name(*seed.table_name) == name])
        return said, follow, (), frozenset()
    if sampling.percent is None:
        return said, follow, (), frozenset()
    kept = proportions.proportions(source, settings, keys, said, books)

    def followed(key: ForeignKey) -> Follow | None:
        return _ALL if key in kept.main_keys else follow(key)

    return {**said, **kept.rules}, followed, kept.notes, kept.tables


def _seeded(seeds: Sequence[Seed]) -> Rule:
    """The rule of one table that chooses the rows which `seeds` name."""
    if not seeds:
        return Rule.of("none")
    where = seeds[0].where if len(seeds) == 1 else "\nOR ".join(f"(\n{seed.where}\n)" for seed in seeds)
    return Rule.of({"where": where}).at(seeds[0].path or Path(OPTION), seeds[0].line)


def _origin(settings: Settings, name: Name) -> str:
    is_seeded = any(Name(*seed.table_name) == name for seed in settings.sampling.seeds)
    return f"{'seed' if is_seeded else 'rule'} {name}"


def _refuse_unreadable(connection: psycopg.Connection[Any], source: Source, choice: Choice) -> None:
    tables = {table.name: table for table in source.filled_tables if table.name in choice.paths}
    for reference in choice.references:
        # A partition is read by itself for a key that is its own.
        key = reference.key
        if source.root(key.child).name in choice.paths and not reference.is_cut:
            tables[key.parent.name] = key.parent
        if source.root(key.parent).name in choice.paths and reference.follow is not None:
            tables[key.child.name] = key.child
    closed = [tables[name] for name in sorted(tables) if not (tables[name].may_read and tables[name].may_enter)]
    if not closed:
        return
    user = ident(connection.info.user)
    schemas = sorted({table.name.schema for table in closed if not table.may_enter})
    unread = [table.name.sql for table in closed if not table.may_read]
    grants = [f"GRANT USAGE ON SCHEMA {', '.join(map(ident, schemas))} TO {user};"] if schemas else []
    grants += [f"GRANT SELECT ON {', '.join(unread)} TO {user};"] if unread else []
    count = "a table" if len(closed) == 1 else f"{len(closed)} tables"
    raise Refused(
        f"the source's user {connection.info.user} may not read {count} that the sample needs: "
        + ", ".join(str(table.name) for table in closed),
        hint=" ".join(grants),
    )


def _check_follow(connection: psycopg.Connection[Any], key: ForeignKey, follow: Follow) -> None:
    """Have the source plan the SQL of a follow. Raises ScriptFailed."""
    if follow.where is None and follow.order_by is None:
        return
    query = f"EXPLAIN SELECT FROM {key.child.at_source} AS f"
    query += f" WHERE (\n{follow.where}\n)" if follow.where else ""
    query += f" ORDER BY\n{follow.order_by}\n" if follow.order_by else ""
    try:
        connection.execute(query.encode())
    except psycopg.Error as exc:
        raise_if_lost(connection, exc)
        what = f"the children by {key}"
        raise refused(exc, path=follow.path or "the settings", line=follow.line, what=what) from exc


def _refuse_unmatched(connection: psycopg.Connection[Any], source: Source, settings: Settings) -> tuple[str, ...]:
    """Refuse seeds that name no row, or with --allow-empty tell them."""
    unmatched = [seed for seed in settings.sampling.seeds if not _matches(connection, source, seed)]
    if not unmatched:
        return ()
    listed = "".join(f"\n  {seed.origin}: {seed}" for seed in unmatched)
    count = "a seed matches" if len(unmatched) == 1 else f"{len(unmatched)} seeds match"
    if settings.allow_empty:
        return (f"{count} no row of the source:{listed}",)
    raise Refused(f"{count} no row of the source:{listed}", hint="--allow-empty goes on without")


def _matches(connection: psycopg.Connection[Any], source: Source, seed: Seed) -> bool:
    table = virtual_keys.find_table(source, *seed.table_name)
    try:
        cursor = connection.execute(f"SELECT FROM {table.at_source} AS f WHERE (\n{seed.where}\n) LIMIT 1".encode())
    except psycopg.Error as exc:
        raise_if_lost(connection, exc)
        raise refused(exc, path=seed.path or OPTION, line=seed.line, what=f"the seed {seed}") from exc
    return cursor.rowcount > 0


def _cannot_be_null(settings: Settings, key: ForeignKey) -> SettingsError:
    said = next(
        rule for pattern, rule in reversed(settings.sampling.key_patterns()) if pattern.matches(*mistakes.named(key))
    )
    if key.each or key.values is not None:
        reason = "its values are no columns that could be NULL"
    elif key.match_full:
        reason = "MATCH FULL, it needs all its columns to be nullable, and in no other key"
    else:
        shown = ", ".join(key.child_columns)
        reason = f"of its columns ({shown}) none is nullable and free: in no other key nor deciding the partition"
    message = f"on_missing: set_null of {key}: {reason}"
    return SettingsError(message, path=said.path, line=said.line, hint="on_missing: fetch takes the parents")


def _needed(key: ForeignKey, rule: Rule, path: Sequence[str]) -> SettingsError:
    shown = reach.written([*path, reach.up(key)])
    child = pattern_for(key.child.name.schema, key.child.name.name)
    return SettingsError(
        f"{shown}, which is empty: the key cannot be made NULL",
        path=rule.path,
        line=rule.line,
        hint=f"take rows of {key.parent.name}, or let no rows into {child}",
    )
