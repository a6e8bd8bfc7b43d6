"""Migrations are applied as Flyway applies them, and what fails leaves what Flyway would find."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from databases import roles
from fixture_types import RunProgram
from migration_site import FLYWAYS_TABLE, TEMPLATES, Site

from devdb.errors import CheckFailed, ConnectionFailed, Refused, ScriptFailed, UsageError
from devdb.migrations import apply as applying
from devdb.migrations.checksum import checksum
from devdb.migrations.history import History, Row
from devdb.migrations.info import resolve
from devdb.migrations.naming import Version
from devdb.migrations.repair import baseline, repair
from devdb.migrations.validate import DEFAULT_IGNORED
from devdb.server.cluster import Cluster

TABLE = """
CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, name text);
COPY app.t (id, name) FROM stdin;
1\ta;b
2\t\\N
\\.
INSERT INTO app.t VALUES (3, ':name \\set ${greeting}');
"""


def test_what_is_pending_is_applied_in_order_and_noted_as_flyway_notes(site: Site, pg_dump: RunProgram) -> None:
    site.write(
        {
            "V1.10__later.sql": "INSERT INTO app.t VALUES (10); -- no end",
            "V1__init.sql": TABLE,
            "sub/V1_9__Index_of_it.sql": "-- why\nCREATE INDEX CONCURRENTLY t_name ON app.t (name);",
            "R__view.sql": "CREATE OR REPLACE VIEW app.v AS SELECT id FROM app.t",
            "R__a_view.sql": "",
            "U1__init.sql": "DROP SCHEMA app CASCADE; ${nope}",
        }
    )
    scripts = ["V1__init.sql", "sub/V1_9__Index_of_it.sql", "V1.10__later.sql", "R__a_view.sql", "R__view.sql"]
    assert site.apply(placeholders={"greeting": "hi"}) == scripts
    sums = [checksum((site.folder / script).read_bytes()) for script in scripts]
    assert site.history("installed_rank, version, description, type, script, checksum, installed_by, success") == [
        (1, "1", "init", "SQL", scripts[0], sums[0], "postgres", True),
        (2, "1.9", "Index of it", "SQL", scripts[1], sums[1], "postgres", True),
        (3, "1.10", "later", "SQL", scripts[2], sums[2], "postgres", True),
        (4, None, "a view", "SQL", scripts[3], sums[3], "postgres", True),
        (5, None, "view", "SQL", scripts[4], sums[4], "postgres", True),
    ]
    assert site.rows("SELECT id, name FROM app.t ORDER BY id") == [
        *((1, "a;b"), (2, None), (3, ":name \\set hi"), (10, None)),
    ]
    # What was applied needs its placeholders no more.
    assert site.apply() == []
    # The table is Flyway's, to the letter.
    ours = pg_dump(site.conninfo, "-s", "-t", "flyway_schema_history")
    site.rows("DROP TABLE flyway_schema_history;" + FLYWAYS_TABLE.format('"public"."flyway_schema_history"'))
    assert pg_dump(site.conninfo, "-s", "-t", "flyway_schema_history") == ours


def test_flyways_table_is_gone_on_with(site: Site) -> None:
    site.rows(FLYWAYS_TABLE.format("flyway_schema_history"))
    site.rows("""
        INSERT INTO flyway_schema_history VALUES
            (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'app', '2025-01-01', 0, true),
            (2, '2', 'code', 'SPRING_JDBC', 'db.V2__code', NULL, 'app', '2025-01-01', 10, true)
    """)
    site.write({"V1__a.sql": "SELECT 1/0", "V3__b.sql": "CREATE TABLE b ()"})
    with pytest.raises(CheckFailed, match=r"db\.V2__code \(version 2\): applied, and there is no such file"):
        site.apply()
    assert site.apply(ignored=["*:missing"]) == ["V3__b.sql"]
    assert site.history("installed_rank, version")[-1] == (3, "3")


def test_a_failure_leaves_nothing_and_says_where(site: Site) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a ();", "V2__b.sql": "CREATE TABLE b ();\n\n-- x\nSELECT *\nFROM nope;"})
    with pytest.raises(ScriptFailed) as failure:
        site.apply()
    assert (failure.value.path, failure.value.line) == (str(site.folder / "V2__b.sql"), 5)
    assert failure.value.sqlstate == "42P01"
    assert site.history() == [("1", "V1__a.sql", True)]
    assert site.rows("SELECT to_regclass('a') IS NOT NULL, to_regclass('b') IS NULL") == [(True, True)]
    assert site.reporter.told == ["V2__b.sql: nothing of it was kept"]
    # In COPY data, and at the end of the transaction, too.
    site.write({"V2__b.sql": "CREATE TABLE b (i int);\nCOPY b FROM stdin;\n1\nx\n\\.\n"})
    with pytest.raises(ScriptFailed, match=r"V2__b.sql:4: invalid input syntax"):
        site.apply()
    deferred = "CREATE TABLE b (i int PRIMARY KEY, j int REFERENCES b DEFERRABLE INITIALLY DEFERRED);"
    site.write({"V2__b.sql": f"{deferred}\nINSERT INTO b VALUES (1, 2);"})
    with pytest.raises(ScriptFailed, match=r"V2__b\.sql: .*violates foreign key"):
        site.apply()
    assert site.history() == [("1", "V1__a.sql", True)]
    site.write({"V2__b.sql": "CREATE TABLE b ();"})
    assert site.apply() == ["V2__b.sql"]


def test_what_was_not_in_a_transaction_is_noted_as_failed(site: Site) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a (i int); INSERT INTO a VALUES (1), (1);"})
    site.apply()
    site.write({"V2__i.sql": "CREATE UNIQUE INDEX CONCURRENTLY i ON a (i);", "V3__x.sql": "SELECT 1"})
    with pytest.raises(ScriptFailed, match=r"V2__i\.sql:1: could not create unique index"):
        site.apply()
    assert site.history()[1:] == [("2", "V2__i.sql", False)]
    assert "may be there" in site.reporter.told[-1]
    with pytest.raises(CheckFailed, match=r"V2__i\.sql \(version 2\): failed when it was applied"):
        site.apply()
    with pytest.raises(CheckFailed, match=r"V2__i\.sql: failed when it was applied"):
        site.apply(validate=False)
    with site.connect() as connection:
        history = History(connection, TEMPLATES)
        history.write(repair(history, site.resolved(history), DEFAULT_IGNORED).sql)
    site.rows("DROP INDEX i; DELETE FROM a")
    assert site.apply() == ["V2__i.sql", "V3__x.sql"]


def test_a_file_may_end_its_transaction_itself(site: Site) -> None:
    site.write({"V1__a.sql": "BEGIN;\nCREATE TABLE a ();\nCOMMIT;\nCREATE TABLE b ();\n"})
    assert site.apply() == ["V1__a.sql"]
    site.write({"V2__a.sql": "CREATE TABLE c ();\nCOMMIT;\nCREATE TABLE d ();\nSELECT 1/0;"})
    with pytest.raises(ScriptFailed, match=r"V2__a\.sql:4: division by zero"):
        site.apply()
    # Flyway would say that nothing was kept, which is not so.
    assert site.history()[1:] == [("2", "V2__a.sql", False)]
    assert site.rows("SELECT to_regclass('c') IS NULL, to_regclass('d') IS NULL") == [(False, True)]


@pytest.fixture
def weak(cluster: Cluster) -> Iterator[str]:
    """A role that may not do much."""
    with roles(cluster, "weak"):
        yield "weak"


def test_sessions_are_as_new_for_each_file(site: Site, weak: str) -> None:
    site.rows(f"CREATE SCHEMA other; GRANT CREATE ON SCHEMA other TO {weak}")
    site.write(
        {
            "V1__a.sql": "SELECT set_config('search_path', '', false); SET ROLE weak; CREATE TABLE other.a ()",
            "V2__b.sql": "CREATE TABLE b (who text DEFAULT CURRENT_USER); SET SESSION AUTHORIZATION weak",
            "V3__c.sql": "SET search_path = other; CREATE TABLE c ();",
        }
    )
    assert len(site.apply(baseline_on_migrate=True, baseline_version=Version("0"))) == 3
    owners = "SELECT relname, relowner::regrole::text FROM pg_class WHERE relname IN ('a', 'b', 'c') ORDER BY 1"
    assert site.rows(owners) == [("a", "weak"), ("b", "postgres"), ("c", "postgres")]
    assert {who for (who,) in site.history("installed_by")} == {"postgres"}
    site.rows(f"DROP OWNED BY {weak}")


def test_files_are_looked_through_before_the_first_is_run(site: Site) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a ();", "V2__b.sql": "SELECT 1;\n  \\connect other\n"})
    with pytest.raises(ScriptFailed, match=r"V2__b\.sql:2: \\connect is a command of psql's"):
        site.apply()
    site.write({"V2__b.sql": "SELECT 1;\n\n/* x */ VACUUM a;\n"})
    with pytest.raises(CheckFailed, match=r"V2__b\.sql:3: this statement cannot run in a transaction, that of line 1"):
        site.apply()
    site.write({"V2__b.sql": "SELECT '${nope}';"})
    with pytest.raises(ScriptFailed, match=r"V2__b\.sql:1: there is no value for the placeholder"):
        site.apply()
    site.write({"V2__b.sql": "SELECT 'x;\n"})
    with pytest.raises(ScriptFailed, match=r"V2__b\.sql:1: unterminated"):
        site.apply()
    assert site.rows("SELECT to_regclass('a') IS NULL, to_regclass('flyway_schema_history') IS NULL") == [(True, True)]
    site.write({"V2__b.sql": "SELECT '${nope}', '${flyway:filename}';\nVACUUM a;", "V3__c.sql": "SELECT 1; VACUUM a;"})
    site.write({"V3__c.sql.conf": "executeInTransaction=false"})
    assert len(site.apply(mixed=True, placeholders=None)) == 3


def test_what_is_repeatable_is_applied_again_when_it_changed(site: Site) -> None:
    site.write({"R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT '${x}' AS a", "R__same.sql": "SELECT 1"})
    assert site.apply(placeholders={"x": "1"}) == ["R__same.sql", "R__v.sql"]
    assert site.apply(placeholders={"x": "1"}) == []
    # A placeholder's value counts as a change.
    assert site.apply(placeholders={"x": "2"}) == ["R__v.sql"]
    site.write({"R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT 'y' AS a", "V1__x.sql": "SELECT 1"})
    assert site.states() == {"R__same.sql": "Success", "R__v.sql": "Pending", "V1__x.sql": "Pending"}
    assert [each.state.value for each in site.infos() if each.script == "R__v.sql"] == [
        *("Superseded", "Outdated", "Pending"),
    ]
    assert site.apply() == ["V1__x.sql", "R__v.sql"]


def test_a_changed_file_is_refused_and_repaired(site: Site) -> None:
    site.write({"V1__a.sql": "SELECT 1", "V2__b.sql": "SELECT 2", "V3__c.sql": "SELECT 3", "R__r.sql": "SELECT 4"})
    site.apply()
    site.write({"V1__a.sql": "SELECT 1 -- changed", "V2__b.sql": None, "V3__c.sql": None, "V3__d_d.sql": "SELECT 3"})
    site.write({"R__r.sql": None, "V4__new.sql": "SELECT 5"})
    with pytest.raises(CheckFailed) as failure:
        site.apply()
    assert f"{site.folder}/V1__a.sql: changed since it was applied" in failure.value.message
    assert "V2__b.sql (version 2): applied, and there is no such file" in failure.value.message
    assert "its description was 'c' when it was applied, now 'd d'" in failure.value.message
    with site.connect() as connection:
        history = History(connection, TEMPLATES)
        done = repair(history, site.resolved(history), DEFAULT_IGNORED)
        history.write(done.sql)
        assert not repair(history, site.resolved(history), DEFAULT_IGNORED)
    assert [row.script for row in done.deleted] == ["V2__b.sql", "R__r.sql"]
    assert [row.script for row in done.aligned] == ["V1__a.sql", "V3__c.sql"]
    assert site.history("installed_rank, version, description, type, script") == [
        (1, "1", "a", "SQL", "V1__a.sql"),
        (2, "2", "b", "SQL", "V2__b.sql"),
        (3, "3", "d d", "SQL", "V3__c.sql"),
        (4, None, "r", "SQL", "R__r.sql"),
        (5, "2", "b", "DELETE", "V2__b.sql"),
        (6, None, "r", "DELETE", "R__r.sql"),
    ]
    site.write({"R__r.sql": "SELECT 4"})
    assert site.apply() == ["V4__new.sql", "R__r.sql"]


def test_order_and_target_are_what_is_said(site: Site) -> None:
    site.write({f"V{n}__x.sql": "SELECT 1" for n in (1, 2, 3)})
    assert site.apply(target="next") == ["V1__x.sql"]
    assert site.apply(target="1") == []
    assert site.apply(target="current") == []
    with pytest.raises(UsageError, match="no migration of version 9"):
        site.apply(target="9")
    assert site.apply(target="2") == ["V2__x.sql"]
    assert site.apply() == ["V3__x.sql"]
    site.write({"V2.5__late.sql": "SELECT 1"})
    with pytest.raises(CheckFailed, match="not applied, and a later version is"):
        site.apply()
    assert site.apply(ignored=["*:ignored"]) == []
    assert site.apply(out_of_order=True) == ["V2.5__late.sql"]
    assert site.states()["V2.5__late.sql"] == "Out of Order"
    assert "applied after version 3, out of order" in site.reporter.told[-1]


def test_a_database_that_is_not_empty_is_marked_first(site: Site) -> None:
    site.rows("CREATE EXTENSION citext")
    site.write({"V1__a.sql": "SELECT 1/0", "V2__b.sql": "CREATE TABLE b ()"})
    site.rows("CREATE DOMAIN d AS int")
    with pytest.raises(Refused, match=r"there is something in the schema public of t\w+, and no public\.flyway"):
        site.apply()
    assert site.apply(baseline_on_migrate=True) == ["V2__b.sql"]
    assert site.history("installed_rank, version, description, type, script, checksum, execution_time, success")[0] == (
        *(1, "1", "<< Flyway Baseline >>", "BASELINE", "<< Flyway Baseline >>", None, 0, True),
    )
    assert site.states() == {
        "V1__a.sql": "Ignored (Baseline)",
        "<< Flyway Baseline >>": "Baseline",
        "V2__b.sql": "Success",
    }
    with site.connect() as connection:
        history = History(connection, TEMPLATES)
        assert baseline(history, Version("1.0")) == ""
        with pytest.raises(Refused, match="there is a baseline of version 1"):
            baseline(history, Version("2"))
        history.write("DELETE FROM flyway_schema_history WHERE version = '1'")
        with pytest.raises(Refused, match="migrations have been applied"):
            baseline(history, Version("1"))
        history.write("DELETE FROM flyway_schema_history")
        with pytest.raises(Refused, match="is there already, and empty"):
            baseline(history, Version("1"))


def test_another_schema_is_made_and_found_by_bare_names(site: Site) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a (); COMMENT ON TABLE a IS '${flyway:defaultSchema}.${flyway:table}'"})
    odd = 'Odd "s'
    assert site.apply(schema=odd, table='T "h') == ["V1__a.sql"]
    assert site.rows("""SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'a'""") == [
        ('"Odd ""s"',)
    ]
    question = """SELECT installed_rank, version, description, type, script FROM "Odd ""s"."T ""h" ORDER BY 1"""
    assert site.rows(question) == [
        (0, None, "<< Flyway Schema Creation >>", "SCHEMA", '"Odd ""s"'),
        (1, "1", "a", "SQL", "V1__a.sql"),
    ]
    assert site.rows(
        'SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = \'"Odd ""s"."T ""h"\'::regclass'
    ) == [
        ('"Odd ""s"."T ""h_pk"',),
        ('"Odd ""s"."T ""h_s_idx"',),
    ]
    assert site.apply(schema=odd, table='T "h') == []


def test_a_table_of_a_newer_flyway_is_left_alone(site: Site) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a ()"})
    insert = "INSERT INTO flyway_schema_history VALUES"
    for change, told in (
        ("ALTER TABLE flyway_schema_history ADD deployment_id text", "the columns deployment_id are not known"),
        ("ALTER TABLE flyway_schema_history DROP installed_rank", "there is no column installed_rank"),
        (f"{insert} (9, '9', '', 'STATE', '', 1, '', now(), 1, true)", "the type 'STATE' is not known"),
        (f"{insert} (9, 'x', '', 'SQL', '', 1, '', now(), 1, true)", "'x' is not a version"),
    ):
        site.rows(FLYWAYS_TABLE.format("flyway_schema_history") + change)
        with pytest.raises(Refused, match=told):
            site.apply()
        assert site.rows("SELECT to_regclass('a') IS NULL") == [(True,)]
        site.rows("DROP TABLE flyway_schema_history")


def test_flyways_lock_is_waited_for(site: Site) -> None:
    with site.connect() as connection, psycopg.connect(site.conninfo, application_name="other Flyway") as other:
        history = History(connection, TEMPLATES)
        # "Flyway" as a number, and the hash of "public"."flyway_schema_history".
        assert history.lock_number == 77431708279161 + 2125624436
        # As Flyway does by default: until its transaction ends.
        other.execute("SELECT pg_try_advisory_xact_lock(77433833903597)")
        with pytest.raises(Refused, match=r"flyway_schema_history is locked by other Flyway of user postgres \(server"):
            history.lock(site.reporter, tries=1)
        assert site.reporter.told == [
            "public.flyway_schema_history is locked by other Flyway of user postgres: waiting"
        ]
        other.rollback()
        history.lock(site.reporter, tries=1)
        assert other.execute("SELECT pg_try_advisory_xact_lock(77433833903597)").fetchall() == [(False,)]


def test_a_table_that_flyway_makes_meanwhile_is_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert site.apply() == []
    assert site.reporter.told == [f"there is no migration in {site.folder}"]
    site.rows("DROP TABLE flyway_schema_history")
    site.write({"V1__a.sql": "CREATE TABLE a ()", "V2__b.sql": "CREATE TABLE b ()"})
    meanwhile = [FLYWAYS_TABLE.format("flyway_schema_history")]
    meanwhile[0] += (
        "INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', {}, 'f', now(), 1, true)"
    )
    # Flyway makes its table before it takes its lock.
    monkeypatch.setattr(
        applying,
        "refuse",
        lambda _found: [site.rows(meanwhile.pop().format(checksum(b"CREATE TABLE a ()"))) for _ in meanwhile[:]],
    )
    assert site.apply() == ["V2__b.sql"]
    assert site.history("script, installed_by") == [("V1__a.sql", "f"), ("V2__b.sql", "postgres")]


def test_a_lost_connection_is_said_and_leaves_nothing(site: Site) -> None:
    end = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())"
    site.write({"V1__a.sql": f"CREATE TABLE a ();\n{end};"})
    with pytest.raises(ConnectionFailed, match="was lost"):
        site.apply()
    assert site.history() == []
    # Without a transaction, the other connection notes it.
    site.write({"V1__a.sql": f"CREATE TABLE a ();\n{end};", "V1__a.sql.conf": "executeInTransaction=false"})
    with pytest.raises(ConnectionFailed, match="was lost"):
        site.apply()
    assert site.history() == [("1", "V1__a.sql", False)]
    assert site.rows("SELECT to_regclass('a') IS NULL") == [(False,)]


def test_long_names_are_cut_as_flyway_cuts_them(site: Site) -> None:
    site.write({f"V1__{'d' * 230}.sql": "SELECT 1"})
    site.apply()
    ((description, script),) = site.history("description, script")
    assert description == "d" * 197 + "..."
    assert script == f"V1__{'d' * 230}.sql"
    assert site.apply() == []
    with site.connect() as connection:
        history = History(connection, TEMPLATES)
        assert not repair(history, resolve(site.read(), history, {}), DEFAULT_IGNORED)
        assert isinstance(history.rows()[0], Row)
