"""Which statements a dev server runs side by side without one waiting for another's lock."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from devdb.catalog.model import Name


class Lock(Enum):
    """What a statement does to a relation that others could mind, in ascending strength of PostgreSQL's locks."""

    READ = "read"
    """Looks into it while checking something else: ROW SHARE and less."""
    BUILD = "build"
    """Builds an index on it: SHARE. Several may, at once."""
    CHECK = "check"
    """Checks its rows, or gathers statistics: SHARE UPDATE EXCLUSIVE. One at a time."""
    REFER = "refer"
    """Adds triggers to it, a foreign key's among them: SHARE ROW EXCLUSIVE."""
    CHANGE = "change"
    """Anything else: taken for ACCESS EXCLUSIVE, though some of it is less."""


_COMPATIBLE = {
    (Lock.READ, Lock.READ),
    (Lock.READ, Lock.BUILD),
    (Lock.READ, Lock.CHECK),
    (Lock.READ, Lock.REFER),
    (Lock.BUILD, Lock.BUILD),
}

Locks = Mapping[Name, Lock]


def conflict(one: Locks, other: Locks) -> bool:
    """Whether one of two statements would wait for the other."""
    if len(other) < len(one):
        one, other = other, one
    return any(name in other and not _compatible(lock, other[name]) for name, lock in one.items())


def _compatible(one: Lock, other: Lock) -> bool:
    return (one, other) in _COMPATIBLE or (other, one) in _COMPATIBLE
