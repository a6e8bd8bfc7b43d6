"""The command that tells again what the last run did."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options
from devdb.errors import DevdbError

_AGAIN = "build-dev-db writes it when it succeeds"


@click.command(context_settings=CONTEXT_SETTINGS)
@click.option("--masking", "of_masking", is_flag=True, help="Tell each column's class and mask, and who decided it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@some_options("config", "output_dir")
def report(of_masking: bool, as_json: bool, options: Options) -> None:
    """Tell again what the last run did: the rows of each table, or with --masking what became of each column.

    From run.json in the output directory. No server is asked.
    """
    path = options.said_settings().output_directory / "run.json"
    run = _read(path)
    if of_masking:
        _tell_masking(_masking(run, path), as_json=as_json)
    elif as_json:
        click.echo(json.dumps(run, indent=2, ensure_ascii=False))
    else:
        _tell_run(run, path)


def _read(path: Path) -> dict[str, Any]:
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DevdbError(f"there is no {path}: no run has succeeded here yet", hint=_AGAIN) from None
    except OSError as exc:
        raise DevdbError(f"{path}: cannot be read: {exc.strerror}") from exc
    except ValueError:
        raise _not_ours(path) from None
    if not isinstance(run, dict):
        raise _not_ours(path)
    return run


def _masking(run: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    columns = run.get("masking", ...)
    if columns is ...:
        raise DevdbError(f"{path} is of a release of devdb that masked nothing", hint=_AGAIN)
    if columns is None:
        raise DevdbError(
            f"the run of {path} masked nothing: its settings had neither masking nor classification",
            hint="say what is to be masked there, or begin with devdb classify",
        )
    if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns):
        raise _not_ours(path)
    return columns


def _tell_masking(columns: list[dict[str, Any]], *, as_json: bool) -> None:
    from devdb.cli.progress import show_table

    if as_json:
        click.echo(json.dumps(columns, indent=2, ensure_ascii=False))
        return
    show_table(
        ("column", "type", "class", "mask", "decided by", "rows"),
        [
            (
                f"{column.get('table')}.{column.get('column')}",
                str(column.get("type")),
                column.get("class") or "",
                column.get("kind") or "kept",
                column.get("mask_from") or column.get("class_from") or "",
                f"{column.get('rows') or 0:,}",
            )
            for column in sorted(columns, key=lambda column: (str(column.get("table")), str(column.get("column"))))
        ],
        texts=5,
    )
    masked = sum(1 for column in columns if column.get("kind"))
    click.echo(f"{masked:,} of {len(columns):,} columns masked")


def _tell_run(run: dict[str, Any], path: Path) -> None:
    from devdb.cli.progress import show
    from devdb.report import Result, TableRows

    names = {field.name for field in fields(TableRows)}
    try:
        tables = [TableRows(**{name: table[name] for name in names}) for table in run["tables"]]
        values = {field.name: run[field.name] for field in fields(Result) if field.name in run}
        files = {what: Path(file) for what, file in run["files"].items()}
        # Earlier releases did not tell how long they held a snapshot.
        result = Result(**{"snapshot_seconds": 0.0, **values, "tables": tables, "files": files, "masking": None})
    except (KeyError, TypeError, AttributeError):
        raise _not_ours(path) from None
    show(result)


def _not_ours(path: Path) -> DevdbError:
    return DevdbError(f"{path} is not what a run of devdb writes", hint=_AGAIN)
