"""What sampled texts are: addresses, numbers, names, free text, or what a program chose. Nothing here shows a value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devdb.classifying import numbers, people

# Of words in an e-mail address, of any script: what a mail server would let pass, with or without a dot in the domain.
_EMAIL = re.compile(
    r"(?:[^<>@\r\n]{0,80}<\s*)?[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[^\W_][\w-]*(?:\.[\w-]*\w)*\s*>?"
)
_URL = re.compile(r"(?:(?:https?|ftps?|file|s3|sftp|ldap)://|www\.)\S+", re.IGNORECASE)
_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}(?:[0-9a-f]{2}[:-]){0,2}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}", re.I)
_UUID = re.compile(r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_SSN = re.compile(r"(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}")
_SECRET = re.compile(
    r"\$(?:2[abxy]|argon2\w*|5|6|y|1|scrypt|pbkdf2[\w-]*)\$.+|(?:pbkdf2_|bcrypt|argon2|scrypt|sha1|md5|SCRAM-)[\w-]*\$.+"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|-----BEGIN [A-Z ]*KEY-----.*|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|(?:sk|pk|rk|ghp|gho|xox[abp]|glpat)[_-][\w-]{16,}|SCRAM-SHA-256\$.+|md5[0-9a-f]{32}",
    re.DOTALL,
)
_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/_=-]{20,}")
_CODE = re.compile(r"[^\W_]*[\w./:#+-]*")
_FORMATTED = re.compile(r"[+(]?[\d][\d\s()./-]{5,24}(?:\s*(?:x|ext\.?|app\.?)\s*\d{1,6})?", re.IGNORECASE)
_LONG_CHARACTERS = 60
_LONG_WORDS = 4.0


@dataclass(frozen=True)
class Match:
    """So many of the values are `what`. `is_proof`: nothing else looks like that."""

    meaning: str | None
    what: str
    matched: int
    is_proof: bool = True


@dataclass(frozen=True)
class Look:
    """What texts look like. `sampled` are those that were looked at, empty ones not counted.

    `matches`, the most telling first. `distinct` of them are different. `words` and `characters` are averages.
    `have_names`: one of those that come again and again has a word in it that is a person's name.
    """

    sampled: int
    distinct: int
    words: float
    characters: float
    are_codes: bool
    have_names: bool
    matches: tuple[Match, ...]

    @property
    def are_few(self) -> bool:
        """The same few values again and again: of a list that a program or a custom has."""
        most = max(3, min(25, self.sampled // 12)) if self.sampled >= 20 else 1
        return self.sampled >= 5 and self.distinct <= most

    @property
    def are_long(self) -> bool:
        return self.words >= _LONG_WORDS or self.characters >= _LONG_CHARACTERS


def look(values: Sequence[str], *, region: str | None) -> Look:
    """Look at the values. `region` is the country whose phone numbers are written without its code."""
    texts = [text for text in (value.strip() for value in values) if text]
    if not texts:
        return Look(0, 0, 0.0, 0.0, False, False, ())
    count = len(texts)
    codes = sum(_CODE.fullmatch(text) is not None and len(text) <= 40 and not text.isalpha() for text in texts)
    short = sum(len(text) <= 3 for text in texts)
    different = set(texts)
    return Look(
        sampled=count,
        distinct=len(different),
        words=sum(len(text.split()) for text in texts) / count,
        characters=sum(map(len, texts)) / count,
        are_codes=codes + short >= 0.95 * count,
        have_names=len(different) <= 25 and any(people.holds_name(text, after_first=True) for text in different),
        matches=tuple(sorted(_matches(texts, region), key=lambda match: (not match.is_proof, -match.matched))),
    )


def _matches(texts: Sequence[str], region: str | None) -> list[Match]:
    found = []
    for about, what, check in _CHECKS:
        matched = sum(map(check, texts))
        if matched:
            found.append(Match(about, what, matched))
    numeric = [text for text in texts if _is_mostly_digits(text) or _is_like_code_of_person(text)]
    if len(numeric) >= 0.2 * len(texts):
        of_kind = numbers.recognized(numeric)
        if of_kind is not None:
            found.append(Match(of_kind.meaning, of_kind.name, of_kind.matched))
    if (phones := _phones(texts, region)) is not None:
        found.append(phones)
    found += _names(texts)
    for about, what, check in (
        ("street", "streets with a number", people.is_street),
        ("company", "names of companies", people.is_company),
    ):
        matched = sum(map(check, texts))
        if matched:
            found.append(Match(about, what, matched, is_proof=False))
    return found


def _is_mostly_digits(text: str) -> bool:
    return 5 <= len(text) <= 40 and sum(map(str.isdigit, text)) * 2 >= len(text)


def _is_like_code_of_person(text: str) -> bool:
    """Whether the text has letters and digits as an Italian or a Mexican tax code has them."""
    return 8 <= len(text) <= 20 and text.isascii() and text.isalnum() and sum(map(str.isdigit, text)) >= 5


def _names(texts: Sequence[str]) -> list[Match]:
    said = [people.is_name(text) for text in texts]
    first, last, full = (sum(column) for column in zip(*said, strict=True))
    one = sum(any(of) for of in said)
    found = []
    if one:
        about = "full_name" if full * 2 >= one else "first_name" if first >= last else "last_name"
        found.append(Match(about, _NAMES[about], one, is_proof=False))
    held = [name for name in map(people.holds_name, texts) if name is not None]
    if len(set(held)) >= 8:
        found.append(Match("holds_name", "texts with a person's name in them", len(held), is_proof=False))
    return found


_NAMES = {"full_name": "names of persons", "first_name": "first names", "last_name": "last names"}


def _phones(texts: Sequence[str], region: str | None) -> Match | None:
    written = [text for text in texts if _FORMATTED.fullmatch(text)]
    international = [text for text in written if text.startswith(("+", "00"))]
    matched = sum(_is_phone(text, None) for text in international)
    national = [text for text in dict.fromkeys(written) if not text.startswith(("+", "00"))]
    if region is not None and national:

        def check(text: str) -> bool:
            return _is_phone(text, region)

        valid = sum(map(check, national))
        if numbers.is_beyond_chance(valid, len(national), numbers.share_by_chance(national, check)):
            matched += sum(check(text) for text in written if not text.startswith(("+", "00")))
    return Match("phone", "phone numbers", matched) if matched else None


def _is_phone(text: str, region: str | None) -> bool:
    import phonenumbers

    if region is None and text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, region)
        # Numbers set aside for films are possible and not valid; with a + they are meant as phone numbers.
        return phonenumbers.is_possible_number(number) if region is None else phonenumbers.is_valid_number(number)
    except phonenumbers.NumberParseException:
        return False


def _is_ip(text: str) -> bool:
    if len(text) > 49 or not ("." in text or ":" in text):
        return False
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    # The versions of programs have four parts as well: 1.0.0.12.
    return not ("." in text and all(part.isdigit() and int(part) < 25 for part in text.split("/")[0].split(".")))


def _is_iban(text: str) -> bool:
    return 14 < len(text) <= 42 and text[:2].isalpha() and numbers.checks("iban")(text)


def _matcher(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: len(text) <= 2000 and pattern.fullmatch(text) is not None


def _is_token(text: str) -> bool:
    is_long = len(text) <= 2000 and _TOKEN.fullmatch(text) is not None and len(set(text)) >= 10
    return is_long and not _is_wordy(text) and _UUID.fullmatch(text) is None and not _is_iban(text)


def _is_wordy(text: str) -> bool:
    """Whether letters stand together as in words, rather than mixed with digits."""
    return max((len(run) for run in re.findall(r"[A-Za-z]+", text)), default=0) >= 8


_CHECKS: tuple[tuple[str | None, str, Callable[[str], bool]], ...] = (
    ("email", "e-mail addresses", _matcher(_EMAIL)),
    ("iban", "IBANs", _is_iban),
    ("mac", "MAC addresses", _matcher(_MAC)),
    ("ip", "IP addresses", _is_ip),
    ("url", "URLs", _matcher(_URL)),
    ("national_id", "social security numbers (US)", _matcher(_SSN)),
    ("secret", "hashes of passwords, or keys", _matcher(_SECRET)),
    ("token", "long strings as of keys or digests", _is_token),
    ("uuid", "UUIDs", _matcher(_UUID)),
)
