"""The new dev database takes the old one's place with everything that people gave to the old one."""

from __future__ import annotations

import psycopg
import pytest
from workbench import SLOW, eventually

pytestmark = pytest.mark.usefixtures("shop")

# Of a database, by name: everything that ALTER DATABASE, GRANT and COMMENT can say of it.
PROPERTIES = """
    SELECT
        d.datconnlimit, d.datistemplate, d.datallowconn, pg_get_userbyid(d.datdba),
        (SELECT array_agg(a::text ORDER BY a::text) FROM aclexplode(d.datacl) AS a),
        (
            SELECT array_agg(COALESCE(r.rolname, '') || ' ' || c.setting ORDER BY r.rolname, c.setting)
            FROM pg_db_role_setting AS s
            LEFT JOIN pg_roles AS r ON r.oid = s.setrole
            CROSS JOIN unnest(s.setconfig) AS c (setting)
            WHERE s.setdatabase = d.oid
        ),
        regexp_replace(shobj_description(d.oid, 'pg_database'), ', 20..-..-.. ..:.. UTC', ''),
        t.spcname
    FROM pg_database AS d JOIN pg_tablespace AS t ON t.oid = d.dattablespace
    WHERE d.datname = %s
"""


@pytest.fixture
def properties(cluster):
    def of(name):
        with psycopg.connect(cluster.conninfo()) as connection:
            return connection.execute(PROPERTIES, (name,)).fetchone()

    return of


@pytest.mark.usefixtures("dev_db")
def test_everything_said_of_the_old_database_is_said_of_the_new(run, tell, ask, properties):
    tell(
        "devdb",
        'CREATE ROLE "Dev\'Owner"',
        "CREATE ROLE reader",
        'CREATE ROLE "a, b"',
        "COMMENT ON DATABASE devdb IS 'Ask Ann [ext. 7] before 100% of changes.'",
        "ALTER DATABASE devdb CONNECTION LIMIT 7",
        """ALTER DATABASE devdb SET search_path = "$user", public, "My, ""odd"" Schema", 'x y'""",
        "ALTER DATABASE devdb SET application_name = 'it''s \\ \"odd\", 100%'",
        "ALTER DATABASE devdb SET work_mem = '8MB'",
        "ALTER DATABASE devdb SET DateStyle = 'German, DMY'",
        "ALTER DATABASE devdb SET TimeZone = 'Europe/Vienna'",
        "ALTER DATABASE devdb SET app.tenant = 'a=b, c'",
        "ALTER DATABASE devdb SET default_transaction_read_only = off",
        'ALTER ROLE reader IN DATABASE devdb SET search_path = public, "We, b"',
        "ALTER ROLE \"a, b\" IN DATABASE devdb SET search_path = ''",
        'ALTER ROLE "Dev\'Owner" IN DATABASE devdb SET statement_timeout = 5000',
        "REVOKE TEMPORARY ON DATABASE devdb FROM PUBLIC",
        "GRANT CONNECT ON DATABASE devdb TO reader WITH GRANT OPTION",
        'GRANT CREATE, TEMPORARY ON DATABASE devdb TO "a, b"',
        'ALTER DATABASE devdb OWNER TO "Dev\'Owner"',
    )
    before, oid = properties("devdb"), ask("devdb", "SELECT oid FROM pg_database WHERE datname = 'devdb'")
    done = run("update-dev-db-data", "--no-dump", "--yes")
    after = properties("devdb")
    assert after[:6] == before[:6]
    assert after[6] == "Ask Ann [ext. 7] before 100% of changes. [made by devdb from proddb]"
    assert ask("devdb", "SELECT oid FROM pg_database WHERE datname = 'devdb'") != oid
    (warning,) = (line for line in done.stderr.splitlines() if "warning" in line)
    assert warning.startswith("warning: the source's user postgres is a superuser")
    # And once more, now that the comment holds the mark.
    run("update-dev-db-data", "--no-dump")
    assert properties("devdb") == after


def test_a_database_that_nobody_touched_stays_plain(run, properties):
    run("build-dev-db", "--no-dump")
    first = properties("devdb")
    run("build-dev-db", "--no-dump")
    assert properties("devdb") == first
    assert first[:6] == (-1, False, True, "postgres", None, None)


