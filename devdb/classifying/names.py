"""What a column holds, guessed from its name, its type and its comment. No server and no heavy import is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from devdb.catalog.model import Column, Table
from devdb.classifying import words
from devdb.classifying.meaning_words import MEANINGS
from devdb.classifying.meanings import TEXTS, Meaning, element_family, family_name, meaning, proposed
from devdb.classifying.proposal import Proposal
from devdb.classifying.splitting import phrases, split
from devdb.masking.families import Family

_LONGEST = 5  # words of a phrase
_SHORTEST_REST = 3  # letters of a compound's first part


@dataclass(frozen=True)
class Guess:
    """What a column seems to hold. `is_certain`: values that look otherwise do not make it harmless.

    `is_label`: what a program or a person calls things, harmless unless the values say otherwise. A guess without a
    meaning that is no label is that of a text of which nothing is known.
    """

    meaning: Meaning | None
    reason: str
    is_certain: bool = False
    is_label: bool = False


def propose(table: Table, column: Column, comment: str | None) -> Proposal | None:
    """A proposal for the column by name, type and comment alone; None if these say nothing."""
    return proposed(guess(table, column, comment), table, column)


def guess(table: Table, column: Column, comment: str | None) -> Guess:
    """What name, type and comment say about the column."""
    family = element_family(column)
    found = _by_family(table, column, family)
    if found is not None:
        return found
    said = None if comment is None else _said(comment)
    if said is not None and said.meaning is not None and said.meaning.name == "secret":
        return said
    if family in (Family.TEXT, Family.ENUM, Family.BOOLEAN) and _mentions(split(table.name.name), "DELICATE"):
        return Guess(meaning("sensitive"), f"a column of a table named {table.name.name!r}", is_certain=True)
    name = of_words(split(column.name), family, of_name=f"name {column.name!r}", around=split(table.name.name))
    if name is not None and (name.meaning is not None or said is None):
        return name
    if column.is_domain and name is None:
        domain = of_words(split(column.type.rpartition(".")[2].strip('"')), family, of_name=f"type {column.type}")
        if domain is not None:
            return domain
    if said is not None:
        return said
    if comment is not None:
        told = _about(comment, family)
        if told is not None:
            return told
    return _by_type(column, family)


def of_words(name: tuple[str, ...], family: Family, *, of_name: str, around: tuple[str, ...] = ()) -> Guess | None:
    """What a name, split into words, says about values of this family; None if nothing.

    `around` are the words of what it belongs to, which tell whose name a mere `name` is.
    """
    name = _without_compounds(name)
    found = _found(name, family)
    if found is not None:
        about, joined = found
        is_certain = joined not in _set("AMBIGUOUS") or len(name) > 1
        return Guess(meaning(about), of_name, is_certain=is_certain)
    if family not in TEXTS:
        number = family is Family.INTEGER and name and name[-1] not in ("id", "ids", "key")
        if number and _is_number_of_person(name):
            return Guess(meaning("identifier"), of_name, is_certain=True)
        return None
    return _of_person(name, of_name, around)


def _found(name: tuple[str, ...], family: Family) -> tuple[str, str] | None:
    """The meaning that counts of those that the name mentions, and by which word; None without any for the family."""
    mentions = [
        (first, last, about, joined)
        for first, last, joined in _spans(name)
        for about in _meanings().get(joined, ())
        if family in meaning(about).families and not _is_neutral(name, first, last, is_delicate=about == "sensitive")
    ]
    # place_of_birth is about no birth, but a place.
    whole = [
        one
        for one in mentions
        if not any(two[0] <= one[0] and one[1] <= two[1] and two[1] - two[0] > one[1] - one[0] for two in mentions)
    ]
    best = min(whole, key=lambda one: (_rank(one[2]), one[0] - one[1]), default=None)
    return None if best is None else (best[2], best[3])


def is_person_table(table: Table) -> bool:
    """Whether the table's name says that its rows are people."""
    return _mentions(split(table.name.name), "PERSON")


