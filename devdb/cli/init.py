"""The command that writes a settings file and scripts to start from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from devdb.cli.options import CONTEXT_SETTINGS, FILE_NAME, version_option
from devdb.errors import DevdbError, Refused

SCRIPTS = ("setup_dev_db.sql", "update_dev_db.sql", "populate_dev_db.sql")


@click.command(context_settings=CONTEXT_SETTINGS)
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
@version_option
def init(directory: Path) -> None:
    """Write a commented devdb.yaml and the three scripts into DIRECTORY, to start from.

    DIRECTORY is made if there is none; by default it is the current one. Nothing is overwritten.
    """
    written = write_starting_files(directory)
    for path in written:
        click.echo(f"wrote {path}")
    settings_file, sql_directory = written[0], written[1].parent
    click.echo(
        f"""
Next:
  1. Edit {settings_file}: where the databases are, and which rows you want.
  2. Put passwords into ~/.pgpass or PGPASSWORD, never into that file.
  3. Run: build-dev-db -c {settings_file} --dry-run     to see the SQL
          build-dev-db -c {settings_file}               to build the dev database
The scripts in {sql_directory} are used once you say sql_dir: sql in the settings, or --sql-dir.
Change those that you need and delete the others: the built-in ones improve with each version."""
    )


def write_starting_files(directory: Path) -> list[Path]:
    """Write the files and return their paths, the settings file first.

    Raises Refused when one of them is there already, and DevdbError when one cannot be written; no new file is left
    then.
    """
    contents = {directory / FILE_NAME: _builtin(FILE_NAME)}
    contents |= {directory / "sql" / name: _builtin(name) for name in SCRIPTS}
    if existing := [path for path in contents if os.path.lexists(path)]:
        raise Refused(
            "nothing was written, for these exist: " + ", ".join(map(str, existing)),
            hint="give another directory, or move them away",
        )
    written: list[Path] = []
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
    except OSError as exc:
        for path in written:
            path.unlink(missing_ok=True)
        raise DevdbError(f"{exc.filename or directory}: cannot be written: {exc.strerror}") from exc
    return written


def _builtin(name: str) -> bytes:
    from devdb.sqltext.templates import builtin_directory

    path = builtin_directory() / name
    try:
        return path.read_bytes()
    except OSError as exc:
        raise DevdbError(f"{path}: {exc.strerror}", hint="this installation of devdb is not complete") from exc
