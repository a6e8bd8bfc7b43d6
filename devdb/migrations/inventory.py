"""What a row of SQL files has created and not dropped again, as far as reading them tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Args = tuple[str, ...]
# Type, schema (None: none was said; "": it lives in none), name, and what tells it from others of that name: types of
# arguments, or the table of a trigger.
Made = tuple[str, "str | None", str, "Args | None"]

# What some commands may call one another.
RELATIONS = ("table", "view", "materialized view", "sequence", "foreign table", "index")
ROUTINES = ("function", "procedure", "aggregate")
_TYPES = ("type", "domain")
_ALIKE = {each: group for group in (RELATIONS, ROUTINES, _TYPES) for each in group}


@dataclass
class Inventory:
    """Things that are there, each with the relation that it goes with, if any."""

    things: dict[Made, Made | None] = field(default_factory=dict)

    def add(
        self, type: str, schema: str | None, name: str, args: Args | None = None, *, of: Made | None = None
    ) -> Made:
        made = (type, schema, name, args)
        self.things[made] = of
        return made

    def find(self, type: str, schema: str | None, name: str, args: Args | None = None) -> list[Made]:
        """What is meant by a name, of its own type or one that commands take for it.

        Without a schema it is anything of that name, and what has none may be what is called so with a schema.
        """
        types = _ALIKE.get(type, (type,))
        named = [made for made in self.things if made[0] in types and made[2] == name and _agree(made[3], args)]
        exact = [made for made in named if made[1] == schema]
        if exact:
            return exact
        return [made for made in named if schema is None or made[1] is None]

    def drop(self, made: Made) -> None:
        """With what goes with it."""
        for part in self._of(made):
            self.things.pop(part, None)
        self.things.pop(made, None)

    def drop_schema(self, name: str) -> None:
        """With all that is in it."""
        for made in [made for made in self.things if made[1] == name or made[:3] == ("schema", "", name)]:
            self.things.pop(made, None)

    def change(self, made: Made, *, schema: str | None = None, name: str | None = None) -> None:
        """Give a thing another name or schema; what goes with it stays with it."""
        type, old_schema, old_name, args = made
        new = (type, old_schema if schema is None else schema, old_name if name is None else name, args)
        for part in self._of(made):
            of_table = part[3] == (old_name,) and part[0] not in RELATIONS
            moved = (part[0], new[1], part[2], (new[2],) if of_table else part[3])
            self.things.pop(part)
            self.things[moved] = new
        self.things[new] = self.things.pop(made)

    def rename_schema(self, name: str, new: str) -> None:
        for made in self.find("schema", "", name):
            self.change(made, name=new)
        renamed = {}
        for made, of in self.things.items():
            renamed[_within(made, name, new)] = None if of is None else _within(of, name, new)
        self.things = renamed

    def _of(self, made: Made) -> list[Made]:
        return [part for part, of in self.things.items() if of == made]

    def __iter__(self) -> Iterator[Made]:
        return iter(self.things)


def _within(made: Made, schema: str, new: str) -> Made:
    return (made[0], new, made[2], made[3]) if made[1] == schema else made


def _agree(known: Args | None, wanted: Args | None) -> bool:
    return known is None or wanted is None or known == wanted
