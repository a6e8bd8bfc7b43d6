"""A post-data section over several connections makes what it makes over one, and nobody waits for another's lock."""

from __future__ import annotations

import io
import re
import time

import pytest
from databases import connect, new_database

from devdb.catalog import schema_file, schema_order
from devdb.catalog.schema_entries import Statement
from devdb.catalog.schema_order import Step
from devdb.errors import ConnectionFailed, ScriptFailed
from devdb.finishing.schedule import Schedule
from devdb.finishing.sessions import Sessions
from devdb.finishing.tables import relation_sizes
from devdb.server import programs
from devdb.server.runner import Server
from devdb.sqltext.statements import Script
from devdb.sqltext.templates import Templates
from devdb.stage import Notice

# Lock waits are told to whoever waits, at once; they are told as LOG.
ATTENTIVE = Script("test", "SET log_lock_waits = on; SET deadlock_timeout = '1ms'; SET client_min_messages = log;\n")


class Told:
    """A reporter that remembers."""

    def __init__(self):
        self.steps = []
        self.details = []

    def step(self, title):
        self.steps.append(title)

    def detail(self, text, *, level):  # noqa: ARG002
        self.details.append(text)


class Place:
    """What sessions need of a stage, in a database of the test's own; `room` is for so many of them."""

    def __init__(self, cluster, dev, *, room=99):
        self.notices = []
        self.sent = []
        self.opened = []
        self._cluster = cluster
        self._dbname = dev.info.dbname
        self._room = room

    def another(self, on_notice):
        if len(self.opened) >= self._room:
            raise ConnectionFailed("too many")
        connection = connect(self._cluster, self._dbname)
        self.opened.append(connection)
        return Server(connection, out=io.StringIO(), on_notice=lambda said: on_notice(Notice.of(said)))

    def tell(self, statement, script):  # noqa: ARG002
        self.sent.append(statement)

    def notice(self, said):
        self.notices.append(said.text)

    def explained(self, exc, script):  # noqa: ARG002
        return exc


@pytest.fixture(scope="module")
def source(cluster, request):
    with new_database(cluster, (request.path.parent / "post_data.sql").read_text()) as made:
        yield made


@pytest.fixture(scope="module")
def written(source, tmp_path_factory):
    return schema_file.write(tmp_path_factory.mktemp("schema") / "schema.sql", source=source)


@pytest.fixture(scope="module")
def load(source, written, tmp_path_factory):
    """Two files for psql: the source's tables without what belongs after the rows, and the rows."""
    directory = tmp_path_factory.mktemp("load")
    (directory / "pre.sql").write_text(schema_file.pre_data(written.path).text)
    conninfo, password = programs.parameters(source)
    with (directory / "rows.sql").open("wb") as rows:
        programs.run(programs.find("pg_dump"), ["--data-only"], conninfo=conninfo, password=password, stdout=rows)
    return directory / "pre.sql", directory / "rows.sql"


@pytest.fixture
def dev(cluster, load):
    """A connection to a database as a load leaves it."""
    with new_database(cluster) as made:
        conninfo, password = programs.parameters(made)
        for path in load:
            args = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(path)]
            programs.run(programs.find("psql"), args, conninfo=conninfo, password=password)
        yield made


def steps_for(dev, written, *, rewrite=lambda text: text):
    relations = relation_sizes(dev, Templates())
    entries = schema_file.entries(schema_file.post_data(written.path))
    analyzed = [relation.name for relation in relations if relation.pages]
    return schema_order.steps(entries, relations, rewrite=rewrite, analyzed=analyzed)


def replay(place, steps, written, *, count=4, reporter=None):
    head = Script("head", schema_file.settings(schema_file.post_data(written.path)))
    with Sessions(place, [head, ATTENTIVE], str(written.path), count=count) as sessions:
        assert sessions.wait_for_one()
        Schedule(steps, sessions, reporter or Told(), spare_workers=0).run()


