"""What a name in a body means: the things that it may be, looked for as PostgreSQL looks for them at run time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from devdb.dependencies.model import Thing
from devdb.dependencies.references import Reference, Sort

Place = tuple[str, str]  # schema and name

_SYSTEM = ("pg_catalog", "information_schema", "pg_toast")
_TEMPORARY = "pg_temp"
# Of these, several may bear one name; the arguments decide.
_CALLED = ("routine", "procedure", "operator")


@dataclass(frozen=True)
class Callable:
    """A routine or an operator by how it is called. `most` is None when it takes any number of arguments."""

    thing: Thing
    fewest: int
    most: int | None

    def takes(self, count: int | None) -> bool:
        return count is None or (self.fewest <= count and (self.most is None or count <= self.most))


@dataclass(frozen=True)
class Path:
    """Where names without a schema are looked for. Not `is_fixed`: another session may look elsewhere."""

    schemas: tuple[str, ...]
    is_fixed: bool = False


@dataclass(frozen=True)
class Meaning:
    """The things that a name may mean; none if it is PostgreSQL's own, or nothing bears it, of which `lacks` tells."""

    things: tuple[Thing, ...] = ()
    is_certain: bool = True
    lacks: str | None = None


@dataclass(frozen=True)
class Names:
    """All names of a database: of its things (members of an extension are the extension), and PostgreSQL's own."""

    single: Mapping[Sort, Mapping[Place, Thing]]
    callable: Mapping[Sort, Mapping[Place, Sequence[Callable]]]
    own: Mapping[Sort, Collection[str]]

    @cached_property
    def _schemas(self) -> Mapping[tuple[Sort, str], list[str]]:
        """In which schemas something bears a name."""
        found: dict[tuple[Sort, str], list[str]] = defaultdict(list)
        for sort, places in (*self.single.items(), *self.callable.items()):
            for schema, name in places:
                found[sort, name].append(schema)
        return found

    def meaning(self, reference: Reference, path: Path, *, home: str) -> Meaning:
        """What the reference means on this search path, in a body of the schema `home`."""
        if len(reference.name) == 1:
            return self._unqualified(reference, path, home)
        schema, name = reference.name[-2:]
        if schema in _SYSTEM or schema.startswith(_TEMPORARY):
            return Meaning()
        found = self._at(reference, schema, name)
        if not found:
            return Meaning(lacks=f"no {_WORDS[reference.sort]} is called {schema}.{name}{_with(reference)}")
        return Meaning(found, is_certain=len(found) == 1)

    def _unqualified(self, reference: Reference, path: Path, home: str) -> Meaning:
        (name,) = reference.name
        sort = reference.sort
        is_own = name in self.own.get(sort, ())
        if is_own and sort in ("relation", "type", "collation") and "pg_catalog" not in path.schemas:
            # Looked at before the search path, unless that says otherwise.
            return Meaning()
        found: tuple[Thing, ...] = ()
        for schema in path.schemas:
            if schema == "pg_catalog" and is_own and sort not in _CALLED:
                return Meaning()
            # Of routines all that fit compete, wherever they are.
            found += tuple(
                # What an extension adds to a function of PostgreSQL's takes types of its own, which bring it anyway.
                thing
                for thing in self._at(reference, schema, name)
                if not (is_own and thing.type == "extension")
            )
            if found and sort not in _CALLED:
                break
        if found:
            is_certain = path.is_fixed and len(found) == 1 and not is_own
            is_certain &= sort in _CALLED or _TEMPORARY in path.schemas
            return Meaning(tuple(dict.fromkeys(found)), is_certain=is_certain)
        if is_own or sort in ("operator", "collation"):
            return Meaning()
        return self._elsewhere(reference, name, home)

    def _elsewhere(self, reference: Reference, name: str, home: str) -> Meaning:
        """A session may have another search path: the body's own schema is taken, or the only one with such a thing."""
        others = [
            schema for schema in self._schemas.get((reference.sort, name), ()) if self._at(reference, schema, name)
        ]
        others = [home] if home in others else others
        if len(others) == 1:
            return Meaning(self._at(reference, others[0], name), is_certain=False)
        told = f"no {_WORDS[reference.sort]} is called {name}{_with(reference)} on the search path"
        return Meaning(
            lacks=told + (f"; there are {', '.join(f'{schema}.{name}' for schema in others)}" if others else "")
        )

    def _at(self, reference: Reference, schema: str, name: str) -> tuple[Thing, ...]:
        if reference.sort in self.single:
            thing = self.single[reference.sort].get((schema, name))
            return () if thing is None else (thing,)
        return tuple(
            one.thing for one in self.callable[reference.sort].get((schema, name), ()) if one.takes(reference.count)
        )


_WORDS: Mapping[Sort, str] = {
    "relation": "table or view",
    "routine": "function",
    "procedure": "procedure",
    "type": "type",
    "operator": "operator",
    "collation": "collation",
}


def _with(reference: Reference) -> str:
    if reference.sort not in ("routine", "procedure") or reference.count is None:
        return ""
    return f" with {reference.count} argument{'' if reference.count == 1 else 's'}"


def path_of(setting: str, user: str, schemas: Collection[str], *, is_fixed: bool = False) -> Path:
    """The search path that a value of the setting means for this user."""
    found = []
    for written in _split(setting):
        name = user if written == "$user" else written
        if name in schemas or name in (_TEMPORARY, "pg_catalog"):
            found.append(name)
    return Path(tuple(dict.fromkeys(found)), is_fixed)


def _split(setting: str) -> list[str]:
    from devdb.dependencies.references import parts_of

    return [part for written in _commas(setting) for part in parts_of(written)[:1]]


def _commas(setting: str) -> list[str]:
    pieces, is_quoted = [""], False
    for character in setting:
        is_quoted ^= character == '"'
        if character == "," and not is_quoted:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece for piece in pieces if piece.strip()]
