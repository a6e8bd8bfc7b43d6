"""The databases that play production."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bench.place import Place
from bench.timing import BenchError

CUSTOMERS, ORDERS = 500_000, 3_000_000
LINKS, PLACES, VISITS = 10_000, 3_000_000, 100_000
EMPLOYEES, DEVICES, READINGS, REMARKS = 100_000, 100_000, 500_000, 300_000
CALLS = 1_000_000
PEOPLE = 3_000_000
TABLES = 400
ENTANGLED = 5000


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
    def cycles(self) -> str:
        """A million rows whose keys are composite, cyclic, of a table to itself, and into a partitioned table."""
        rows = {
            "employees": self.rows(EMPLOYEES),
            "devices": self.rows(DEVICES),
            "readings": self.rows(READINGS),
            "remarks": self.rows(REMARKS),
        }
        return self._make("cycles", {"cycles_tables.sql": {}, "cycles_rows.sql": rows, "cycles_keys.sql": {}})

    @cached_property
    def hub(self) -> str:
        """A row that a million rows refer to."""
        return self._make("hub", {"hub.sql": {"calls": self.rows(CALLS)}})

    @cached_property
    def people(self) -> str:
        """A table of people, with ten columns that nobody else is to see."""
        return self._make("people", {"people.sql": {"people": self.rows(PEOPLE)}})

    @cached_property
    def keys(self) -> str:
        return self._make(
            "keys",
            {"keys.sql": {"links": self.rows(LINKS), "places": self.rows(PLACES), "visits": self.rows(VISITS)}},
        )

    @cached_property
    def many_tables(self) -> str:
        return self._make("many_tables", {"many_tables.sql": {"tables": max(40, round(TABLES * self.scale))}})

    @cached_property
    def entangled(self) -> str:
        """5,000 tables without a row, each with keys to two others."""
        return self._make("entangled", {"entangled.sql": {"tables": max(40, round(ENTANGLED * self.scale))}})

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


def count(place: Place, dbname: str, tables: Iterable[str]) -> int:
    """How many rows these tables have."""
    return sum(int(place.run(dbname, f"SELECT count(*) FROM {table}")) for table in tables)


def check_same(place: Place, dbname: str, other: str, tables: Iterable[str]) -> int:
    """Both databases hold the same rows in these tables; returns how many. Raises BenchError where not."""
    total = 0
    for table in tables:
        query = f"SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM {table} AS t"
        found, expected = place.run(dbname, query), place.run(other, query)
        if found != expected:
            raise BenchError(f"{table} of {dbname} and {other} differ: {found} and {expected} (rows, sum of hashes)")
        total += int(found.split("|")[0])
    return total
