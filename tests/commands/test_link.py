"""The link to production: nothing is written there, and nobody else may use it here."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pglast
import psycopg
import pytest
from databases import connect, roles
from expected import contents, difference
from pglast import ast
from snapshots import opened
from standby import streaming
from workbench import SHOP

from devdb.catalog import schema_file, source_role
from devdb.errors import ScriptFailed
from devdb.explaining import explained
from devdb.server.cluster import Cluster
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates

READER, PASSWORD = "link_reader", "only:reads"
DEV, NOBODY, MONITOR = "link_dev", "link_nobody", "link_monitor"

# Some of each kind of object that a load looks at in its own way.
SOURCE = f"""
    {SHOP}
    CREATE TYPE colour AS ENUM ('red', 'blue');
    CREATE SEQUENCE free START 7;
    SELECT nextval('free');
    CREATE TABLE item (id serial PRIMARY KEY, next int REFERENCES item, colour colour) PARTITION BY RANGE (id);
    CREATE TABLE item_low PARTITION OF item FOR VALUES FROM (0) TO (50);
    CREATE TABLE item_high PARTITION OF item FOR VALUES FROM (50) TO (500);
    INSERT INTO item (next, colour) SELECT n / 2 + 1, 'red' FROM generate_series(1, 100) AS n;
    CREATE VIEW wide AS SELECT * FROM customer JOIN orders USING (id);
    CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM orders;
    ANALYZE
