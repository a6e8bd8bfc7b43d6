"""The command that cron or a timer runs."""

from __future__ import annotations

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options


@click.command(context_settings=CONTEXT_SETTINGS)
@click.option("--check", "only_check", is_flag=True, help="Say how it stands, from the status file; run nothing.")
@click.option(
    "--max-age", default="26h", show_default=True, metavar="DURATION", help="With --check: how old a success may be."
)
@some_options(
    "host", "port", "username", "dev_db", "prod_db", "config", "sql_dir", "output_dir", "no_dump", "verbose", "yes",
    "reader", "jobs",
)  # fmt: skip
def nightly(only_check: bool, max_age: str, options: Options) -> None:
    """Bring the dev database up to date, unattended: for cron or a systemd timer.

    As update-dev-db-schema when the source's schema changed, as update-dev-db-data when it did not, as build-dev-db
    when there is no dev database. One run at a time; dated dumps, log and status file beside schema.sql, or where the
    settings say under nightly.

    Prints nothing when all is well, one message when it fails; -v shows progress. The exit status is the run's.
    """
    if only_check:
        from devdb.nightly.places import Places
        from devdb.nightly.status import check

        click.echo(check(Places.of(options.said_settings()).status, max_age_s=_seconds(max_age)))
        return
    settings = options.keyed_settings()
    from devdb.nightly.run import run

    beside: list[str]
    if options.verbose:
        from devdb.cli.progress import reporter

        with reporter(quiet=False, verbose=options.verbose) as progress:
            beside = run(settings, also=progress, verbose=options.verbose, yes=options.yes, dump=not options.no_dump)
    else:
        beside = run(settings, yes=options.yes, dump=not options.no_dump)
    for wrong in beside:
        click.echo(f"warning: {wrong}", err=True)


def _seconds(text: str) -> float:
    from pydantic import TypeAdapter, ValidationError

    from devdb.settings.units import Milliseconds

    try:
        return TypeAdapter(Milliseconds).validate_python(text) / 1000
    except ValidationError as exc:
        raise click.BadParameter(exc.errors()[0]["msg"], param_hint="--max-age") from None
