"""The demo: a private cluster in the cache directory, and in it a production database to try devdb on."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from devdb.errors import DevdbError, Refused, UsageError
from devdb.progress import Reporter
from devdb.server import account, cluster
from devdb.server.cluster import Cluster
from devdb.server.connection import Connection, connect
from devdb.server.runner import Server
from devdb.sqltext.quoting import ident, literal
from devdb.sqltext.templates import Templates

PRODUCTION = "proddb"
DEVELOPMENT = "devdb"

# No TCP, so this number is only a part of the socket's name: it disturbs nobody, and stays the same from day to day.
PORT = 5432

# The database while it is being loaded: what is called proddb is complete.
_LOADING = "proddb__loading"

# All of it can be made again, but a machine that goes down should not cost the minute that takes.
_SETTINGS = {
    "synchronous_commit": "off",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "shared_buffers": "256MB",
}


def home() -> Path:
    """The directory of what the demo writes as the person who runs it: dump, schema, lock."""
    return (account.person_cache() or Path.home() / ".cache") / "devdb" / "demo"


def cluster_directory() -> Path:
    return account.cache_directory(account.server_account()) / "demo-cluster"


@contextmanager
def alone() -> Iterator[None]:
    """Keep a second demo of this person's out for as long as the block lasts. Raises Refused if there is one."""
    home().parent.mkdir(parents=True, exist_ok=True)
    with (home().parent / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("another demo is under way", hint="wait for its end, or interrupt it") from None
        yield


def start(report: Reporter) -> Cluster:
    """The demo's cluster, running. One that cannot be used is made anew: nothing in it is worth keeping."""
    home().mkdir(parents=True, exist_ok=True)
    directory = cluster_directory()
    report.step("starting a private PostgreSQL cluster")
    try:
        found = cluster.existing(directory)
        if found is not None:
            found.start(port=PORT)
            return found
    except DevdbError as exc:
        if isinstance(exc, UsageError) and not directory.exists():
            raise
        report.note(f"the demo's cluster is made anew: {exc.message}")
    cluster.discard(directory)
    made = cluster.create(directory, settings=_SETTINGS)
    made.start(port=PORT)
    return made


def load(demo: Cluster, report: Reporter, *, scale: float) -> None:
    """Fill the production database, unless it holds just this already. `scale` 1 makes about two million rows."""
    script = Templates().render("demo/demo.sql", scale=scale)
    # The rendered text is what would be run, so its hash says which files and which scale made the database.
    content = hashlib.sha256((script.text or "").encode()).hexdigest()[:16]
    with closing(_connect(demo, "postgres")) as connection:
        if _comment(connection, PRODUCTION) == _marker(content):
            return
        report.step(f"loading the production database at scale {scale:g}")
        connection.execute(f"DROP DATABASE IF EXISTS {ident(_LOADING)} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {ident(_LOADING)}".encode())
        server = Server(_connect(demo, _LOADING))
        try:
            server.run(script, single_transaction=True)
            server.connection.execute("ANALYZE")
        finally:
            server.close()
        connection.execute(f"COMMENT ON DATABASE {ident(_LOADING)} IS {literal(_marker(content))}".encode())
        connection.execute(f"DROP DATABASE IF EXISTS {ident(PRODUCTION)} WITH (FORCE)".encode())
        connection.execute(f"ALTER DATABASE {ident(_LOADING)} RENAME TO {ident(PRODUCTION)}".encode())


def remove() -> bool:
    """Stop the cluster and remove every file of the demo's; False when there was nothing to remove."""
    directory = cluster_directory()
    was_there = directory.exists() or home().exists()
    cluster.discard(directory)
    account.remove_tree(home())
    (home().parent / "demo.lock").unlink(missing_ok=True)
    for place in (home().parent, directory.parent):
        # Tests and others may have files of theirs there.
        with suppress(OSError):
            place.rmdir()
    return was_there


def _connect(demo: Cluster, dbname: str) -> Connection:
    # Every parameter that the environment might set is given, so that nothing leads to another server.
    return connect(
        demo.conninfo(dbname),
        application_name="devdb demo",
        options="-c client_min_messages=warning",
        sslmode="disable",
    )


def _comment(connection: Connection, dbname: str) -> object:
    row = connection.execute(
        "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE datname = %s",
        [dbname],
    ).fetchone()
    return None if row is None else row[0]


def _marker(content: str) -> str:
    return f"devdb demo {content}"
