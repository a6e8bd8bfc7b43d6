"""Read what a source contains: a fixed number of read-only questions, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from devdb.catalog import model
from devdb.catalog.graph import components
from devdb.catalog.model import Column, Database, ForeignKey, Name, Source, Table, UniqueKey
from devdb.errors import Refused, SettingsError
from devdb.server.connection import raise_if_lost, refused
from devdb.settings.complaints import nearest
from devdb.sqltext.templates import Templates

_VIEWS = "vm"

# Around a question; part of a transaction that is under way, or not.
_ALONE = ("BEGIN", "ROLLBACK")
_WITHIN = ("SAVEPOINT devdb_ask", "ROLLBACK TO SAVEPOINT devdb_ask; RELEASE SAVEPOINT devdb_ask")


def ask(connection: psycopg.Connection[Any], templates: Templates, name: str, **parameters: object) -> list[Any]:
    """The answer to the question `name`, a template of ours: rows with their columns as attributes.

    Raises ScriptFailed when the server refuses to answer, ConnectionFailed when it is gone.
    """
    script = templates.render(name, **parameters)
    assert script.text is not None
    is_idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    begin, end = _ALONE if is_idle else _WITHIN
    try:
        with connection.cursor(row_factory=namedtuple_row) as cursor:
            # In one journey: the source may be far. Types are spelled by what the search path shows: with their schema,
            # whatever that of this user or database is.
            cursor.execute(f"{begin}; SET LOCAL search_path = pg_catalog; {script.text}\n; {end}".encode())
            while cursor.description is None and cursor.nextset():
                pass
            return cursor.fetchall()
    except psycopg.Error as exc:
        raise_if_lost(connection, exc)
        connection.execute(end.encode())
        raise refused(exc, path=script.name) from exc


def read_database(connection: psycopg.Connection[Any], templates: Templates) -> Database:
    """Facts of the database that `connection` is connected to."""
    (row,) = ask(connection, templates, "catalog/database.sql")
    values = {**row._asdict(), "schemas": tuple(row.schemas)}
    return Database(**values)


def read(
    connection: psycopg.Connection[Any],
    templates: Templates,
    *,
    database: Database,
    schemas: Sequence[str] | None,
) -> Source:
    """The tables, foreign keys and sequences of `schemas`; None takes all but the system's.

    Raises SettingsError for a schema that is not there, and Refused when a chosen table refers to one that is not
    chosen: its rows could not be closed over their keys.
    """
    for schema in schemas or ():
        if schema not in database.schemas:
            raise SettingsError(
                f"the source has no schema {schema!r}",
                hint=nearest(schema, database.schemas) or f"its schemas are {', '.join(database.schemas)}",
            )
    chosen = tuple(database.schemas if schemas is None else dict.fromkeys(schemas))
    columns: dict[int, list[Column]] = {}
    for row in ask(connection, templates, "catalog/columns.sql", schemas=chosen):
        values = row._asdict()
        columns.setdefault(values.pop("table_oid"), []).append(Column(**values))
    relations = ask(connection, templates, "catalog/tables.sql", schemas=chosen)
    tables = tuple(
        Table(
            oid=row.oid,
            name=Name(row.schema, row.name),
            kind=row.kind,
            row_estimate=None if row.row_estimate < 0 else int(row.row_estimate),
            bytes=row.bytes,
            partition_root=row.partition_root,
            has_children=row.has_children,
            primary_key=tuple(row.primary_key),
            columns=tuple(columns.get(row.oid, ())),
            unique_keys=tuple(_unique_keys(row.unique_keys, columns.get(row.oid, ()))),
            partition_columns=tuple(row.partition_columns),
            may_enter=row.may_enter,
            may_read=row.may_read,
        )
        for row in relations
        if row.kind not in _VIEWS
    )
    return Source(
        database=database,
        schemas=chosen,
        tables=tables,
        foreign_keys=tuple(_keys(ask(connection, templates, "catalog/keys.sql", schemas=chosen), tables, chosen)),
        sequences=tuple(
            model.Sequence(
                name=Name(row.schema, row.name),
                increment=row.increment,
                minimum=row.minimum,
                maximum=row.maximum,
                owner=None if row.owner_table is None else (Name(row.owner_schema, row.owner_table), row.owner_column),
            )
            for row in ask(connection, templates, "catalog/sequences.sql", schemas=chosen)
        ),
        materialized_views=_refresh_order(ask(connection, templates, "catalog/materialized_views.sql", schemas=chosen)),
        views={Name(row.schema, row.name): row.kind for row in relations if row.kind in _VIEWS},
    )


def lock_count(connection: psycopg.Connection[Any], templates: Templates, schemas: Sequence[str]) -> int:
    """How many locks a transaction takes that creates or drops all of `schemas`."""
    (row,) = ask(connection, templates, "catalog/locks.sql", schemas=tuple(schemas))
    return int(row.locks)


def rewritten(connection: psycopg.Connection[Any], templates: Templates, oids: Iterable[int]) -> list[Name]:
    """Those of the tables whose rows the connection's transaction, older than the rows' files, may not see any more."""
    chosen = tuple(oids)
    rows = ask(connection, templates, "catalog/rewritten.sql", oids=chosen) if chosen else ()
    return [Name(row.schema, row.name) for row in rows]


def read_shapes(
    connection: psycopg.Connection[Any], templates: Templates, schemas: Sequence[str]
) -> dict[Name, dict[str, str]]:
    """The types of every table's columns, of tables that are no partition of another."""
    rows = ask(connection, templates, "catalog/shapes.sql", schemas=tuple(schemas))
    return {Name(row.schema, row.name): dict(zip(row.columns, row.types, strict=True)) for row in rows}


