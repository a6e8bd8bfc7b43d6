"""The command that replicates a legacy system's tables into the application's."""

from __future__ import annotations

import os
from typing import cast

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options
from devdb.errors import ConnectionFailed, UsageError

_MODES = ("None", "Subset", "Full")


@click.command(context_settings=CONTEXT_SETTINGS)
@click.option(
    "--mode",
    type=click.Choice(_MODES),
    envvar="DB_REPLICATE",
    help="How much of the source is wanted; also DB_REPLICATE.",
)
@click.option("--only-install", is_flag=True, help="Make the link and the functions, and run none.")
@click.option("--accept-change", is_flag=True, help="Let a change beyond max_change of a gate pass, this once.")
@some_options("host", "port", "username", "dev_db", "config", "sql_dir", "dry_run", "verbose", "quiet", "yes")
def replicate(mode: str | None, only_install: bool, accept_change: bool, options: Options) -> None:
    """Replicate tables of a legacy system, whole or a subset, into the application's own tables.

    The link to it comes from the environment: FDW_USER, FDW_PASS, FDW_FOREIGN_SCHEMA, FDW_NAME, FDW_SCHEMA,
    FDW_FOREIGN_SERVER and FDW_WRAPPER (default oracle_fdw). The steps are numbered SQL templates in replicate/, beside
    the settings file; each is also installed as a function, db_replicate_step1 and so on.

    Exit status: 0 done; 1 refused, or a gate failed; 2 bad usage, or a server cannot be reached; 3 a step failed.
    """
    if mode is None:
        raise UsageError(f"say what to replicate: --mode or DB_REPLICATE is one of {', '.join(_MODES)}")
    if mode == "None":
        if not options.quiet:
            click.echo("mode None: nothing to replicate")
        return
    settings = options.settings()

    import psycopg

    from devdb.cli.progress import reporter, show_table
    from devdb.replicating.replicate import Run
    from devdb.replicating.replicate import replicate as carry_out
    from devdb.settings.replicate import Mode

    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        run = Run(
            settings=settings,
            mode=cast(Mode, mode),
            reporter=progress,
            environment=os.environ,
            dry_run=options.dry_run,
            yes=options.yes,
            only_install=only_install,
            accept_change=accept_change,
        )
        try:
            changed = carry_out(run)
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
    if options.dry_run or options.quiet:
        return
    show_table(
        ("step", "table", "", "rows", "seconds"),
        [(one.step, one.table, one.verb, f"{one.rows:,}", f"{one.seconds:.2f}") for one in changed],
        texts=3,
    )
    total = sum(one.rows for one in changed if one.verb == "inserted")
    click.echo(f"{settings.target.dbname}: {mode}, {total:,} rows inserted" if not only_install else "installed")
