"""A streaming replica of a cluster, made as an administrator makes one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from snapshots import connected, soon

from devdb.server import programs
from devdb.server.cluster import Cluster
from devdb.server.temporary import place

_SETTINGS = "hot_standby = on\nmax_standby_streaming_delay = 0\nwal_receiver_status_interval = 1s\n"


@contextmanager
def streaming(primary: Cluster, *, listen: bool = False) -> Iterator[Cluster]:
    """A hot standby that streams from `primary`, with its settings; `listen` as in `Cluster.start`."""
    with place() as directory:
        copy = Cluster(directory / "cluster", primary.programs, primary.account)
        primary.account.own(copy.directory)
        program = programs.find("pg_basebackup", at_least=primary.programs.major, newest=False)
        backup = [program.path, "-R", "-D", copy.data, "-c", "fast", "-X", "stream"]
        primary.account.run([*backup, "-d", primary.conninfo()], directory=copy.directory)
        with (copy.data / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
            conf.write(_SETTINGS)
        copy.start(listen=listen)
        with connected(copy.conninfo()) as admin:
            soon(lambda: admin.execute("SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'").fetchall())
        yield copy
