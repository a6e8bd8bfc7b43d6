"""scripts/demo: everything once, on a private cluster, with nothing prepared."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click

from devdb import demo
from devdb.cli.options import CONTEXT_SETTINGS, version_option
from devdb.cli.progress import reporter
from devdb.errors import DevdbError
from devdb.server import programs
from devdb.server.cluster import SUPERUSER, Cluster

# The status of what Ctrl-C ended, as shells have it.
_INTERRUPTED = 128 + signal.SIGINT


@click.command("demo", context_settings=CONTEXT_SETTINGS)
@click.option(
    "--scale",
    type=click.FloatRange(min=0, min_open=True, max=100),
    default=1.0,
    envvar="DEVDB_DEMO_SCALE",
    show_default=True,
    show_envvar=True,
    help="Size of the production database; 1 is about two million rows.",
)
@click.option("--stop", is_flag=True, help="Stop the private cluster, remove it and all files of the demo's.")
@version_option
def command(scale: float, stop: bool) -> None:
    """Try devdb with nothing prepared.

    Starts a private PostgreSQL cluster in the cache directory, loads a made-up production database (a registry of
    water wells) and runs build-dev-db against it. Run again, it does again only what is not there yet, and builds the
    dev database anew. No other PostgreSQL server is touched.
    """
    with demo.alone():
        if stop:
            there = demo.remove()
            click.echo("The demo is removed." if there else "There was no demo to remove.", err=True)
            return
        started_s = time.monotonic()
        with reporter(quiet=False, verbose=0) as progress:
            running = demo.start(progress)
            demo.load(running, progress, scale=scale)
        _build(running)
    _tell(running, seconds=time.monotonic() - started_s)


def main() -> None:
    """Run the command; every failure ends it with the status that it has everywhere in devdb."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        status = command.main(prog_name="scripts/demo", standalone_mode=False)
    except click.ClickException as exc:
        exc.show()
        status = exc.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; run it again to go on, or with --stop to remove what there is.", err=True)
        status = _INTERRUPTED
    except DevdbError as exc:
        click.echo(f"Error: {exc}", err=True)
        status = exc.exit_status
    sys.exit(status)


def _build(running: Cluster) -> None:
    """Run the installed build-dev-db as a person would, in the directory that the dump goes to."""
    program = Path(sys.executable).with_name("build-dev-db")
    # The person's libpq variables mean other servers.
    env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    argv = [str(program), *_address(running), "--dev-db", demo.DEVELOPMENT, "--output-dir", str(demo.home())]
    click.echo(f"$ build-dev-db {shlex.join(argv[1:])}", err=True)
    with subprocess.Popen(argv, cwd=demo.home(), env=env, stdin=subprocess.DEVNULL) as child:
        try:
            status = child.wait()
        except BaseException:
            # Ctrl-C reaches the child as well, other signals do not; it is given the time to undo what is under way.
            child.send_signal(signal.SIGTERM)
            raise
    if status == _INTERRUPTED or status == -signal.SIGINT:
        raise KeyboardInterrupt
    if status != 0:
        click.echo(f"Error: build-dev-db ended with status {status}", err=True)
        sys.exit(status if status > 0 else 128 - status)


def _tell(running: Cluster, *, seconds: float) -> None:
    psql = "psql" if shutil.which("psql") else str(programs.find("psql").path)
    address = shlex.join([psql, *_address(running)])
    click.echo(
        f"\nDone in {seconds:.0f} s. The dump is {demo.home() / 'devdb.dump'}\n"
        "Look at the dev database, and at the production database it was made from:\n"
        f"  {address} {demo.DEVELOPMENT}\n"
        f"  {address} {demo.PRODUCTION}\n"
        "Remove all of it:\n"
        "  scripts/demo --stop"
    )


def _address(running: Cluster) -> list[str]:
    return ["-h", str(running.socket_directory), "-p", str(running.port), "-U", SUPERUSER]


if __name__ == "__main__":
    main()
