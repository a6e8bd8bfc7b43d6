"""From the settings' rules to the SQL that takes each table's seed rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from devdb.catalog.model import Name, Source, Table
from devdb.sampling import references
from devdb.sampling.hashing import row_hash
from devdb.settings import Rule, Settings

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
    included, None for its end.
    """

    table: Table
    rule: Rule
    foreign: Name
    where: str | None = None
    order_by: str | None = None
    limit: int | None = None
    blocks: tuple[int, int | None] | None = None

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
        return self.where is None and self.limit is None


def takes(
    source: Source, rules: Mapping[Name, Rule], settings: Settings, foreign: Callable[[Name], Name]
) -> list[Take]:
    """One Take for each table that gets rows of its own, in the order of their names.

    `rules` are those of the filled tables; `foreign` tells the foreign table of a table.
    """
    return [
        take(table, rules[table.name], foreign(table.name), seed=settings.sampling.seed)
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
