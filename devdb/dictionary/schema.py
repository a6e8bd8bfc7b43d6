"""Make of a foreign source's dictionary the PostgreSQL schema that mirrors it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from devdb.catalog.model import Name
from devdb.dictionary import ddl
from devdb.dictionary.applying import apply, understanding
from devdb.dictionary.choosing import chosen_schemas, taken_tables
from devdb.dictionary.dialect import Dialect, Fetched, Reading
from devdb.dictionary.expressions import Expression, Known, NotTold, localized
from devdb.dictionary.keys import LocalForeignKey, LocalKey, foreign_keys, indexes, unique_keys
from devdb.dictionary.local import LocalSchema, LocalTable, Notes, Numbering, Statement
from devdb.dictionary.model import Dictionary, RemoteCheck
from devdb.dictionary.names import Wanted, folded, granted
from devdb.dictionary.sql_types import parsed
from devdb.dictionary.unify import unified

__all__ = [
    "LocalSchema",
    "LocalTable",
    "Numbering",
    "Statement",
    "apply",
    "chosen_schemas",
    "local_schema",
    "understanding",
]

Understood = Callable[[str, str], bool]


def local_schema(
    dictionary: Dictionary,
    dialect: Dialect,
    reading: Reading,
    *,
    schemas: Sequence[str] | None = None,
    understood: Understood | None = None,
) -> LocalSchema:
    """The schema that follows from a dictionary, the same for any order of what it holds.

    `schemas` are those that are wanted, as the source spells them; None takes all. `understood` tells whether
    PostgreSQL takes a second statement after a first (`understanding` asks a server); without it no column is computed
    by PostgreSQL: all of them are ordinary ones.

    Raises SettingsError for a schema that is not there, for none with a table, for two names that become one, and for
    types that there is nothing for; all of them at once.
    """
    notes = Notes()
    chosen = chosen_schemas(dictionary, schemas)
    taken = taken_tables(dictionary, chosen, dialect, reading, notes)
    tables = unified(taken.tables, notes)
    return _Making(tables, taken.sequences, dialect, reading, understood, notes).schema(dictionary, taken.schemas)


class _Making:
    """What is decided on the way, each thing after what it needs."""

    def __init__(
        self,
        tables: Sequence[LocalTable],
        sequences: Mapping[tuple[str, str], Name],
        dialect: Dialect,
        reading: Reading,
        understood: Understood | None,
        notes: Notes,
    ) -> None:
        self._tables = tables
        self._sequences = sequences
        self._dialect = dialect
        self._case = reading.case
        self._understood = understood
        self._notes = notes
        self._known = {
            table.name: Known({there: one.name for there, one in table.fetched.items()}, sequences, table.remote.schema)
            for table in tables
        }
        self._generated = {table.name: dict(self._computed(table)) for table in tables}
        self._keys = [*self._all_keys()]
        self._foreign_keys: dict[Name, list[LocalForeignKey]] = defaultdict(list)
        for key in foreign_keys(tables, self._keys, self._is_generated, self._case, notes):
            self._foreign_keys[key.table.name].append(key)
        self._named_keys: dict[Name, list[tuple[LocalKey, str]]] = defaultdict(list)
        self._numbered: dict[Name, dict[str, Name]] = defaultdict(dict)
        self._name_relations()

    def schema(self, dictionary: Dictionary, schemas: Sequence[str]) -> LocalSchema:
        pre_data = [*(ddl.schema(name) for name in schemas), *self._make_sequences(dictionary)]
        for table in self._tables:
            pre_data += self._make_table(table)
        post_data = [ddl.key(key, name) for table in self._tables for key, name in self._named_keys[table.name]]
        checks, keys = self._constraints()
        positions = {
            self._sequences[one.schema, one.name]: ddl.position(one)
            for one in dictionary.sequences
            if (one.schema, one.name) in self._sequences
        }
        return LocalSchema(
            schemas=tuple(schemas),
            pre_data=tuple(pre_data),
            post_data=(*post_data, *checks, *keys),
            tables=tuple(self._tables),
            notes=(*dictionary.notes, *self._notes.texts),
            numberings=(
                *(Numbering(name, positions[name]) for name in sorted(positions) if positions[name] is not None),
                *(
                    Numbering(name, None, table.name, column)
                    for table in self._tables
                    for column, name in self._numbered[table.name].items()
                ),
            ),
        )

    def _computed(self, table: LocalTable) -> Iterator[tuple[str, str]]:
        """The columns that PostgreSQL computes, and how."""
        for column in table.columns:
            if column.remote.generated is None:
                continue
            told = self._told(table, self._dialect.expression(column.remote.generated))
            others = {one.name for one in table.columns if one.remote.generated is not None}
            if (
                told is not None
                and self._understood is not None
                and not others & {*told.columns}
                and self._understood(*ddl.generated_trial(table, column, told.sql))
            ):
                yield column.name, told.sql
            else:
                what = "Columns that the source computes, and ordinary ones here"
                self._notes.add(what, f"{table.name}.{column.name}")

    def _told(self, table: LocalTable, text: str | None) -> Expression | None:
        """The expression over the table's columns as they are called here; None if it cannot be told."""
        try:
            return None if text is None else localized(text, self._known[table.name])
        except NotTold:
            return None

    def _is_generated(self, table: LocalTable, column: str) -> bool:
        return column in self._generated[table.name]

    def _all_keys(self) -> Iterator[LocalKey]:
        for table in self._tables:
            yield from unique_keys(table, self._case, self._notes)
            yield from indexes(table, self._dialect, self._known[table.name], self._case, self._notes)

    def _name_relations(self) -> None:
        """Name what shares a schema's names with its tables: keys, indexes, and the sequences of numbered rows."""
        wishes: dict[str, list[tuple[Wanted, LocalKey | tuple[Name, str]]]] = defaultdict(list)
        taken: dict[str, set[str]] = defaultdict(set)
        for held in (*(table.name for table in self._tables), *self._sequences.values()):
            taken[held.schema].add(held.name)
        for key in self._keys:
            wishes[key.table.name.schema].append((key.wanted, key))
        for table in self._tables:
            for column in table.columns:
                if column.remote.identity and self._is_numbered(table, column):
                    called = f"{table.name.name}_{column.name}_seq"
                    wanted = Wanted(table.name.name, ("s", column.name), called, called, called)
                    wishes[table.name.schema].append((wanted, (table.name, column.name)))
        for schema, several in wishes.items():
            names = granted([wanted for wanted, _ in several], taken[schema])
            for (_, of), name in zip(several, names, strict=True):
                if isinstance(of, LocalKey):
                    self._named_keys[of.table.name].append((of, name))
                else:
                    self._numbered[of[0]][of[1]] = Name(schema, name)

    def _is_numbered(self, table: LocalTable, column: Fetched) -> bool:
        kind = parsed(column.becomes.type)
        is_number = kind.is_number and not self._is_generated(table, column.name)
        if not is_number:
            self._notes.add("Columns that the source numbers, and nothing numbers here", f"{table.name}.{column.name}")
        return is_number

    def _make_sequences(self, dictionary: Dictionary) -> Iterator[Statement]:
        remote = {(one.schema, one.name): one for one in dictionary.sequences}
        for identity, name in sorted(self._sequences.items(), key=lambda item: item[1]):
            yield ddl.sequence(name, remote[identity])

    def _make_table(self, table: LocalTable) -> Iterator[Statement]:
        primary = {name for key, _ in self._named_keys[table.name] if key.kind == "p" for name in key.columns}
        not_null = primary | {column.name for column in table.columns if column.remote.not_null}
        numbered = self._numbered[table.name]
        identities = {
            name: by
            for name, by in numbered.items()
            if any(column.name == name and parsed(column.becomes.type).is_integer for column in table.columns)
        }
        by_default = {name: by for name, by in numbered.items() if name not in identities}
        generated = self._generated[table.name]
        for by in by_default.values():
            yield Statement(f"CREATE SEQUENCE {by.sql}", f"sequence {by}")
        yield ddl.table(table, not_null=not_null, identities=identities, generated=generated)
        yield from ddl.comments(table)
        for column in table.columns:
            if column.name in by_default:
                yield from ddl.numbered(table, column, by_default[column.name])
            elif column.name not in {*numbered, *generated} and column.remote.default is not None:
                yield from self._default(table, column)

    def _default(self, table: LocalTable, column: Fetched) -> Iterator[Statement]:
        text = self._dialect.default(column.remote, column.becomes.type)
        told = self._told(table, text)
        if told is not None and not told.columns:
            yield ddl.default(table, column, told.sql)
        elif text is not None or (column.remote.default or "").strip("() ").upper() not in ("", "NULL"):
            self._notes.add("Defaults left out, as they have no equal in PostgreSQL", f"{table.name}.{column.name}")

    def _constraints(self) -> tuple[list[Statement], list[Statement]]:
        """Checks and foreign keys, whose names no other constraint of their table may have."""
        checks: list[Statement] = []
        keys: list[Statement] = []
        for table in self._tables:
            told = [*self._checks(table)]
            mine = self._foreign_keys[table.name]
            taken = {name for key, name in self._named_keys[table.name] if key.kind != "i"}
            # From release 18 on, NOT NULL has a name as well.
            taken |= {f"{table.name.name}_{column.name}_not_null" for column in table.columns}
            names = granted([*(wanted for wanted, _ in told), *(key.wanted for key in mine)], taken)
            checks += (ddl.check(table, name, sql) for (_, sql), name in zip(told, names, strict=False))
            keys += (ddl.foreign_key(key, name) for key, name in zip(mine, names[len(told) :], strict=True))
        return checks, keys

    def _checks(self, table: LocalTable) -> Iterator[tuple[Wanted, str]]:
        for check in table.remote.checks:
            told = self._told(table, self._dialect.expression(check.condition))
            if told is None:
                what = "Checks left out, as they have no equal in PostgreSQL"
                self._notes.add(what, f"{table.name} ({check.name})")
            else:
                yield self._wanted_check(table, check, told), told.sql

    def _wanted_check(self, table: LocalTable, check: RemoteCheck, told: Expression) -> Wanted:
        of_one = told.columns if len(told.columns) == 1 else ()
        default = "_".join((table.name.name, *of_one, "check"))
        return Wanted(table.name.name, ("c", told.sql), folded(check.name, self._case), check.name, default)