@pytest.mark.usefixtures("dev_db")
def test_a_dev_database_may_be_a_template(run, tell, ask, databases, properties):
    tell("postgres", "ALTER DATABASE devdb IS_TEMPLATE true")
    there = databases()
    try:
        run("update-dev-db-data", "--no-dump")
        assert databases() == there
        assert properties("devdb")[1] is True
        tell("postgres", "CREATE DATABASE clone TEMPLATE devdb")
        assert ask("clone", "SELECT count(*) FROM orders") == 200
    finally:
        tell("postgres", "ALTER DATABASE devdb IS_TEMPLATE false")


@pytest.mark.usefixtures("dev_db")
def test_the_tablespace_stays(run, tell, cluster, properties):
    directory = cluster.account.own(cluster.directory / "space")
    tell("postgres", f"CREATE TABLESPACE space LOCATION '{directory}'", "ALTER DATABASE devdb SET TABLESPACE space")
    try:
        run("update-dev-db-data", "--no-dump")
        assert properties("devdb")[7] == "space"
    finally:
        tell("postgres", "DROP DATABASE devdb", "DROP TABLESPACE space")


def test_sessions_work_on_until_the_end_and_are_ended_then(start, ask, dev_db, cluster):
    # One that only waits, one within a transaction, one that is busy.
    idle = psycopg.connect(cluster.conninfo(dev_db), autocommit=True)
    open_one = psycopg.connect(cluster.conninfo(dev_db))
    open_one.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
    busy = psycopg.connect(cluster.conninfo(dev_db), autocommit=True)
    busy.pgconn.send_query(b"SELECT pg_sleep(60)")
    run = start("update-dev-db-data", "--no-dump", settings=SLOW)
    eventually(lambda: ask("postgres", "SELECT 1 FROM pg_database WHERE datname = 'devdb__next'"))
    while run.poll() is None and ask("postgres", "SELECT 1 FROM pg_database WHERE datname = 'devdb__next'"):
        try:
            assert idle.execute("SELECT count(*) FROM customer").fetchone() == (50,)
        except psycopg.OperationalError:
            break
    assert run.wait(60) == 0, run.communicate()
    for session in (idle, open_one):
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200
    for session in (idle, open_one, busy):
        session.close()


def test_an_administrator_may_prepare_a_template(command, cluster, tell, ask, make_db, tmp_path):
    make_db("prepared")
    tell("prepared", "CREATE ROLE dev LOGIN CREATEDB PASSWORD 'dev'", "CREATE SCHEMA fdw_setup AUTHORIZATION dev")
    tell("prepared", "CREATE EXTENSION postgres_fdw SCHEMA fdw_setup")
    tell("prepared", "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO dev")
    tell("proddb", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO dev")
    (tmp_path / "home" / ".pgpass").write_text("127.0.0.1:*:*:dev:dev\n")
    (tmp_path / "home" / ".pgpass").chmod(0o600)
    (tmp_path / "devdb.yaml").write_text("target: {template: prepared}\n")
    env = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port)}
    done = command("build-dev-db", "-U", "dev", env=env)
    assert done.returncode == 3
    assert "IS_TEMPLATE" in done.stderr
    tell("postgres", "ALTER DATABASE prepared IS_TEMPLATE true")
    for name in ("build-dev-db", "update-dev-db-data", "update-dev-db-schema"):
        done = command(name, "-U", "dev", env=env)
        assert done.returncode == 0, done.stderr
    assert ask("devdb", "SELECT count(*) FROM orders") == 200
    assert ask("postgres", "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'devdb'") == "dev"
    tell("postgres", "ALTER DATABASE prepared IS_TEMPLATE false")
    # Without it, the message says what to ask the administrator for.
    (tmp_path / "devdb.yaml").write_text("")
    done = command("build-dev-db", "-U", "dev", env=env)
    assert done.returncode == 3
    assert "target.template" in done.stderr
    assert ask("devdb", "SELECT count(*) FROM orders") == 200