def read_objects(
    connection: psycopg.Connection[Any], templates: Templates, schemas: Sequence[str]
) -> set[tuple[str, str]]:
    """Every object of `schemas` as (type, identity), in PostgreSQL's own words (pg_identify_object)."""
    rows = ask(connection, templates, "catalog/objects.sql", schemas=tuple(schemas))
    return {(row.type, row.identity) for row in rows}


def _refresh_order(views: Sequence[Any]) -> tuple[Name, ...]:
    """The materialized views to fill: those filled at the source, and those that these read, which come first."""
    by_oid = {view.oid: view for view in views}
    reads = {oid: [other for other in view.reads if other in by_oid] for oid, view in by_oid.items()}
    needed = {oid for oid, view in by_oid.items() if view.is_materialized and view.is_populated}
    todo = list(needed)
    while todo:
        for other in reads[todo.pop()]:
            if other not in needed:
                needed.add(other)
                todo.append(other)
    ordered = (by_oid[oid] for component in components(reads) for oid in component if oid in needed)
    return tuple(Name(view.schema, view.name) for view in ordered if view.is_materialized)


def _unique_keys(rows: Sequence[Any], columns: Iterable[Column]) -> Iterator[UniqueKey]:
    base_types = {column.name: column.base_type for column in columns}
    for names, equals, types in rows:
        # An operator of any array, enum or range compares values of the column's own type.
        compared = (named or base_types[name] for name, named in zip(names, types, strict=True))
        yield UniqueKey(tuple(names), tuple(equals), tuple(compared))


def _keys(rows: Sequence[Any], tables: Sequence[Table], chosen: Sequence[str]) -> Iterator[ForeignKey]:
    by_oid = {table.oid: table for table in tables}
    outside = sorted({row.parent_schema for row in rows if row.parent_schema not in chosen})
    if outside:
        examples = [f"{by_oid[row.child].name} ({row.name})" for row in rows if row.parent_schema in outside]
        raise Refused(
            f"tables of the chosen schemas refer to tables outside of them: {', '.join(examples[:5])}",
            hint=f"add {', '.join(outside)} to source.schemas",
        )
    for row in rows:
        # A key of, or to, a member of an extension: CREATE EXTENSION brings the table and its rows.
        if row.child in by_oid and row.parent in by_oid:
            parent = by_oid[row.parent]
            types = zip(row.compared_types, row.parent_columns, strict=True)
            yield ForeignKey(
                name=row.name,
                child=by_oid[row.child],
                child_columns=tuple(row.child_columns),
                parent=parent,
                parent_columns=tuple(row.parent_columns),
                equals=tuple(row.equals),
                parent_equals=tuple(row.parent_equals),
                # An operator of any array, enum or range compares values of the column's own type.
                compared_types=tuple(named or parent.column[column].base_type for named, column in types),
                is_validated=row.is_validated,
                match_full=row.match_full,
            )
