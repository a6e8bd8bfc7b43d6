"""A failing script names the file, the line, the SQLSTATE and the server's words, wherever the fault is."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import pytest
from psql_and_ours import run_ours, server_at

from devdb.errors import ConnectionFailed, ScriptFailed, UsageError
from devdb.server.connection import connect
from devdb.server.runner import Server
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates


def failure_of(db: str, text: str | Script) -> ScriptFailed:
    with pytest.raises(ScriptFailed) as failure:
        run_ours(db, text)
    return failure.value


def templates(directory: Path, **files: str) -> Templates:
    for name, text in files.items():
        (directory / f"{name}.sql").write_text(text)
    return Templates([directory])


@pytest.mark.parametrize(
    ("text", "line", "sqlstate", "reason"),
    [
        ("SELECT 1;\n\n-- comment\nSELECT\n  1 / 0;\n", 4, "22012", "division by zero"),
        ("SELECT 1,\n  2,\n  nope\nFROM pg_class;", 3, "42703", 'column "nope" does not exist'),
        ("SELECT 1; SELECT 'é', 'ñ',\n nope;", 2, "42703", 'column "nope" does not exist'),
        ("\n\n/* a\ncomment */ SELECT 1;\nSELEC 1;", 5, "42601", 'syntax error at or near "SELEC"'),
        ("SELECT 1 AS a\n\\gset\nSELECT (1\n", 3, "42601", "syntax error at end of input"),
        ("\\set x 'a\\nb\\nc'\nSELECT :'x',\n nope;", 3, "42703", 'column "nope" does not exist'),
        ("\\set x '1,\\n2,\\nnope'\n\nSELECT :x;", 3, "42703", 'column "nope" does not exist'),
        ("CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n2\nx\n4\n\\.\n", 5, "22P02", "invalid input syntax for type"),
        ("CREATE TABLE t (a int);\nCOPY t FROM stdin csv;\n1\n\\.\nSELECT 1;\nSELECT 1/0;", 6, "22012", "by zero"),
        ("COPY nowhere FROM stdin;\n1\n\\.\n", 1, "42P01", 'relation "nowhere" does not exist'),
        ("SELECT 1;\nSELECT 'SELECT\n nope' \\gexec\n", 3, "42703", 'column "nope" does not exist'),
        ("DO $$\nBEGIN\n  RAISE 'own words' USING ERRCODE = 'XX123';\nEND $$;", 1, "XX123", "own words"),
        ("SELECT 1;\nSELECT 'never\nclosed;\n", 2, None, "unterminated quoted string"),
        ("SELECT 1;\n\nSELECT \"never\nclosed;\n", 3, None, "unterminated quoted identifier"),
        ("SELECT 1;\n\nSELECT $tag$never\nclosed;$$\n", 3, None, "unterminated dollar-quoted string"),
        ("SELECT 1;\n/* never /* closed; */\n", 2, None, "unterminated /* comment"),
        ("SELECT 1;\n\\if true\n\\if false\n\\endif\nSELECT 1;\n", 2, None, r"this \if has no \endif"),
        ("\\if true\n\\else\n\\else\n\\endif", 3, None, r"\else: cannot occur after \else"),
        ("SELECT 1;\n\\endif", 2, None, r"\endif: no matching \if"),
        ("CREATE TABLE t (a int);\n\nCOPY t FROM stdin;\n1\n2\n", 4, None, r"the line \. is missing"),
        ("SELECT 1;\nSELECT 1 WHERE false \\gset\n", 2, None, r"no rows returned for \gset"),
        ("SELECT 1;\nSELECT 1 UNION SELECT 2 \\gset\n", 2, None, r"more than one row returned for \gset"),
        ("SELECT 1 AS \"a b\" \\gset\n", 1, None, 'invalid variable name: "a b"'),
        ("\n\\sett x 1\n", 2, None, r"invalid command \sett"),
        ("\n\\! ls\n", 2, None, r"\! is refused"),
        ("\\set x `ls`\n", 1, None, "commands in backquotes are not run"),
        ("\\copy t from program 'ls'\n", 1, None, r"\copy … program is not run"),
        ("SELECT 1 \\g |cat\n", 1, None, r"\g | is refused"),
        ("\\o |cat\n", 1, None, r"\o | is refused"),
        ("\\i nowhere.sql\n", 1, None, "nowhere.sql: No such file or directory"),
        ("\\copy pg_class from nowhere.csv\n", 1, None, "nowhere.csv: No such file or directory"),
        ("\\set 'a b' 1", 1, None, 'invalid variable name: "a b"'),
        ("\\set AUTOCOMMIT off", 1, None, "AUTOCOMMIT cannot be off here"),
        ("\\echo 'never closed", 1, None, "unterminated quoted string"),
        ("SELECT 1 \\; COPY (SELECT 1) TO stdout;", 1, None, "cannot be combined"),
        ("\\restrict KEY\n\\echo x\n", 2, None, r"backslash commands are restricted; only \unrestrict is allowed"),
        ("\\restrict KEY\n\\if false\n", 2, None, r"backslash commands are restricted"),
        ("\\restrict KEY\n\\unrestrict WRONG\n", 2, None, r"\unrestrict: wrong key"),
        ("\\unrestrict KEY\n", 1, None, r"\unrestrict: not currently in restricted mode"),
        ("SELECT 1;\nSELECT '\0';\n", 2, None, "NUL"),
        ("\\set a ':b'\n\\set b ':a'\nSELECT :a;\n", 3, "42601", 'syntax error at or near ":"'),
        ("\\set a '''open'\nSELECT 1;\nSELECT :a;\n", 3, None, "in the value of the variable a"),
    ],
)  # fmt: skip
def test_where_and_why(db: str, text: str, line: int, sqlstate: str | None, reason: str) -> None:
    failure = failure_of(db, text)
    assert (failure.path, failure.line, failure.sqlstate) == ("script.sql", line, sqlstate)
    assert reason in failure.reason


def test_an_error_says_all_that_the_server_said(db: str) -> None:
    text = "DO $$ BEGIN RAISE 'own words' USING HINT = 'a hint', DETAIL = 'a detail', ERRCODE = 'XX123'; END $$;"
    said = str(failure_of(db, text))
    assert said.startswith("script.sql:1: own words (SQLSTATE XX123)\nDetail: a detail\nContext: PL/pgSQL function")
    assert said.endswith("\nHint: a hint")


def test_an_error_in_an_included_file(db: str, tmp_path: Path) -> None:
    (tmp_path / "outer.sql").write_text("SELECT 1;\n\\ir inner/file.sql\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/file.sql").write_text("SELECT 1;\n\n\n\n\n\nSELECT nope;\n")
    with pytest.raises(ScriptFailed) as failure:
        run_ours(db, tmp_path / "outer.sql")
    assert failure.value.path == str(tmp_path / "inner/file.sql")
    assert (failure.value.line, failure.value.sqlstate) == (7, "42703")


def test_files_that_include_each_other(db: str, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("\\ir b.sql\n")
    (tmp_path / "b.sql").write_text("\\ir a.sql\n")
    with pytest.raises(ScriptFailed, match="include each other"):
        run_ours(db, tmp_path / "a.sql")


def test_an_error_in_a_template_names_its_line_and_the_rendered_one(db: str, tmp_path: Path) -> None:
    made = templates(
        tmp_path,
        outer='SELECT 1;\n{% for name in names %}\n{% include "inner.sql" %}\n{% endfor %}\nSELECT 1;\n',
        inner="SELECT\n  {{ name | ident }}\nFROM pg_class;\n",
    )
    failure = failure_of(db, made.render("outer.sql", names=["relname", "nope"]))
    assert (failure.path, failure.line, failure.rendered_line) == (str(tmp_path / "inner.sql"), 2, 6)
    assert "rendered line 6" in str(failure)


def test_a_value_of_several_lines_in_a_template(db: str, tmp_path: Path) -> None:
    made = templates(tmp_path, t="SELECT\n {{ x | literal }},\n nope;\n")
    failure = failure_of(db, made.render("t.sql", x="a\nb\nc"))
    assert (failure.line, failure.rendered_line) == (3, 5)


def test_a_rewritten_statement_fails_on_a_line_of_its_own(db: str) -> None:
    text = "SELECT 1;\nSELECT\n 1,\n 2;\n"
    with pytest.raises(ScriptFailed) as failure:
        run_ours(db, text, rewrite=lambda sql: sql.replace(" 2", "\n\n\n nope"))
    assert failure.value.line == 4


def test_nothing_follows_the_first_error(db: str, psql: Callable[..., str]) -> None:
    failure_of(db, "CREATE TABLE kept (a int);\nSELECT 1/0;\nCREATE TABLE never (a int);")
    assert psql(db, "-c", "SELECT relname FROM pg_class WHERE relname IN ('kept', 'never')") == "kept\n"


def test_a_failed_single_transaction_leaves_nothing_behind(db: str, psql: Callable[..., str]) -> None:
    server = server_at(db)
    with pytest.raises(ScriptFailed):
        server.run(Script("a.sql", "CREATE TABLE t (a int);\nSELECT 1/0;"), single_transaction=True)
    assert server.query("SELECT count(*) FROM pg_class WHERE relname = 't'") == [(0,)]
    server.run(Script("a.sql", "CREATE TABLE t (a int);"), single_transaction=True)
    server.close()
    assert psql(db, "-c", "SELECT count(*) FROM t") == "0\n"


def test_a_transaction_that_the_script_left_failed_is_ended(db: str) -> None:
    server = server_at(db)
    with pytest.raises(ScriptFailed):
        server.run(Script("a.sql", "BEGIN; CREATE TABLE t (a int); SELECT 1/0; COMMIT;"))
    assert not server.in_transaction
    assert server.query("SELECT 1") == [(1,)]
    server.close()


def test_a_lost_connection_is_no_failure_of_the_script(db: str) -> None:
    with pytest.raises(ConnectionFailed, match=r"was lost: .*terminating connection") as failure:
        run_ours(db, "SELECT 1;\nSELECT pg_terminate_backend(pg_backend_pid());\n")
    assert "host" in str(failure.value)


def test_a_connection_lost_while_copying(db: str) -> None:
    server = server_at(db)
    pid = server.query("SELECT pg_backend_pid()")[0][0]

    def script() -> str:
        with psycopg.connect(db, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        return "CREATE TABLE t (a int);"

    with pytest.raises(ConnectionFailed):
        server.run(Script("a.sql", script()))


def test_a_wrong_variable_name_is_bad_usage(db: str) -> None:
    with pytest.raises(UsageError, match="invalid variable name"):
        run_ours(db, "SELECT 1;", variables={"a b": "1"})


def test_errors_always_stop_a_script(db: str) -> None:
    err = io.StringIO()
    server = server_at(db, err=err)
    with pytest.raises(ScriptFailed, match=":3: division by zero"):
        server.run(Script("a.sql", "\\set ON_ERROR_STOP off\n\\unset ON_ERROR_STOP\nSELECT 1/0;\nSELECT 1;"))
    assert err.getvalue() == "ON_ERROR_STOP stays on: a script ends at its first error\n" * 2
    server.close()


def test_bytes_that_are_no_text_are_left_to_the_server(db: str, tmp_path: Path) -> None:
    script = tmp_path / "bytes.sql"
    script.write_bytes(b"SELECT 1;\nSELECT '\xff';\n")
    with pytest.raises(ScriptFailed) as failure:
        run_ours(db, script)
    assert (failure.value.line, failure.value.sqlstate) == (2, "22021")
    script.write_bytes(
        b"SET client_encoding = 'LATIN1';\nCREATE TABLE t AS SELECT '\xe9' AS v;\n\\encoding UTF8\nSELECT v FROM t;"
    )
    assert "é" in run_ours(db, script)


def test_a_dump_in_custom_format_is_recognized(db: str, tmp_path: Path) -> None:
    script = tmp_path / "custom.dump"
    script.write_bytes(b"PGDMP\x01\x0e\x00")
    with pytest.raises(ScriptFailed, match="pg_restore reads it"):
        run_ours(db, script)


def test_secrets_are_sent_and_never_shown(db: str, tmp_path: Path) -> None:
    made = templates(
        tmp_path,
        t=textwrap.dedent(
            """
            CREATE TABLE t AS SELECT {{ password | secret }} AS v;
            SELECT v FROM t;
            DO $devdb$ BEGIN PERFORM length({{ password | secret }}) / 0; END $devdb$;
            """
        ),
    )
    password = "pa'ss\\word $devdb$"
    script = made.render("t.sql", password=password)
    assert password not in repr(script)
    assert "pa''ss" not in repr(script)
    assert "ss" not in (script.text or "").replace("password", "").replace("PASSWORD", "")
    server = server_at(db)
    with pytest.raises(ScriptFailed) as failure:
        server.run(script)
    assert server.query("SELECT v FROM t") == [(password,)]
    assert "********" in str(failure.value)
    assert "pa'" not in str(failure.value)
    server.close()


@pytest.mark.parametrize("password", ["", None, "x'y", "$a$b$\\044", "\\"])
def test_a_secret_is_found_in_what_the_server_says(db: str, tmp_path: Path, password: str | None) -> None:
    made = templates(tmp_path, t="DO $$ BEGIN RAISE '%', coalesce({{ password | secret }}, 'NULL and void'); END $$;")
    reason = failure_of(db, made.render("t.sql", password=password)).reason
    assert reason == {"": "", None: "NULL and void"}.get(password, "********")


def test_a_read_is_given_as_a_script_or_as_text(db: str, tmp_path: Path) -> None:
    made = templates(tmp_path, t="SELECT 1,\n {{ name | ident }}\nFROM pg_class LIMIT 1")
    server = server_at(db)
    rows = server.query(made.render("t.sql", name="relkind"))
    assert [len(row) for row in rows] == [2]
    with pytest.raises(ScriptFailed) as failure:
        server.query(made.render("t.sql", name="nope"))
    assert (failure.value.path, failure.value.line) == (str(tmp_path / "t.sql"), 2)
    server.close()


def test_variables_are_gone_with_the_script(db: str) -> None:
    server = server_at(db)
    values: Mapping[str, str] = {"v": "it's"}
    server.run(Script("a.sql", "SELECT :'v' AS w \\gset\nCREATE TABLE t AS SELECT :'w' AS v;"), variables=values)
    assert server.query("SELECT v FROM t") == [("it's",)]
    with pytest.raises(ScriptFailed, match='syntax error at or near ":"'):
        server.run(Script("a.sql", "SELECT :'w';"))
    server.close()


def test_a_statement_may_be_skipped_with_its_data(db: str) -> None:
    text = "CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n\\.\nCOPY t FROM stdin;\n2\n\\.\nSELECT a FROM t;"
    seen: list[str] = []

    def rewrite(sql: str) -> str | None:
        seen.append(sql)
        return None if len(seen) == 2 else sql

    assert run_ours(db, text, rewrite=rewrite) == " a \n---\n 2\n(1 row)\n\n"
    assert seen == ["CREATE TABLE t (a int);", "COPY t FROM stdin;", "COPY t FROM stdin;", "SELECT a FROM t;"]


def test_connect_goes_elsewhere_only_if_allowed(make_db: Callable[..., str], psql: Callable[..., str]) -> None:
    first, second = make_db(), make_db('se"cond')
    text = r"""
\connect "se""cond"
CREATE TABLE t (a int);
\c - - - -
SELECT 1;
\c -reuse-previous=on "dbname='se""cond'"
SELECT * FROM t;
"""
    script = Script("a.sql", text)
    run_ours(first, script)
    assert psql(second, "-c", "SELECT count(*) FROM t") == "0\n"
    assert psql(first, "-c", "SELECT count(*) FROM pg_class WHERE relname = 't'") == "0\n"
    with pytest.raises(ConnectionFailed, match="database nowhere"):
        run_ours(first, "\\connect nowhere\n")
    server = Server(connect(first, application_name="test"), out=io.StringIO())
    with pytest.raises(ScriptFailed, match="refused here"):
        server.run(script)
    server.close()