def test_a_user_without_the_right_to_create_databases(command, cluster, tell, databases):
    tell("proddb", "CREATE ROLE dev LOGIN PASSWORD 'dev'", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO dev")
    there = databases()
    env = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGPASSWORD": "dev"}
    done = command("build-dev-db", "-U", "dev", env=env)
    assert done.returncode == 1
    assert "CREATEDB" in done.stderr
    assert "in_place" in done.stderr
    assert databases() == there


@pytest.mark.parametrize(
    "name",
    ['Dev DB\'s "100%" \\ {{ x }} :a', "Ü" * 31, "Z" * 63, "-d select"],
)
def test_names_of_any_kind(run, cluster, databases, name):
    there = databases()
    args = [f"--dev-db={name}", "--no-dump"]
    run("build-dev-db", *args)
    run("update-dev-db-data", *args)
    assert databases() - there == {name}
    with psycopg.connect(cluster.conninfo(), dbname=name) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (200,)


@pytest.fixture
def in_place(make_db, run):
    """A dev database that was filled in place."""
    make_db("devdb")
    run("build-dev-db", "--no-dump", settings="target: {replace: in_place}\n")
    return "devdb"


def test_in_place_the_database_stays_the_same_one(run, in_place, ask, tell, databases, cluster):
    oid, there = ask("postgres", "SELECT oid FROM pg_database WHERE datname = 'devdb'"), databases()
    tell(in_place, "CREATE SCHEMA scratch", "CREATE TABLE scratch.t AS SELECT 1 AS x", "DELETE FROM orders")
    tell("proddb", "ALTER TABLE orders ADD COLUMN placed date DEFAULT '2020-01-01'")
    with psycopg.connect(cluster.conninfo(in_place), autocommit=True) as session:
        run("update-dev-db-schema")
        run("update-dev-db-data", "--no-dump")
        assert session.execute("SELECT count(placed) FROM orders").fetchone() == (200,)
    assert ask("postgres", "SELECT oid FROM pg_database WHERE datname = 'devdb'") == oid
    assert ask(in_place, "SELECT x FROM scratch.t") == 1
    assert databases() == there


def test_in_place_a_failure_leaves_everything_as_it_was(run, in_place, tell, pg_dump, cluster):
    tell(in_place, "UPDATE orders SET note = 'mine'")
    tell("proddb", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey", "UPDATE orders SET customer_id = 99")
    tell("proddb", "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customer NOT VALID")
    before = pg_dump(cluster.conninfo(in_place))
    done = run("build-dev-db", status=1)
    assert "orders_customer_id_fkey" in done.stderr
    assert pg_dump(cluster.conninfo(in_place)) == before


def test_in_place_nothing_of_other_schemas_is_dropped_unasked(run, in_place, tell, ask):
    tell(
        in_place,
        "CREATE SCHEMA scratch",
        "CREATE VIEW scratch.v AS SELECT * FROM orders",
        "CREATE VIEW scratch.of_v AS SELECT * FROM scratch.v",
        "CREATE TABLE scratch.t (order_id int REFERENCES orders, of orders)",
        "CREATE TABLE scratch.free (id int)",
        "CREATE VIEW scratch.linked AS SELECT * FROM prod_public.orders",
    )
    done = run("update-dev-db-data", status=1)
    for said in ("view scratch.v", "view scratch.linked", "t_order_id_fkey", "scratch.t", "--yes"):
        assert said in done.stderr
    assert "scratch.free" not in done.stderr
    assert ask(in_place, "SELECT count(*) FROM scratch.of_v") == 200
    done = run("update-dev-db-data", "--no-dump", "--yes")
    assert "warning: objects that need the replaced schemas are dropped" in done.stderr
    assert ask(in_place, "SELECT to_regclass('scratch.v')") is None
    assert ask(in_place, "SELECT count(*) FROM scratch.free") == 0


def test_a_schema_that_is_replaced_cannot_be_kept(run, dev_db, ask):
    for name in ("public", "prod_public", "fdw_setup"):
        done = run("update-dev-db-data", status=1, settings=f"target: {{keep_schemas: [{name}]}}")
        assert f"target.keep_schemas: {name}" in done.stderr
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


def test_a_leftover_of_either_name_is_removed(run, tell, databases):
    tell("postgres", "CREATE DATABASE devdb__next", "CREATE DATABASE devdb__old")
    run("build-dev-db", "--no-dump")
    assert not databases() & {"devdb__next", "devdb__old"}
