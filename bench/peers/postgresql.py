"""PostgreSQL's own programs: pg_dump, and INSERT through postgres_fdw by hand."""

from __future__ import annotations

from typing import ClassVar

from bench import timing
from bench.peers.home import Home
from bench.peers.peer import Errand, Peer, together
from bench.timing import BenchError, Once

_DIRECTORY = "dump"


class DumpIntoPsql(Peer):
    name = "pg_dump | psql"

    def install(self, _home: Home) -> str:
        return ""

    def run(self, errand: Errand) -> Once:
        place = errand.place
        return timing.pipelines(
            [([place.tool("pg_dump"), "-d", errand.source], place.psql(errand.target, "-o", "/dev/null"))],
            left_env=place.env(),
            right_env=place.env(),
        )


class DumpAndRestore(Peer):
    name = "pg_dump, pg_restore"
    means = "-Fd -j 2, not compressed"

    def install(self, _home: Home) -> str:
        return ""

    def prepare(self, errand: Errand) -> None:
        super().prepare(errand)
        for file in (errand.directory / _DIRECTORY).glob("*"):
            file.unlink()

    def run(self, errand: Errand) -> Once:
        words = ("-Fd", "-j", "2", "-d")
        return together(
            [
                errand.run("pg_dump", "-Z", "0", "-f", _DIRECTORY, *words, errand.source),
                errand.run("pg_restore", *words, errand.target, _DIRECTORY),
            ]
        )


class Insert(Peer):
    name = "INSERT through postgres_fdw"
    means = "by hand: keys in arrays, fetch_size 10000, keys and indexes after the load"
    sections = ("pre-data",)
    tables: ClassVar = ("customer", "orders", "item")

    def install(self, _home: Home) -> str:
        return ""

    def run(self, errand: Errand) -> Once:
        if errand.sample.shape != "shop":
            raise BenchError("nobody wrote this by hand")
        steps = [
            "CREATE EXTENSION postgres_fdw",
            "CREATE SERVER prod FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{}', port '{}', dbname '{}',"
            " fetch_size '10000')".format(errand.place.env()["PGHOST"], errand.port, errand.source),
            "CREATE USER MAPPING FOR CURRENT_USER SERVER prod OPTIONS (user 'postgres')",
            "CREATE SCHEMA prod",
            "IMPORT FOREIGN SCHEMA public FROM SERVER prod INTO prod",
            *self._inserts(errand),
            "DROP SCHEMA prod CASCADE",
        ]
        words = [word for step in steps for word in ("-c", step)]
        loaded = timing.program(errand.place.psql(errand.target, *words), env=errand.place.env())
        return together([loaded, errand.place.run_file(errand.target, f"{errand.sample.shape}_keys.sql")])

    def _inserts(self, errand: Errand) -> list[str]:
        rules = errand.sample.tables
        everything = {f"public.{table}": "all" for table in self.tables}
        if rules == everything:
            return [f"INSERT INTO public.{table} SELECT * FROM prod.{table}" for table in self.tables]
        _, where = errand.seed
        return [
            f"INSERT INTO public.orders SELECT * FROM prod.orders WHERE {where}",
            "INSERT INTO public.customer SELECT * FROM prod.customer"
            " WHERE id = ANY (ARRAY(SELECT DISTINCT o.customer_id FROM public.orders AS o))",
            "INSERT INTO public.item SELECT * FROM prod.item"
            " WHERE order_id = ANY (ARRAY(SELECT o.id FROM public.orders AS o))",
        ]
