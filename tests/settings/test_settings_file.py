"""A settings file is what the user said, or an error that says where and why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from devdb.errors import SettingsError
from devdb.settings import Rule, Settings

Load = Callable[..., Settings]


def refused(load: Load, text: str) -> str:
    with pytest.raises(SettingsError) as failure:
        load(text)
    return str(failure.value)


def test_without_a_file_everything_has_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load()
    assert settings == Settings()
    assert settings.path is None
    assert settings.output_directory == Path()
    assert settings.source_conninfo() == {"dbname": "proddb", "user": "postgres"}
    assert settings.target_conninfo() == {"dbname": "devdb", "user": "postgres"}
    assert settings.sampling.rule_for("any", "table") == Rule.of({"limit": 10_000})


def test_devdb_yaml_in_the_current_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("devdb.yaml").write_text("target: {dbname: mine}")
    assert Settings.load().target.dbname == "mine"
    assert Settings.load().path == Path("devdb.yaml")


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nope\.yaml: no such file"):
        Settings.load(tmp_path / "nope.yaml")


@pytest.mark.parametrize("text", ["", "# nothing\n", "source:\n  #host: x\ntarget:\n", "source: ~", "\ufeffsource: {}"])
def test_what_says_nothing_means_the_defaults(load: Load, text: str) -> None:
    assert load(text).model_dump() == Settings().model_dump()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- a", None, "expected a mapping, found a list"),
        ("source: {dbname: a\n", 2, "flow mapping"),
        ("source:\n\tdbname: a", 2, "indent with spaces"),
        ("target: {}\nsource: {}\ntarget: {}", 3, "target is given twice, first on line 1"),
        ("source:\n  host: a\n  port: 1\n  host: b", 4, "host is given twice, first on line 2"),
        ("sampling:\n  tables:\n    *.log: none", 3, "needs quotes"),
        ("source: !!python/object:os.system {}", 1, "tag"),
        ("source: &a {conninfo: *a}", 1, "alias"),
        ("source:\n  <<: {host: a}", 2, "merging"),
        ('source: {host: "a\\0b"}', 1, "zero byte"),
        ("source: {}\n---\ntarget: {}", 2, "single document"),
        ("source: {}\n# \x07\n", 2, "special characters"),
        ("source: {? [a] : 1}", 1, "key must be a plain text"),
    ],
)
def test_what_is_not_one_plain_yaml_mapping_is_refused(load: Load, text: str, line: int | None, words: str) -> None:
    with pytest.raises(SettingsError) as failure:
        load(text)
    assert words in str(failure.value)
    assert failure.value.line == line
    assert str(failure.value).startswith(str(failure.value.path) + (f":{line}: " if line else ": "))


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "devdb.yaml"
    path.write_bytes(b"source: {}\n# gr\xfc\xdfe\n")
    with pytest.raises(SettingsError, match=r"devdb\.yaml:2: this is not UTF-8"):
        Settings.load(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sorce: {}", "sorce: unknown key\nHint: did you mean source?"),
        ("source: {shemas: [a]}", "source.shemas: unknown key\nHint: did you mean schemas?"),
        ("source: {shemas: }", "source.shemas: unknown key\nHint: did you mean schemas?"),
        ("keep_schemas: [a]", "keep_schemas: unknown key\nHint: it belongs at target.keep_schemas"),
        ("dump: {xyz: 1}", "dump.xyz: unknown key\nHint: known here: output_dir"),
        ("sampling: {tables: {a.b: {limt: 1}}}", "sampling.tables.a.b.limt: unknown key\nHint: did you mean limit?"),
        ("source: {conninfo: {sslmod: require}}", "source.conninfo.sslmod: libpq has no such parameter; sslmode?"),
        ("source: {conninfo: {host: a}}", "source.conninfo.host: belongs beside conninfo"),
        ("source: {conninfo: {application_name: a}}", "source.conninfo.application_name: is set by devdb itself"),
        ("source: {port: '5432'}", "source.port: expected a whole number, found the text 5432"),
        ("source: {port: 05432}", "source.port: expected a whole number, found the text 05432"),
        ("source: {port: 0}", "source.port: must be greater than or equal to 1"),
        ("source: {port: yes}", "source.port: expected a whole number, found the truth value yes"),
        ("source: {dbname: no}", "source.dbname: expected a text, found the truth value no\nHint: in quotes"),
        ("source: {dbname: 12}", "source.dbname: expected a text, found the number 12\nHint: in quotes"),
        ("source: {dbname: ''}", "source.dbname: a name must not be empty"),
        ("source: {dbname: 'postgresql://h/d'}", "source.dbname: takes a name, not a connection string"),
        (f"target: {{dbname: {'é' * 32}}}", "target.dbname: a name must not be longer than 63 bytes"),
        ("target: {dbname: postgres}", "target: dbname and maintenance_db are both postgres"),
        ("target: {dbname: template1}", "target: template1 belongs to the server"),
        ("target: {replace: swop}", "expected swap or in_place, found the text swop\nHint: did you mean swap?"),
        ("source: {schemas: public}", "source.schemas: expected a list, found the text public\nHint: write [public]"),
        ("source: {schemas: []}", "source.schemas: must not be empty"),
        ("source: {schemas: [a, 1]}", "source.schemas[2]: expected a text, found the number 1"),
        ("source: {schemas: [pg_catalog]}", "source.schemas[1]: pg_catalog is a system schema"),
        ("source: {statement_timeout: soon}", "expected seconds, or a number with ms, s, min, h or d"),
        ("source: {statement_timeout: -1}", "must be between 0 and 24 days"),
        ("source: {row_security: 'no'}", "expected true or false, found the text no"),
        ("source: {fdw_options: {updatable: 'true'}}", "keep the link read-only"),
        ("source: {fdw_options: [a]}", "source.fdw_options: expected a mapping, found a list"),
        ("schema: true", "schema: expected a mapping, found the truth value true"),
        ("sampling: {default: al}", "found the text al\nHint: did you mean all?"),
        (
            "sampling: {default: no}",
            "expected all, none, empty or a mapping with limit, percent or where, found the truth",
        ),
        ("sampling: {default: {}}", "says nothing"),
        ("sampling: {default: {limit: }}", "says nothing"),
        ("sampling: {default: {limit: 1, percent: 1}}", "limit and percent exclude each other"),
        ("sampling: {default: {order_by: a}}", "order_by needs a limit"),
        ("sampling: {default: {limit: 1.5}}", "expected a whole number, found the number 1.5"),
        ("sampling: {default: {limit: -1}}", "must be greater than or equal to 0"),
        ("sampling: {default: {percent: 0}}", "must be greater than 0"),
        ("sampling: {default: {percent: 100.5}}", "must be less than or equal to 100"),
        ("sampling: {default: {percent: .nan}}", "expected a number, found the text .nan"),
        ("sampling: {default: {where: ' '}}", "must not be empty"),
        ("sampling: {default: {where: yes}}", "expected a text, found the truth value yes"),
        ("sampling: {tables: {a.b: }}", "found nothing"),
        ("sampling: {tables: {post: all}}", "post has no schema: write public.post"),
        ("sampling: {tables: [a]}", "sampling.tables: expected a mapping, found a list"),
        ("sampling: {default: empt}", "found the text empt\nHint: did you mean empty?"),
        ("sampling: {tables: {a.b: {empty: true}}}", "sampling.tables.a.b.empty: unknown key"),
        ("sampling: {percent: 0}", "sampling.percent: must be greater than 0"),
        ("sampling: {percent: 101}", "sampling.percent: must be less than or equal to 100"),
        ("sampling: {seeds: [a]}", "sampling.seeds: unknown key\nHint: did you mean seed?"),
        (
            "source: {reader: direkt}",
            "expected auto, wrapper or direct, found the text direkt\nHint: did you mean direct?",
        ),
        ("source: {jobs: 0}", "source.jobs: must be greater than or equal to 1"),
        (
            "source: {max_rate: 20mb}",
            "expected bytes, or a number with kB, MB or GB, such as 20MB, found the text 20mb",
        ),
        ("source: {max_rate: 0}", "source.max_rate: must be at least 1kB; leave it out for no limit"),
        ("source: {pause: {lag: 30s}}", "source.pause.lag: unknown key\nHint: known here: replication_lag, active_"),
        ("source: {pause: {active_sessions: 0}}", "source.pause.active_sessions: must be greater than or equal to 1"),
        ("source: {snapshot_warning: never}", "source.snapshot_warning: expected seconds, or a number with"),
        ("sampling: {seed: a}", "expected a whole number, found the text a"),
    ],
)
def test_a_mistake_is_said_plainly_with_its_line(load: Load, text: str, words: str) -> None:
    message = refused(load, f"# a comment\n{text}\n")
    assert words in message
    assert "devdb.yaml:2: " in message


def test_all_mistakes_are_listed_at_once_in_the_order_of_the_file(load: Load) -> None:
    message = refused(
        load,
        """\
