"""What only a server can tell of a graph: which rows a condition is true of, what comes first, what a table holds."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg
from foreign_key_graphs import SEED, Graph, Table
from graph_sql import column_names
from sample_model import Sample, sample

from devdb.catalog import source as catalog
from devdb.catalog.model import Table as Known
from devdb.sampling.hashing import row_hash
from devdb.sampling.rules import BOOKKEEPING
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

# A row: the partition it lies in, and the texts of its columns.
Rows = Counter[tuple[str | None, ...]]


def expected(source: psycopg.Connection[Any], graph: Graph) -> Sample:
    """The sample that the settings ask for."""
    known = _known(source)
    hashes = {table: row_hash(known[str(table)], SEED, "f") for table in graph.tables}
    seeds = {table: _seeds(source, graph, table, hashes[table]) for table in graph.tables}
    ranked = {}
    for reference in graph.references:
        if (follow := reference.follow) is not None:
            query = f"SELECT n FROM {reference.child.sql} AS f"
            query += f" WHERE (\n{follow.where}\n)" if follow.where else ""
            query += " ORDER BY " + (f"{follow.order_by}\n, " if follow.order_by else "") + hashes[reference.child]
            ranked[reference.name] = _positions(reference.child, source.execute(query.encode()).fetchall())
    return sample(graph, seeds, ranked)


def rows(connection: psycopg.Connection[Any], table: Table) -> Rows:
    """The rows that a table holds."""
    columns = ", ".join(f"whole.{ident(name)}::text" for name in column_names(table))
    query = f"SELECT whole.tableoid::regclass::text, {columns} FROM {table.sql} AS whole"
    return Counter(connection.execute(query.encode()).fetchall())


def sampled(source: psycopg.Connection[Any], table: Table, wanted: Sample) -> Rows:
    """The rows of a table of the source that are wanted, with NULL where the sample says so."""
    names = ["tableoid", *column_names(table)]
    by_n = {row[1]: row for row in rows(source, table)}
    found: Rows = Counter()
    for n in wanted.positions(table):
        nulled = wanted.nulled.get((table, n), set())
        row = by_n[str(table.rows[n].shown)]
        found[tuple(None if name in nulled else text for name, text in zip(names, row, strict=True))] += 1
    return found


def _seeds(source: psycopg.Connection[Any], graph: Graph, table: Table, hashed: str) -> set[int]:
    """The rows that the table's rule chooses, or that the command line names."""
    where, tail = "true", ""
    said = [condition for seeded, condition in graph.seeds if seeded is table]
    if said:
        where = " OR ".join(said)
    elif graph.seeds and table.name not in BOOKKEEPING:
        where = "false"
    elif isinstance(table.rule, dict):
        where = table.rule.get("where", "true")
        if "limit" in table.rule:
            order = [table.rule["order_by"]] if "order_by" in table.rule else []
            tail = f"ORDER BY {', '.join([*order, hashed])} LIMIT {table.rule['limit']}"
        if "percent" in table.rule:
            where = f"({where}\n) AND {hashed} & {2**63 - 1} < {int(2**63 * table.rule['percent'] / 100)}"
    elif table.rule in ("none", "empty"):
        where = "false"
    query = f"SELECT n FROM {table.sql} AS f WHERE (\n{where}\n) {tail}"
    return set(_positions(table, source.execute(query.encode()).fetchall()))


def _positions(table: Table, shown: list[tuple[int]]) -> list[int]:
    """The positions of rows by what they show, each once."""
    at: dict[int, list[int]] = {}
    for row in table.rows:
        at.setdefault(row.shown, []).append(row.n)
    return [position for n in dict.fromkeys(n for (n,) in shown) for position in at[n]]


def _known(source: psycopg.Connection[Any]) -> dict[str, Known]:
    templates = Templates()
    database = catalog.read_database(source, templates)
    found = catalog.read(source, templates, database=database, schemas=None)
    return {str(table.name): table for table in found.tables}
