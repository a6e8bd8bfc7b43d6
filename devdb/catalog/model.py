"""What a source contains, as values: tables, columns, foreign keys, sequences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from devdb.sqltext.quoting import ident, literal

_DEFAULT_COLLATION = 'pg_catalog."default"'


@dataclass(frozen=True, order=True)
class Name:
    """A schema-qualified name, unquoted. `str()` is for people, `sql` for statements."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        return f"{ident(self.schema)}.{ident(self.name)}"

    @property
    def regclass(self) -> str:
        """SQL of the relation's OID. Text becomes a regclass by rules of its own, which know no U&"…"."""
        return f"pg_catalog.format('%I.%I', {literal(self.schema)}, {literal(self.name)})::regclass"


@dataclass(frozen=True)
class Column:
    """A column. `base_type` is the type without domain and length, spelled so that it can stand in a cast; `sized_type`
    is without domain, but with the length.

    `collation` is quoted SQL, and None for the default one; not `is_deterministic` if different texts are equal by it.
    """

    name: str
    type: str
    base_type: str
    sized_type: str
    base_kind: str
    base_schema: str
    is_array: bool
    is_domain: bool
    not_null: bool
    is_generated: bool
    identity: str
    collation: str | None
    is_deterministic: bool = True

    @property
    def is_builtin(self) -> bool:
        return self.base_schema == "pg_catalog"

    @property
    def is_sendable(self) -> bool:
        """Whether a wrapper sends a comparison of it with any of many values.

        Not of the source's own types. Nor of an extension's: arrays of them are no members of the extension. Arrays
        cannot be compared so: an array of arrays is one array of more dimensions.
        """
        return self.is_builtin and not self.is_array


@dataclass(frozen=True)
class UniqueKey:
    """Columns that name a row. `equals` are the operators that compare two values, as values of `compared_types`."""

    columns: tuple[str, ...]
    equals: tuple[str, ...]
    compared_types: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of the source. `row_estimate` is the planner's, None when the table was never analyzed.

    `kind` is pg_class.relkind: r a table, p a partitioned one, f a foreign one. `partition_root` is the topmost parent
    of a partition. `has_children` tells a parent of legacy inheritance: a plain SELECT of it returns its children's
    rows too. `unique_keys` begins with the primary key; those of a partition are not told. `partition_columns`
    decide where a row of it lies. `may_enter` and `may_read` tell what the source's user may do: enter the schema, read
    all columns.

    It `is_distant` if the rows that a query of it finds come through a wrapper, which may send conditions that the
    source understands in another way, or not at all; but lists of whole numbers, if it `heeds_lists`.

    How a load treats it: `reads` is SQL, over the foreign table's row f, of columns that are not fetched as they are.
    `masks` is SQL, over the source's row f, of what is read in place of a column. With a `stage`,
    the name of a temporary table, rows wait there for the keys to be complete, and `settles` is what is then done to
    those of its columns, rows again called f, that had to be raw until then. `shuffled` columns then get the values of
    other rows: name, and SQL of two orders of the rows r of the stage.
    """

    oid: int
    name: Name
    kind: str
    row_estimate: int | None
    bytes: int
    partition_root: int | None
    has_children: bool
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...] = field(repr=False)
    unique_keys: tuple[UniqueKey, ...] = field(default=(), repr=False)
    partition_columns: tuple[str, ...] = ()
    may_enter: bool = True
    may_read: bool = True
    is_distant: bool = False
    heeds_lists: bool = False
    reads: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    masks: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    stage: str | None = field(default=None, compare=False)
    settles: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    shuffled: tuple[tuple[str, str, str], ...] = field(default=(), compare=False)

    @cached_property
    def column(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def is_filled(self) -> bool:
        """Rows are put into this one: not into partitions (their root routes rows) nor into foreign tables."""
        return self.kind in "rp" and self.partition_root is None

    @property
    def loaded_columns(self) -> tuple[str, ...]:
        """The columns that a load names: all but generated ones."""
        return tuple(column.name for column in self.columns if not column.is_generated)

    @property
    def only(self) -> str:
        """The table as FROM names it when its own rows alone are meant, as foreign keys mean them."""
        return f"ONLY {self.name.sql}" if self.has_children else self.name.sql

    @property
    def at_source(self) -> str:
        """SQL: the table's own rows as FROM names them at the source, whatever is then said of them."""
        return f"(SELECT * FROM {self.only} OFFSET 0)" if self.is_distant else self.only

    def some_at_source(self, rows: int) -> str:
        """As `at_source`; so many rows of a distant table at most."""
        return f"(SELECT * FROM {self.only} LIMIT {rows})" if self.is_distant else self.only

    @property
    def filled(self) -> str:
        """SQL: what a load puts rows into until the keys are complete."""
        return self.name.sql if self.stage is None else f"pg_temp.{ident(self.stage)}"

    @property
    def held(self) -> str:
        """SQL: the table as FROM names it while a load looks for keys in the rows that it brought."""
        return self.only if self.stage is None else self.filled

    @property
    def raw(self) -> str:
        """SQL: the columns that a load names, of the foreign table's row f, as they are at the source."""
        return _replaced(self.loaded_columns, self.reads)

    @property
    def masked(self) -> str:
        """SQL: the columns that a load names, of the source's row f, masked on the way."""
        return _replaced(self.loaded_columns, self.masks)

    @property
    def settled(self) -> str:
        """SQL: the columns that a load names, of the stage's row f, none raw any more."""
        return _replaced(self.loaded_columns, self.settles)