def waits(text):
    """Whether a session says that it waited for another's lock; on the system's own tables each may, for a moment."""
    if "waiting for" not in text:
        return "deadlock" in text
    relation = re.search(r"of relation (\d+) ", text)
    return relation is None or int(relation[1]) >= 16384


@pytest.mark.parametrize("large", [0, 128], ids=["divided", "as it is"])
@pytest.mark.parametrize("count", [1, 5])
def test_it_makes_the_same_as_one_session(cluster, dev, written, tmp_path, monkeypatch, large, count):
    monkeypatch.setattr(schema_order, "_LARGE_PAGES", large)
    monkeypatch.setattr(schema_order, "_SMALL_PAGES", large and 16)
    place = Place(cluster, dev)
    replay(place, steps_for(dev, written), written, count=count)
    assert schema_file.write(tmp_path / "schema.sql", source=dev).text == written.text
    assert [text for text in place.notices if waits(text)] == []
    assert any("KEY USING INDEX" in text for text in place.sent) == (large == 0)
    # One index of the source's is there without its parts, and so not valid.
    invalid = dev.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid").fetchall()
    assert invalid == [("event_day_idx",)]
    # Statistics, those of an index on an expression too.
    analyzed = {name for (name,) in dev.execute("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")}
    assert analyzed >= {"parent", "child", "guest", "event_1", "event_2_a", "derived", "parent_upper", "parent_alone"}


def test_the_first_failure_ends_the_others_and_nobody_stays(cluster, dev, written):
    place = Place(cluster, dev)
    dev.execute("CREATE FUNCTION nap(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM pg_sleep(60); END'")
    dev.execute("INSERT INTO parent SELECT * FROM parent WHERE id = 7")
    steps = steps_for(dev, written)
    steps.append(Step("sleeping", (Statement("CREATE INDEX ON public.child (public.nap(id))", 1),), {}, 1e6, rank=1e9))
    begun_s = time.monotonic()
    with pytest.raises(ScriptFailed) as failure:
        replay(place, steps, written)
    assert time.monotonic() - begun_s < 5
    assert failure.value.sqlstate == "23505"
    assert str(failure.value.path) == str(written.path)
    assert " public.parent" in written.text.split("\n")[failure.value.line - 1]
    assert all(connection.closed for connection in place.opened)
    # The server takes notice.
    while dev.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone() != (1,):
        assert time.monotonic() - begun_s < 10


def test_an_interrupted_run_ends_them_too(cluster, dev, written):
    class Interrupting(Told):
        def detail(self, text, *, level):  # noqa: ARG002
            raise KeyboardInterrupt

    place = Place(cluster, dev)
    steps = [
        Step("quick", (Statement("SELECT 1", 1),), {}, 1e6, rank=1.0),
        Step("slow", (Statement("SELECT pg_sleep(60)", 1), Statement("CREATE TABLE public.never ()", 2)), {}, 1e6),
    ]
    begun_s = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        replay(place, steps, written, reporter=Interrupting())
    assert time.monotonic() - begun_s < 5
    assert all(connection.closed for connection in place.opened)
    assert dev.execute("SELECT to_regclass('never')").fetchone() == (None,)


def test_a_server_with_room_for_fewer_sessions_gets_fewer(cluster, dev, written, tmp_path):
    replay(Place(cluster, dev, room=1), steps_for(dev, written), written, count=3)
    assert schema_file.write(tmp_path / "schema.sql", source=dev).text == written.text
    with Sessions(Place(cluster, dev, room=0), [], "", count=3) as sessions:
        assert not sessions.wait_for_one()


def test_what_the_server_says_beside_is_told(cluster, dev, written):
    def rewrite(text):
        return "DO $$ BEGIN RAISE WARNING 'not this one'; END $$" if "child_code" in text else text

    place = Place(cluster, dev)
    replay(place, steps_for(dev, written, rewrite=rewrite), written)
    assert "not this one" in place.notices
