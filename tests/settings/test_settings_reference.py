"""The reference, the starting file and the options say what the settings are."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import click
import yaml
from pydantic import BaseModel

from devdb.cli.options import Options, shared_options
from devdb.settings import Follow, Gate, KeyRule, Rule, Settings, VirtualKey
from devdb.settings.code_tables import CodeTable
from devdb.sqltext.templates import builtin_directory

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
Load = Callable[..., Settings]

# What the reference calls the values of mappings whose keys are patterns or names.
VALUES: dict[type[BaseModel], str] = {
    Rule: "rule",
    Follow: "follow",
    KeyRule: "key",
    VirtualKey: "virtual_key",
    Gate: "gate",
    CodeTable: "code_table",
}


def test_importing_and_loading_without_sql_needs_neither_psycopg_nor_pglast(tmp_path: Path) -> None:
    program = (
        "import sys; from devdb.settings import Settings; Settings.load()\n"
        "print([name for name in ('psycopg', 'pglast', 'click') if name in sys.modules])"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def key_names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = prefix + (field.alias or name)
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Rule:
            yield from key_names(kind, f"{key}.")
            continue
        yield key
        for value in get_args(kind):
            if value in VALUES:
                yield from key_names(value, f"{VALUES[value]}.")


def nested(key: str, value: Any) -> Any:
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


def test_the_reference_documents_every_key() -> None:
    text = DOCS.read_text()
    assert [key for key in key_names(Settings) if f"`{key}`" not in text] == []
    sections = "|".join(Settings.model_fields).replace("schema_file", "schema")
    values = "|".join(VALUES.values())
    documented = re.findall(rf"^\| `((?:{sections}|{values})(?:\.[a-z_]+)*)` \|", text, flags=re.MULTILINE)
    assert [key for key in documented if key not in set(key_names(Settings))] == []


def test_the_examples_of_the_reference_are_valid(load: Load) -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \|.*\| `([^`]+)` \|$", DOCS.read_text(), flags=re.MULTILINE)
    keys = [(key, example) for key, example in rows if key in set(key_names(Settings))]
    assert len(keys) >= 30
    for key, example in keys:
        load(yaml.safe_dump(nested(key, yaml.safe_load(example))))
    for block in re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), flags=re.DOTALL):
        load(block)


def shared_parameters() -> list[click.Parameter]:
    @click.command(context_settings={"help_option_names": ["-?", "--help"]})
    @shared_options
    def command(options: Options) -> None: ...

    return command.get_params(click.Context(command, help_option_names=["-?", "--help"]))


def test_the_reference_documents_every_option() -> None:
    text = DOCS.read_text()
    letters = [name for parameter in shared_parameters() for name in parameter.opts]
    assert [name for name in letters if f"`{name}`" not in text] == []
    expected = (
        "-h --host -p --port -U --username -d --dev-db --prod-db -c --config --sql-dir -o --output-dir -n --dry-run"
        " --no-dump -v --verbose -q --quiet -y --yes -? --help -V --version"
        " --percent --seed --seed-file --allow-empty --plan --reader -j --jobs"
    )
    assert set(letters) == set(expected.split())


def test_every_option_reaches_the_settings(load: Load, tmp_path: Path) -> None:
    load("source: {host: ph}")
    options = Options(
        host="h", port=1, username="u", dev_db="d", prod_db="p", config=tmp_path / "devdb.yaml",
        sql_dir=Path("s"), output_dir=Path("o"), percent=3, reader="wrapper", jobs=7, allow_empty=True,
    )  # fmt: skip
    settings = options.settings()
    assert settings.target_conninfo() == {"host": "h", "port": "1", "user": "u", "dbname": "d"}
    assert settings.source_conninfo() == {"host": "ph", "user": "u", "dbname": "p"}
    assert (settings.output_directory, settings.sql_directories) == (Path("o"), (Path("s"),))
    assert (settings.source.reader, settings.source.jobs, settings.sampling.percent) == ("wrapper", 7, 3)
    assert settings.allow_empty
    plan = Options(config=tmp_path / "devdb.yaml", plan=Path("plan.yaml")).settings()
    assert (plan.plan_path, plan.allow_empty) == (Path("plan.yaml"), False)
    seeded = Options(config=tmp_path / "devdb.yaml", seed=("public.a: id = 1",)).settings()
    assert [str(seed) for seed in seeded.sampling.seeds] == ["public.a: id = 1"]


def test_the_starting_file_says_the_defaults() -> None:
    settings = Settings.load(builtin_directory() / "devdb.yaml")
    assert settings.model_dump() == Settings().model_dump()


def test_the_examples_in_the_starting_file_are_valid_and_show_every_key(load: Load) -> None:
    text = (builtin_directory() / "devdb.yaml").read_text()
    uncommented = re.sub(r'^( *)#(?=["\w])', r"\1", text, flags=re.MULTILINE)
    load(uncommented)
    shown = yaml.safe_load(uncommented)
    for key in key_names(Settings):
        if key.partition(".")[0] in VALUES.values():
            continue
        inner = shown
        for name in key.split("."):
            assert name in inner, key
            inner = inner[name]
