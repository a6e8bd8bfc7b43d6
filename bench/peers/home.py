"""Where peers are installed: a directory of their own, never the project's environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.timing import BenchError

_INSTALL_S = 900


@dataclass(frozen=True)
class Home:
    """Installs programs below `directory` with the ordinary clients of the package registries, each once."""

    directory: Path

    def python(self, package: str, *others: str, version: str | None = None) -> tuple[Path, str]:
        """A Python package in a virtual environment of its own; returns its programs and its version."""
        environment = self.directory / package
        wanted = package if version is None else f"{package}=={version}"
        pip = environment / "bin" / "pip"
        with _once(environment) as is_new:
            if is_new:
                _run([sys.executable, "-m", "venv", environment])
                _run([pip, "install", "--quiet", "--disable-pip-version-check", wanted, *others])
        shown = _run([pip, "--disable-pip-version-check", "show", package])
        return environment / "bin", _after("Version:", shown)

    def node(self, package: str) -> tuple[Path, str]:
        """A package of npm; returns its programs and its version."""
        prefix = self.directory / package.replace("/", "_")
        with _once(prefix) as is_new:
            if is_new:
                words = ("install", "--silent", "--no-audit", "--no-fund", "--prefix")
                _run(["npm", *words, prefix, package], directory=prefix)
        listed = _run(["npm", "ls", "--depth", "0", package, "--prefix", prefix], directory=prefix)
        return prefix / "node_modules" / ".bin", listed.rsplit("@", 1)[-1].split()[0]

    def debian(self, package: str, *others: str) -> tuple[Path, str]:
        """A package of Debian's with what it needs that may not be here, unpacked; returns the root and the version."""
        root = self.directory / f"debian_{package}"
        with _once(root) as is_new:
            if is_new:
                _run(["apt-get", "download", "--quiet", package, *others], directory=root)
                for archive in sorted(root.glob("*.deb")):
                    _run(["dpkg", "-x", archive, root])
        (archive,) = root.glob(f"{package}_*.deb")
        return root, archive.name.split("_")[1]


@contextmanager
def _once(directory: Path) -> Iterator[bool]:
    """Whether something is to be installed in the directory, which is made anew unless the block has ended before."""
    done = directory / ".installed"
    is_new = not done.exists()
    if is_new:
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    yield is_new
    done.touch()


def _run(argv: Sequence[str | Path], *, directory: Path | None = None) -> str:
    """Returns what it printed. Raises BenchError with the end of that when it fails."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            argv,
            cwd=directory,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_INSTALL_S,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise BenchError(f"{argv[0]}: {exc}") from exc
    if done.returncode != 0:
        raise BenchError(f"{' '.join(map(str, argv))}\n{done.stdout[-2000:]}")
    return done.stdout


def _after(label: str, text: str) -> str:
    return next(line.removeprefix(label).strip() for line in text.splitlines() if line.startswith(label))
