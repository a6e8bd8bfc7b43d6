"""The jobs: what is measured against what."""

from __future__ import annotations

from collections.abc import Callable

from bench.jobs import dependencies, distance, graphs, masks, schemas, shop
from bench.report import Line
from bench.workbench import Bench

JOBS: dict[str, Callable[[Bench], list[Line]]] = {
    "S": shop.sample, "F": shop.everything, "G": shop.larger, "L": distance.far, "C": graphs.cycles, "H": graphs.hub,
    "K": graphs.composite, "D": schemas.many_tables, "M": masks.ten_columns, "N": dependencies.closure,
}  # fmt: skip
