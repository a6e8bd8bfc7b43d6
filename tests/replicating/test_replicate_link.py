"""The link to a legacy system: made once, anew when something changed, and never half."""

from __future__ import annotations

import re

import pglast
import psycopg
import pytest

from devdb.replicating.link import NEEDED
from devdb.sqltext.statements import Kind, Script, split
from devdb.wrappers import registry


@pytest.fixture
def replicate(replicate_here, site):
    """The site has one quick step."""
    for path in (site / "replicate").iterdir():
        path.unlink()
    (site / "replicate" / "01_owners.sql").write_text("SELECT count(*) FROM {{ fdw_schema | ident }}.wells_owners;")
    (site / "devdb.yaml").write_text("target: {dbname: wells}\n")
    return replicate_here


def test_missing_variables_are_all_named(replicate):
    done = replicate("Full", status=2, **dict.fromkeys(NEEDED))
    assert f"Error: {', '.join(NEEDED)} must be set in the environment" in done.stderr
    done = replicate("Full", status=2, FDW_PASS="", FDW_NAME=None)
    assert "Error: FDW_PASS, FDW_NAME must be set in the environment" in done.stderr


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"FDW_WRAPPER": "file_fdw"}, "FDW_WRAPPER: file_fdw is none of postgres_fdw, oracle_fdw, mysql_fdw, tds_fdw"),
        ({"FDW_FOREIGN_SERVER": "db:99999/x"}, "FDW_FOREIGN_SERVER: 'db:99999/x': there is no port 99999"),
        ({"FDW_FOREIGN_SERVER": "db"}, "FDW_FOREIGN_SERVER: the name of the database is missing"),
        ({"FDW_SCHEMA": "pg_legacy"}, "FDW_SCHEMA: pg_legacy is a system schema"),
        ({"FDW_NAME": 64 * "x"}, "FDW_NAME: a name must not be longer than 63 bytes"),
    ],
)
def test_mistakes_in_the_environment(replicate, variables, said):
    assert said in replicate("Full", status=2, PGHOST="/nowhere", **variables).stderr


def test_mistakes_are_told_and_nothing_is_remembered(replicate, psql, application):
    for name, value, status, said in (
        ("FDW_FOREIGN_SCHEMA", "WELLS", 1, "Hint: did you mean wells?"),
        ("FDW_FOREIGN_SCHEMA", "wel", 1, "Hint: did you mean wells?"),
        ("FDW_FOREIGN_SCHEMA", "public", 1, "FDW_FOREIGN_SCHEMA: the source shows no table in the schema public"),
        ("FDW_SCHEMA", "wells", 1, "the schema wells holds more than foreign tables of devdb's: casing,"),
        ("FDW_FOREIGN_SERVER", "127.0.0.1:1/x", 2, "the dev server cannot reach the source 127.0.0.1:1/x: "),
        ("FDW_PASS", "wr0ng", 2, "password authentication failed"),
    ):
        done = replicate("Full", status=status, **{name: value})
        assert said in done.stderr
        assert "wr0ng" not in done.stderr
        assert psql(application, "-c", "SELECT srvname FROM pg_foreign_server") == ""
        assert psql(application, "-c", "SELECT nspname FROM pg_namespace WHERE nspname ~ 'legacy|look'") == ""


@pytest.mark.usefixtures("application")
def test_a_wrapper_that_is_not_installed(replicate):
    done = replicate("Full", status=1, FDW_WRAPPER=None, FDW_FOREIGN_SERVER="//legacy:1521/prod")
    assert "oracle_fdw is not installed on the dev server" in done.stderr
    assert "Debian" in done.stderr
    assert "Dockerfile.postgres-oraclefdw" in done.stderr


