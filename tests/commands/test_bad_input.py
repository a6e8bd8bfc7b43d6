"""What a person does wrong is said in plain words, with the right exit status, before anything is lost."""

from __future__ import annotations

import re
import time

import psycopg
import pytest
from psycopg import sql
from workbench import SLOW, eventually, unchanged

pytestmark = pytest.mark.usefixtures("shop")

COMMANDS = ("build-dev-db", "update-dev-db-schema", "update-dev-db-data")


@pytest.mark.parametrize(
    ("settings", "line", "words"),
    [
        ("sampling:\n  defualt: none\n", 2, ["sampling.defualt", "did you mean default?"]),
        ("source:\n  fetch_size: many\n", 2, ["source.fetch_size", "a whole number", "many"]),
        ("sampling:\n  tables:\n    public.order: all\n", 3, ["public.order", "did you mean public.orders?"]),
        ("source: {schemas: [pbulic]}\n", None, ["pbulic", "did you mean public?"]),
        (
            "sampling:\n  tables:\n    public.orders: {where: custmer_id > 3}\n",
            3,
            ["custmer_id", "did you mean customer_id?"],
        ),
        (
            "sampling:\n  tables:\n    public.orders: {order_by: created, limit: 3}\n",
            3,
            ["public.orders", "created"],
        ),
        ("source:\n  password: gehe1m\n", 2, ["source.password", "~/.pgpass"]),
    ],
)
def test_settings_that_are_wrong_are_refused_before_anything_is_touched(
    run, databases, tmp_path, settings, line, words
):
    (tmp_path / "devdb.yaml").write_text(settings)
    there = databases()
    with unchanged(tmp_path):
        done = run("build-dev-db", status=1)
    for word in words:
        assert word in done.stderr
    assert "gehe1m" not in done.stderr
    if line is not None:
        assert f"devdb.yaml:{line}: " in done.stderr
    assert databases() == there


def test_an_option_that_is_unknown_is_bad_usage(run):
    done = run("build-dev-db", "--dry-rum", status=2)
    assert "--dry-run" in done.stderr


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("id +", "syntax error"),
        ("id > 'many'", "invalid input syntax"),
        ("nowhere(id)", "function nowhere(integer) does not exist"),
        # Only the rows themselves show what is wrong with this one.
        ("10 / (id - 7) > 0", "division by zero"),
    ],
)
def test_a_rule_whose_sql_is_wrong_is_named_by_file_and_line(run, dev_db, databases, ask, where, said):
    before = ask(
        dev_db, "SELECT pg_catalog.pg_postmaster_start_time()::text || oid FROM pg_database WHERE datname = 'devdb'"
    )
    there = databases()
    settings = f'sampling:\n  tables:\n    public.customer: all\n    public.orders: {{where: "{where}"}}\n'
    done = run("update-dev-db-data", status=3, settings=settings)
    assert "devdb.yaml:4: " in done.stderr
    assert said in done.stderr
    assert databases() == there
    assert before == ask(
        dev_db, "SELECT pg_catalog.pg_postmaster_start_time()::text || oid FROM pg_database WHERE datname = 'devdb'"
    )
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


def test_a_database_that_devdb_did_not_make_is_not_replaced(run, make_db, psql, ask):
    psql(make_db("devdb"), stdin="CREATE SCHEMA mine; CREATE TABLE mine.t AS SELECT 1 AS x;")
    for name in ("build-dev-db", "update-dev-db-schema"):
        done = run(name, status=1)
        assert "devdb did not make" in done.stderr
        assert "mine" in done.stderr
        assert "--yes" in done.stderr
    assert ask("devdb", "SELECT x FROM mine.t") == 1
    run("build-dev-db", "--no-dump", "--yes")
    assert ask("devdb", "SELECT count(*) FROM orders") == 200


def test_an_empty_database_has_nothing_to_lose(run, make_db, ask):
    make_db("devdb")
    run("build-dev-db", "--no-dump")
    assert ask("devdb", "SELECT count(*) FROM orders") == 200


