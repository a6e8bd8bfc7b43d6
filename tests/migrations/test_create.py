"""Migration files create just what an object needs, in an order that works, and nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from databases import connect, new_database, roles
from migration_making import ENTANGLED, TABLES, created, empty, remembering

from devdb.catalog import schema_archive
from devdb.dependencies import reading

SEEDS = (
    *("app.orders", "app.loads", "app.heavy", "app.near_totals", "app.by_key", "app.clean()", "app.ping"),
    *("app.halves", "numbers.given_id_seq", "app.note()", "app.boxes_of", '"Lager Ort"."Regal"', "app.old_log"),
)


@pytest.fixture(scope="module")
def entangled(cluster):
    with roles(cluster, "entangled_reader"), new_database(cluster, ENTANGLED.read_text()) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def _asked_once(entangled, demo):
    """What sources say of themselves is asked once: they do not change here."""
    sources = {connection.info.dbname for connection in (entangled, demo)}
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((schema_archive, "read"), (reading, "read")):
            patch.setattr(module, name, remembering(getattr(module, name), sources))
        yield


@pytest.fixture(scope="module")
def demo(cluster, demo_template):
    with connect(cluster, demo_template) as connection:
        yield connection


@pytest.fixture(scope="module")
def database(cluster):
    """Held nothing before migrations are applied to it."""
    with empty(cluster) as database:
        yield database


def test_every_table_of_the_demo_comes_out_as_it_is_there(cluster, demo, tmp_path):
    tables = [name for (name,) in demo.execute(TABLES)]

    def differing(numbers: range) -> list[str]:
        with connect(cluster, demo.info.dbname) as source, empty(cluster) as database:
            for number in numbers:
                created(source, tmp_path / str(number), tables[number])
            return [database.difference(source, tmp_path / str(number)).diff for number in numbers]

    with ThreadPoolExecutor(2) as beside:
        halves = beside.map(differing, (range(start, len(tables), 2) for start in (0, 1)))
        assert [diff for half in halves for diff in half] == [""] * len(tables)
    assert len(tables) == 34


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_entangled_comes_out_as_it_is_there(database, entangled, tmp_path, seed):
    created(entangled, tmp_path, seed)
    found = database.difference(entangled, tmp_path)
    assert not found.diff
    assert found.things
