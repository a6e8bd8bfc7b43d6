"""A password is in no file, no log, no message and no argument; and the source is only ever read."""

from __future__ import annotations

import gzip
import os
import re
import stat
import subprocess
import threading
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from workbench import SHOP

from devdb.server import programs

# Everything that some syntax would treat in its own way, and a word to look for in any spelling of it.
WORD = "gehe1mn1s"
PASSWORD = f'{WORD} o\'brien \\ "x" 100%s {{{{ y }}}} :z #?&= ä€'
# As it is, and as the session that makes the link begins with it.
SPELLINGS = (WORD, WORD.encode().hex())

TALKATIVE = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_min_messages": "debug5",
    "log_min_error_statement": "debug5",
    "log_error_verbosity": "verbose",
    "log_duration": "on",
    "log_connections": "on",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "shared_preload_libraries": "pg_stat_statements,auto_explain",
    "pg_stat_statements.track": "all",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    # It writes of its own accord.
    "autovacuum": "off",
}

# A statement in the log, after its comments.
STATEMENT = re.compile(r"LOG:  (?:00000: )?(?:statement|execute [^:]*): (?:\s*--[^\n]*\n)*\s*(.*)", re.DOTALL)
READING = re.compile(
    r"(SELECT|SET|SHOW|WITH|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|ABORT|DECLARE|FETCH|MOVE|CLOSE|EXPLAIN|RESET"
    r"|PREPARE|EXECUTE|DEALLOCATE|SAVEPOINT|RELEASE|DISCARD"
    r"|LOCK TABLE .* IN ACCESS SHARE MODE|COPY .* TO STDOUT)\b",
    re.DOTALL | re.IGNORECASE,
)


@pytest.fixture(scope="module")
def servers(cluster_factory):
    """A source and a dev server that log all they are told, with a superuser of that password on both."""
    source, dev = (cluster_factory(settings=TALKATIVE) for _ in range(2))
    for server in (source, dev):
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            # Encrypted here, so that the log knows nothing of it from this.
            secret = connection.pgconn.encrypt_password(PASSWORD.encode(), b"ann", b"scram-sha-256").decode()
            connection.execute(sql.SQL("CREATE ROLE ann LOGIN SUPERUSER PASSWORD {}").format(secret))
            connection.execute("CREATE EXTENSION pg_stat_statements")
    with psycopg.connect(source.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE proddb")
    with psycopg.connect(source.conninfo("proddb"), autocommit=True) as connection:
        connection.execute(SHOP.encode())
    return source, dev


@pytest.fixture
def settings(servers, tmp_path):
    source, dev = servers
    path = tmp_path / "devdb.yaml"
    path.write_text(
        f"source: {{host: 127.0.0.1, port: {source.port}, user: ann}}\n"
        f"target: {{host: 127.0.0.1, port: {dev.port}, user: ann}}\n"
    )
    return path


def passfile(home, *entries):
    """A ~/.pgpass that gives the password for these ports."""
    escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
    path = home / ".pgpass"
    path.write_text("".join(f"127.0.0.1:{port}:*:ann:{escaped}\n" for port in entries), encoding="utf-8")
    path.chmod(0o600)
    return path


class Arguments:
    """The arguments of every process that there is while this watches."""

    def __enter__(self):
        self.seen: set[bytes] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._end.set()
        self._thread.join()

    def _watch(self):
        while not self._end.is_set():
            if os.path.isdir("/proc/self"):
                for path in Path("/proc").glob("[0-9]*/cmdline"):
                    try:
                        self.seen.add(path.read_bytes())
                    except OSError:
                        continue
            else:
                self.seen.add(subprocess.run(["ps", "-axww", "-o", "command"], capture_output=True).stdout)
                self._end.wait(0.05)


class Sessions:
    """What the sessions of these servers show of themselves to one who may see them all, while this watches."""

    def __init__(self, *servers):
        self.seen: set[str] = set()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._watch, args=(server,)) for server in servers]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, server):
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute("SET log_statement = 'none'; SET log_min_duration_statement = -1")
            connection.execute("SET auto_explain.log_min_duration = -1; SET log_min_messages = 'warning'")
            connection.execute("SET log_duration = off")
            while not self._end.wait(0.005):
                rows = connection.execute("SELECT concat(a) FROM pg_stat_activity AS a")
                self.seen |= {text for (text,) in rows}


