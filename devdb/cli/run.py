"""The command that runs a script of psql's without psql."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

    from devdb.server.connection import Connection


def _variables(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    variables = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"write name=value, not {text!r}")
        variables[name] = value
    return variables


@click.command(context_settings=CONTEXT_SETTINGS)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "-v",
    "--set",
    "--variable",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_variables,
    help="Set a psql variable. May be given several times.",
)
@click.option("-1", "--single-transaction", is_flag=True, help="Run the file in one transaction.")
@some_options("host", "port", "username", "dev_db", "config", "dry_run")
def run(file: str, variables: Mapping[str, str], single_transaction: bool, options: Options) -> None:
    r"""Run the SQL script FILE ("-": standard input) the way psql does, statement by statement.

    Understands psql's variables and the commands that scripts use (\set, \if, \i, \gset, \copy, \connect, …), and
    stops at the first error, naming the file, the line and the server's words. Runs no programs: \! and `backquotes`
    are refused.
    """
    from devdb.sqltext.script import Script

    script = Script("<stdin>", None, path=Path("-")) if file == "-" else Script.from_file(file)
    if options.dry_run:
        from devdb.server.printer import Printer

        Printer(sys.stdout).run(script, variables=variables, single_transaction=single_transaction)
        return
    from devdb.server.runner import Server

    server = Server(_connect(_target(options)), reconnect=_connect, out=sys.stdout, on_notice=_say_notice)
    try:
        server.run(script, variables=variables, single_transaction=single_transaction)
        if server.in_transaction:
            click.echo("Warning: the script left a transaction open; it is rolled back", err=True)
    finally:
        server.close()


def _target(options: Options) -> dict[str, str]:
    """The database to run on. Any will do here, also those that a dev database may not be, such as postgres."""
    name = options.dev_db
    if name is None or "=" in name or "://" in name:
        return options.settings().target_conninfo()
    return replace(options, dev_db=None).settings().target_conninfo(name)


def _connect(parameters: Mapping[str, str]) -> Connection:
    from psycopg.conninfo import make_conninfo

    from devdb.server.connection import connect

    return connect(make_conninfo("", **parameters), application_name="devdb run")


def _say_notice(notice: Diagnostic) -> None:
    lines = [f"{notice.severity}:  {notice.message_primary}"]
    lines += [f"DETAIL:  {notice.message_detail}"] if notice.message_detail else []
    lines += [f"HINT:  {notice.message_hint}"] if notice.message_hint else []
    click.echo("\n".join(lines), err=True)
