"""The commands that start, show and stop the dev server."""

from __future__ import annotations

import sys

import click

from devdb.cli.dev_server import at_dev_server, private_cluster
from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options, version_option
from devdb.cli.progress import reporter

_NOTHING_TO_DO = "nothing to do: with server: existing, devdb uses a server that somebody else starts and stops"


@click.group(context_settings=CONTEXT_SETTINGS)
@version_option
def server() -> None:
    """Start, show and stop the dev server.

    Which one it is, the settings say: `server: docker` a container, `server: private` the private cluster of the demo,
    `server: existing` (the default) the one that PGHOST, PGPORT and the section `target` name.
    """


@server.command(context_settings=CONTEXT_SETTINGS)
@click.option("--build", "rebuild", is_flag=True, help="Build the image again, and make the container anew.")
@some_options("config", "verbose", "quiet")
def up(rebuild: bool, options: Options) -> None:
    """Start the dev server, wait until it is ready, and print libpq's variables that lead there.

    The password is not among them, but PGPASSFILE is, a file that holds it. Nothing is done when the server is up.
    """
    settings = options.said_settings()
    if settings.server == "existing":
        click.echo(_NOTHING_TO_DO, err=True)
        return
    with reporter(quiet=options.quiet, verbose=options.verbose) as report:
        if settings.server == "docker":
            from devdb.containers import container

            container.up(settings, report, rebuild=rebuild)
        else:
            from devdb import demo

            with demo.alone():
                demo.start(report)
    from devdb.containers.place import ask

    for line in ask(at_dev_server(settings)).lines:
        click.echo(line)


@server.command(context_settings=CONTEXT_SETTINGS)
@click.option("--volumes", is_flag=True, help="Remove the data as well.")
@some_options("config", "verbose", "quiet")
def down(volumes: bool, options: Options) -> None:
    """Stop the dev server. Its data stay, unless there is --volumes."""
    settings = options.said_settings()
    if settings.server == "existing":
        click.echo(_NOTHING_TO_DO, err=True)
        return
    with reporter(quiet=options.quiet, verbose=options.verbose) as report:
        if settings.server == "docker":
            from devdb.containers import container

            was_there = container.down(settings, report, volumes=volumes)
        else:
            was_there = _stop_private(remove=volumes)
        if not was_there:
            report.note("the dev server was not there")


@server.command(context_settings=CONTEXT_SETTINGS)
@some_options("config")
def status(options: Options) -> None:
    """Tell whether the dev server is up, and how to reach it.

    Exit status: 0 it is up; 1 it is not; 2 it cannot be reached.
    """
    settings = options.said_settings()
    if settings.server == "docker":
        from devdb.containers import container

        state = container.state(settings)
        words, is_up = state.words, state.is_up
    elif settings.server == "private":
        is_up = private_cluster() is not None
        words = f"the private cluster {'runs' if is_up else 'does not run'}"
    else:
        words, is_up = "", True
    if words:
        click.echo(words)
    if not is_up:
        sys.exit(1)
    from devdb.containers.place import ask

    answer = ask(at_dev_server(settings))
    click.echo(f"PostgreSQL {answer.version}")
    for line in answer.lines:
        click.echo(line)


def _stop_private(*, remove: bool) -> bool:
    from devdb import demo

    with demo.alone():
        if remove:
            return demo.remove()
        running = private_cluster()
        if running is not None:
            running.stop()
        return running is not None
