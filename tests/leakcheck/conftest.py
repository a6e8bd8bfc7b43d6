"""The two databases of a leak check, made once for the tests that only look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from leaking import Leaking, leaking

from devdb.server.cluster import Cluster


@pytest.fixture(scope="module")
def clean(cluster: Cluster) -> Iterator[Leaking]:
    """A source and a dev database without a leak, shared by the tests of a module: whoever changes it takes it back."""
    with leaking(cluster) as made:
        yield made


@pytest.fixture
def world(clean: Leaking) -> Iterator[Leaking]:
    """As `clean`, and what a test plants in the dev database is gone afterwards."""
    clean.heard.lines.clear()
    with clean.dev.transaction(force_rollback=True):
        yield clean
