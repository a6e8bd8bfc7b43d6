"""The command that brings an application's schemas back to the beginning."""

from __future__ import annotations

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options
from devdb.errors import ConnectionFailed


@click.command(context_settings=CONTEXT_SETTINGS)
@click.option("--restore", "only_restore", is_flag=True, help="Put back what an interrupted reset has set aside.")
@some_options(
    "host", "port", "username", "dev_db", "prod_db", "config", "sql_dir", "output_dir", "dry_run", "verbose", "quiet",
    "yes",
)  # fmt: skip
def reset(only_restore: bool, options: Options) -> None:
    """Empty and rebuild the schemas that the settings name under reset, while some tables keep their rows.

    What rebuilds them is the saved schema.sql, a directory of SQL files, or a command. Until it has succeeded, nothing
    is lost: after a failure all is as before. Only the dev database is touched, and nothing without --yes.

    Exit status: 0 done; 1 refused, or the kept rows do not fit; 2 bad usage, or the server cannot be reached; 3 a
    script or the command failed.
    """
    import psycopg

    from devdb.cli.progress import reporter, show_table
    from devdb.state import reset as resetting

    settings = options.settings()
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            if only_restore:
                if not resetting.restore(settings, progress):
                    progress.note("nothing was set aside")
                return
            kept = resetting.reset(settings, progress, yes=options.yes, dry_run=options.dry_run)
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
    if not options.dry_run and not options.quiet:
        show_table(
            ("kept table", "rows", "rebuilt besides"),
            [(each.table, f"{each.rows:,}", f"{each.besides:,}") for each in kept],
        )
        click.echo(f"{settings.target.dbname}: {', '.join(settings.reset.schemas)} rebuilt")
