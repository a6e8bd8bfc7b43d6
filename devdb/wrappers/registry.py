"""The wrappers by name, and the check of options that somebody wrote."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from importlib import import_module
from typing import Literal

from devdb.wrappers.wrapper import Wrapper

WrapperName = Literal["postgres_fdw", "oracle_fdw", "mysql_fdw", "tds_fdw"]
NAMES: tuple[WrapperName, ...] = ("postgres_fdw", "oracle_fdw", "mysql_fdw", "tds_fdw")

Taker = Literal["server", "user", "table", "column", "importing"]


def wrapper(name: str) -> Wrapper:
    """The wrapper of that name. Raises ValueError naming those that there are."""
    if name not in NAMES:
        raise ValueError(f"{name} is none of {', '.join(NAMES)}")
    found: Wrapper = import_module(f"devdb.wrappers.{name}").WRAPPER
    return found


def mistakes(of: Wrapper, taker: Taker, names: Iterable[str]) -> list[str]:
    """What is wrong with options of these names, in words: the wrapper has no such, or devdb sets it itself."""
    known = getattr(of.options, taker)
    found = []
    for name in names:
        if name in of.reserved:
            found.append(f"{name}: {of.reserved[name]}")
        elif name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            found.append(f"{name}: {of.name} has no such option" + (f"; {close[0]}?" if close else ""))
    return found
