"""The options of the three commands end in the settings, or in a message that says what is wrong with them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from devdb.cli import options
from devdb.cli.main import build_dev_db, update_dev_db_data, update_dev_db_schema
from devdb.cli.options import Options, shared_options
from devdb.settings import FILE_NAME, Settings, sections


def run(*arguments: str) -> tuple[Result, Settings | None]:
    found = []

    @click.command()
    @shared_options
    def command(options: Options) -> None:
        found.append(options.settings())

    result = CliRunner().invoke(command, arguments)
    return result, found[0] if found else None


@pytest.fixture(autouse=True)
def no_file_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_rows_can_be_chosen_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "seeds").write_text("public.c: d\n")
    options = ("--seed", "public.a: x", "--seed", "public.b: y", "--seed-file", "seeds", "--allow-empty", "-j", "3")
    _, settings = run(*options, "--reader", "direct")
    assert settings is not None
    assert [str(seed) for seed in settings.sampling.seeds] == ["public.a: x", "public.b: y", "public.c: d"]
    assert settings.allow_empty
    assert (settings.source.jobs, settings.source.reader) == (3, "direct")
    _, settings = run("--percent", "2.5")
    assert settings is not None
    assert settings.sampling.percent == 2.5
    _, settings = run("--plan", "plan.yaml")
    assert settings is not None
    assert settings.plan_path == Path("plan.yaml")


def test_what_is_not_said_is_left_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "devdb.yaml").write_text("source: {jobs: 5, reader: wrapper}\nsampling: {percent: 7}\n")
    _, settings = run()
    assert settings is not None
    assert (settings.source.jobs, settings.source.reader, settings.sampling.percent) == (5, "wrapper", 7)
    _, settings = run("-j1")
    assert settings is not None
    assert (settings.source.jobs, settings.source.reader) == (1, "wrapper")


@pytest.fixture
def signals_as_before() -> Iterator[None]:
    """A command's own handlers are not for the test's process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals_as_before")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-j", "0"], "'-j' / '--jobs': 0 is not in the range 1<=x<=1000"),
        (["-j", "many"], "'-j' / '--jobs': 'many' is not a valid integer"),
        (["--reader", "direkt"], "'direkt' is not one of 'auto', 'wrapper', 'direct'"),
        (["--percent", "a"], "'a' is not a valid float"),
        (["--percent", "0"], "--percent: 0 is not more than 0 and at most 100"),
        (["--percent", "101"], "--percent: 101 is not more than 0 and at most 100"),
        (["--seed", "public.orders"], "--seed: public.orders has no colon"),
        (["--seed", "public.a: b", "--percent", "5"], "--seed and --percent exclude each other"),
        (["--seed", "public.a: b", "--plan", "p"], "--seed and --plan exclude each other"),
    ],
)
def test_bad_usage_ends_with_2(arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]) -> None:
    for command in (build_dev_db, update_dev_db_schema, update_dev_db_data):
        with pytest.raises(SystemExit) as end:
            command.main(arguments, prog_name="devdb")
        assert end.value.code == 2
        assert words in capfd.readouterr().err


@pytest.mark.parametrize("command", ["devdb", "build-dev-db"])
def test_help_loads_nothing_that_only_a_run_needs(command: str) -> None:
    """That it answers in a quarter of a second is true wherever nothing of these is loaded."""
    code = f"""
import sys
from devdb.cli import main
try:
    main.{command.replace("-", "_")}(["--help"])
finally:
    heavy = ("pydantic", "psycopg", "jinja2", "pglast", "yaml", "rich", "asyncio", "devdb.settings", "devdb.sqltext")
    print("loaded:", *(name for name in heavy if name in sys.modules), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Usage: " in done.stdout
    assert done.stderr == "loaded:\n"


def test_what_the_options_say_of_the_settings_is_what_these_say() -> None:
    assert (options.FILE_NAME, options.MAX_JOBS) == (FILE_NAME, sections.MAX_JOBS)