def _of_person(name: tuple[str, ...], of_name: str, around: tuple[str, ...]) -> Guess | None:
    """What the name of a text says that has no meaning of its own: a person, the name of something, a label."""
    if _is_number_of_person(name):
        return Guess(meaning("identifier"), of_name, is_certain=True)
    rest = tuple(word for word in name if word not in _set("NAME"))
    if len(rest) < len(name):
        owner = rest or around
        if _mentions(owner, "PERSON"):
            return Guess(meaning("full_name"), of_name, is_certain=True)
        if _mentions(owner, "THING"):
            return Guess(None, f"{of_name}, of a thing", is_label=True)
        return Guess(meaning("full_name"), of_name)
    is_by = bool({*name[:1], *name[-1:]} & _set("BY"))
    if is_by and (len(name) == 1 or set(name) & _set("BY_WHOM")):
        return Guess(meaning("username"), of_name, is_certain=True)
    if _mentions(name, "THING") and len(name) > 1 and {name[-1], name[0]} & _set("NUMBER"):
        return Guess(None, f"{of_name}, of a thing", is_label=True)
    if _ends_in(name, "LABELS") or _is_neutral(name, len(name), len(name)):
        return Guess(None, of_name, is_certain=True, is_label=True)
    if name and _mentions(name[-1:], "PERSON"):
        return Guess(meaning("person"), of_name)
    if _ends_in(name, "TITLES"):
        return Guess(meaning("free_text"), of_name)
    return None


def _by_family(table: Table, column: Column, family: Family) -> Guess | None:
    """What is clear from the type, or from what the column does."""
    if table.primary_key == (column.name,) and family in (Family.INTEGER, Family.UUID):
        return Guess(None, "a surrogate key", is_certain=True, is_label=True)
    if column.identity:
        return Guess(None, "a number that the database gives", is_certain=True, is_label=True)
    return None


def _by_type(column: Column, family: Family) -> Guess:
    match family:
        case Family.TEXT:
            return Guess(None, "name and type tell nothing")
        case Family.INET:
            return Guess(meaning("ip"), f"type {column.type}", is_certain=True)
        case Family.MAC:
            return Guess(meaning("mac"), f"type {column.type}", is_certain=True)
        case Family.JSON:
            return Guess(meaning("document"), f"type {column.type}")
        case Family.BYTES:
            if _mentions(split(column.name), "LABELS"):
                return Guess(None, f"name {column.name!r}", is_certain=True, is_label=True)
            return Guess(meaning("picture"), f"type {column.type}", is_certain=True)
        case Family.GEOMETRY:
            return Guess(meaning("place"), f"type {column.type}", is_certain=True)
        case Family.ARRAY:
            return Guess(None, f"type {column.type}")
        case Family.OTHER:
            if column.base_type in ("point", "polygon", "path", "circle", "box", "line", "lseg"):
                return Guess(meaning("place"), f"type {column.type}")
            if column.base_kind == "c" or column.base_type in _HOLDS_ANYTHING or _is_of_extension(column):
                return Guess(meaning("document"), f"type {column.type}")
    return Guess(None, f"type {family_name(column, family)}", is_certain=True, is_label=True)


_HOLDS_ANYTHING = ("xml", "tsvector")


def _is_of_extension(column: Column) -> bool:
    """Whether the type is a base type of which nothing is known here: hstore, for one, holds any texts."""
    return column.base_kind == "b" and not column.is_builtin


def _said(comment: str) -> Guess | None:
    """What a comment says in so many words."""
    text = split(comment)
    joined = {(first, span) for first, _, span in _spans(text)}
    for about, spoken in (("secret", "SAID_SECRET"), ("personal", "SAID_PERSONAL")):
        for first, span in joined:
            if span in _set(spoken) and not (first and {text[first - 1]} & _set("NOT")):
                return Guess(meaning(about), "its comment says so", is_certain=True)
    return None


