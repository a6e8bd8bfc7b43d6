"""Databases made for one test or one module, and a connection to each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from devdb.server.cluster import Cluster

NASTY = Path(__file__).with_name("catalog") / "nasty.sql"

SUBSCRIPTIONS = """
    SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def connect(cluster: Cluster, dbname: str, user: str | None = None) -> psycopg.Connection[Any]:
    """A connection to a database of the cluster, as its superuser unless `user` says otherwise."""
    return psycopg.connect(make_conninfo(cluster.conninfo(dbname), user=user), autocommit=True)


@contextlib.contextmanager
def new_database(cluster: Cluster, text: str = "", *, owner: str | None = None) -> Iterator[psycopg.Connection[Any]]:
    """An empty database, or one made by this SQL; gone afterwards."""
    name = f"t{uuid4().hex[:10]}"
    with connect(cluster, "postgres") as admin:
        tail = sql.SQL("OWNER {}").format(sql.Identifier(owner)) if owner else sql.SQL("")
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 {}").format(sql.Identifier(name), tail))
        try:
            with connect(cluster, name) as made:
                if text:
                    made.execute(text)
                yield made
                # A database cannot be dropped while it subscribes to something.
                for (subscription,) in made.execute(SUBSCRIPTIONS).fetchall():
                    named = sql.Identifier(subscription)
                    made.execute(sql.SQL("ALTER SUBSCRIPTION {} SET (slot_name = NONE)").format(named))
                    made.execute(sql.SQL("DROP SUBSCRIPTION {}").format(named))
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def roles(cluster: Cluster, *names: str, attributes: str = "NOLOGIN") -> Iterator[None]:
    """Roles that exist for a while."""
    with connect(cluster, "postgres") as admin:
        for name in names:
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
            admin.execute(sql.SQL("CREATE ROLE {} " + attributes).format(sql.Identifier(name)))
        try:
            yield
        finally:
            for name in names:
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