@pytest.mark.parametrize("how", ["-d", "--prod-db", "uri", "conninfo", "settings", "next"])
def test_the_source_is_never_the_dev_database(run, cluster, ask, how):
    host = str(cluster.socket_directory).replace("/", "%2F")
    args = {
        "-d": ["-d", "proddb"],
        "--prod-db": ["--prod-db", "proddb", "-d", "proddb"],
        "uri": ["-d", f"postgresql://postgres@{host}:{cluster.port}/proddb"],
        "conninfo": ["-d", f"host=127.0.0.1 port={cluster.port} dbname=proddb password={cluster.password}"],
        "settings": [],
        "next": ["-d", "prod"],
    }[how]
    name = "proddb"
    if how == "next":
        # Not the dev database itself, but what a run would drop on its way there.
        name = "prod__next"
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute("ALTER DATABASE proddb RENAME TO prod__next")
        args += ["--prod-db", "prod__next"]
    try:
        settings = "target: {dbname: proddb}" if how == "settings" else None
        done = run("build-dev-db", "--yes", *args, status=1, settings=settings)
        assert "would be the source itself" in done.stderr
        assert ask(name, "SELECT count(*) FROM orders") == 200
    finally:
        if how == "next":
            with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
                connection.execute("ALTER DATABASE prod__next RENAME TO proddb")


@pytest.mark.usefixtures("dev_db")
def test_two_runs_at_once(run, start, ask):
    first = start("update-dev-db-data", "--no-dump", settings=SLOW)
    eventually(lambda: ask("postgres", "SELECT 1 FROM pg_database WHERE datname = 'devdb__next'"))
    begun_s = time.monotonic()
    done = run("update-dev-db-schema", status=1, settings=SLOW)
    assert time.monotonic() - begun_s < 5
    assert first.poll() is None
    assert "another run is at the dev database devdb: devdb update-dev-db-data" in done.stderr
    assert re.search(r"server process \d+\) of user postgres.*, since 20\d\d-", done.stderr)
    assert f":{first.pid}" in done.stderr
    # Another dev database on the same server is none of its business.
    run("build-dev-db", "--no-dump", "-d", "other")
    assert first.wait(60) == 0


@pytest.mark.parametrize("name", COMMANDS[1:])
def test_there_is_nothing_to_update_yet(run, databases, name):
    there = databases()
    done = run(name, status=1)
    assert "there is no dev database devdb yet" in done.stderr
    assert "build-dev-db" in done.stderr
    assert databases() == there


@pytest.mark.usefixtures("dev_db")
def test_the_schema_file_is_missing(run, tmp_path, databases):
    (tmp_path / "schema.sql").unlink()
    there = databases()
    done = run("update-dev-db-data", status=1)
    assert "schema.sql" in done.stderr
    assert "update-dev-db-schema" in done.stderr
    assert databases() == there


