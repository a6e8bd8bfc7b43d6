"""The reference, the starting file and the options say what the settings are."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args, get_origin

import click
import yaml
from pydantic import BaseModel

from devdb.cli.options import Options, shared_options
from devdb.settings import Rule, Settings
from devdb.sqltext.templates import builtin_directory

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
Load = Callable[..., Settings]


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
        if get_origin(kind) is not None and Rule in get_args(kind):
            yield from key_names(Rule, "rule.")


def test_the_reference_documents_every_key() -> None:
    text = DOCS.read_text()
    assert [key for key in key_names(Settings) if f"`{key}`" not in text] == []
    sections = "|".join(Settings.model_fields).replace("schema_file", "schema")
    documented = re.findall(rf"^\| `((?:{sections})(?:\.[a-z_]+)?)` \|", text, flags=re.MULTILINE)
    assert [key for key in documented if key not in set(key_names(Settings))] == []


def test_the_examples_of_the_reference_are_valid(load: Load) -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \|.*\| `([^`]+)` \|$", DOCS.read_text(), flags=re.MULTILINE)
    keys = [(key, example) for key, example in rows if key in set(key_names(Settings))]
    assert len(keys) >= 30
    for key, example in keys:
        section, _, name = key.rpartition(".")
        load(f"{section}: {{{name}: {example}}}" if section else f"{key}: {example}")
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
    )
    assert set(letters) == set(expected.split())


def test_every_option_reaches_the_settings(load: Load, tmp_path: Path) -> None:
    load("source: {host: ph}")
    options = Options(
        host="h", port=1, username="u", dev_db="d", prod_db="p", config=tmp_path / "devdb.yaml",
        sql_dir=Path("s"), output_dir=Path("o"),
    )  # fmt: skip
    settings = options.settings()
    assert settings.target_conninfo() == {"host": "h", "port": "1", "user": "u", "dbname": "d"}
    assert settings.source_conninfo() == {"host": "ph", "user": "u", "dbname": "p"}
    assert (settings.output_directory, settings.sql_directories) == (Path("o"), (Path("s"),))


def test_the_starting_file_says_the_defaults() -> None:
    settings = Settings.load(builtin_directory() / "devdb.yaml")
    assert settings.model_dump() == Settings().model_dump()


def test_the_examples_in_the_starting_file_are_valid_and_show_every_key(load: Load) -> None:
    text = (builtin_directory() / "devdb.yaml").read_text()
    uncommented = re.sub(r'^( *)#(?=["\w])', r"\1", text, flags=re.MULTILINE)
    load(uncommented)
    shown = yaml.safe_load(uncommented)
    for key in key_names(Settings):
        section, _, name = key.rpartition(".")
        if section != "rule":
            assert name in (shown[section] if section else shown), key