source:
  port: high
target:
  replase: swap
sampling:
  tables:
    public.a:
      where: a = 1
      limit: many
    orders: all
""",
    )
    lines = [int(line) for line in re.findall(r"devdb\.yaml:(\d+):", message)]
    assert lines == [2, 4, 9, 10]
    assert message.startswith("4 mistakes in the settings:")


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [("0", 0), ("5", 5000), ("0.5", 500), ("250ms", 250), ("90 s", 90_000), ("30min", 1_800_000), ("1h", 3_600_000)],
)
def test_a_duration_is_in_seconds_or_says_its_unit(load: Load, written: str, milliseconds: int) -> None:
    assert load(f"source: {{statement_timeout: {written}}}").source.statement_timeout_ms == milliseconds


@pytest.mark.parametrize(
    ("written", "size"), [("2048", 2048), ("2048B", 2048), ("1kB", 1024), ("20 MB", 20 * 2**20), ("1GB", 2**30)]
)
def test_a_rate_is_in_bytes_or_says_its_unit(load: Load, written: str, size: int) -> None:
    assert load(f"source: {{max_rate: {written}}}").source.max_rate_bytes == size


def test_the_source_is_spared_as_far_as_one_says(load: Load) -> None:
    source = load("").source
    assert (source.max_rate_bytes, source.pause_lag_ms, source.pause_sessions) == (None, None, None)
    assert source.snapshot_warning_ms == 30 * 60_000
    assert 1 <= source.jobs <= 4
    source = load("source: {pause: {replication_lag: 30s, active_sessions: 50}, snapshot_warning: 0}").source
    assert (source.pause_lag_ms, source.pause_sessions, source.snapshot_warning_ms) == (30_000, 50, 0)


@pytest.mark.parametrize(("written", "meant"), [("yes", True), ("On", True), ("TRUE", True), ("no", False)])
def test_yes_and_no_are_truth_values_where_one_is_wanted(load: Load, written: str, meant: bool) -> None:
    assert load(f"schema: {{owner: {written}}}").schema_file.owner is meant


# Passwords


@pytest.mark.parametrize(
    "text",
    [
        "source: {password: hunter2}",
        "password: hunter2",
        "target:\n  Password: hunter2",
        "source: {conninfo: {sslpassword: hunter2}}",
        "source: {fdw_options: {password: hunter2}}",
        "source: {host: 'postgresql://me:hunter2@h/d'}",
        "source: 'postgresql://me:hunter2@h/d'",
        "source: {dbname: 'dbname=a password=hunter2'}",
        "source: {password: {pwd: [hunter2]}}",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(load: Load, text: str) -> None:
    message = refused(load, text)
    assert "a password must not stand in the settings" in message
    assert "~/.pgpass" in message
    assert "hunter2" not in message


def test_a_syntax_error_does_not_show_the_line(load: Load) -> None:
    assert "hunter2" not in refused(load, "source: {password: hunter2")


def test_columns_that_are_called_password_may_stand_in_rules(load: Load) -> None:
    load("sampling: {tables: {public.password: {where: \"password = 'x' AND pwd IS NULL\"}}}")