def test_the_schema_file_was_cut(run, dev_db, tmp_path, ask):
    text = (tmp_path / "schema.sql").read_text()
    (tmp_path / "schema.sql").write_text(text[: len(text) // 3])
    done = run("update-dev-db-data", status=1)
    assert "schema.sql" in done.stderr
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


def test_a_source_that_changed_needs_its_schema_read_anew(run, dev_db, tell, ask, databases):
    there = databases()
    for change, said in (
        ("ALTER TABLE orders ADD COLUMN placed date", "column public.orders.placed is new"),
        ("ALTER TABLE orders DROP COLUMN note", "column public.orders.note is gone"),
        ("ALTER TABLE customer ALTER COLUMN name TYPE varchar(99)", "customer.name is now character varying(99)"),
        ("CREATE TABLE payment (id int)", "table public.payment is new"),
        ("DROP TABLE orders", "table public.orders is gone"),
    ):
        tell("proddb", change)
        done = run("update-dev-db-data", status=1)
        assert said in done.stderr
        assert "update-dev-db-schema" in done.stderr
    assert databases() == there
    assert ask(dev_db, "SELECT count(note) FROM orders") == 200


def test_in_place_needs_room_for_its_locks(command, cluster_factory, tmp_path):
    small = cluster_factory(
        settings={"max_locks_per_transaction": "10", "max_connections": "10", "max_wal_senders": "0"}
    )
    with psycopg.connect(small.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE proddb")
        connection.execute("CREATE DATABASE devdb")
    with psycopg.connect(small.conninfo("proddb"), autocommit=True) as connection:
        for number in range(60):
            connection.execute(f"CREATE TABLE t{number} (id int PRIMARY KEY)".encode())
    (tmp_path / "devdb.yaml").write_text("target: {replace: in_place}\n")
    env = {"PGHOST": str(small.socket_directory), "PGPORT": str(small.port)}
    done = command("build-dev-db", env=env)
    assert done.returncode == 1, done.stderr
    figures = re.search(r"about (\d+) locks .* room for (\d+)\n.*max_locks_per_transaction to (\d+)", done.stderr, re.S)
    assert figures is not None, done.stderr
    needed, room, setting = map(int, figures.groups())
    assert (needed > 200, room) == (True, 100)
    # The other way has no such need, and with the setting this one works as well.
    (tmp_path / "devdb.yaml").write_text("")
    done = command("build-dev-db", "--no-dump", env=env)
    assert done.returncode == 0, done.stderr
    small.stop()
    with (small.data / "postgresql.conf").open("a") as conf:
        conf.write(f"\nmax_locks_per_transaction = {setting}\n")
    small.start(listen=True)
    with psycopg.connect(small.conninfo(), autocommit=True) as connection:
        connection.execute("DROP DATABASE devdb")
        connection.execute("CREATE DATABASE devdb")
    (tmp_path / "devdb.yaml").write_text("target: {replace: in_place}\n")
    env["PGPORT"] = str(small.port)
    done = command("build-dev-db", "--no-dump", env=env)
    assert done.returncode == 0, done.stderr


def test_in_place_without_a_database(run):
    done = run("build-dev-db", status=2, settings="target: {replace: in_place}")
    assert "devdb" in done.stderr
    assert "administrator" in done.stderr


ODD = [
    "it's", 'say "x"', "100%", r"back\slash", "{{ braces }}", "{% if %}", "{# no #}", ":colon :'x' :\"y\"", "$$",
    "ä ß 漢", "select",
]  # fmt: skip


@pytest.mark.parametrize("replace", ["swap", "in_place"])
def test_odd_names_and_values_arrive_unchanged(run, make_db, cluster, replace):
    source = make_db("odd")
    with psycopg.connect(source, autocommit=True) as connection:
        for number, name in enumerate(ODD):
            table, schema = sql.Identifier(name), sql.Identifier(f"{name} schema")
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
            connection.execute(
                sql.SQL("CREATE TABLE {schema}.{table} ({table} text PRIMARY KEY DEFAULT {value}, {key} text)").format(
                    schema=schema, table=table, value=sql.Literal(name), key=sql.Identifier(f"{name} of")
                )
            )
            connection.execute(
                sql.SQL("ALTER TABLE {0}.{1} ADD CONSTRAINT {1} FOREIGN KEY ({2}) REFERENCES {0}.{1}").format(
                    schema, table, sql.Identifier(f"{name} of")
                )
            )
            for value in ODD:
                connection.execute(sql.SQL("INSERT INTO {}.{} VALUES ({}, {})").format(schema, table, value, value))
            connection.execute(sql.SQL("COMMENT ON TABLE {}.{} IS {}").format(schema, table, "\n".join(ODD)))
            if number % 2:
                connection.execute(sql.SQL("CREATE INDEX ON {}.{} (({} || {}))").format(schema, table, table, name))
    if replace == "in_place":
        make_db("devdb")
    rules = (
        'sampling:\n  tables:\n    "it\'s schema.*": {where: "\\"it\'s\\" LIKE \'100%\' OR \\"it\'s\\" LIKE \'{{%\'"}\n'
    )
    run("build-dev-db", "--no-dump", "--prod-db", "odd", settings=f"target: {{replace: {replace}}}\n{rules}")
    for name in ODD:
        question = sql.SQL("SELECT * FROM {}.{} ORDER BY 1").format(
            sql.Identifier(f"{name} schema"), sql.Identifier(name)
        )
        with psycopg.connect(source) as there, psycopg.connect(cluster.conninfo("devdb")) as here:
            wanted = there.execute(question).fetchall()
            if name == "it's":
                wanted = [row for row in wanted if row[0] in ("100%", "{{ braces }}")]
            assert here.execute(question).fetchall() == wanted
            comment = sql.SQL("SELECT obj_description({}::regclass)").format(
                sql.Literal(sql.Identifier(f"{name} schema", name).as_string(there))
            )
            assert here.execute(comment).fetchone() == there.execute(comment).fetchone()


def test_extensions_that_the_dev_server_lacks_are_listed_all_at_once(run, tell, databases):
    # No server has these: the source's catalog is made to say that it does.
    for oid, name in enumerate(("nowhere_one", "nowhere_two"), start=100_000):
        tell(
            "proddb",
            "SET allow_system_table_mods = on",
            f"INSERT INTO pg_extension SELECT {oid}, '{name}', extowner, 'public'::regnamespace, "
            "extrelocatable, extversion FROM pg_extension WHERE extname = 'plpgsql'",
        )
    there = databases()
    done = run("build-dev-db", status=1)
    assert "nowhere_one, nowhere_two" in done.stderr
    assert "extensions.skip" in done.stderr
    assert databases() == there
    run("build-dev-db", "--no-dump", settings="extensions: {skip: [nowhere_one, nowhere_two]}")


GUARDED = """
    CREATE ROLE "shop Reader" NOLOGIN;
    CREATE ROLE shop_auditor NOLOGIN;
    GRANT SELECT ON customer TO "shop Reader";
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    CREATE POLICY few ON orders TO "shop Reader", shop_auditor USING (id < 10);
"""


@pytest.fixture
def guarded(shop, psql):
    """The shop on a server of its own, with grants and policies for roles that the dev server does not know."""
    psql(shop, stdin=GUARDED)
    return shop


@pytest.fixture(scope="module")
def elsewhere(cluster_factory):
    """A dev server other than the source's."""
    return cluster_factory()


@pytest.mark.usefixtures("guarded")
def test_roles_that_the_schema_names_are_created_without_login(command, elsewhere, server_env, tmp_path):
    (tmp_path / "devdb.yaml").write_text(
        f"source: {{host: {server_env['PGHOST']}, port: {server_env['PGPORT']}}}\n"
        f"target: {{host: {elsewhere.socket_directory}, port: {elsewhere.port}, dbname: roles_made}}\n"
        "schema: {privileges: true}\n"
    )
    done = command("build-dev-db", "--no-dump")
    assert done.returncode == 0, done.stderr
    assert "note: the role shop Reader is created, without login" in done.stderr
    with psycopg.connect(elsewhere.conninfo("roles_made"), autocommit=True) as connection:
        roles = connection.execute("SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'shop%' ORDER BY 1")
        assert roles.fetchall() == [("shop Reader", False), ("shop_auditor", False)]
        (roles_of_policy,) = connection.execute("SELECT roles FROM pg_policies WHERE policyname = 'few'").fetchone()
        assert sorted(roles_of_policy) == ["shop Reader", "shop_auditor"]
        granted = connection.execute("SELECT has_table_privilege('shop Reader', 'customer', 'SELECT')").fetchone()
        assert granted == (True,)
        connection.execute('DROP OWNED BY shop_auditor, "shop Reader"')
        connection.execute('DROP ROLE shop_auditor, "shop Reader"')


@pytest.mark.usefixtures("guarded")
def test_roles_that_cannot_be_created_are_left_out_with_a_warning(command, elsewhere, cluster, tmp_path):
    with psycopg.connect(elsewhere.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN CREATEDB PASSWORD 'plain'")
        connection.execute("CREATE DATABASE plain_template IS_TEMPLATE true")
    with psycopg.connect(elsewhere.conninfo("plain_template"), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA fdw_setup AUTHORIZATION plain")
        connection.execute("CREATE EXTENSION postgres_fdw SCHEMA fdw_setup")
        connection.execute("GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO plain")
    (tmp_path / "home" / ".pgpass").write_text(
        f"127.0.0.1:{elsewhere.port}:*:plain:plain\n127.0.0.1:{cluster.port}:*:postgres:{cluster.password}\n"
    )
    (tmp_path / "home" / ".pgpass").chmod(0o600)
    (tmp_path / "devdb.yaml").write_text(
        f"source: {{host: 127.0.0.1, port: {cluster.port}}}\n"
        f"target: {{host: 127.0.0.1, port: {elsewhere.port}, user: plain, "
        "dbname: roles_left, template: plain_template}\n"
        "schema: {privileges: true}\n"
    )
    done = command("build-dev-db")
    assert done.returncode == 0, done.stderr
    assert "warning: there is no role shop Reader on the dev server" in done.stderr
    assert "warning: there is no role shop_auditor on the dev server" in done.stderr
    with psycopg.connect(elsewhere.conninfo("roles_left"), autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM pg_policies").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (200,)
