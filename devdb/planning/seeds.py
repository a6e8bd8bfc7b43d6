"""How many seed rows each rule chooses, and a random few of them to see what hangs on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from devdb.catalog.model import Name, Source, Table
from devdb.planning.statistics import Statistics, TableStatistics, explained
from devdb.sampling import rules
from devdb.server.connection import Connection, raise_if_lost, refused
from devdb.settings import Rule

# Rows of a rule that are looked at; fewer than these are looked at all.
SEEDS = 1024

# In the planner's units: a scan of about a million rows. What costs more is estimated from some blocks of the table.
_COST_OF_ONE = 60_000
_COST_OF_ALL = 600_000
# Costs so little that it needs no permission.
_CHEAP = 1_000

# Rows that are read for each that is looked at, so that these do not all come from the same few blocks.
_SPREAD = 50
_MOST_READ = 200_000
# From so many rows on that meet a condition, their share in the blocks read says more than the planner.
_ENOUGH = 20

Place = tuple[int, str]  # the table's OID and the ctid: a row, within one snapshot


@dataclass(frozen=True)
class Seeds:
    """The seed rows of one table: how many (`is_counted`, or estimated), and some of them, chosen at random."""

    table: Table
    rows: float
    is_counted: bool
    some: Sequence[Place]


def look(
    connection: Connection, source: Source, chosen: Mapping[Name, Rule], statistics: Statistics, *, seed: int
) -> list[Seeds]:
    """The seeds of every table whose rule chooses rows. Raises ScriptFailed when a rule fails on the rows it meets."""
    found = []
    left = float(_COST_OF_ALL)
    for table in source.filled_tables:
        rule = chosen[table.name]
        if rule.kind in ("none", "empty"):
            continue
        try:
            with connection.transaction():
                seeds, cost = _look(connection, table, rule, statistics.of(table), seed=seed, affordable=left)
        except psycopg.errors.QueryCanceled:
            rows = _planned(connection, table, rule, statistics.of(table))
            seeds, cost = Seeds(table, rows, is_counted=False, some=()), _COST_OF_ONE
        except psycopg.Error as exc:
            raise_if_lost(connection, exc)
            raise refused(
                exc, path=rule.path or "the settings", line=rule.line, what=f"the rule for {table.name}"
            ) from exc
        left -= cost
        found.append(seeds)
    return found


def _look(
    connection: Connection, table: Table, rule: Rule, known: TableStatistics, *, seed: int, affordable: float
) -> tuple[Seeds, float]:
    """Returns what the look cost as well."""
    query = _query(table, rule, seed=seed)
    cost = float(explained(connection, query)["Total Cost"])
    of_few = _of(rule, known.rows) <= 2 * SEEDS
    is_wanted = rule.where is not None or rule.order_by is not None or of_few
    if cost <= _CHEAP or (is_wanted and cost <= min(_COST_OF_ONE, affordable)):
        rows, some = _counted(connection, query)
        return Seeds(table, rows, is_counted=True, some=some), cost
    return _sampled(connection, table, rule, known, seed=seed), 0.0


def _query(table: Table, rule: Rule, *, seed: int) -> str:
    """The rule's rows as the run takes them, at the source itself."""
    # The source is asked for the table's own rows by ONLY, where a foreign table needs a condition.
    alone = dataclasses.replace(table, has_children=False)
    take = rules.take(alone, rule, table.name, seed=seed)
    query = f"SELECT f.tableoid::bigint AS o, f.ctid AS i FROM {table.only} AS f"
    query += f"\nWHERE {take.where}" if take.where is not None else ""
    query += f"\nORDER BY\n{take.order_by}\n" if take.order_by is not None else ""
    return query + (f"\nLIMIT {take.limit}" if take.limit is not None else "")


def _counted(connection: Connection, query: str) -> tuple[int, list[Place]]:
    rows = connection.execute(
        f"WITH wanted AS MATERIALIZED (\n{query}\n)\n"
        "SELECT pg_catalog.count(*) OVER (), o, i::text FROM wanted "
        f"ORDER BY pg_catalog.hashtext(i::text), o LIMIT {SEEDS}".encode()
    ).fetchall()
    return (int(str(rows[0][0])) if rows else 0), [(int(str(oid)), str(tid)) for _, oid, tid in rows]


def _sampled(connection: Connection, table: Table, rule: Rule, known: TableStatistics, *, seed: int) -> Seeds:
    """From some blocks of the table."""
    if not known.rows:
        return Seeds(table, 0, is_counted=False, some=())
    planned = _planned(connection, table, Rule.of({"where": rule.where}) if rule.where else Rule.of("all"), known)
    to_read = min(_MOST_READ, SEEDS * _SPREAD * known.rows / max(planned, 1))
    share = min(100.0, 100 * to_read / known.rows)
    condition = f"(\n{rule.where}\n) IS TRUE" if rule.where is not None else "true"
    rows: list[tuple[object, ...]] = []
    # The same block numbers of each partition are chosen, which may be none.
    while not rows and share <= 100:
        rows = _blocks(connection, table, condition, share=share, seed=seed)
        share = min(100.0, share * 10) if share < 100 else 101.0
    some = [(int(str(oid)), str(tid)) for _, _, wanted, oid, tid in rows if wanted]
    matching = float(planned)
    if rows and rule.where is not None:
        read, wanted = int(str(rows[0][0])), int(str(rows[0][1]))
        if wanted >= _ENOUGH or read >= known.rows:
            matching = known.rows * wanted / read
    taken = _of(rule, matching)
    return Seeds(table, taken, is_counted=False, some=some[: max(1, round(taken))])


def _blocks(
    connection: Connection, table: Table, condition: str, *, share: float, seed: int
) -> list[tuple[object, ...]]:
    """Rows of so many percent of the blocks: their number, the number of wanted ones, whether it is, and its place."""
    return connection.execute(
        f"WITH sample AS MATERIALIZED (SELECT f.tableoid::bigint AS o, f.ctid AS i, {condition} AS wanted "
        f"FROM {table.only} AS f TABLESAMPLE SYSTEM ({share:.6g}) REPEATABLE ({seed % 1000}))\n"
        "SELECT pg_catalog.count(*) OVER (), pg_catalog.count(*) FILTER (WHERE wanted) OVER (), wanted, o, i::text "
        f"FROM sample ORDER BY wanted DESC, pg_catalog.hashtext(i::text), o LIMIT {SEEDS}".encode()
    ).fetchall()


def _planned(connection: Connection, table: Table, rule: Rule, known: TableStatistics) -> float:
    if rule.where is None:
        return _of(rule, known.rows)
    rows = explained(connection, f"SELECT FROM {table.only} AS f WHERE (\n{rule.where}\n)")["Plan Rows"]
    return _of(rule, float(rows))


def _of(rule: Rule, matching: float) -> float:
    """What the rule takes of so many rows that meet its condition."""
    if rule.limit is not None:
        return min(float(rule.limit), matching)
    return matching * rule.percent / 100 if rule.percent is not None else matching
