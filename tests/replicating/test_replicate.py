"""The example site in every mode, by the command and by psql; what stays after failures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from devdb.server import programs

SUBSET = {"xform_well": 259, "well": 259, "casing": 518, "lithology": 667}
FULL = {"xform_well": 380, "well": 380, "casing": 759, "lithology": 980}
NOTHING = dict.fromkeys(FULL, 0)


def without_gates(site):
    settings = (site / "devdb.yaml").read_text()
    (site / "devdb.yaml").write_text(settings[: settings.index("# What a run must leave")])


def step(site, number):
    (path,) = (site / "replicate").glob(f"0{number}_*.sql")
    return path


def slow(site, number):
    """Have a step end with a nap, its work done."""
    with step(site, number).open("a") as file:
        file.write("SELECT pg_sleep(60);\n")


def sleeping(connection):
    """Wait until a step is at its nap; returns the server process."""
    for _ in range(300):
        row = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND application_name ~ '^devdb replicate '"
        ).fetchone()
        if row is not None:
            return row[0]
        time.sleep(0.05)
    raise AssertionError("no step sleeps")


def test_none_is_nothing_to_do(command, tmp_path):
    for args, env in ((["--mode", "None"], {}), ([], {"DB_REPLICATE": "None"})):
        done = command("devdb", "replicate", *args, env={**env, "PGHOST": str(tmp_path / "nowhere")})
        assert (done.returncode, done.stdout, done.stderr) == (0, "mode None: nothing to replicate\n", "")


@pytest.mark.parametrize(
    ("args", "env"),
    [(["--mode", "full"], {}), ([], {"DB_REPLICATE": "Everything"}), ([], {}), ([], {"DB_REPLICATE": ""})],
)
def test_another_mode_is_an_error_that_lists_these(command, args, env):
    done = command("devdb", "replicate", *args, env=env)
    assert done.returncode == 2
    assert all(mode in done.stderr for mode in ("None", "Subset", "Full"))


def test_the_example_in_every_mode(replicate, contents, counts):
    done = replicate(None, DB_REPLICATE="Subset")
    assert counts() == SUBSET
    told = [line.split()[:4] for line in done.stdout.splitlines()]
    assert ["db_replicate_step1", "wells.xform_well", "inserted", "259"] in told
    assert ["db_replicate_step2", "wells.lithology", "inserted", "667"] in told
    assert done.stdout.endswith("wells: Subset, 1,703 rows inserted\n")
    subset = contents()
    replicate("Subset", "-q")
    assert contents() == subset
    # From 259 wells to 380 is more than 20 %.
    done = replicate("Full", status=1)
    assert "wells.well has 380 rows and had 259: a change of 46.7%, more than 20%" in done.stderr
    assert contents() == subset
    replicate("Full", "--accept-change")
    assert counts() == FULL
    full = contents()
    done = replicate("Full", "-v")
    assert contents() == full
    assert "db_replicate_step1: wells.xform_well: 380 rows inserted" in done.stderr


def test_psql_does_what_the_command_does(replicate, contents, application, psql, site):
    without_gates(site)
    replicate("Full")
    full = contents()
    replicate("Subset")
    subset = contents()
    said = subprocess.run(
        [
            programs.find("psql").path,
            "-X",
            "-t",
            "-c",
            "SELECT db_replicate_step1(_subset_ind=>false);",
            "-c",
            "SELECT db_replicate_step2();",
            application,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert contents() == full
    assert "NOTICE:  db_replicate_step1: wells.xform_well: 380 rows inserted" in said.stderr
    assert "NOTICE:  db_replicate_step2: wells.casing: 759 rows inserted" in said.stderr
    psql(application, "-c", "SELECT db_replicate_step1()", "-c", "SELECT db_replicate_step2()")
    assert contents() == subset
    psql(application, "-c", "SELECT db_replicate_step1(NULL)", "-c", "SELECT db_replicate_step2()")
    assert contents() == subset


def test_a_step_that_fails_leaves_what_was_before_it(replicate_here, counts, site):
    without_gates(site)
    replicate_here("Subset")
    good = step(site, 2).read_text()
    step(site, 2).write_text(
        good.replace("    xform.well_tag_number,\n    round(layers", "    1 / 0,\n    round(layers")
    )
    line = good[: good.index("INSERT INTO wells.lithology")].count("\n") + 1
    done = replicate_here("Full", status=3)
    # The first step is a transaction of its own.
    assert "note: done, and not undone: step 1: replicate/01_transform_wells.sql" in done.stderr
    assert counts() == {**SUBSET, "xform_well": 380}
    assert f"replicate/02_replicate_wells.sql:{line}: division by zero (SQLSTATE 22012)" in done.stderr
    step(site, 2).write_text(good.replace("FROM wells.xform_well\n", "FROM wells.xform_wel\n"))
    done = replicate_here("Full", status=3)
    line = good[: good.index("FROM wells.xform_well\n")].count("\n") + 1
    assert f'replicate/02_replicate_wells.sql:{line}: relation "wells.xform_wel" does not exist' in done.stderr
    step(site, 2).write_text(good)
    replicate_here("Full")
    assert counts() == FULL


def test_with_gates_a_failure_leaves_what_was_before_the_run(replicate_here, counts, site):
    step(site, 2).write_text(step(site, 2).read_text() + "SELECT 1 / 0;")
    replicate_here("Full", status=3)
    assert counts() == NOTHING


@pytest.mark.parametrize("number", [signal.SIGKILL])
def test_a_killed_run_leaves_what_was_before_the_step(
    replicate, environment, counts, site, application, number, tmp_path
):
    without_gates(site)
    replicate("Subset", "-q")
    good = step(site, 2).read_text()
    slow(site, 2)
    process = subprocess.Popen(
        [Path(sys.executable).with_name("devdb"), "replicate", "--mode", "Full"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environment},
        cwd=site,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    with psycopg.connect(application, autocommit=True) as connection:
        pid = sleeping(connection)
        # Another run, and psql, are told who is at it.
        done = replicate("Full", status=1)
        assert "another replication is under way in wells: devdb replicate" in done.stderr
        assert f"(server process {pid}) of user postgres" in done.stderr
        with pytest.raises(psycopg.errors.LockNotAvailable, match=f"server process {pid} devdb replicate"):
            connection.execute("SELECT db_replicate_step1()")
        process.send_signal(number)
        process.wait()
        if number == signal.SIGKILL:
            # The server looks every ten seconds whether anybody is there; a test need not wait for it.
            connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        while connection.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            time.sleep(0.02)
    assert counts() == {**SUBSET, "xform_well": 380}
    step(site, 2).write_text(good)
    replicate("Full", "-q")
    assert counts() == FULL


def test_the_dry_run_is_the_run(replicate, counts, contents, psql, application, cluster, monkeypatch):
    done = replicate("Full", "-n", FDW_PASS="gehe1mnis", PGHOST="/nowhere")
    assert counts() == NOTHING
    assert "gehe1mnis" not in done.stdout + done.stderr
    monkeypatch.setenv("PGOPTIONS", f"-c devdb.source_password={cluster.password.encode().hex()}")
    psql(application, stdin=done.stdout)
    monkeypatch.delenv("PGOPTIONS")
    full = contents()
    assert counts() == FULL
    # Nothing is left to be made.
    done = replicate("Full")
    assert "linking" not in done.stderr
    assert "installing" not in done.stderr
    assert contents() == full


def test_gates_are_all_told(replicate_here, counts, site):
    (site / "devdb.yaml").write_text(
        """
        target: {dbname: wells}
        replicate: {subset: {wells: wells.well_tag_number < 100101}}
        expect:
          wells.well: {min_rows: 3}
          wells.casing: {max_rows: 4, modes: [Subset]}
          wells.lithology: {max_rows: 0, modes: [Full]}
        """
    )
    done = replicate_here("Subset", status=1)
    assert "wells.well has 2 rows, less than 3\nwells.casing has 5 rows, more than 4\n" in done.stderr
    assert counts() == NOTHING
    (site / "devdb.yaml").write_text(
        "target: {dbname: wells}\nreplicate: {subset: {wells: 'true'}}\nexpect: {wells.wel: {min_rows: 3}}"
    )
    done = replicate_here("Full", status=1)
    assert 'expect: relation "wells.wel" does not exist' in done.stderr


def test_functions_follow_the_templates(replicate_here, psql, application, site):
    functions = """
        SELECT string_agg(p.oid || ' ' || p.oid::regprocedure, ', ' ORDER BY proname)
        FROM pg_proc AS p WHERE proname ~ '^db_replicate_step'
    """
    without_gates(site)
    replicate_here("Full", "--only-install")
    before = psql(application, "-c", functions)
    assert "db_replicate_step1(boolean)" in before
    assert "db_replicate_step2()" in before
    (site / "replicate" / "03_more.sql").write_text("CREATE TABLE more AS SELECT {{ mode | literal }} AS mode;")
    done = replicate_here("Subset")
    assert "installing db_replicate_step3\n" in done.stderr
    assert psql(application, "-c", "SELECT mode FROM more") == "Subset\n"
    # Its parameter goes, and its body changes.
    (site / "replicate" / "03_more.sql").write_text("UPDATE more SET mode = 'both';")
    done = replicate_here("Subset")
    assert "db_replicate_step3  more              updated      1" in done.stdout
    (site / "replicate" / "03_more.sql").unlink()
    replicate_here("Subset")
    assert psql(application, "-c", functions) == before
    psql(application, "-c", "CREATE FUNCTION db_replicate_step4() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    done = replicate_here("Subset", status=1)
    assert "there is a function public.db_replicate_step4() that devdb did not make" in done.stderr


def test_any_statement_can_be_part_of_a_step(replicate_here, psql, application, site):
    (site / "devdb.yaml").write_text(
        "target: {dbname: wells}\nreplicate: {subset: {odd: 'n > 1 OR n < 0 -- all but 1'}}"
    )
    for path in (site / "replicate").iterdir():
        path.unlink()
    (site / "replicate" / "1_odd.sql").write_text(
        r"""
        CREATE TEMP TABLE odd AS SELECT 1 AS n, $$ it's $devdb$ \ and 100% $$ AS _rows, :'x' AS y;
        """.replace(":'x'", "E'\\t'")
        + r"""
        INSERT INTO odd SELECT n, _rows, y FROM odd;
        DO $devdb$ BEGIN PERFORM 1; END $devdb$;
        WITH gone AS (DELETE FROM odd RETURNING *) SELECT * FROM gone;
        INSERT INTO odd (n) SELECT n FROM generate_series(-1, 3) AS n WHERE n <> 3 {{ subset('odd') }}; -- the end
        CREATE TABLE kept AS SELECT array_agg(n ORDER BY n) AS n FROM odd
        """
    )
    replicate_here("Subset")
    assert psql(application, "-c", "TABLE kept", "-c", "DROP TABLE kept") == "{-1,2}\n"
    replicate_here("Full")
    assert psql(application, "-c", "TABLE kept") == "{-1,0,1,2}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT 1 {{ subset('wels') }};", "3_x.sql:1: replicate.subset has no wels: did you mean wells?"),
        ("SELECT 1;\nCOMMIT;", "3_x.sql:2: a step is a transaction of its own"),
        ("\\echo x", "3_x.sql:1: a step is SQL alone"),
        ("COPY wells.well FROM STDIN;\n1\n\\.\n", "COPY from or to the client cannot be part of a function"),
        ("SELECT 1 INTO x;", "3_x.sql:1: SELECT INTO cannot be part of a function"),
        ("SELECT 1;\n\nSELECT\n FROM FROM x;", '3_x.sql:4: syntax error at or near "FROM"'),
        ("SELECT {{ fdw_schema }};", "3_x.sql:1: a value needs a filter here"),
        ("-- nothing", "3_x.sql: there is no statement in it"),
    ],
)
def test_mistakes_in_a_step(replicate_here, site, text, said):
    (site / "replicate" / "3_x.sql").write_text(text)
    assert said in replicate_here("Full", status=3, PGHOST="/nowhere").stderr


def test_mistakes_in_the_site(replicate_here, site):
    def said(status):
        return replicate_here("Full", status=status, PGHOST="/nowhere").stderr

    (site / "replicate" / "2_again.sql").write_text("SELECT 1;")
    assert "02_replicate_wells.sql and 2_again.sql have the same number" in said(1)
    for path in (site / "replicate").iterdir():
        path.unlink()
    assert "there is no step: no 01_….sql in replicate" in said(1)
    (site / "devdb.yaml").write_text("replicate: {subset: {wells: 'a ='}}\nexpect: {wells.well: {max_change: 20%}}")
    assert "devdb.yaml:1: replicate.subset.wells: syntax error" in said(3)
    (site / "devdb.yaml").write_text(
        "expect:\n  wells.well: {max_change: 20}\n  well: {min_rows: 1}\n  a.b: {min_row: 1}\n  a.c: {}"
    )
    text = said(1)
    for part in (
        "devdb.yaml:2: expect.wells.well.max_change: expected a percentage such as 20%",
        "devdb.yaml:3: expect.well: well has no schema",
        "devdb.yaml:4: expect.a.b.min_row: unknown key (did you mean min_rows?)",
        "devdb.yaml:5: expect.a.c: must say min_rows, max_rows or max_change",
    ):
        assert part in text
