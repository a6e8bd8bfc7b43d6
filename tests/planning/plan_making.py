"""Plans made in this process, and one that is made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from devdb.planning import planner
from devdb.planning.plan import Cap, Index, Plan, PlannedKey, PlannedTable, UnsentPart
from devdb.planning.planner import Planned
from devdb.settings import Overrides, Settings


class Quiet:
    """A reporter that nobody hears."""

    def step(self, title: str) -> None: ...

    def note(self, text: str) -> None: ...

    def warning(self, text: str) -> None: ...

    def detail(self, text: str, *, level: int) -> None: ...


def settings_of(
    conninfo: str, directory: Path, text: str = "", *, seeds: Sequence[str] = (), plan: Path | None = None
) -> Settings:
    """Settings of this text, for the source at `conninfo` and a dev database on the same server."""
    (directory / "devdb.yaml").write_text(text, encoding="utf-8")
    source = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
    overrides = Overrides(
        host=source["host"],
        port=int(source["port"]),
        prod_db=source["dbname"],
        output_dir=directory,
        seeds=tuple(seeds),
        plan=plan,
    )
    return Settings.load(directory / "devdb.yaml", overrides=overrides)


def planned(settings: Settings) -> Planned:
    return planner.make(settings, Quiet())


def table(
    name: str, *, rows: int = 10, why: str | None = "rule public.orders", way: Sequence[str] = ()
) -> PlannedTable:
    return PlannedTable(
        table=name,
        rule="{limit: 10}" if rows and not way else "none",
        place="devdb.yaml:3" if rows and not way else None,
        origin="public.orders" if rows else None,
        why=why if rows else None,
        way=way,
        source_rows=1000,
        source_bytes=8_000,
        rows=rows,
        bytes=rows * 8,
        by_rule=0 if way else rows,
        by_key=rows if way else 0,
        by_child=0,
        seconds=0.1,
        is_exact=False,
        is_guess=False,
    )


def key(child: str, column: str, parent: str, **more: object) -> PlannedKey:
    values: dict[str, object] = {
        "key": f"{child}({column})",
        "name": f"{child.split('.')[1]}_{column}_fkey",
        "child": child,
        "columns": [column],
        "parent": parent,
        "parent_columns": ["id"],
        "is_virtual": False,
        "is_cut": False,
        "nulled": [],
        "nulled_rows": 0,
        "follow": None,
        "fetched": 10,
        "followed": 0,
        "cap": None,
        **more,
    }
    return PlannedKey(**values)  # type: ignore[arg-type]


def made_up(tables: Sequence[PlannedTable] = (), keys: Sequence[PlannedKey] = ()) -> Plan:
    """A plan with something of everything."""
    orders_to_customer = key("public.orders", "customer_id", "public.customer")
    return Plan(
        source="proddb",
        target="devdb",
        made="2030-01-02T03:04:05+00:00",
        is_exact=False,
        reader="auto",
        is_linked=False,
        measured="a run",
        seconds=1.5,
        tables=tables
        or [
            table("public.orders"),
            table("public.customer", way=[orders_to_customer.key], why="rule public.orders → public.customer"),
            table("public.item", rows=40, way=["public.item(order_id)"]),
            table("public.log", rows=0),
        ],
        keys=keys
        or [
            orders_to_customer,
            key("public.item", "order_id", "public.orders", follow="{max: 4}", followed=40, cap=Cap(4, 9.5, 70, 8.0)),
            key("public.item", "log_id", "public.log", is_cut=True, nulled=["log_id"], nulled_rows=40, fetched=0),
            key("public.log", "customer_id", "public.customer", is_virtual=True, columns=["doc->>'customer_id'"]),
        ],
        unsent=[UnsentPart("public.orders", "at < now()", "now() is stable", "SELECT id FROM public.orders")],
        missing_indexes=[Index("public.item(order_id)", "public.item", 1000, "CREATE INDEX ON public.item (order_id)")],
        notes=["never analyzed: public.log"],
    )
