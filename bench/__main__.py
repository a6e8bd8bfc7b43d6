"""bench/run: options in, a table out."""

from __future__ import annotations

import signal
import sys
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType

import click

from bench import place, report
from bench.jobs import JOBS
from bench.peers.home import Home
from bench.peers.trial import Peers
from bench.sources import Sources
from bench.timing import BenchError
from bench.workbench import Bench
from devdb.errors import DevdbError


def _named(_ctx: click.Context, _param: click.Parameter, value: str) -> list[str]:
    names = [name.strip().upper() for name in value.split(",")]
    for name in names:
        if name not in JOBS:
            raise click.BadParameter(f"there is no job {name}; the jobs are {', '.join(JOBS)}")
    return names


def _readers(_ctx: click.Context, _param: click.Parameter, value: str) -> list[str | None]:
    return [None if name.strip() == "default" else name.strip() for name in value.split(",")]


@click.command(context_settings={"help_option_names": ["-?", "--help"]})
@click.option(
    "--job",
    "jobs",
    metavar="JOB,…",
    callback=_named,
    default=",".join(JOBS),
    show_default=True,
    help="What to measure, in this order.",
)
@click.option(
    "--reader",
    "readers",
    metavar="READER,…",
    callback=_readers,
    default="wrapper,direct",
    show_default=True,
    help="Values of source.reader to measure with; 'default' leaves it out.",
)
@click.option(
    "--scale", type=click.FloatRange(0, 10, min_open=True), default=1.0, show_default=True, help="Size of the sources."
)
@click.option(
    "--runs", type=click.IntRange(1), default=5, show_default=True, help="Timed runs of each, after a warm-up."
)
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Append lines of JSON."
)
@click.option(
    "--peers",
    metavar="PEER,…",
    is_flag=False,
    flag_value="",
    help="Other programs too, installed for this run from the package registries; all of them, or these.",
)
@click.option("--steps", is_flag=True, help="Show the steps of the last run of each command.")
@click.option("--durable", is_flag=True, help="fsync and the like as on a server whose data matter.")
@click.option("--keep", is_flag=True, help="Leave the cluster running, to look at or to measure with again.")
@click.option("--remove-kept", is_flag=True, help="Remove what --keep left, and measure nothing.")
def main(
    jobs: list[str],
    readers: list[str | None],
    scale: float,
    runs: int,
    json_file: Path | None,
    peers: str | None,
    steps: bool,
    durable: bool,
    keep: bool,
    remove_kept: bool,
) -> None:
    """Measure devdb against the floor, on a private cluster that is gone afterwards."""
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _end)
    if remove_kept:
        place.remove_kept()
        return
    started = datetime.now(timezone.utc).isoformat(timespec="seconds")
    lines: list[report.Line] = []
    try:
        with place.prepared(keep=keep, durable=durable) as here, place.peers_home(keep=keep) as home:
            machine = report.machine(here)
            print(", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
            bench = Bench(here, Sources(here, scale), runs, steps, readers, _peers(peers, home))
            for name in jobs:
                print(f"job {name}: {(JOBS[name].__doc__ or '').strip()}", file=sys.stderr, flush=True)
                found = JOBS[name](bench)
                lines += found
                if json_file is not None:
                    report.append(json_file, found, about={"started": started, "scale": scale, **machine})
    except (BenchError, DevdbError) as exc:
        click.echo(f"Error: {exc}", err=True)
        sys.exit(1)
    finally:
        # An interrupted run has measured something, too.
        if lines:
            print(f"\n{report.table(lines)}\n\n{report.goals(lines)}")
            if any(line.note for line in lines):
                print(f"\n{report.peers(lines)}")


def _peers(names: str | None, directory: Path) -> Peers | None:
    if names is None:
        return None
    return Peers(Home(directory), [name.strip() for name in names.split(",")] if names else None)


def _end(signum: int, _frame: FrameType | None) -> None:
    """As if interrupted: what was started is ended first."""
    sys.exit(128 + signum)


main()
