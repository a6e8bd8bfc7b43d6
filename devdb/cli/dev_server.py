"""Which dev server the settings mean: one that is there, the demo's private cluster, or a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devdb.server.cluster import Cluster
    from devdb.settings import Settings


def at_dev_server(settings: Settings) -> Settings:
    """Return settings that lead to the server that `server` says. Nothing is contacted.

    Raises ConnectionFailed when that server was not started; never when target or options say an address.
    """
    if settings.server == "existing" or settings.target.is_placed:
        return settings
    from devdb.containers.place import Place, not_up, placed

    if settings.server == "private":
        if (running := private_cluster()) is None:
            raise not_up(settings)
        return placed(settings, Place(str(running.socket_directory), running.port))
    from devdb.containers import secret
    from devdb.containers.container import HOST

    if not (passfile := secret.passfile(settings)).exists():
        raise not_up(settings)
    return placed(settings, Place(HOST, settings.docker.port, passfile))


def private_cluster() -> Cluster | None:
    """The demo's cluster, if it runs."""
    from devdb import demo
    from devdb.server import cluster

    found = cluster.existing(demo.cluster_directory())
    return found if found is not None and found.is_running() else None