def told_since(written):
    """What these servers have logged since their logs had so many bytes."""
    for server, start in written.items():
        with server.log.open("rb") as log:
            log.seek(start)
            yield server, log.read().decode("utf-8", "replace")


def files(directory):
    for path in directory.rglob("*"):
        if path.is_file() and path.name != ".pgpass":
            yield path, gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if path.suffix == ".dump":
                # Its rows are compressed.
                yield path, programs.run(programs.find("pg_restore"), ["--file=-", str(path)])


def test_the_password_is_nowhere(command, servers, settings, tmp_path):
    source, dev = servers
    by_file = passfile(tmp_path / "home", source.port, dev.port)
    written = {server: server.log.stat().st_size for server in servers}
    said = []
    with Arguments() as arguments:
        for args, env in (
            (["build-dev-db", "-vv", "--yes", "--reader", "direct"], {}),
            (["update-dev-db-data", "-vv", "--reader", "wrapper"], {"PGPASSWORD": PASSWORD}),
            (["update-dev-db-schema", "--dry-run", "-vv"], {"PGPASSWORD": PASSWORD}),
        ):
            done = command(*args, env=env)
            assert done.returncode == 0, done.stderr
            said.append(done.stdout + done.stderr)
            by_file.unlink(missing_ok=True)
        # Failures: of a script, of a check, and of a connection from the dev server to the source.
        settings.write_text(settings.read_text() + "sampling: {tables: {public.orders: {where: 1 / (id - 3) > 0}}}\n")
        done = command("update-dev-db-data", "-vv", env=env)
        assert done.returncode == 3, done.stderr
        said.append(done.stdout + done.stderr)
        settings.write_text(settings.read_text().replace("user: ann}", "user: ann, fdw_options: {port: 1}}", 1))
        done = command("update-dev-db-data", "-vv", "--reader", "wrapper", env=env)
        assert done.returncode == 2, done.stderr
        said.append(done.stdout + done.stderr)
    assert "CREATE USER MAPPING" in said[0]
    assert "devdb.source_password" in said[2]
    assert not [text for text in said for word in SPELLINGS if word in text]
    for program in (b"build-dev-db", b"pg_dump\0", b"psql\0-X"):
        assert any(program in argv for argv in arguments.seen)
    assert not [argv for argv in arguments.seen for word in SPELLINGS if word.encode() in argv]
    names = set()
    for path, content in files(tmp_path):
        names.add(path.name)
        assert not [word for word in SPELLINGS if word.encode() in content], path
        # Nor anything of the way to the source.
        if path.name != "devdb.yaml":
            for word in (b"fdw", b"prod_public", b"prod_server", b"USER MAPPING", b"127.0.0.1", b"%d" % source.port):
                assert word not in content or path.name == "run.json", (path, word)
    assert names >= {"schema.sql", "devdb.dump", "devdb.sql.gz", "run.json"}
    for server, start in written.items():
        with server.log.open("rb") as log:
            log.seek(start)
            text = log.read()
        assert b"proddb" in text if server is source else b"CREATE SERVER" in text
        assert not [word for word in SPELLINGS if word.encode() in text]
    with psycopg.connect(dev.conninfo(), autocommit=True) as connection:
        noted = connection.execute("SELECT count(*) FROM pg_stat_statements WHERE query LIKE %s", (f"%{WORD}%",))
        assert noted.fetchone() == (0,)


@pytest.fixture
def builder(servers):
    """One who is no superuser, with a database of his own on the dev server."""
    _, dev = servers
    with psycopg.connect(dev.conninfo(), autocommit=True) as admin:
        admin.execute("CREATE ROLE builder LOGIN")
        admin.execute("CREATE DATABASE built OWNER builder")
        with psycopg.connect(dev.conninfo("built"), autocommit=True) as connection:
            connection.execute("CREATE SCHEMA fdw_setup AUTHORIZATION builder")
            connection.execute("CREATE EXTENSION postgres_fdw SCHEMA fdw_setup")
            connection.execute("GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO builder")
        yield admin
        admin.execute("DROP DATABASE built WITH (FORCE)")
        admin.execute("DROP ROLE builder")


