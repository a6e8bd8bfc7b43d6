"""The commands: options in, errors out."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType
from typing import Any

import click

from devdb.cli.lazily import LazyGroup
from devdb.cli.options import CONTEXT_SETTINGS, Options, run_options, version_option
from devdb.errors import ConnectionFailed, DevdbError

# Subcommands by the module that has them, which is imported when one is called for.
_SUBCOMMANDS = {
    "classify": "devdb.cli.classify:classify",
    "deps": "devdb.cli.deps:deps",
    "init": "devdb.cli.init:init",
    "leakcheck": "devdb.cli.leakcheck:leakcheck",
    "load-codes": "devdb.cli.load_codes:load_codes",
    "migrations": "devdb.cli.migrations:migrations",
    "migrations-state": "devdb.cli.migrations_state:migrations_state",
    "nightly": "devdb.cli.nightly:nightly",
    "plan": "devdb.cli.plan:plan",
    "replicate": "devdb.cli.replicate:replicate",
    "report": "devdb.cli.report:report",
    "reset": "devdb.cli.reset:reset",
    "run": "devdb.cli.run:run",
    "server": "devdb.cli.server:server",
}


class _Group(LazyGroup):
    """A group whose every failure ends it with the right exit status."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        return _ending_well(super().main, *args, **kwargs)


class _Command(click.Command):
    """A command whose every failure ends it with the right exit status, and with one message."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        return _ending_well(super().main, *args, **kwargs)


def _ending_well(main: Any, *args: Any, **kwargs: Any) -> Any:
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Ignored from the start: nohup asked for it.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        status = main(*args, **kwargs, standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except click.Abort:
        click.echo("Interrupted.", err=True)
        sys.exit(128 + signal.SIGINT)
    except DevdbError as exc:
        click.echo(f"Error: {exc}", err=True)
        sys.exit(exc.exit_status)
    except BrokenPipeError:
        # Who read our output has had enough of it.
        sys.stderr.close()
        sys.exit(1)
    except OSError as exc:
        click.echo(f"Error: {exc.filename or ''}: {exc.strerror or exc}", err=True)
        sys.exit(1)


def _end(signum: int, _frame: FrameType | None) -> None:
    """As if interrupted: what is under way is undone before the process ends."""
    sys.exit(128 + signum)


@click.group(cls=_Group, elsewhere=_SUBCOMMANDS, context_settings=CONTEXT_SETTINGS)
@version_option
def devdb() -> None:
    """Build a developer database from production, and run SQL scripts the way psql does.

    The main commands stand by themselves: build-dev-db, update-dev-db-schema, update-dev-db-data.
    """


@click.command("build-dev-db", cls=_Command, context_settings=CONTEXT_SETTINGS)
@run_options
def build_dev_db(options: Options) -> None:
    """Make the dev database from production: its schema, a sample of its rows, all keys satisfied.

    The work happens in a new database beside the old one, which it replaces when it is complete; whatever fails
    before, the old one stays as it is. Production is only read. At the end schema.sql, devdb.dump, devdb.sql.gz and
    run.json stand beside the settings file.

    Connections are found as psql finds them (PGHOST, PGPORT, PGPASSWORD, ~/.pgpass, PGSERVICE); the databases are
    proddb and devdb, the user is postgres, unless options or devdb.yaml say otherwise.

    Exit status: 0 done; 1 refused, or a check failed; 2 bad usage, or a server cannot be reached; 3 a script failed.
    """
    _act("build", "build-dev-db", options)


@click.command("update-dev-db-schema", cls=_Command, context_settings=CONTEXT_SETTINGS)
@run_options
def update_dev_db_schema(options: Options) -> None:
    """Make the dev database anew from production's schema of today.

    Writes schema.sql anew, says what changed in it since the last time, then does as update-dev-db-data.
    """
    _act("update_schema", "update-dev-db-schema", options)


@click.command("update-dev-db-data", cls=_Command, context_settings=CONTEXT_SETTINGS)
@run_options
def update_dev_db_data(options: Options) -> None:
    """Make the dev database anew with the saved schema.sql and production's rows of today.

    Refused when production's tables are no longer as schema.sql says.
    """
    _act("update_data", "update-dev-db-data", options)


def _act(action: str, command: str, options: Options) -> None:
    # Nothing of what is loaded is ever garbage: not looked through meanwhile, nor afterwards.
    gc.disable()
    settings = options.keyed_settings()
    import psycopg

    from devdb.opening import Opening

    # While the servers answer, what else it takes is loaded.
    opening = Opening(settings, command)
    from devdb import actions
    from devdb.cli.progress import reporter, show
    from devdb.preflight import Run

    gc.freeze()
    gc.enable()
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        run = Run(
            settings=settings,
            command=command,
            reporter=progress,
            dry_run=options.dry_run,
            dump=not options.no_dump,
            yes=options.yes,
            opening=opening,
        )
        try:
            result = getattr(actions, action)(run)
        except psycopg.Error as exc:
            # Scripts and questions tell of their failures themselves: what is left is the connection's.
            raise ConnectionFailed(str(exc).strip()) from exc
    if not options.dry_run and not options.quiet:
        show(result)
