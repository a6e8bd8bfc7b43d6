"""Which user a private server runs as, and where that user may keep files: PostgreSQL refuses to run as root."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import DevdbError, UsageError

# Everything the server's programs could want from an environment; libpq's variables and locales stay outside.
_KEPT = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

_REMOVALS = 20


@dataclass(frozen=True)
class Account:
    """A user of this machine. `is_ours` says that it is the one this process runs as."""

    name: str
    uid: int
    gid: int
    home: Path
    is_ours: bool

    def own(self, path: Path, *, mode: int = 0o700) -> Path:
        """Make `path` a directory of this user's; parents that are missing become theirs too. Returns `path`.

        Raises UsageError when something else is in its place.
        """
        try:
            if not path.parent.exists():
                self.own(path.parent, mode=0o755)
            path.mkdir(mode=mode, exist_ok=True)
            status = path.lstat()
            if path.is_symlink():
                raise UsageError(f"{path} is a symbolic link; a directory of {self.name}'s is wanted there")
            if status.st_uid != self.uid:
                # Only root may give a directory away, and only one that nobody else holds.
                if self.is_ours or status.st_uid != os.getuid():
                    raise UsageError(f"{path} belongs to another user, not to {self.name}")
                os.chown(path, self.uid, self.gid)
            path.chmod(mode)
        except OSError as exc:
            raise UsageError(f"{path} cannot be made a directory of {self.name}'s: {exc.strerror}") from exc
        return path

    def write(self, path: Path, text: str) -> None:
        """Write a file that this user alone may read."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            if not self.is_ours:
                os.fchown(descriptor, self.uid, self.gid)
            file.write(text)

    def run(self, argv: Sequence[str | Path], *, directory: Path, timeout_s: float = 120) -> str:
        """Run a program as this user, in `directory`, with a bare environment; returns what it printed.

        Raises DevdbError with the program's own words when it fails.
        """
        env = {key: os.environ[key] for key in _KEPT if key in os.environ}
        env.update(HOME=str(self.home), LC_ALL="C")
        command = [str(word) for word in argv]
        # A process that does not change its user may not set groups either, so the arguments go together.
        groups = {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}
        try:
            # A session of its own: Ctrl-C is for us to hear, who then end all that the program has started.
            child = subprocess.Popen(
                command,
                cwd=directory,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
                **groups,  # type: ignore[call-overload]
            )
        except OSError as exc:
            raise DevdbError(f"{command[0]} does not run as {self.name}: {exc.strerror}") from exc
        with child:
            try:
                said = str(child.communicate(timeout=timeout_s)[0])
            except BaseException as exc:
                # It may have come to its end by itself meanwhile.
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                if not isinstance(exc, subprocess.TimeoutExpired):
                    raise
                raise DevdbError(f"{Path(command[0]).name} did not end within {timeout_s:g} seconds") from exc
        if child.returncode != 0:
            reason = said.strip() or f"ended with status {child.returncode}"
            raise DevdbError(f"{Path(command[0]).name}: {reason}")
        return said


def server_account() -> Account:
    """The user private servers run as: this process's own; for root `postgres`, or `nobody` where there is none."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()), is_ours=True)
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name), is_ours=False)
        except KeyError:
            continue
    raise UsageError("PostgreSQL does not run as root, and there is no user postgres or nobody on this machine")


def cache_directory(account: Account) -> Path:
    """Where private clusters live: devdb/ below DEVDB_CACHE_DIR or the user's cache directory. Made if it is missing.

    What root starts lives with the account the server runs as, or in /var/cache where that one has no home.
    """
    if named := person_cache(variables=("DEVDB_CACHE_DIR",)):
        return account.own(named / "devdb", mode=0o755)
    if account.is_ours:
        return account.own((person_cache() or account.home / ".cache") / "devdb", mode=0o755)
    if account.home.is_dir() and account.home.stat().st_uid == account.uid:
        with suppress(UsageError):
            return account.own(account.home / ".cache" / "devdb", mode=0o755)
    return account.own(Path("/var/cache/devdb"), mode=0o755)


def person_cache(*, variables: Sequence[str] = ("DEVDB_CACHE_DIR", "XDG_CACHE_HOME")) -> Path | None:
    """The cache directory that the environment names for the person at the keyboard; None when it names none."""
    for variable in variables:
        # The convention's own rule: a relative path there is to be ignored.
        if os.path.isabs(os.environ.get(variable, "")):
            return Path(os.environ[variable])
    return None


def remove_tree(path: Path) -> None:
    """Remove a directory and all in it; one that is gone already is no failure."""
    for attempt in range(1, _REMOVALS + 1):
        try:
            if path.exists() or path.is_symlink():
                shutil.rmtree(path)
            return
        except OSError as exc:
            # A killed program's last write may still be under way.
            if attempt == _REMOVALS or exc.errno not in (errno.ENOTEMPTY, errno.ENOENT):
                raise
            time.sleep(0.1)


def _account(entry: pwd.struct_passwd, *, is_ours: bool) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, Path(entry.pw_dir), is_ours)