"""

# Statements that only read, as pglast names them.
_READING = (
    ast.SelectStmt, ast.TransactionStmt, ast.VariableSetStmt, ast.VariableShowStmt, ast.DeclareCursorStmt,
    ast.FetchStmt, ast.ClosePortalStmt, ast.PrepareStmt, ast.ExecuteStmt, ast.DeallocateStmt, ast.DiscardStmt,
)  # fmt: skip
_LOGGED = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Where commands run: a source that is read with a password over TCP, and a dev server."""

    source: Cluster
    dev: Cluster
    directory: Path
    run_command: Any

    def run(
        self, name: str, *args: str, settings: str = "", target: str = "", status: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that reads as one who may only read."""
        (self.directory / "devdb.yaml").write_text(
            f"source: {{host: 127.0.0.1, port: {self.source.port}, user: {READER}{settings}}}\n"
            f"target: {{host: {self.dev.socket_directory}, port: {self.dev.port}, dbname: {DEV}{target}}}\n"
            "sampling: {default: all}\n"
        )
        passfile = self.directory / "home" / ".pgpass"
        passfile.write_text(f"127.0.0.1:*:*:{READER}:{PASSWORD.replace(':', chr(92) + ':')}\n")
        passfile.chmod(0o600)
        done = self.run_command(name, *args)
        assert done.returncode == status, f"{name} ended with {done.returncode}:\n{done.stderr}"
        return done


@pytest.fixture(scope="module")
def primary(cluster_factory):
    """A source that logs all it is told, and a role that may do nothing there but read."""
    made = cluster_factory(settings={"log_statement": "all", "autovacuum": "off", "track_counts": "on"})
    with connect(made, "postgres") as admin:
        admin.execute("CREATE DATABASE proddb")
        admin.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
        admin.execute("REVOKE TEMPORARY ON DATABASE proddb FROM PUBLIC")
    with connect(made, "proddb") as admin:
        admin.execute(SOURCE)
        admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")
        admin.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {READER}")
        admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    return made


@pytest.fixture(scope="module")
def replica(primary):
    with streaming(primary, listen=True) as copy:
        yield copy


@pytest.fixture
def place(primary, cluster, make_db, command, tmp_path):  # noqa: ARG001
    return Place(primary, cluster, tmp_path, command)


def statements(log: Path, start: int) -> list[str]:
    """What clients told the server since its log had `start` bytes."""
    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode("utf-8", "replace")
    entries = re.split(r"\n(?=\d{4}-\d\d-\d\d )", text)
    return [found[1].replace("\n\t", "\n") for entry in entries if (found := _LOGGED.search(entry))]


def writes(statement: str) -> bool:
    """Whether it does anything but read."""
    for parsed in pglast.parse_sql(statement):
        what = parsed.stmt
        if isinstance(what, ast.SelectStmt) and (what.intoClause or what.lockingClause):
            return True
        if isinstance(what, ast.CopyStmt) and not what.is_from:
            continue
        if isinstance(what, ast.LockStmt) and what.mode == 1:  # ACCESS SHARE
            continue
        if not isinstance(what, _READING):
            return True
    return False


def state(server: Cluster) -> dict[str, Any]:
    """All that a write would change: each row of each catalog with its version, what was counted, the next number."""
    with connect(server, "proddb") as admin:
        names = admin.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'"
        )
        found = {
            name: admin.execute(
                f"SELECT count(*), sum(hashtext(concat(xmin, ctid, xmax))::bigint) FROM {name}"
            ).fetchone()
            for (name,) in names.fetchall()
        }
        found["rows"] = contents(admin)
        for name in ("free", "item_id_seq"):
            found[name] = admin.execute(f"SELECT last_value, log_cnt, is_called FROM {name}").fetchone()
        admin.execute("SELECT pg_stat_force_next_flush()")
        found["counted"] = admin.execute(
            "SELECT tup_inserted, tup_updated, tup_deleted, temp_files FROM pg_stat_database WHERE datname = 'proddb'"
        ).fetchone()
        found["next"] = admin.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()
        return found


@pytest.mark.parametrize("way", ["direct", "wrapper"])
@pytest.mark.parametrize("where", ["primary", "standby"])
def test_nothing_but_reading_arrives_at_the_source(place, replica, pg_dump, where, way):
    source = replica if where == "standby" else place.source
    before = state(place.source), pg_dump(place.source.conninfo("proddb"))
    start = source.log.stat().st_size
    done = Place(source, place.dev, place.directory, place.run_command).run("build-dev-db", "-v", "--reader", way)
    assert (state(place.source), pg_dump(place.source.conninfo("proddb"))) == before
    with connect(place.source, "proddb") as prod, connect(place.dev, DEV) as dev:
        assert difference(contents(dev), contents(prod)) == {}
        assert dev.execute("SELECT last_value FROM free").fetchone() == (7,)
        assert dev.execute("SELECT * FROM counted").fetchone() == (200,)
    told = statements(source.log, start)
    assert len(told) > 30
    assert [statement for statement in told if writes(statement)] == []
    # One who may only read is nothing to warn of.
    assert "warning: " not in done.stderr
    assert "at the source: statement_timeout 60 min, lock_timeout 10 s, snapshot_warning 30 min" in done.stderr
    assert re.search(r"the source held a snapshot for \d+ (ms|s)", done.stderr)
    assert '"snapshot_seconds": ' in (place.directory / "run.json").read_text()


def test_a_role_that_may_write_is_named_with_what_it_may(primary):
    with connect(primary, "proddb") as admin:
        for statement in (
            "CREATE ROLE writer LOGIN CREATEROLE",
            "GRANT CREATE ON SCHEMA public TO writer",
            "GRANT UPDATE (note), DELETE ON orders TO writer",
            "GRANT CREATE ON DATABASE proddb TO writer",
            "CREATE ROLE writes_all LOGIN IN ROLE pg_write_all_data",
            "CREATE ROLE owner LOGIN",
            "ALTER TABLE customer OWNER TO owner",
        ):
            admin.execute(statement)

        def said(user: str) -> str | None:
            with connect(primary, "proddb", user=user) as connection:
                return source_role.read(connection, Templates()).warning(connection.info.server_version)

        try:
            assert said(READER) is None
            assert "link_reader" not in (said("postgres") or "")
            assert "user postgres is a superuser, and needs no more than to read: " in (said("postgres") or "")
            assert (
                "user writer may write there (UPDATE, DELETE on public.orders), has CREATEROLE, may create schemas, "
                "may create tables in public, and needs no more than to read: CREATE ROLE devdb_reader LOGIN PASSWORD"
            ) in (said("writer") or "")
            assert "(INSERT, UPDATE, DELETE, TRUNCATE, ownership on public.customer)" in (said("owner") or "")
            assert "is a member of pg_write_all_data" in (said("writes_all") or "")
        finally:
            admin.execute("ALTER TABLE customer OWNER TO postgres")
            admin.execute("DROP OWNED BY writer")
            admin.execute("DROP ROLE writer, writes_all, owner")


def test_a_locked_table_is_not_waited_for(place, tmp_path):
    """The catalog is asked first; what reads the schema and the rows has the limit as well."""
    limited = {"lock_timeout": "200ms"}
    with connect(place.source, "proddb") as ddl:
        ddl.execute("BEGIN; LOCK TABLE customer")
        done = place.run("build-dev-db", settings=", lock_timeout: 200ms", status=3)
        assert "canceling statement due to lock timeout (SQLSTATE 55P03)" in done.stderr
        assert "run again when it is done, or wait longer with source.lock_timeout" in done.stderr
        with connect(place.source, "proddb") as source, pytest.raises(ScriptFailed) as failure:
            schema_file.write(tmp_path / "schema.sql", source=source, lock_timeout_ms=200)
        assert "LOCK TABLE public.customer" in failure.value.reason
        assert "source.lock_timeout" in (failure.value.hint or "")
        with (
            opened(place.source.conninfo("proddb"), session=limited) as snapshot,
            connect(place.dev, "postgres") as dev,
        ):
            dev.execute("CREATE TEMP TABLE customer (id int, name text)")
            with pytest.raises(ScriptFailed) as failure:
                snapshot.copy("SELECT * FROM customer", dev, "customer", binary=False, what="public.customer")
        assert "source.lock_timeout" in (failure.value.hint or "")


def test_the_link_waits_for_no_lock_either(place):
    place.run("build-dev-db", "--no-dump", settings=", lock_timeout: 200ms")
    with connect(place.source, "proddb") as ddl, connect(place.dev, DEV) as dev:
        ddl.execute("BEGIN; LOCK TABLE customer")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            dev.execute("SELECT * FROM prod_public.customer")
    failed = ScriptFailed("canceling statement due to lock timeout", path="sample.sql", sqlstate="55P03")
    assert "source.lock_timeout" in (explained(failed, Script("sample.sql", None), ()).hint or "")


@pytest.fixture
def others(cluster):
    """Roles of the dev server that have nothing to do with devdb; one of them may see what sessions do."""
    with roles(cluster, NOBODY, MONITOR, attributes="LOGIN"), connect(cluster, "postgres") as admin:
        admin.execute(f"GRANT pg_monitor TO {MONITOR}")
        yield (NOBODY, MONITOR)
        for name in (DEV, "link_template"):
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def generous(place, others):
    """The name of a database to make others from, where whatever the superuser makes is everybody's to read."""
    with connect(place.dev, "postgres") as admin:
        admin.execute("CREATE DATABASE link_template")
    with connect(place.dev, "link_template") as template:
        for what in ("USAGE ON SCHEMAS", "SELECT ON TABLES", "ALL ON FUNCTIONS"):
            template.execute(f"ALTER DEFAULT PRIVILEGES GRANT {what} TO PUBLIC, {', '.join(others)}".encode())
    return "link_template"


def test_nobody_else_can_use_the_link(place, generous, others):
    place.run("build-dev-db", "--no-dump", target=f", template: {generous}")
    with connect(place.dev, DEV) as mine:
        assert mine.execute("SELECT count(*) FROM prod_public.orders").fetchone() == (200,)
        assert mine.execute("SELECT umoptions FROM pg_user_mappings").fetchone() == (
            [f"user={READER}", f"password={PASSWORD}"],
        )
        assert PASSWORD not in str(mine.execute("SELECT srvoptions FROM pg_foreign_server").fetchall())
        for name in ("prod_public", "fdw_setup"):
            asked = "SELECT has_schema_privilege('public', %s, 'USAGE, CREATE')"
            assert mine.execute(asked, (name,)).fetchone() == (False,)
        assert mine.execute("SELECT has_server_privilege('public', 'prod_server', 'USAGE')").fetchone() == (False,)
        mine.execute("CREATE SCHEMA theirs")
        mine.execute(f"GRANT ALL ON SCHEMA theirs TO {', '.join(others)}")
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)
    for other in others:
        with connect(place.dev, DEV, user=other) as connection:
            for statement in (
                "SELECT FROM prod_public.customer",
                "SELECT FROM fdw_setup.source_sequences",
                "SELECT FROM pg_catalog.pg_user_mapping",
                "CREATE USER MAPPING FOR CURRENT_USER SERVER prod_server OPTIONS (user 'x', password 'y')",
                "CREATE USER MAPPING FOR PUBLIC SERVER prod_server",
                "ALTER USER MAPPING FOR postgres SERVER prod_server OPTIONS (SET user 'x')",
                "DROP USER MAPPING FOR postgres SERVER prod_server",
                "CREATE FOREIGN TABLE theirs.customer (id int) SERVER prod_server",
                "IMPORT FOREIGN SCHEMA public FROM SERVER prod_server INTO theirs",
                "ALTER SERVER prod_server OPTIONS (SET host 'elsewhere')",
                "SET ROLE postgres",
            ):
                with pytest.raises(refused):
                    pytest.fail(f"{other}: {connection.execute(statement).statusmessage}: {statement}")
            for question in (
                "SELECT umoptions::text FROM pg_user_mappings",
                "SELECT option_value FROM information_schema.user_mapping_options",
            ):
                assert [told for (told,) in connection.execute(question) if told is not None] == []
            # Who may read all data reads that of this server, and has no mapping.
            with connect(place.dev, DEV) as mine:
                mine.execute(f"GRANT pg_read_all_data TO {other}")
            with pytest.raises(psycopg.errors.UndefinedObject, match="user mapping not found"):
                connection.execute("SELECT FROM prod_public.customer")