def _replaced(columns: Iterable[str], by: Mapping[str, str]) -> str:
    return ", ".join(f"{by[name]} AS {ident(name)}" if name in by else f"f.{ident(name)}" for name in columns)


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key, declared in the schema or virtual; `child` refers to `parent`, column by column.

    `equals` are the operators that compare a parent's column with the child's, `parent_equals` those that compare two
    of the parent's, as values of `compared_types` (text, where the column is a varchar).

    Only a virtual key has these: `values`, SQL over the child's bare column names, one for each of `parent_columns`
    (None when they are plain columns, as those of declared keys are); `when`, the condition over the same names under
    which a row refers to anything; `each`, which says that the value is an array, whose elements refer. `child_columns`
    are then the columns that the values mention, and `when_columns` those of the condition.
    """

    name: str
    child: Table
    child_columns: tuple[str, ...]
    parent: Table
    parent_columns: tuple[str, ...]
    equals: tuple[str, ...]
    parent_equals: tuple[str, ...]
    compared_types: tuple[str, ...]
    is_validated: bool
    match_full: bool = False
    is_virtual: bool = False
    values: tuple[str, ...] | None = None
    when: str | None = None
    when_columns: tuple[str, ...] = ()
    each: bool = False

    def __str__(self) -> str:
        return f"{self.child.name} ({', '.join(self.child_columns)}) -> {self.parent.name} ({self.name})"

    @property
    def read_columns(self) -> tuple[str, ...]:
        """The child's columns that tell what a row refers to, each once."""
        return tuple(dict.fromkeys((*self.child_columns, *self.when_columns)))

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns by which a person finds a row that violates the key."""
        return tuple(dict.fromkeys((*self.child.primary_key, *self.read_columns)))

    def value(self, parent_column: str, reference: str) -> str:
        """SQL: the child's value for `parent_column`, found at `reference`, as it is compared: type and collation."""
        position = self.parent_columns.index(parent_column)
        parent = self.parent.column[parent_column]
        child = self.child.column[self.child_columns[position]]
        collate = "" if child.collation == parent.collation else f" COLLATE {parent.collation or _DEFAULT_COLLATION}"
        return f"{reference}::{self.compared_types[position]}{collate}"

    def joined(self, parent: str, child: str) -> str:
        """SQL: the condition under which the row `child` refers to the row `parent`."""
        terms = []
        for name, equals, mine in zip(self.parent_columns, self.equals, self.child_columns, strict=True):
            value = reference = f"{child}.{ident(mine)}"
            if self.parent.column[name].collation != self.child.column[mine].collation:
                # Between two collations PostgreSQL would not choose; the key compares by its parent's.
                value = self.value(name, reference)
            terms.append(f"{parent}.{ident(name)} {equals} {value}")
        return " AND ".join(terms)


@dataclass(frozen=True)
class Sequence:
    """A sequence; `owner` is the column that it belongs to (serial, identity), None for a free one."""

    name: Name
    increment: int
    minimum: int
    maximum: int
    owner: tuple[Name, str] | None


@dataclass(frozen=True)
class Database:
    """Facts of one database. `version` as server_version_num, `extensions` maps a name to its schema."""

    system_identifier: str
    name: str
    oid: int
    version: int
    encoding: str
    lc_collate: str
    lc_ctype: str
    timezone: str
    port: int
    is_local_socket: bool
    socket_directories: str | None
    is_superuser: bool
    schemas: tuple[str, ...]
    extensions: Mapping[str, str]
    large_objects: int

    def is_same_as(self, other: Database) -> bool:
        """The same database of the same system; a standby has its primary's identifier."""
        return (self.system_identifier, self.name) == (other.system_identifier, other.name)


@dataclass(frozen=True)
class Source:
    """A source's tables and keys, as read at one time. `schemas` are the chosen ones.

    `materialized_views` are those that hold rows at the source, each after those that it reads. `views` are all views,
    with their kind: v a view, m a materialized one. `whole` is the source of which this one is a part; None: it is all.
    """

    database: Database
    schemas: tuple[str, ...]
    tables: tuple[Table, ...]
    foreign_keys: tuple[ForeignKey, ...]
    sequences: tuple[Sequence, ...]
    materialized_views: tuple[Name, ...]
    views: Mapping[Name, str] = field(default_factory=dict, repr=False)
    whole: Source | None = field(default=None, repr=False)

    @property
    def complete(self) -> Source:
        """The source with all that it has: what settings may speak of, though it is not taken."""
        return self.whole or self

    @cached_property
    def by_oid(self) -> Mapping[int, Table]:
        return {table.oid: table for table in self.tables}

    @property
    def filled_tables(self) -> tuple[Table, ...]:
        return tuple(table for table in self.tables if table.is_filled)

    def bytes_of(self, table: Table) -> int:
        """How large the table is, with its partitions."""
        return table.bytes + sum(other.bytes for other in self.tables if other.partition_root == table.oid)

    def root(self, table: Table) -> Table:
        """The table into which rows of `table` are put: itself, or the root of the partition that it is."""
        return table if table.partition_root is None else self.by_oid[table.partition_root]
