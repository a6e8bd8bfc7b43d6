"""A source that is a graph of foreign keys, and the dev database that is built of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg
import yaml
from databases import connect, new_database
from foreign_key_graphs import Graph

from devdb import actions
from devdb.cli.progress import reporter
from devdb.preflight import Run
from devdb.report import Result
from devdb.server.cluster import SUPERUSER, Cluster
from devdb.settings import Overrides, Settings
from devdb.settings.mask_key import mask_key

# What a moment is to conditions and hashes, the source's own zone says; how values are written there says nothing.
ZONE = "Asia/Kathmandu"
HABITS = {
    "timezone": ZONE,
    "datestyle": "SQL, DMY",
    "intervalstyle": "iso_8601",
    "bytea_output": "escape",
    "extra_float_digits": "-3",
}

Reader = Literal["wrapper", "direct"]


class Dev:
    """The dev database of one source."""

    def __init__(self, cluster: Cluster, source: psycopg.Connection[Any], directory: Path) -> None:
        self._cluster = cluster
        self._source = source.info.dbname
        self._directory = directory
        self.name = f"{self._source}_dev"

    def connect(self) -> psycopg.Connection[Any]:
        return connect(self._cluster, self.name)

    def build(
        self,
        said: dict[str, Any],
        reader: Reader | None = None,
        named: tuple[str, ...] = (),
        action: Callable[[Run], Result] = actions.build,
        besides: Mapping[str, Any] | None = None,
    ) -> Result:
        """Run an action; `said` is the section sampling of the settings, `besides` are others.

        `named` are the values of --seed.
        """
        path = self._directory / "devdb.yaml"
        path.write_text(yaml.safe_dump({"sampling": said, **(besides or {})}), encoding="utf-8")
        overrides = Overrides(
            host=str(self._cluster.socket_directory),
            port=self._cluster.port,
            user=SUPERUSER,
            prod_db=self._source,
            dev_db=self.name,
            reader=reader,
            jobs=2,
            seeds=named,
        )
        loaded = Settings.load(path, overrides=overrides)
        if loaded.is_masking:
            loaded = loaded.with_mask_key(mask_key(loaded, note=lambda _: None))
        with reporter(quiet=True, verbose=0) as shown:
            return action(Run(loaded, action.__name__, shown, dump=False))


@contextmanager
def source_of(cluster: Cluster, graph: Graph) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as made:
        graph.create(made)
        for name, value in HABITS.items():
            made.execute(f"ALTER DATABASE {made.info.dbname} SET {name} = '{value}'".encode())
        yield made


@contextmanager
def dev_of(cluster: Cluster, source: psycopg.Connection[Any], directory: Path) -> Iterator[Dev]:
    dev = Dev(cluster, source, directory)
    try:
        yield dev
    finally:
        with connect(cluster, "postgres") as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{dev.name}" WITH (FORCE)'.encode())
