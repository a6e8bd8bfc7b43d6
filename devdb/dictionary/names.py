"""What things of a foreign source are called here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from devdb.sqltext.quoting import fitting

Case = Literal["keep", "lower", "smart"]

# Every table of PostgreSQL has these already, in lower case.
_SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
# Names that Oracle or SQL Server made up where nobody gave one: another copy of the source has others.
_MADE_UP = re.compile(r"SYS_C\d+|(?:PK|UQ|FK|CK)__.*__[0-9A-F]{8,16}", re.IGNORECASE | re.DOTALL)


def folded(name: str, case: Case) -> str:
    """The name in the case that is asked for: smart makes lower case of what is all upper case."""
    return name.lower() if case == "lower" or (case == "smart" and name.isupper()) else name


def local_name(name: str, case: Case) -> str:
    """What a schema, table or sequence is called here."""
    return fitting(folded(name, case))


def local_column(name: str, case: Case) -> str:
    """What a column is called here: never as PostgreSQL's own columns are."""
    called = local_name(name, case)
    return called.upper() if called in _SYSTEM_COLUMNS else called


def clashes(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """The names here that several have, with those who have them; `named` are pairs of who and the name."""
    holders: dict[str, list[str]] = {}
    for who, name in named:
        holders.setdefault(name, []).append(who)
    for name, several in sorted(holders.items()):
        if len(several) > 1:
            yield name, sorted(several)


@dataclass(frozen=True, order=True)
class Wanted:
    """A wish for a name that nothing else may have: of a key or an index.

    `table` is the name here of its table, and `of` what tells it from others of that table. `name` is what the source
    calls it, folded, `remote` that name unfolded, and `default` is what PostgreSQL would call it.
    """

    table: str
    of: tuple[str, ...]
    name: str
    remote: str
    default: str

    @property
    def wish(self) -> str:
        """The source's name, unless it says nothing."""
        says_nothing = self.remote.upper() in ("", "PRIMARY") or _MADE_UP.fullmatch(self.remote)
        return self.default if says_nothing else self.name


def granted(wishes: Sequence[Wanted], taken: Collection[str]) -> list[str]:
    """A name for each wish, the same whatever their order.

    Those that share one, as indexes of MySQL's may, get their table's name before it; what is still the same then, a
    hash behind it.
    """
    ways: Sequence[Callable[[Wanted], str]] = (lambda want: fitting(want.wish), _with_table, _with_hash)
    given: dict[int, str] = {}
    held = set(taken)
    waiting = sorted(range(len(wishes)), key=lambda one: wishes[one])
    for way in ways:
        by_name: dict[str, list[int]] = {}
        for one in waiting:
            by_name.setdefault(way(wishes[one]), []).append(one)
        fresh = {several[0]: name for name, several in by_name.items() if len(several) == 1 and name not in held}
        given |= fresh
        held |= set(fresh.values())
        waiting = [one for one in waiting if one not in given]
    for one in waiting:
        number = 2
        while (name := fitting(_with_hash(wishes[one]), f"_{number}")) in held:
            number += 1
        given[one] = name
        held.add(name)
    return [given[one] for one in range(len(wishes))]


def _with_table(want: Wanted) -> str:
    return fitting(want.wish if want.wish.startswith(want.table + "_") else f"{want.table}_{want.wish}")


def _with_hash(want: Wanted) -> str:
    mark = sha256("\0".join((want.table, *want.of)).encode()).hexdigest()[:8]
    return fitting(want.wish, f"_{mark}")