@pytest.mark.parametrize(
    ("wrapper", "place", "expected"),
    [
        (
            "oracle_fdw",
            "//legacy:1521/prod",
            [
                "WRAPPER oracle_fdw OPTIONS ( dbserver '//legacy:1521/prod', isolation_level 'read_only' )",
                """IMPORT FOREIGN SCHEMA "WELLS" FROM SERVER wells_server INTO wells_legacy OPTIONS (
                "case" 'smart', readonly 'true' )""",
            ],
        ),
        ("mysql_fdw", "legacy", ["OPTIONS (username 'reader')", "host 'legacy'", "READ ONLY'", "INTO wells_legacy ;"]),
        ("tds_fdw", "legacy:1433/prod", ["OPTIONS (username 'reader')", "servername 'legacy'", "database 'prod'"]),
    ],
)
def test_what_every_wrapper_is_told(replicate, wrapper, place, expected):
    said = {"FDW_WRAPPER": wrapper, "FDW_FOREIGN_SERVER": place, "FDW_FOREIGN_SCHEMA": "WELLS", "FDW_USER": "reader"}
    done = replicate("Full", "-n", PGHOST="/nowhere", **said)
    script = Script("dry run", done.stdout)
    for piece in split(script):
        if piece.kind is Kind.SQL:
            pglast.parse_sql(piece.text)
    told = " ".join(done.stdout.split())
    for text in expected:
        assert " ".join(text.split()) in told
    wanted = registry.wrapper(wrapper)
    (server,) = re.findall(r"CREATE SERVER .*? OPTIONS \((.*?)\n\);", done.stdout, re.DOTALL)
    assert set(re.findall(r"^ +\"?(\w+)\"? '", server, re.MULTILINE)) <= wanted.options.server


def test_options_are_the_wrapper_s(replicate, site):
    (site / "devdb.yaml").write_text("replicate: {server_options: {fetchsize: 3}}")
    assert (
        "replicate.server_options: fetchsize: postgres_fdw has no such option; fetch_size?"
        in replicate("Full", status=1).stderr
    )
    (site / "devdb.yaml").write_text("replicate: {import_options: {case: lower}}")
    assert "replicate.import_options: case: postgres_fdw has no such option" in replicate("Full", status=1).stderr


def test_the_link_is_made_once_and_anew_when_its_settings_change(replicate, psql, application, legacy, environment):
    def servers():
        return psql(application, "-c", "SELECT oid FROM pg_foreign_server")

    assert "linking to the source, as there is none" in replicate("Full").stderr
    made = servers()
    assert "linking" not in replicate("Subset").stderr
    assert servers() == made
    # A failure leaves the link as it was.
    replicate("Full", status=2, FDW_PASS="wr0ng")
    replicate("Full", status=1, FDW_FOREIGN_SCHEMA="WELLS")
    assert "linking" not in replicate("Full").stderr
    assert servers() == made
    other = environment["FDW_FOREIGN_SERVER"].replace("replicated_legacy", "legacy")
    changed = {}
    for name, value in (("FDW_FOREIGN_SERVER", other), ("FDW_NAME", "Another one"), ("FDW_SCHEMA", "elsewhere")):
        changed[name] = value
        before = servers()
        assert "linking to the source" in replicate("Full", **changed).stderr
        assert servers() != before
    # What it took the place of is gone.
    tables = """
        SELECT count(*) FILTER (WHERE foreign_table_schema = 'elsewhere'), count(*)
        FROM information_schema.foreign_tables
    """
    assert psql(application, "-c", tables) == "4|4\n"
    assert psql(application, "-c", "SELECT srvname FROM pg_foreign_server") == "Another one\n"
    assert psql(application, "-c", "SELECT nspname FROM pg_namespace WHERE nspname = 'wells_legacy'") == ""
    psql(legacy, "-c", "CREATE ROLE other_reader SUPERUSER LOGIN PASSWORD 'other'")
    changed |= {"FDW_USER": "other_reader", "FDW_PASS": "other"}
    assert "as its settings changed" in replicate("Full", **changed).stderr
    assert "linking" not in replicate("Full", **changed).stderr
    # The password alone.
    psql(legacy, "-c", "ALTER ROLE other_reader PASSWORD 'of today'")
    assert "as its settings changed" in replicate("Full", **{**changed, "FDW_PASS": "of today"}).stderr


def test_tables_that_changed_at_the_source_are_imported_anew(replicate, psql, application, legacy, environment):
    there = {"FDW_FOREIGN_SERVER": environment["FDW_FOREIGN_SERVER"].replace("replicated_legacy", "legacy")}
    replicate("Full", **there)
    psql(legacy, "-c", "ALTER TABLE wells.wells_wells DROP COLUMN owner_id, ADD COLUMN owner_id bigint")
    done = replicate("Full", **there)
    assert "linking to the source, as tables changed there: wells_wells\n" in done.stderr
    psql(application, "-c", "CREATE VIEW owners AS SELECT owner_id FROM wells_legacy.wells_wells")
    psql(legacy, "-c", "ALTER TABLE wells.wells_owners ADD COLUMN since date")
    done = replicate("Full", status=1, **there)
    assert "the foreign tables are to be made anew, and would take along: view public.owners" in done.stderr
    assert psql(application, "-c", "SELECT count(*) FROM owners") == "400\n"
    assert "dropped along with the foreign tables: view public.owners" in replicate("Full", "--yes", **there).stderr


