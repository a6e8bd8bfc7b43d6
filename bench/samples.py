"""Which rows of a source a job takes: by the settings of devdb, and by the queries of the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Sample:
    """Rows chosen by the settings of devdb.yaml, and by the queries that choose the very same ones.

    `shape` names the files of bench/sql with the bare tables and with their keys.
    """

    name: str
    tables: Mapping[str, Any]
    queries: Mapping[str, str]
    follow: Mapping[str, Any] = field(default_factory=dict)
    shape: str = "shop"

    @property
    def settings(self) -> dict[str, Any]:
        """The section `sampling` of devdb.yaml."""
        chosen: dict[str, Any] = {"default": "none", "tables": dict(self.tables)}
        return {**chosen, "follow": dict(self.follow)} if self.follow else chosen


def by_hash(modulus: int) -> Sample:
    """One order in `modulus`, chosen by a hash: the source has to look at every order."""
    return _of_orders(f"1/{modulus} by hash", f"hashint8({{0}}) % {modulus} = 0")


def by_range(orders: int, chosen: int) -> Sample:
    """The last `chosen` of so many orders: the source finds them by its indexes."""
    return _of_orders(f"the last {chosen:,} orders", f"{{0}} > {orders - chosen}")


def by_two_hashes(modulus: int) -> Sample:
    """The rows of `by_hash`, but items have a rule of their own: the source has to look at every item as well."""
    found = by_hash(modulus)
    return Sample(
        f"{found.name}, items by theirs",
        {**found.tables, "public.item": {"where": f"hashint8(order_id) % {modulus} = 0"}},
        found.queries,
    )


def everything() -> Sample:
    tables = ("public.customer", "public.orders", "public.item")
    return Sample("all", {table: "all" for table in tables}, {table: f"SELECT * FROM {table}" for table in tables})


def _of_orders(name: str, condition: str) -> Sample:
    """Orders for whose id the condition holds, with all their items, and (for the key) with their customers."""
    chosen = f"FROM public.orders AS o WHERE {condition.format('o.id')}"
    return Sample(
        name,
        {"public.orders": {"where": condition.format("id")}},
        {
            "public.customer": f"SELECT * FROM public.customer WHERE id IN (SELECT o.customer_id {chosen})",
            "public.orders": f"SELECT o.* {chosen}",
            # By the index: half a scan of all items, by hash of the key that they carry, costs more.
            "public.item": f"SELECT * FROM public.item WHERE order_id IN (SELECT o.id {chosen})",
        },
        {"public.item(order_id)": "all"},
    )


def of_cycles(modulus: int) -> Sample:
    """One remark in `modulus` with all that its keys lead to, round every cycle."""
    needed = (_SQL / "cycles_needed.sql").read_text(encoding="utf-8").replace(":modulus", str(modulus))
    keys = {
        "department": "(id, 0)",
        "employee": "(id, 0)",
        "device": "(serial, tenant)",
        "reading": "(id, taken_on - date '2000-01-01')",
        "remark": "(id, 0)",
    }
    return Sample(
        f"1/{modulus} of the remarks",
        {"public.remark": {"where": f"hashint8(id) % {modulus} = 0"}},
        {
            f"public.{table}": f"{needed} SELECT * FROM public.{table}"
            f" WHERE {key} IN (SELECT n.a, n.b FROM needed AS n WHERE n.kind = '{table}')"
            for table, key in keys.items()
        },
        shape="cycles",
    )
