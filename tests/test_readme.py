"""What the README shows can be typed as it stands."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import documents
import pytest
import yaml
from documents import README, ROOT
from fixture_types import MakeDb, RunProgram

from devdb import errors
from devdb.cli import (
    classify,
    demo,
    deps,
    init,
    leakcheck,
    load_codes,
    main,
    migrations,
    migrations_state,
    nightly,
    plan,
    replicate,
    report,
    reset,
    run,
    server,
)
from devdb.server import programs
from devdb.server.cluster import Cluster
from devdb.settings import Settings

COMMANDS_PAGE = documents.DOCS / "commands.md"

# Lines that set up this checkout: what they do is tested by itself, and the first two would run this test again.
SET_UP = re.compile(r"\./scripts/(?:demo|test)\b|pip install ")

ACTIONS = [main.build_dev_db, main.update_dev_db_schema, main.update_dev_db_data]

# Options of PostgreSQL's and other programs that the documentation speaks of.
OTHERS = {"--no-owner", "--list", "--use-list", "--section", "--exclude-schema", "--exclude-extension", "--bindir"}


def options(command: click.Command) -> set[str]:
    context = click.Context(command, **command.context_settings)
    return {
        name
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }


def named_options(markdown: str) -> set[str]:
    """The options in inline code, without what follows them there."""
    return {
        code.split(" ")[0].split("=")[0] for code in documents.inline_code(markdown) if re.match(r"--?[a-zA-Z?1]", code)
    }


_GROUP = click.Context(migrations.migrations)
# With those that are in modules of their own.
MIGRATIONS = {
    name: migrations.migrations.get_command(_GROUP, name) for name in migrations.migrations.list_commands(_GROUP)
}
OURS = set().union(
    *(
        options(command)
        for command in [
            *ACTIONS,
            classify.classify,
            deps.deps,
            leakcheck.leakcheck,
            load_codes.load_codes,
            *MIGRATIONS.values(),
            migrations_state.migrations_state,
            nightly.nightly,
            reset.reset,
            plan.plan,
            replicate.replicate,
            report.report,
            run.run,
            server.up,
            server.down,
            server.status,
            init.init,
            demo.command,
            main.devdb,
        ]
    )
)


def command_lines(path: Path) -> list[str]:
    lines = "\n".join(documents.blocks(path, "sh")).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def test_every_command_line_runs(make_db: MakeDb, psql: RunProgram, cluster: Cluster, tmp_path: Path) -> None:
    psql(make_db("proddb"), stdin="CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1), (2);")
    lines = [line for line in command_lines(README) if not SET_UP.match(line)]
    assert any(line.startswith("build-dev-db") for line in lines)
    script = "\n".join(lines).replace("5432", str(cluster.port)).replace("your-password", cluster.password)
    home = tmp_path / "home"
    home.mkdir()
    places = [Path(sys.executable).parent, programs.find("psql").path.parent, os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-e", "-u", "-c", script],
        cwd=tmp_path,
        env={"PATH": os.pathsep.join(map(str, places)), "HOME": str(home), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "devdb: 2 rows in 1 tables" in done.stdout
    assert "current_database" in done.stdout
    left = {path.name for path in tmp_path.iterdir()} - {"home", "site"}
    assert left == {"schema.sql", "devdb.dump", "devdb.sql.gz", "run.json", "run.sql"}


def test_the_lines_that_set_up_name_what_is_there() -> None:
    lines = [line for line in command_lines(README) if SET_UP.match(line)]
    named = [re.sub(r"\s*#.*", "", line) for line in lines]
    assert named == ["./scripts/demo", "./scripts/test", "pip install ."]
    for script in named[:2]:
        assert os.access(ROOT / script, os.X_OK)
        assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0
    package = configparser.ConfigParser()
    package.read(ROOT / "setup.cfg")
    assert package["metadata"]["name"] == "devdb"
    assert (ROOT / "pyproject.toml").exists()


@pytest.mark.parametrize("name", ["demo", "test"])
def test_the_scripts_help(name: str) -> None:
    if not (ROOT / ".venv" / f".devdb-installed{'test' if name == 'test' else ''}").exists():
        pytest.skip("not in an environment that scripts/test made, which this would change")
    done = subprocess.run([ROOT / "scripts" / name, "--help"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()


def test_the_settings_shown_are_valid(tmp_path: Path) -> None:
    chosen, foreign, masked = documents.blocks(README, "yaml")
    (tmp_path / "foreign.yaml").write_text(foreign)
    assert Settings.load(tmp_path / "foreign.yaml").source.is_foreign
    # They are parts of one file.
    (tmp_path / "devdb.yaml").write_text(chosen + masked)
    settings = Settings.load(tmp_path / "devdb.yaml")
    assert set(settings.sampling.tables) == set(yaml.safe_load(chosen)["sampling"]["tables"])
    assert set(settings.masking.columns) == set(yaml.safe_load(masked)["masking"]["columns"])


@pytest.mark.parametrize("command", ACTIONS, ids=lambda command: command.name)
def test_the_readme_lists_the_options_of_the_three_commands(command: click.Command) -> None:
    table = [line for line in documents.section(README, "Options").splitlines() if line.startswith("| `-")]
    assert named_options("\n".join(table)) == options(command)


@pytest.mark.parametrize(
    ("title", "command"),
    [
        ("The three actions", ACTIONS[0]),
        ("devdb classify", classify.classify),
        ("devdb deps", deps.deps),
        ("devdb leakcheck", leakcheck.leakcheck),
        ("devdb load-codes", load_codes.load_codes),
        *((f"devdb migrations {name}", each) for name, each in MIGRATIONS.items()),
        ("devdb migrations-state", migrations_state.migrations_state),
        ("devdb nightly", nightly.nightly),
        ("devdb reset", reset.reset),
        ("devdb plan", plan.plan),
        ("devdb report", report.report),
        ("devdb run", run.run),
        ("devdb server up", server.up),
        ("devdb server status", server.status),
        ("devdb server down", server.down),
        ("devdb init", init.init),
        ("scripts/demo", demo.command),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_page_of_commands_lists_every_option_and_no_other(title: str, command: click.Command) -> None:
    assert named_options(documents.section(COMMANDS_PAGE, title)) == options(command)


@pytest.mark.parametrize("path", documents.DOCUMENTS, ids=documents.name)
def test_no_option_is_spoken_of_that_does_not_exist(path: Path) -> None:
    long = {name for name in named_options(documents.prose(path)) if name.startswith("--")}
    assert long - OURS - OTHERS == set()


@pytest.mark.parametrize("path", documents.DOCUMENTS, ids=documents.name)
def test_command_lines_have_options_of_their_command(path: Path) -> None:
    by_name = {command.name: command for command in ACTIONS} | {
        "devdb classify": classify.classify,
        "devdb deps": deps.deps,
        "devdb leakcheck": leakcheck.leakcheck,
        "devdb load-codes": load_codes.load_codes,
        **{f"devdb migrations {name}": each for name, each in MIGRATIONS.items()},
        "devdb migrations-state": migrations_state.migrations_state,
        "devdb nightly": nightly.nightly,
        "devdb reset": reset.reset,
        "devdb report": report.report,
        "devdb plan": plan.plan,
        "devdb run": run.run,
        "devdb server up": server.up,
        "devdb server status": server.status,
        "devdb server down": server.down,
        "devdb init": init.init,
    }
    by_name["./scripts/demo"] = demo.command
    lines = [
        line for language in ("sh", "text") for block in documents.blocks(path, language) for line in block.splitlines()
    ]
    calls = re.compile(rf"(?:^|&& |\| )({'|'.join(map(re.escape, by_name))})\b([^|&#>]*)")
    for found in (found for line in lines for found in calls.finditer(line)):
        given = set(re.findall(r"(?<![\w-])--?[a-zA-Z?1][\w-]*", found[2]))
        assert given <= options(by_name[found[1]]), found[0]


@pytest.mark.parametrize("path", [README, COMMANDS_PAGE], ids=documents.name)
def test_every_exit_status_is_explained(path: Path) -> None:
    explained = {int(number) for number in re.findall(r"^\| (\d) \|", documents.text(path), flags=re.MULTILINE)}
    failures = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.DevdbError)
    ]
    assert explained == {0} | {failure.exit_status for failure in failures}


def test_it_says_early_that_nothing_is_masked_unasked() -> None:
    first_screen = "\n".join(documents.text(README).splitlines()[:12])
    assert "nothing is masked" in first_screen
