"""Find a PostgreSQL server on this machine: the programs a private cluster is made with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import UsageError
from devdb.server import programs

OLDEST_MAJOR = 14

_PROGRAMS = ("postgres", "initdb", "pg_ctl")


@dataclass(frozen=True)
class Installation:
    """The directory of a server's programs, and its version."""

    directory: Path
    version: tuple[int, ...]

    @property
    def major(self) -> int:
        return self.version[0]


def installations() -> list[Installation]:
    """Every server installed here whose programs are complete: those named in DEVDB_PG_BIN first, then the newest."""
    named = [Path(entry) for entry in os.environ.get("DEVDB_PG_BIN", "").split(os.pathsep) if entry]
    found = [
        Installation(program.path.parent, program.version)
        for program in programs.installed("postgres")
        if all(os.access(program.path.with_name(name), os.X_OK) for name in _PROGRAMS)
    ]
    # The sort is stable: what installed() put first stays first among those that DEVDB_PG_BIN does not name.
    return sorted(found, key=lambda one: one.directory not in named)


def find_server(*, major: int | None = None) -> Installation:
    """A server that can play both sides: PostgreSQL 14 or later, with postgres_fdw. `major` wants that release only.

    Raises UsageError saying what was found, where it was looked for, and what to install.
    """
    rejected = []
    for one in installations():
        if one.major < OLDEST_MAJOR:
            rejected.append(f"{one.directory} is PostgreSQL {one.major}, {OLDEST_MAJOR} or later is wanted")
        elif not has_extension(one, "postgres_fdw"):
            rejected.append(f"{one.directory} has no postgres_fdw")
        elif major is not None and one.major != major:
            rejected.append(f"{one.directory} is PostgreSQL {one.major}, {major} is wanted")
        else:
            return one
    looked = ", ".join(dict.fromkeys(str(place) for place in programs.places())) or "nowhere: PATH is empty"
    found = "".join(f"\n  {reason}" for reason in rejected) or " none"
    raise UsageError(
        f"no PostgreSQL server ({OLDEST_MAJOR} or later, with postgres_fdw) was found here.\n"
        f"Found:{found}\nLooked in: {looked}",
        hint=f"{_what_to_install()}, or name its bin directory in DEVDB_PG_BIN",
    )


def has_extension(installation: Installation, name: str) -> bool:
    """Whether CREATE EXTENSION could find that extension."""
    return any((share / "extension" / f"{name}.control").exists() for share in _share_directories(installation))


def _share_directories(installation: Installation) -> list[Path]:
    """Where the server keeps its control files; guessed where pg_config is not installed beside it."""
    pg_config = installation.directory / "pg_config"
    try:
        said = subprocess.run([str(pg_config), "--sharedir"], capture_output=True, timeout=10, check=True).stdout
        return [Path(os.fsdecode(said.strip()))]
    except (OSError, subprocess.SubprocessError):
        prefix = installation.directory.parent
        return [
            prefix / "share" / "postgresql",
            prefix / "share",
            Path(f"/usr/share/postgresql/{installation.major}"),
        ]


def _what_to_install() -> str:
    if sys.platform == "darwin":
        return "brew install postgresql@17"
    if shutil.which("apt-get"):
        return "sudo apt-get install postgresql"
    if shutil.which("dnf"):
        return "sudo dnf install postgresql-server postgresql-contrib"
    if shutil.which("apk"):
        return "apk add postgresql postgresql-contrib"
    return f"install PostgreSQL {OLDEST_MAJOR} or later with its contrib modules"


def _main() -> int:
    """For scripts/lib/setup.sh: is there a server?"""
    try:
        print(find_server().directory)
    except UsageError as exc:
        print(f"Error: {exc}", file=sys.stderr)
        return exc.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(_main())