def linked(connection: psycopg.Connection[Any]) -> list[str]:
    """All there is of a link."""
    return [
        name
        for (name,) in connection.execute(
            "SELECT srvname::text FROM pg_foreign_server UNION ALL SELECT usename FROM pg_user_mappings"
            " UNION ALL SELECT nspname FROM pg_namespace WHERE nspname ~ '^(prod_|fdw_)'"
            " UNION ALL SELECT extname FROM pg_extension WHERE extname = 'postgres_fdw'"
        )
    ]


@pytest.mark.parametrize(
    ("way", "replace", "dump"),
    [
        ("direct", "swap", True),
        ("wrapper", "swap", False),
        ("wrapper", "in_place", True),
        ("direct", "in_place", False),
    ],
)
def test_a_link_that_is_not_kept(place, way, replace, dump):
    with connect(place.dev, "postgres") as admin:
        admin.execute(f"CREATE DATABASE {DEV}")
    args = ("--reader", way, *(() if dump else ("--no-dump",)))
    # A link that an earlier run left, and none: the next run makes it anew, and takes it away again.
    place.run("build-dev-db", "--yes", "--no-dump", target=f", replace: {replace}")
    with connect(place.dev, DEV) as dev:
        assert sorted(set(linked(dev))) == ["fdw_setup", "postgres", "postgres_fdw", "prod_public", "prod_server"]
    # Without a link, a database filled in place is known by its comment, one that was swapped in as ever.
    for name in ("update-dev-db-schema", "update-dev-db-data")[replace == "swap" :]:
        place.run(name, *args, settings=", keep_link: false", target=f", replace: {replace}")
        with connect(place.source, "proddb") as prod, connect(place.dev, DEV) as dev:
            assert linked(dev) == []
            assert difference(contents(dev), contents(prod)) == {}
    assert (place.directory / "devdb.dump").exists() == dump


@pytest.mark.parametrize("keeps", [True, False])
def test_psql_runs_a_dry_run_that_needs_a_password(place, psql, monkeypatch, keeps):
    done = place.run("build-dev-db", "--dry-run", settings=f", keep_link: {str(keeps).lower()}")
    shown = done.stdout + done.stderr
    assert [word for word in (PASSWORD, PASSWORD.encode().hex()) if word in shown] == []
    monkeypatch.setenv("PGOPTIONS", f"-c devdb.source_password={PASSWORD.encode().hex()}")
    psql(place.dev.conninfo(), stdin=done.stdout)
    monkeypatch.delenv("PGOPTIONS")
    with connect(place.source, "proddb") as prod, connect(place.dev, DEV) as dev:
        assert difference(contents(dev), contents(prod)) == {}
        assert bool(linked(dev)) == keeps