def _about(comment: str, family: Family) -> Guess | None:
    """What a comment mentions, if it is not merely a long text in which a word occurs."""
    text = split(comment)
    if len(text) > 12:
        return None
    best = None
    for _, _, joined in _spans(text):
        for about in _meanings().get(joined, ()):
            # A comment tells of notes and names as well when the column holds none.
            if about in ("free_text", "address", "company", "secret") or joined in _set("AMBIGUOUS"):
                continue
            if family in meaning(about).families and (best is None or _rank(about) < _rank(best)):
                best = about
    return None if best is None else Guess(meaning(best), f"its comment tells of {meaning(best).values}")


def _is_neutral(name: tuple[str, ...], first: int, last: int, *, is_delicate: bool = False) -> bool:
    """Whether the words beside those from `first` to before `last` make the name that of something else.

    Of what is delicate, it is enough to say whether it is so.
    """
    if not name:
        return False
    after, before = name[last:] or name[-1:], name[:first]
    if last < len(name) or first >= len(name):
        ends = {"".join(after[-count:]) for count in (1, 2)}
        if ends & _set("NEUTRAL_LAST"):
            return True
    return (
        bool(before) and not is_delicate and bool({"".join(before[:count]) for count in (1, 2)} & _set("NEUTRAL_FIRST"))
    )


def _is_number_of_person(name: tuple[str, ...]) -> bool:
    return len(name) > 1 and _mentions(name, "PERSON") and bool({name[-1], name[0]} & _set("NUMBER"))


def _ends_in(name: tuple[str, ...], which: str) -> bool:
    return any(
        "".join(name[-count:]) in _set(which) or _singular("".join(name[-count:])) & _set(which) != set()
        for count in range(1, min(3, len(name)) + 1)
    ) or (len(name) > 1 and name[0] in _set(which))


def _mentions(name: tuple[str, ...], which: str) -> bool:
    return any(joined in _set(which) for _, _, joined in _spans(_without_compounds(name)))


def _spans(name: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Every run of words as (first, after the last, joined), in the plural and in the singular."""
    for first in range(len(name)):
        for last in range(first + 1, min(len(name), first + _LONGEST) + 1):
            joined = "".join(name[first:last])
            yield first, last, joined
            for form in _singular(joined):
                yield first, last, form


def _singular(word: str) -> set[str]:
    found = set()
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
        if word.endswith("es"):
            found.add(word[:-2])
        if word.endswith("ies"):
            found.add(word[:-3] + "y")
    return found


def _without_compounds(name: tuple[str, ...]) -> tuple[str, ...]:
    """The name with words such as kundenname taken apart, if their first part is known."""
    found: list[str] = []
    for word in name:
        found += _parts(word)
    return tuple(found)


@cache
def _parts(word: str) -> tuple[str, ...]:
    if word in _meanings() or any(word in _set(which) for which in ("PERSON", "THING", "NAME", "NUMBER")):
        return (word,)
    for end in _set("ENDS"):
        rest = word.removesuffix(end)
        if rest != word and len(rest) >= _SHORTEST_REST:
            for form in (rest, rest.removesuffix("s"), rest.removesuffix("n"), rest.removesuffix("en")):
                if form in _set("PERSON") or form in _set("THING"):
                    return (form, end)
    return (word,)


@cache
def _meanings() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for about, languages in MEANINGS.items():
        for text in languages.values():
            for phrase in phrases(text):
                joined = "".join(phrase)
                found[joined] = tuple(dict.fromkeys((*found.get(joined, ()), about)))
    return found


@cache
def _rank(about: str) -> int:
    return list(MEANINGS).index(about)


@cache
def _set(which: str) -> frozenset[str]:
    return frozenset("".join(phrase) for phrase in phrases(getattr(words, which)))
