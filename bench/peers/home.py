"""Where peers are installed: a directory that is gone afterwards, never the project's own environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.timing import BenchError

_INSTALL_S = 900


@dataclass(frozen=True)
class Home:
    """Installs programs below `directory` with the ordinary clients of the package registries."""

    directory: Path

    def python(self, package: str, *others: str, version: str | None = None) -> tuple[Path, str]:
        """A Python package in a virtual environment of its own; returns its programs and its version."""
        environment = self.directory / package
        wanted = package if version is None else f"{package}=={version}"
        _run([sys.executable, "-m", "venv", environment])
        pip = environment / "bin" / "pip"
        _run([pip, "install", "--quiet", "--disable-pip-version-check", wanted, *others])
        shown = _run([pip, "--disable-pip-version-check", "show", package])
        return environment / "bin", _after("Version:", shown)

    def node(self, package: str) -> tuple[Path, str]:
        """A package of npm; returns its programs and its version."""
        prefix = self.directory / package.replace("/", "_")
        prefix.mkdir()
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", prefix, package], directory=prefix)
        listed = _run(["npm", "ls", "--depth", "0", package, "--prefix", prefix], directory=prefix)
        return prefix / "node_modules" / ".bin", listed.rsplit("@", 1)[-1].split()[0]

    def debian(self, package: str, *others: str) -> tuple[Path, str]:
        """A package of Debian's with what it needs that may not be here, unpacked; returns the root and the version."""
        root = self.directory / f"debian_{package}"
        root.mkdir()
        # apt gives up root for the download.
        root.chmod(0o777)
        _run(["apt-get", "download", "--quiet", package, *others], directory=root)
        for archive in sorted(root.glob("*.deb")):
            _run(["dpkg", "-x", archive, root])
        (archive,) = root.glob(f"{package}_*.deb")
        return root, archive.name.split("_")[1]


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