def test_what_is_somebody_else_s_is_left_alone(replicate, psql, application):
    psql(
        application, "-c", "CREATE EXTENSION postgres_fdw; CREATE SERVER wells_server FOREIGN DATA WRAPPER postgres_fdw"
    )
    done = replicate("Full", status=1)
    assert "there is a foreign server wells_server that devdb did not make" in done.stderr


def test_fdw_reader_may_read_and_nobody_else(replicate, psql, application):
    psql(
        application,
        "-c",
        "CREATE ROLE analyst LOGIN; CREATE ROLE stranger LOGIN; "
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO stranger",
    )
    try:
        replicate("Full")
        psql(application, "-c", "GRANT fdw_reader TO analyst; GRANT USAGE ON SCHEMA wells_legacy TO stranger")
        question = "SELECT count(*) FROM wells_legacy.wells_owners"
        with psycopg.connect(application, user="analyst", autocommit=True) as connection:
            assert connection.execute(question).fetchone() == (60,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DELETE FROM wells_legacy.wells_owners")
            hidden = connection.execute("SELECT count(*) FROM pg_user_mappings WHERE umoptions IS NOT NULL")
            assert hidden.fetchone() == (0,)
        with psycopg.connect(application, user="stranger") as connection, pytest.raises(psycopg.Error, match="denied"):
            connection.execute(question)
    finally:
        psql(application, "-c", "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM stranger")
    # The source is read only whoever reads it.
    with psycopg.connect(application) as connection, pytest.raises(psycopg.Error):
        connection.execute("DELETE FROM wells_legacy.wells_owners")


def test_a_role_without_privileges_will_do(replicate, psql, application):
    psql(
        application,
        "-c",
        "CREATE ROLE app LOGIN; ALTER DATABASE wells OWNER TO app; CREATE EXTENSION postgres_fdw; "
        "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO app",
    )
    done = replicate("Full", "-U", "app")
    assert "there is no role fdw_reader, and this user may not create it" in done.stderr
    assert "linking" not in replicate("Full", "-U", "app").stderr
    psql(application, "-c", "CREATE ROLE fdw_reader NOLOGIN")
    assert "linking to the source, as fdw_reader may not read it yet" in replicate("Full", "-U", "app").stderr
    assert "linking" not in replicate("Full", "-U", "app").stderr
    assert (
        psql(application, "-c", "SET ROLE fdw_reader", "-c", "SELECT count(*) FROM wells_legacy.wells_owners") == "60\n"
    )


def test_the_password_is_nowhere(replicate, psql, application, cluster):
    for setting in ("log_statement = 'all'", "log_min_duration_statement = 0", "log_min_messages = debug2"):
        psql(application, "-c", f"ALTER DATABASE wells SET {setting}")
    start = cluster.log.stat().st_size
    said = []
    for args, variables in ((["-vv"], {}), (["-vv"], {"FDW_FOREIGN_SCHEMA": "x"}), (["-n"], {})):
        done = replicate("Full", *args, status=1 if variables else 0, **variables)
        said.append(done.stdout + done.stderr)
    assert "CREATE USER MAPPING FOR CURRENT_USER" in said[0]
    with cluster.log.open("rb") as log:
        log.seek(start)
        text = log.read().decode("utf-8", "replace")
    assert "IMPORT FOREIGN SCHEMA" in text
    notes = psql(application, "-c", "SELECT string_agg(description, ' ') FROM pg_description")
    assert "devdb replicate" in notes
    for word in (cluster.password, cluster.password.encode().hex()):
        assert word not in text
        assert word not in notes
        assert word not in "".join(said)


@pytest.mark.usefixtures("application")
def test_a_source_that_is_lost_in_a_step(replicate, site):
    replicate("Full")
    (site / "replicate" / "01_owners.sql").write_text(
        "ALTER SERVER wells_server OPTIONS (SET port '1');\nSELECT count(*) FROM wells_legacy.wells_owners;"
    )
    done = replicate("Full", status=2)
    assert "the dev server cannot reach the source" in done.stderr
    assert "connection to server" in done.stderr
