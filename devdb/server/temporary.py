"""Clusters that live as long as the process that wants them, and no longer even if it is killed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from devdb.server import account, cluster
from devdb.server.cluster import Cluster
from devdb.server.installation import Installation

_PREFIX = "temporary-"


@contextmanager
def temporary(*, programs: Installation | None = None, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A started cluster that is gone after the block, below the cache directory; it listens on 127.0.0.1 too.

    `settings` None: those of a cluster whose loss costs nothing.
    """
    with place() as directory:
        made = cluster.create(
            directory / "cluster", programs=programs, settings=cluster.DISPOSABLE if settings is None else settings
        )
        made.start(listen=True)
        yield made


@contextmanager
def place() -> Iterator[Path]:
    """A directory that the server's user can reach, gone after the block; a cluster in it is called "cluster".

    Locked for as long as this process lives. What killed processes left is removed before.
    """
    owner = account.server_account()
    cache = account.cache_directory(owner)
    # Between its creation and its lock a directory looks abandoned, so nobody may look then.
    with _locked(cache / "lock", wait=True):
        for leftover in cache.glob(f"{_PREFIX}*"):
            _remove_if_abandoned(leftover)
        directory = owner.own(Path(tempfile.mkdtemp(prefix=_PREFIX, dir=cache)))
        lock = _lock(directory / "lock", wait=False)
    try:
        yield directory
    finally:
        _remove(directory)
        os.close(lock)


def _remove_if_abandoned(directory: Path) -> None:
    try:
        with _locked(directory / "lock", wait=False):
            _remove(directory)
    except BlockingIOError:
        return


def _remove(directory: Path) -> None:
    cluster.discard(directory / "cluster")
    account.remove_tree(directory)


@contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[None]:
    lock = _lock(path, wait=wait)
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path, *, wait: bool) -> int:
    """Take the lock, which the kernel frees when the process ends. Raises BlockingIOError if it is taken already."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
