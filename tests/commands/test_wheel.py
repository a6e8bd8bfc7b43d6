"""A wheel built from a clean checkout, in an environment of its own, works from any directory."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import devdb

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of what a checkout holds: nothing that is built or ignored may be needed for it."""
    place = tmp_path_factory.mktemp("wheel")
    checkout = place / "checkout"
    checkout.mkdir()
    for name in ("pyproject.toml", "setup.cfg", "LICENSE", "README.md", "devdb", "sql"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, checkout / name)
    # Without isolation nothing is downloaded; an environment without setuptools has to.
    offline = ["--no-build-isolation"] if _is_new_enough("setuptools", "64") and _is_installed("wheel") else []
    pip(sys.executable, "wheel", "--no-deps", *offline, "--wheel-dir", place, checkout)
    (made,) = place.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """The bin directory of an environment that holds the wheel, and of the rest only what devdb depends on."""
    place = tmp_path_factory.mktemp("installed") / "environment"
    venv.create(place, with_pip=False, symlinks=True)
    library = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    # The dependencies are those of this environment, less its own devdb: .pth files in it are not read from there.
    shared = Path(sysconfig.get_path("purelib"))
    assert not (shared / "devdb").exists()
    pip(sys.executable, "--python", place / "bin" / "python", "install", "--no-deps", "--no-index", wheel)
    (library / "shared.pth").write_text(f"{shared}\n")
    return place / "bin"


def pip(python, *args):
    done = subprocess.run([python, "-m", "pip", "-q", *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout


def _is_installed(name):
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0


def _is_new_enough(name, version):
    program = f"import {name} as m; raise SystemExit(int(m.__version__.split('.')[0]) < {version})"
    return subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


def ran(argv, cwd):
    return subprocess.run(
        [str(word) for word in argv], cwd=cwd, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )


def test_every_sql_file_is_in_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    files = [path for path in (ROOT / "sql").rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    wanted = {f"devdb/sql/{path.relative_to(ROOT / 'sql').as_posix()}" for path in files}
    assert wanted <= packed
    assert "devdb/py.typed" in packed
    assert {name for name in packed if not name.startswith("devdb")} == set()


@pytest.mark.parametrize("name", ["devdb", "build-dev-db", "update-dev-db-schema", "update-dev-db-data"])
def test_every_command_says_its_version_and_its_help(environment, name, tmp_path):
    said = ran([environment / name, "--version"], tmp_path)
    assert (said.returncode, said.stdout) == (0, f"devdb {devdb.__version__}\n"), said.stderr
    helped = ran([environment / name, "--help"], tmp_path)
    assert (helped.returncode, helped.stdout[:6]) == (0, "Usage:"), helped.stderr


def test_the_installed_templates_are_found(environment, tmp_path):
    program = (
        "from devdb.sqltext.templates import Templates, builtin_directory\n"
        "print(builtin_directory())\n"
        "Templates().render('demo/demo.sql', scale=1)\n"
    )
    said = ran([environment / "python", "-c", program], tmp_path)
    assert said.returncode == 0, said.stderr
    assert Path(said.stdout.strip()).is_relative_to(environment.parent)
