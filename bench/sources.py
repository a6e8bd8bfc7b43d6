"""The databases that play production, and which of their rows a job takes."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench.place import Place
from bench.timing import BenchError

CUSTOMERS, ORDERS = 500_000, 3_000_000
LINKS, PLACES, VISITS = 10_000, 3_000_000, 100_000
TABLES = 400


@dataclass(frozen=True)
class Sample:
    """Rows of the shop: by the rules of devdb.yaml, and by the queries that choose the very same ones."""

    name: str
    rules: Mapping[str, Any]
    queries: Mapping[str, str]


def by_hash(modulus: int) -> Sample:
    """One order in `modulus`, chosen by a hash: the source has to look at every row."""
    return _of_orders(f"1/{modulus} by hash", f"hashint8({{0}}) % {modulus} = 0")


def by_range(orders: int, chosen: int) -> Sample:
    """The last `chosen` of so many orders: the source finds them by its indexes."""
    return _of_orders(f"the last {chosen:,} orders", f"{{0}} > {orders - chosen}")


def everything() -> Sample:
    tables = ("public.customer", "public.orders", "public.item")
    return Sample("all", {table: "all" for table in tables}, {table: f"SELECT * FROM {table}" for table in tables})


def _of_orders(name: str, condition: str) -> Sample:
    """Orders for whose id the condition holds, with their items, and (for the key) with their customers."""
    orders, items = condition.format("id"), condition.format("order_id")
    return Sample(
        name,
        {"public.orders": {"where": orders}, "public.item": {"where": items}},
        {
            "public.customer": "SELECT * FROM public.customer"
            f" WHERE id IN (SELECT o.customer_id FROM public.orders AS o WHERE {condition.format('o.id')})",
            "public.orders": f"SELECT * FROM public.orders WHERE {orders}",
            "public.item": f"SELECT * FROM public.item WHERE {items}",
        },
    )


@dataclass(frozen=True)
class Sources:
    """Makes each source when a job first asks for it; `scale` 1 is the full size."""

    place: Place
    scale: float

    def rows(self, full: int) -> int:
        return max(2000, round(full * self.scale))

    @cached_property
    def shop(self) -> str:
        return self._shop("shop", 1)

    @cached_property
    def large_shop(self) -> str:
        """Four times the shop."""
        return self._shop("shop_large", 4)

    @cached_property
    def keys(self) -> str:
        return self._make(
            "keys",
            {"keys.sql": {"links": self.rows(LINKS), "places": self.rows(PLACES), "visits": self.rows(VISITS)}},
        )

    @cached_property
    def many_tables(self) -> str:
        return self._make("many_tables", {"many_tables.sql": {"tables": max(40, round(TABLES * self.scale))}})

    def _shop(self, dbname: str, times: int) -> str:
        rows = {"customers": times * self.rows(CUSTOMERS), "orders": times * self.rows(ORDERS)}
        return self._make(dbname, {"shop_tables.sql": {}, "shop_rows.sql": rows, "shop_keys.sql": {}})

    def _make(self, dbname: str, files: Mapping[str, Mapping[str, int]]) -> str:
        """The database that these files make, unless a kept cluster has it; returns its name."""
        recipe = str({name: dict(variables) for name, variables in files.items()}).replace("'", '"')
        comment = "SELECT pg_catalog.shobj_description(d.oid, 'pg_database') FROM pg_catalog.pg_database AS d"
        if self.place.run("postgres", f"{comment} WHERE d.datname = '{dbname}'") == recipe:
            return dbname
        print(f"generating {dbname} …", file=sys.stderr, flush=True)
        start_s = time.monotonic()
        self.place.recreate(dbname)
        for name, variables in files.items():
            self.place.run_file(dbname, name, **variables)
        # Rows that were never read carry no hints yet: the first reader would pay for all.
        self.place.run(dbname, "VACUUM ANALYZE", f"COMMENT ON DATABASE {dbname} IS '{recipe}'")
        print(f"generated {dbname} in {time.monotonic() - start_s:.1f} s", file=sys.stderr, flush=True)
        return dbname


def check_same(place: Place, dbname: str, other: str, tables: Mapping[str, str]) -> int:
    """Both databases hold the same rows in these tables; returns how many. Raises BenchError where not."""
    total = 0
    for table in tables:
        query = f"SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM {table} AS t"
        found, expected = place.run(dbname, query), place.run(other, query)
        if found != expected:
            raise BenchError(f"{table} of {dbname} and {other} differ: {found} and {expected} (rows, sum of hashes)")
        total += int(found.split("|")[0])
    return total
