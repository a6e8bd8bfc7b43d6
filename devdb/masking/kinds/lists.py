"""Names and places of a locale, from Faker's lists: the same on every machine, because the same release of Faker is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

from devdb.settings.complaints import nearest
from devdb.settings.mask import Mask

# More entries make statements longer, and no name more likely to be believed.
MOST = 1000
# Of names within addresses: how long, and of fewer there is no choice.
LONGEST_PLAIN = 12
FEWEST_PLAIN = 20
# The list is an array of the type name, whose elements are found without looking at those before them.
_MOST_OCTETS = 63
_DRAWS = 3 * MOST
_PROVIDERS = ("person", "address", "company")
_NAMES = {
    "first_name": ("first_names", "first_names_male", "first_names_female", "first_names_nonbinary"),
    "last_name": ("last_names", "last_names_male", "last_names_female", "last_names_nonbinary"),
    "country": ("countries",),
    "city": ("cities",),
}
# What Faker composes, by the name of its method.
_COMPOSED = {"company": "company", "street": "street_address", "city": "city", "postal_code": "postcode"}
_CODES = {2: "alpha_2_country_codes", 3: "alpha_3_country_codes"}
_PARTS = {"full_name": ("first_name", "last_name")}
# Python's names of encodings that it knows by another name than PostgreSQL does.
_CODECS = {
    "SQL_ASCII": "ascii",
    "LATIN1": "iso8859_1",
    "LATIN2": "iso8859_2",
    "LATIN3": "iso8859_3",
    "LATIN4": "iso8859_4",
    "LATIN5": "iso8859_9",
    "LATIN6": "iso8859_10",
    "LATIN7": "iso8859_13",
    "LATIN8": "iso8859_14",
    "LATIN9": "iso8859_15",
    "LATIN10": "iso8859_16",
    "ISO_8859_5": "iso8859_5",
    "ISO_8859_6": "iso8859_6",
    "ISO_8859_7": "iso8859_7",
    "ISO_8859_8": "iso8859_8",
    "KOI8R": "koi8_r",
    "KOI8U": "koi8_u",
    "WIN866": "cp866",
    "WIN874": "cp874",
    **{f"WIN{page}": f"cp{page}" for page in range(1250, 1259)},
    "UTF8": "utf_8",
    "EUC_JP": "euc_jp",
    "EUC_KR": "euc_kr",
    "EUC_CN": "gb2312",
}


def codec(encoding: str) -> str:
    """Python's name of a database's encoding; ASCII for one that Python does not know."""
    return _CODECS.get(encoding, "ascii")


def entries(kind: str, locale: str, *, encoding: str = "UTF8", length: int | None = None) -> tuple[str, ...]:
    """What `kind` can put out: at most 1,000 of at most `length` characters.

    What `encoding` cannot write is replaced by the entry before it, so that all others have the same place in each.
    """
    found = _codes(length) if kind == "country" else ()
    fitting = found or tuple(entry for entry in _all(kind, locale) if length is None or len(entry) <= length)
    written = next((entry for entry in fitting if is_writable(entry, encoding)), None)
    if written is None:
        return ()
    replaced = []
    for entry in fitting:
        written = entry if is_writable(entry, encoding) else written
        replaced.append(written)
    return tuple(replaced)


@lru_cache(maxsize=8)
def plain_names(locale: str) -> tuple[str, ...]:
    """Short first names in small letters of ASCII; of en_US where a locale has none, as in other scripts."""
    found = set()
    for name in entries("first_name", locale):
        plain = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
        if plain.isascii() and plain.isalpha() and len(plain) <= LONGEST_PLAIN:
            found.add(plain)
    if len(found) < FEWEST_PLAIN and locale != "en_US":
        return plain_names("en_US")
    return tuple(sorted(found))


def known_values(mask: Mask, fit_locale: str) -> frozenset[str]:
    """Every value that a mask takes from a list; what it composes of several (full_name, email), by its parts."""
    locale = getattr(mask.options, "locale", None) or fit_locale
    if mask.kind == "postal_code" and mask.options.locale is None:  # type: ignore[attr-defined]
        return frozenset()
    if mask.kind in ("email", "username"):
        return frozenset(plain_names(locale))
    kinds = _PARTS.get(mask.kind, (mask.kind,))
    found = {entry for kind in kinds if kind in _NAMES or kind in _COMPOSED for entry in _all(kind, locale)}
    if mask.kind == "country":
        found.update(*map(_codes, _CODES))
    return frozenset(found)


def unknown(locale: str) -> str | None:
    """Why there are no names of `locale`, with those that are near; None when there are some."""
    from faker.config import AVAILABLE_LOCALES

    if locale in AVAILABLE_LOCALES:
        return None
    near = [name for name in AVAILABLE_LOCALES if name.startswith(locale.split("_")[0] + "_")]
    hint = f"there is {', '.join(near)}" if near else nearest(locale, AVAILABLE_LOCALES)
    return f"Faker has no names of {locale}" + (f"; {hint}" if hint else "")


@lru_cache(maxsize=64)
def _all(kind: str, locale: str) -> tuple[str, ...]:
    if kind in _NAMES:
        provider = _provider("person" if kind.endswith("_name") else "address", locale)
        lists = [getattr(provider, name, ()) for name in _NAMES[kind]]
        # What all locales inherit is one name, for those that compose theirs; some have a property.
        found = {
            entry for entries in lists if isinstance(entries, Collection) and len(entries) > 1 for entry in entries
        }
        if found:
            return _usable(found)
    return _usable(_drawn(locale, _COMPOSED.get(kind, kind)))


def _drawn(locale: str, method: str) -> Iterable[str]:
    """What Faker composes, always the same: drawn by numbers that begin with the same seed."""
    from faker.factory import Factory
    from faker.generator import Generator

    generator = Generator()
    for name in _PROVIDERS:
        provider = _provider(name, locale)(generator)
        provider.__use_weighting__ = True  # a few locales cannot do without
        generator.add_provider(provider)
    try:
        return _distinct(generator, method)
    except AttributeError:
        # A few locales compose places of what other providers have.
        return _distinct(Factory.create(locale), method)


def _distinct(generator: Any, method: str) -> set[str]:
    generator.seed_instance(0)
    compose: Callable[[], str] = getattr(generator, method)
    found: set[str] = set()
    for _ in range(_DRAWS):
        found.add(compose())
        if len(found) == MOST:
            break
    return found


def _provider(name: str, locale: str) -> Any:
    """Faker's class for a locale. Its factory would import the providers of everything else as well."""
    package = import_module(f"faker.providers.{name}")
    for candidate in (locale, getattr(package, "default_locale", "en_US"), "en_US"):
        try:
            return import_module(f"{package.__name__}.{candidate}").Provider
        except ModuleNotFoundError:
            continue
    raise AssertionError(f"Faker has no {name} of en_US")


def _codes(length: int | None) -> tuple[str, ...]:
    if length not in _CODES:
        return ()
    return _usable(getattr(_provider("address", "en_US"), _CODES[length]))


def _usable(found: Iterable[str]) -> tuple[str, ...]:
    """Sorted, without what is too long, and evenly thinned out to as many as are wanted."""
    clean = {unicodedata.normalize("NFC", " ".join(str(entry).split())) for entry in found}
    wanted = sorted(entry for entry in clean if entry and len(entry.encode()) <= _MOST_OCTETS)
    if len(wanted) <= MOST:
        return tuple(wanted)
    return tuple(wanted[number * len(wanted) // MOST] for number in range(MOST))


def is_writable(entry: str, encoding: str) -> bool:
    try:
        entry.encode(codec(encoding))
    except UnicodeEncodeError:
        return False
    return True
