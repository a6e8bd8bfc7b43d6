"""The house as the design draws it: imports point one way, templates say what they take, every package is installed."""

from __future__ import annotations

import ast
import configparser
from pathlib import Path

import pytest

from devdb.sqltext import parameters
from devdb.sqltext.templates import Templates

ROOT = Path(__file__).parent.parent

# From the ground up. A room imports from rooms before it, never from those after it.
ROOMS = (
    "devdb",
    "errors",
    "progress",
    "report",
    "pages",
    "wrappers",
    "settings",
    "sqltext",
    "server",
    "opening",
    "catalog",
    "dictionary",
    "dependencies",
    "masking",
    "sampling",
    "classifying",
    "checks",
    "explaining",
    "readers",
    "planning",
    "creating",
    "standin",
    "looking",
    "preflight",
    "linking",
    "stage",
    "loading",
    "finishing",
    "leakcheck",
    "replacing",
    "outcome",
    "processes",
    "actions",
    "migrations",
    "nightly",
    "dev_database",
    "codes",
    "replicating",
    "state",
    "containers",
    "demo",
    "cli",
)

MODULES = sorted((ROOT / "devdb").rglob("*.py"))
TEMPLATES = sorted(path.relative_to(ROOT / "sql").as_posix() for path in (ROOT / "sql").rglob("*.sql"))


def room_of(module: str) -> str:
    """The second part of a dotted name: devdb.server.runner lives in server; devdb itself is the ground."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def imported(tree: ast.AST) -> set[str]:
    """Every devdb module that the tree imports, anywhere in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide the direction"
            if node.module == "devdb":
                # "from devdb import errors" is a module, "from devdb import __version__" is not.
                names |= {"devdb" if alias.name.startswith("_") else f"devdb.{alias.name}" for alias in node.names}
            else:
                names.add(node.module or "")
    return {name for name in names if name == "devdb" or name.startswith("devdb.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_one_way(path):
    relative = path.relative_to(ROOT).with_suffix("")
    room = room_of(".".join(part for part in relative.parts if part != "__init__"))
    assert room in ROOMS, f"{relative} is in no room of the house: give it its place in ROOMS"
    upward = {
        name
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if room_of(name) not in ROOMS[: ROOMS.index(room) + 1]
    }
    assert not upward, f"{relative} imports from above: {', '.join(sorted(upward))}"


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not Templates().source(name).startswith("{#")])
def test_a_template_says_what_it_takes(name):
    templates = Templates()
    source = templates.source(name)
    missing = [field for field in ("What", "Parameters", "Transaction", "Repeatable") if f"-- {field}:" not in source]
    assert not missing
    assert set(parameters.declared_parameters(source)) == templates.used_parameters(name)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if Templates().source(name).startswith("{#")])
def test_a_piece_without_a_header_is_part_of_a_template(name):
    """What begins with a comment of Jinja's is never run by itself, so it says its purpose there and has a user."""
    users = [other for other in TEMPLATES if other != name and f'"{name}"' in Templates().source(other)]
    assert users


def test_every_package_is_installed():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    packages = {".".join(path.relative_to(ROOT).parent.parts) for path in (ROOT / "devdb").rglob("__init__.py")}
    assert listed == packages | {"devdb.sql"}


def test_every_directory_of_modules_is_a_package():
    assert all((path.parent / "__init__.py").exists() for path in MODULES)
