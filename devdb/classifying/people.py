"""Names of persons, streets and companies, known by lists: Faker's of all languages, and a few words of our own."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from importlib import import_module

from devdb.classifying.splitting import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u02bc-][^\W\d_]+)*")
_NAME_LIKE = re.compile(r"[^\W\d_][\w.,'\u2019\u02bc -]{1,58}")
_PARTICLES = _words(
    "van von de den der del della di da do dos das du la le el al bin ibn ter ten zu zur y e af av of mc mac st"
)
_TITLES = _words(
    "mr mrs ms miss dr prof sir herr frau dipl ing mme mlle m sr sra srta dott dottssa sig sigra dhr mevr pan pani jr"
    " sen ii iii iv phd md mag bc mgr"
)
_STREET_ENDS = tuple(
    _words(
        "strasse str weg gasse platz allee ring damm ufer chaussee straat laan plein gracht kade vagen gatan grand gata"
        " vej gade veien katu tie utca ut"
    )
)
_STREET_WORDS = _words(
    "street road avenue lane drive boulevard blvd court square terrace way close crescent highway rue chemin impasse"
    " quai place calle avenida paseo plaza camino via viale piazza corso vicolo rua travessa praca estrada ulica ul"
    " aleja plac osiedle st rd ave dr am an der"
)
_STREET = re.compile(r"(?=.*[^\W\d_])(?=.*\d).{4,80}", re.DOTALL)
_FORMS = _words(
    "gmbh ag kg ohg ug gbr ev eg inc llc llp ltd plc corp co sa sas sarl sasu eurl snc sci spa srl sapa nv bv cv vof ab"
    " oy oyj as aps doo dd sro ooo zao oao zrt kft bt sl slu lda ltda spzoo sc sj pty pvt"
)


def is_name(text: str) -> tuple[bool, bool, bool]:
    """Whether the text may be a first name, a last name, or several names of a person; by the lists.

    In lower case it is none: most first names are words of some language, and most words are somebody's last name.
    """
    if not _NAME_LIKE.fullmatch(text) or text.islower() or any(map(str.isdigit, text)):
        return False, False, False
    first_names, last_names = _lists()
    written = [word for word in _WORD.findall(text) if len(word) > 1]
    words = {word: fold(word) for word in written}
    telling = [words[word] for word in written if words[word] not in _PARTICLES and words[word] not in _TITLES]
    is_sentence = any(word[0].islower() and words[word] not in _PARTICLES for word in written)
    if not telling or len(written) > 6 or is_sentence:
        return False, False, False
    firsts = [_is_in(word, first_names) for word in telling]
    lasts = [_is_in(word, last_names) for word in telling]
    if len(telling) == 1:
        return firsts[0], lasts[0], False
    pairs = any(first and last for i, first in enumerate(firsts) for j, last in enumerate(lasts) if i != j)
    return all(firsts), all(lasts), pairs


def holds_name(text: str, *, after_first: bool = False) -> str | None:
    """A capitalized word of the text that is a person's first or last name; None if there is none.

    `after_first`: the word at the beginning, which may be capitalized for that reason alone, does not count.
    """
    first_names, last_names = _lists()
    for word in _WORD.findall(text)[after_first:]:
        if len(word) > 3 and word[0].isupper():
            folded = fold(word)
            if folded in last_names or folded in first_names:
                return folded
    return None


def is_street(text: str) -> bool:
    """Whether the text is a street with a number."""
    if not _STREET.fullmatch(text):
        return False
    words = [fold(word) for word in _WORD.findall(text)]
    return any(word in _STREET_WORDS or word.endswith(_STREET_ENDS) for word in words)


def is_company(text: str) -> bool:
    """Whether the text ends in the legal form of a company."""
    words = text.replace("&", " ").split()
    if len(words) < 2:
        return False
    ends = [fold(re.sub(r"\W", "", "".join(words[-count:]))) for count in (1, 2, 3)]
    return any(end in _FORMS for end in ends)


def _is_in(word: str, known: frozenset[str]) -> bool:
    parts = re.split(r"['\u2019\u02bc-]", word)
    return word in known or (len(parts) > 1 and all(part in known or len(part) < 3 for part in parts))


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """First names and last names of all languages that Faker knows, folded."""
    package = import_module("faker.providers.person")
    first_names: set[str] = set()
    last_names: set[str] = set()
    for module in pkgutil.iter_modules(package.__path__):
        provider = import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            into = first_names if "first_name" in attribute else last_names if "last_name" in attribute else None
            values = getattr(provider, attribute)
            if into is None or not isinstance(values, list | tuple | dict | set):
                continue
            for value in values:
                if isinstance(value, str):
                    into.update(fold(word) for word in _WORD.findall(value) if len(word) > 1)
    return frozenset(first_names - _PARTICLES), frozenset(last_names - _PARTICLES)
