"""What must hold of a database that devdb filled before it may take the dev database's place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from devdb.catalog import source as catalog
from devdb.catalog.model import Source, Table
from devdb.errors import CheckFailed
from devdb.server.connection import Connection
from devdb.server.snapshot import Snapshot
from devdb.sqltext.templates import Templates

_SHOWN = 20


def tables_fit(made: Connection, templates: Templates, source: Source, *, schema_file: Path) -> None:
    """The tables made from `schema_file` must be those of the source today, column by column. Raises CheckFailed."""
    # Partitions follow their root. A foreign table of the source is an ordinary one here.
    here = catalog.read_shapes(made, templates, source.schemas)
    differences = []
    for table in source.tables:
        if table.partition_root is not None:
            continue
        columns = {column.name: column.type for column in table.columns}
        mine = here.pop(table.name, None)
        if mine is None:
            differences.append(f"table {table.name} is new")
            continue
        for name in dict.fromkeys((*columns, *mine)):
            if columns.get(name) != mine.get(name):
                now = f"is now {columns[name]}" if name in columns else "is gone"
                differences.append(f"column {table.name}.{name} {now if name in mine else 'is new'}")
    differences += [f"table {name} is gone" for name in here]
    if differences:
        raise CheckFailed(
            f"the source is no longer as {schema_file} says: {_listed(differences, '; ')}",
            hint="write it anew with update-dev-db-schema",
        )


def none_rewritten(snapshot: Snapshot, templates: Templates, tables: Iterable[Table]) -> None:
    """None of these tables, which were read from the snapshot, may have been emptied since. Raises CheckFailed."""
    with snapshot.lock:
        found = catalog.rewritten(snapshot.connection, templates, {table.oid for table in tables})
    if found:
        raise CheckFailed(
            "written anew at the source while it was read, so that rows may be missing: "
            f"{_listed([str(name) for name in found], ', ')}",
            hint="run again when nothing is at TRUNCATE, ALTER TABLE, CLUSTER or VACUUM FULL there",
        )


def objects_complete(
    made: Connection,
    source: Connection,
    templates: Templates,
    schemas: tuple[str, ...],
    warn: Callable[[str], None],
    *,
    among: Collection[tuple[str, str]] | None = None,
) -> None:
    """Every object of the source's schemas must be there, or those `among` these types and identities.

    Raises CheckFailed; `warn` hears of policies left out.
    """
    wanted = catalog.read_objects(source, templates, schemas) - catalog.read_objects(made, templates, schemas)
    wanted = wanted if among is None else wanted.intersection(among)
    missing = sorted(f"{kind} {identity}" for kind, identity in wanted if kind != "policy")
    if missing:
        raise CheckFailed(
            f"{len(missing)} objects of the source are missing in the dev database: {_listed(missing, ', ')}",
            hint="if they are newer than schema.sql, write it anew with update-dev-db-schema",
        )
    for kind, identity in sorted(wanted):
        warn(f"missing in the dev database: {kind} {identity}")


def _listed(items: list[str], separator: str) -> str:
    return separator.join([*items[:_SHOWN], *(["…"] if len(items) > _SHOWN else [])])
