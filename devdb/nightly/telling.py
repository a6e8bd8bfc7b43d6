"""The commands that hear of a run's end, and what they and the log must never hold."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from devdb.nightly.log import Log
from devdb.nightly.status import Status
from devdb.settings import Settings, mask_key
from devdb.settings.settings import MASK_KEY

TIMEOUT_S = 300.0
_SECRETS = ("PGPASSWORD", "PGSSLPASSWORD", "DEVDB_SOURCE_PASSWORD", "FDW_PASS", mask_key.VARIABLE)
_TELLING = 4  # characters; of a shorter secret every log is full


def secrets(settings: Settings) -> list[str]:
    """The secrets that this process knows: those of its environment, of connection strings and of the settings."""
    found = [os.environ.get(name, "") for name in _SECRETS]
    for params in (settings.source_conninfo(), settings.target_conninfo()):
        found += [params.get("password", ""), params.get("sslpassword", "")]
        found += re.findall(rf"-c {re.escape(MASK_KEY)}=(\S+)", params.get("options", ""))
    if settings.source_password is not None:
        found.append(settings.source_password.get_secret_value())
    return sorted({each for each in found if len(each) >= _TELLING}, key=len, reverse=True)


def tell(command: str, status: Status, status_file: Path, *, cwd: Path, log: Log) -> str | None:
    """Run `command` by the shell, what it prints going into the log; returns what went wrong.

    It gets the facts of the run as variables, and none that holds a secret. It has five minutes.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    try:
        child = subprocess.Popen(
            ["/bin/sh", "-c", command],
            env={**environment, **facts(status, status_file)},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log.file.fileno(),
            stderr=log.file.fileno(),
            start_new_session=True,
        )
    except OSError as exc:
        return f"could not be run: {exc.strerror}"
    try:
        ended = child.wait(TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return f"was ended after {TIMEOUT_S:.0f} s"
    finally:
        if child.poll() is None:
            # What it started itself as well.
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    return f"ended with status {ended}" if ended else None


def facts(status: Status, status_file: Path) -> Mapping[str, str]:
    """What is told of a run, as variables; what is not known is empty."""
    told = {
        "STATE": status.state,
        "COMMAND": status.command,
        "EXIT_STATUS": status.exit_status,
        "MESSAGE": status.message,
        "STARTED": status.started,
        "SECONDS": status.seconds,
        "ROWS": status.rows,
        "WARNINGS": status.warnings,
        "FAILURES": status.failures,
        "LAST_SUCCESS": status.last_success,
        "TARGET": status.target,
        "HOST": status.host,
        "LOG": status.log,
        "STATUS_FILE": status_file,
    }
    return {f"DEVDB_{name}": "" if value is None else str(value).replace("\0", "") for name, value in told.items()}
