"""From the settings' rules to the SQL that takes each table's seed rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from devdb.catalog.model import Name, Source, Table
from devdb.sampling import references
from devdb.sampling.fetching import Fetching, Queries, all_rows, is_text, remote_spread, share, spread
from devdb.sampling.hashing import row_hash
from devdb.sampling.orders import Ordered, plain_order
from devdb.settings import Rule, Settings
from devdb.sqltext.quoting import ident, literal

# Tables in which migration tools keep their books, in lower case. Without their rows a dev database looks as if no
# migration had ever run.
BOOKKEEPING = frozenset({
    "django_migrations",
    "alembic_version",
    "flyway_schema_history",
    "schema_migrations",
    "ar_internal_metadata",
    "databasechangelog",
    "databasechangeloglock",
    "_prisma_migrations",
    "goose_db_version",
    "knex_migrations",
    "__efmigrationshistory",
})  # fmt: skip

# The range that a masked hash spans: bigint without its sign.
_HASHES = 2**63


@dataclass(frozen=True)
class Take:
    """How the seed rows of one table are read: SELECT columns FROM `foreign` AS f WHERE … ORDER BY … LIMIT ….

    `where`, `order_by` and `limit` are None when the SELECT has no such clause. The table's own rows alone are meant,
    not those of tables that inherit from it. `blocks`: only rows of these blocks of the table, the last one not
    included, None for its end. `among` is SQL, in FROM, of what is read in place of the whole foreign table.
    If it `is_fenced`, nothing that is said of the rows may reach the wrapper. `query` is what the foreign table is to
    be a query of meanwhile, and `whole_query` what it is of otherwise.
    """

    table: Table
    rule: Rule
    foreign: Name
    where: str | None = None
    order_by: str | None = None
    limit: int | None = None
    blocks: tuple[int, int | None] | None = None
    among: str | None = None
    is_fenced: bool = False
    query: str | None = None
    whole_query: str | None = None

    @property
    def rows(self) -> str:
        """SQL, in FROM: what the rows are read from in the dev database."""
        if self.among is not None:
            return self.among
        return all_rows(self.foreign) if self.is_fenced else self.foreign.sql

    @property
    def conditions(self) -> str | None:
        """SQL: which rows of the table are read; None for all."""
        found = [self.where] if self.where is not None else []
        if self.blocks is not None:
            first, end = self.blocks
            found.append(f"f.ctid >= '({first},0)'::pg_catalog.tid")
            if end is not None:
                found.append(f"f.ctid < '({end},0)'::pg_catalog.tid")
        return "\n  AND ".join(found) or None

    def divided(self, number: int, blocks: int) -> Iterator[Take]:
        """The take as so many, each of its share of the table's `blocks`; what was added since belongs to the last."""
        for part in range(number):
            end = None if part == number - 1 else blocks * (part + 1) // number
            yield replace(self, blocks=(blocks * part // number, end))

    @property
    def is_whole(self) -> bool:
        """Every row of the source is taken, so no key into this table can miss one."""
        return self.where is None and self.limit is None and self.among is None and self.query is None


def takes(
    source: Source,
    rules: Mapping[Name, Rule],
    settings: Settings,
    foreign: Callable[[Name], Name],
    fetching: Fetching | None = None,
) -> list[Take]:
    """One Take for each table that gets rows of its own, in the order of their names.

    `rules` are those of the filled tables; `foreign` tells the foreign table of a table. `fetching` is how rows are
    fetched from a source that arrays of keys, and PostgreSQL's hashes, cannot be sent to.
    """
    one = take if fetching is None else partial(distant_take, fetching=fetching)
    return [
        one(table, rules[table.name], foreign(table.name), seed=settings.sampling.seed)
        for table in source.filled_tables
        if rules[table.name].kind not in ("none", "empty")
    ]


def take(table: Table, rule: Rule, foreign: Name, *, seed: int) -> Take:
    """The Take that `rule` means for `table`."""
    conditions = []
    if rule.where is not None:
        # On lines of its own: the condition may end in a comment.
        conditions.append(f"(\n{rule.where}\n)")
    if rule.percent is not None and rule.percent < 100:
        share = int(_HASHES * rule.percent / 100)
        conditions.append(f"({row_hash(table, seed, 'f')} & {_HASHES - 1}) < {share}")
    return Take(
        table=table,
        rule=rule,
        foreign=foreign,
        where="\n  AND ".join(conditions) or None,
        order_by=None if rule.limit is None else references.ordering(table, rule.order_by, seed=seed, alias="f"),
        limit=rule.limit,
    )


def distant_take(table: Table, rule: Rule, foreign: Name, *, seed: int, fetching: Fetching) -> Take:
    """As `take`, where the source computes no hash of PostgreSQL's.

    By arithmetic, at the source, where the primary key is a whole number. Else its keys are read, chosen among here,
    and the rows fetched by them; all rows of a table whose keys are of no use for that.
    """
    where = None if rule.where is None else f"(\n{rule.where}\n)"
    if fetching.queries is not None:
        # The wrapper would take conditions for done.
        fenced = replace(take(table, rule, foreign, seed=seed), is_fenced=True)
        return _queried(fenced, seed, fetching.queries) or fenced
    percent = None if rule.percent is None or rule.percent >= 100 else rule.percent
    keys = [f"f.{ident(name)}" for name in table.primary_key]
    if rule.limit is not None and rule.order_by is not None:
        # What it leaves open goes by as much of the key as the source can order by.
        ordered = [
            f"f.{ident(name)}"
            for name in table.primary_key
            if fetching.wrapper.orders_texts or not is_text(table.column[name])
        ]
        order_by = "\n, ".join([rule.order_by, *ordered])
        return Take(table, rule, foreign, where=where, order_by=order_by, limit=rule.limit)
    order = spread(table, seed, "f")
    if order is not None and fetching.wrapper.computes:
        conditions = [where, None if percent is None else f"{order} < {literal(str(share(percent)))}::pg_catalog.int8"]
        return Take(
            table,
            rule,
            foreign,
            where="\n  AND ".join(filter(None, conditions)) or None,
            order_by=None if rule.limit is None else ", ".join([order, *keys]),
            limit=rule.limit,
        )
    if percent is None and rule.limit is None:
        return Take(table, rule, foreign, where=where)
    columns = tuple(table.column[name] for name in table.primary_key)
    fetch = fetching.by(foreign, columns)
    hashed = row_hash(table, seed, "f")
    condition = None if percent is None else f"({hashed} & {_HASHES - 1}) < {int(_HASHES * percent / 100)}"
    ordering = None if rule.limit is None else references.ordering(table, None, seed=seed, alias="f")
    selected = f"SELECT f.* FROM {foreign.sql} AS f" + ("" if where is None else f" WHERE {where}")
    if fetch is None or len(fetch.columns) < len(columns):
        return Take(
            table, rule, foreign, where=condition, order_by=ordering, limit=rule.limit, among=f"({selected} OFFSET 0)"
        )
    chosen = f"SELECT {', '.join(keys)} FROM {foreign.sql} AS f" + ("" if where is None else f" WHERE {where}")
    found = f"SELECT f.* FROM ({chosen} OFFSET 0) AS f"
    found += "" if condition is None else f" WHERE {condition}"
    found += "" if ordering is None else f" ORDER BY {ordering} LIMIT {rule.limit}"
    values = {column.name: f"a.{ident(column.name)}" for column in columns}
    # The keys are chosen once: each column's array is of the same ones.
    among = f"(WITH devdb_chosen AS MATERIALIZED ({found}) SELECT f.* FROM "
    among += f"{fetch.rows(values, 'FROM devdb_chosen AS a')} AS f)"
    return Take(table, rule, foreign, among=among)


def _queried(fenced: Take, seed: int, queries: Queries) -> Take | None:
    """The take, chosen by a query of the source's own; None if it cannot be, or need not."""
    table, rule, foreign = fenced.table, fenced.rule, fenced.foreign
    percent = None if rule.percent is None or rule.percent >= 100 else rule.percent
    if rule.where is not None or (percent is None and rule.limit is None):
        return None
    spread = remote_spread(table, seed, foreign, queries)
    order: list[str] = []
    if rule.limit is not None and rule.order_by is not None:
        columns = plain_order(table, rule.order_by)
        if columns is None:
            return None
        named = {one.column for one in columns}
        columns += [Ordered(name, False, False) for name in table.primary_key if name not in named]
        for one in columns:
            is_nullable = not table.column[one.column].not_null
            order += queries.ordered(
                foreign,
                one.column,
                is_descending=one.is_descending,
                nulls_first=one.nulls_first if is_nullable else None,
            )
    elif spread is None:
        return None
    elif rule.limit is not None:
        order = [spread, *queries.ordered(foreign, table.primary_key[0])]
    where = None if percent is None else f"{spread} < {share(percent)}"
    if percent is not None and spread is None:
        return None
    query = queries.choosing(foreign, where=where, order_by=order, limit=rule.limit)
    return Take(table, rule, foreign, is_fenced=True, query=query, whole_query=queries.of[foreign])


def counted(takes: Sequence[Take], fetching: Fetching) -> list[Take]:
    """Those of the takes whose rows must be counted at the source, as the wrapper may have lost some."""
    if not fetching.wrapper.hides_errors:
        return []
    return [take for take in takes if take.limit is None and take.among is None and not take.is_fenced]