def test_who_may_not_quiet_the_server_leaks_no_password_either(command, servers, builder, tmp_path):
    source, dev = servers
    (tmp_path / "devdb.yaml").write_text(
        f"source: {{host: 127.0.0.1, port: {source.port}, user: ann}}\n"
        f"target: {{host: {dev.socket_directory}, port: {dev.port}, user: builder, dbname: built, replace: in_place}}\n"
    )
    env = {"PGPASSWORD": PASSWORD}
    written = {dev: dev.log.stat().st_size}
    # Statements within statements are kept, and only an administrator can have it otherwise.
    done = command("build-dev-db", env=env)
    assert done.returncode == 1, done.stderr
    assert "the dev server would keep the password of the source where others may read it" in done.stderr
    assert "ALTER ROLE builder SET pg_stat_statements.track_utility = off" in done.stderr
    builder.execute("ALTER ROLE builder SET pg_stat_statements.track_utility = off")
    with Sessions(dev) as sessions:
        done = command("build-dev-db", "-vv", env=env)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(dev.conninfo("built")) as connection:
        (options,) = connection.execute("SELECT umoptions FROM pg_user_mappings").fetchone()
    assert f"password={PASSWORD}" in options
    ((_, text),) = told_since(written)
    assert "OPTIONS (ADD password %L)" in text
    assert any("builder" in shown for shown in sessions.seen)
    shown = "".join([*sessions.seen, done.stdout, done.stderr, text])
    assert not [word for word in SPELLINGS if word in shown]
    noted = builder.execute("SELECT count(*) FROM pg_stat_statements WHERE query LIKE %s", (f"%{WORD}%",))
    assert noted.fetchone() == (0,)


@pytest.mark.parametrize("way", ["direct", "wrapper"])
def test_the_key_for_masking_is_nowhere(command, servers, settings, tmp_path, way):
    key = "5ec2e7" + 58 * "0"
    settings.write_text(
        settings.read_text().replace("user: ann}", f"user: ann, reader: {way}}}", 1)
        + "masking: {columns: {public.customer.name: full_name, public.orders.note: hash}}\n"
        + "classification: {policy: open}\n"
    )
    written = {server: server.log.stat().st_size for server in servers}
    with Arguments() as arguments, Sessions(*servers) as sessions:
        done = command("build-dev-db", "-vv", "--yes", env={"PGPASSWORD": PASSWORD, "DEVDB_MASK_KEY": key})
    assert done.returncode == 0, done.stderr
    for server, text in told_since(written):
        assert "devdb.mask_key" in text or server is servers[way == "direct"]
        assert "5ec2e7" not in text
    shown = "".join(
        [*sessions.seen, done.stdout, done.stderr, *(argv.decode("utf-8", "replace") for argv in arguments.seen)]
    )
    assert len(sessions.seen) > 10
    assert "5ec2e7" not in shown
    for path, content in files(tmp_path):
        assert b"5ec2e7" not in content, path


def test_a_password_in_a_connection_string_is_hidden_as_well(command, servers, tmp_path):
    source, dev = servers
    quoted = "'" + PASSWORD.replace("\\", "\\\\").replace("'", "\\'") + "'"
    args = ["--prod-db", f"host=127.0.0.1 port={source.port} user=ann dbname=proddb password={quoted}"]
    args += ["-d", f"host=127.0.0.1 port={dev.port} user=ann dbname=devdb password={quoted}"]
    mask = os.umask(0)
    try:
        for more in ([], ["--dry-run"]):
            done = command("build-dev-db", "-vv", "--yes", *args, *more)
            assert done.returncode == 0, done.stderr
            assert WORD not in done.stdout + done.stderr
    finally:
        os.umask(mask)
    assert not [path for path, content in files(tmp_path) if WORD.encode() in content]
    # Only their owner may read the rows, whatever the umask.
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.*")}
    assert modes == {"schema.sql": 0o600, "devdb.dump": 0o600, "devdb.sql.gz": 0o600, "run.json": 0o600}


def test_the_source_is_only_read(command, servers, settings, pg_dump, tmp_path):  # noqa: ARG001
    source, _ = servers

    def contents():
        with psycopg.connect(source.conninfo(), autocommit=True) as connection:
            shared = [
                connection.execute(question).fetchall()
                for question in (
                    "SELECT oid, datname, datacl::text FROM pg_database",
                    "SELECT * FROM pg_authid ORDER BY oid",
                    "SELECT * FROM pg_db_role_setting",
                    # No transaction got a number, which one that writes gets.
                    "SELECT pg_snapshot_xmax(pg_current_snapshot())",
                )
            ]
        return pg_dump(source.conninfo("proddb")), shared

    before = contents()
    start = source.log.stat().st_size
    for name, way in (
        ("build-dev-db", "direct"),
        ("update-dev-db-schema", "wrapper"),
        ("update-dev-db-data", "direct"),
    ):
        done = command(name, "--yes", "--reader", way, env={"PGPASSWORD": PASSWORD})
        assert done.returncode == 0, done.stderr
    with source.log.open("rb") as log:
        log.seek(start)
        text = log.read().decode("utf-8", "replace")
    assert contents() == before
    told = [entry for line in re.split(r"\n(?!\t)", text) if (entry := STATEMENT.search(line))]
    assert len(told) > 50
    assert not [entry[1] for entry in told if not READING.match(entry[1])]


def test_the_link_cannot_write(command, servers, settings, tmp_path):  # noqa: ARG001
    _, dev = servers
    done = command("build-dev-db", "--yes", "--no-dump", env={"PGPASSWORD": PASSWORD})
    assert done.returncode == 0, done.stderr
    with psycopg.connect(dev.conninfo("devdb"), user="ann", autocommit=True) as connection:
        for statement in ("DELETE FROM prod_public.orders", "TRUNCATE prod_public.orders"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
        connection.execute("ALTER SERVER prod_server OPTIONS (SET updatable 'true', SET truncatable 'true')")
        for statement in ("DELETE FROM prod_public.orders", "TRUNCATE prod_public.orders"):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute(statement)
        assert connection.execute("SELECT count(*) FROM prod_public.orders").fetchone() == (200,)
        (mappings,) = connection.execute("SELECT array_agg(usename::text) FROM pg_user_mappings").fetchone()
        assert mappings == ["ann"]


def test_a_source_that_holds_secrets_itself(command, servers, settings, tmp_path):  # noqa: ARG001
    """Servers, user mappings and subscriptions of the source stay there."""
    source, _ = servers
    with psycopg.connect(source.conninfo("proddb"), autocommit=True) as connection:
        for statement in (
            "CREATE EXTENSION postgres_fdw",
            "CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'secret.example')",
            "CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'u', password 'gehe1mer')",
            "CREATE SUBSCRIPTION s CONNECTION 'host=secret.example password=gehe1mer' PUBLICATION p "
            "WITH (connect = false)",
            "CREATE PUBLICATION p FOR ALL TABLES",
        ):
            connection.execute(statement)
    try:
        done = command("build-dev-db", "--yes", "-vv", env={"PGPASSWORD": PASSWORD})
        assert done.returncode == 0, done.stderr
        assert "gehe1mer" not in done.stdout + done.stderr
        for path, content in files(tmp_path):
            assert b"gehe1mer" not in content, path
            assert b"secret.example" not in content, path
    finally:
        with psycopg.connect(source.conninfo("proddb"), autocommit=True) as connection:
            connection.execute("ALTER SUBSCRIPTION s DISABLE")
            connection.execute("ALTER SUBSCRIPTION s SET (slot_name = NONE)")
            connection.execute("DROP SUBSCRIPTION s")
            connection.execute("DROP PUBLICATION p")
            connection.execute("DROP EXTENSION postgres_fdw CASCADE")
