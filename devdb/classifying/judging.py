"""A name's guess and a look at values, put together: one proposal that says why."""

from __future__ import annotations

from collections.abc import Sequence

from devdb.catalog.model import Column, Table
from devdb.classifying import documents, names
from devdb.classifying.meanings import Meaning, element_family, is_unique, mask_for, mask_of, meaning, proposed
from devdb.classifying.names import Guess
from devdb.classifying.proposal import CONFIDENTIAL, INTERNAL, SECRET, Proposal, Written
from devdb.classifying.splitting import split
from devdb.classifying.texts import Look, Match, look
from devdb.masking.families import Family

# The share of values from which on they are what a check says, and from which on that is no accident.
_MOST = 0.8
_MANY = 0.5
_SOME = 0.05
_COMPANIES = 0.3
_WITH_NAMES = 0.3
_SAYS_NAMES = ("first_name", "last_name", "full_name", "person", "username")
# What a look at the values can bear out.
_CHECKED = frozenset({
    "email", "iban", "mac", "ip", "url", "phone", "credit_card", "first_name",
    "last_name", "full_name", "person", "national_id", "street", "company",
})  # fmt: skip
# Kept whatever the values look like: what they are does not show in them.
_FIXED = ("secret", "pin", "sensitive", "personal", "trait", "pay", "birth", "picture", "place")


def judge(guess: Guess, values: Sequence[str], table: Table, column: Column, *, region: str | None) -> Proposal:
    """A proposal for the column by its name's guess and these values, of which none is empty."""
    if not values:
        by_name = proposed(guess, table, column)
        return _with(by_name, f"{by_name.reason}; there are no values to look at", 0, 0)
    family = element_family(column)
    if family is Family.JSON or family is Family.OTHER:
        return _of_documents(guess, values, table, column, region)
    if family is Family.BYTES:
        return _of_bytes(guess, values, table, column)
    texts = documents.elements(values) if column.is_array else values
    if family in (Family.INTEGER, Family.NUMERIC):
        texts = [text for text in texts if text.isdecimal() and len(text) >= 8]
        if len(texts) * 2 < len(values):
            return proposed(guess, table, column)
    found, reason, matched, sampled = _meaning(
        guess,
        look(texts, region=region),
        is_of_person=names.is_person_table(table) and is_unique(table, column),
    )
    if found is None:
        return Proposal(INTERNAL, None, reason, matched, sampled)
    given = mask_for(found, table, column) if isinstance(found, str) else mask_of(found, table, column)
    classified = CONFIDENTIAL if isinstance(found, str) else found.classified
    return Proposal(classified, given, reason, matched, sampled)


def _meaning(
    guess: Guess, seen: Look, *, is_of_person: bool
) -> tuple[Meaning | str | None, str, int | None, int | None]:
    """What the values are: a meaning, a mask for what is no one thing, or None for what may be seen; why; how many."""
    count = seen.sampled
    if not count:
        found = None if guess.is_label else guess.meaning or "text"
        return found, f"{guess.reason}; there are no values to look at", 0, 0
    of = f"of {count:,} sampled values"
    match = _telling(guess, seen)
    if guess.meaning is not None and guess.meaning.name in _FIXED:
        if guess.meaning.name == "sensitive" and seen.are_few:
            return "shuffle", f"{guess.reason}; {_different(seen)}", None, count
        return guess.meaning, guess.reason, None, count
    if match is not None:
        said = f"{guess.reason}; {match.matched:,} {of} are {match.what}"
        if match.meaning is None or match.meaning == "uuid":
            # Numbers of things; what has a telling name is believed.
            is_harmless = guess.is_label or guess.meaning is None or not guess.is_certain
            return None if is_harmless else guess.meaning, said, match.matched, count
        if match.meaning == "token":
            return (None if guess.is_label else meaning("secret")), said, match.matched, count
        if match.matched >= _enough(match) * count:
            return _chosen(guess, match), said, match.matched, count
        if match.meaning == "holds_name":
            said = f"{guess.reason}; {match.matched:,} {of} hold a word that is a person's name"
            return (guess.meaning if _is_believed(guess) else "text"), said, match.matched, count
        mask: Meaning | str | None = (
            "pattern" if seen.are_codes or match.meaning in ("phone", "national_id") else "text"
        )
        return (guess.meaning if _is_believed(guess) else mask), said, match.matched, count
    if _is_believed(guess):
        assert guess.meaning is not None
        if guess.meaning.name not in _CHECKED:
            return guess.meaning, f"{guess.reason}; {count:,} values sampled", None, count
        return guess.meaning, f"{guess.reason}; 0 {of} are {guess.meaning.values}", 0, count
    return _unremarkable(guess, seen, of, is_of_person=is_of_person)


def _unremarkable(
    guess: Guess, seen: Look, of: str, *, is_of_person: bool
) -> tuple[Meaning | str | None, str, int | None, int | None]:
    """What to make of values that no check knows, and of a name that says little."""
    count = seen.sampled
    different = f"{guess.reason}; {_different(seen)}"
    if seen.are_few and seen.have_names and not guess.is_label and seen.words > 1.2:
        return "text", f"{different}, some with a word that is a person's name", None, count
    if seen.are_codes and guess.meaning is not None and guess.meaning.name == "person":
        return meaning("username"), f"{guess.reason}; all {of} are codes", count, count
    if seen.are_few:
        return None, f"{different}, none personal", 0, count
    if seen.are_codes:
        found = meaning("identifier") if is_of_person and not guess.is_label else None
        return found, f"{guess.reason}; all {of} are codes", count, count
    if seen.are_long:
        return (
            meaning("free_text"),
            f"{guess.reason}; long enough to hold anything: {seen.words:.0f} words",
            None,
            count,
        )
    if guess.is_label or guess.meaning is not None:
        return None, f"{guess.reason}; 0 {of} look personal", 0, count
    return "text", different, None, count


def _different(seen: Look) -> str:
    return f"{seen.distinct:,} different value{'' if seen.distinct == 1 else 's'} among {seen.sampled:,} sampled"


def _telling(guess: Guess, seen: Look) -> Match | None:
    """The match that says most: what the name says, if values bear it out, or what values say by themselves."""
    count = seen.sampled
    if guess.meaning is not None:
        least = _SOME if guess.is_certain else _MANY
        for match in seen.matches:
            if match.meaning == guess.meaning.name and match.matched >= least * count:
                return match
        if guess.meaning.name in _SAYS_NAMES:
            for match in seen.matches:
                if match.meaning in ("email", *_SAYS_NAMES) and match.matched >= _enough(match) * count:
                    return match
    for match in seen.matches:
        if match.is_proof and match.matched >= _MOST * count:
            return match
    # Of colours and cities that are chosen from a list, many are somebody's name.
    is_list = guess.is_label and seen.are_few
    if not _is_believed(guess) and not is_list:
        for about, share in (("company", _COMPANIES), ("street", _MANY), *((name, _MANY) for name in _SAYS_NAMES)):
            for match in seen.matches:
                if match.meaning == about and match.matched >= share * count:
                    return match
    for match in seen.matches:
        is_some = match.matched >= max(2, _SOME * count)
        if match.is_proof and is_some and match.meaning not in (None, "uuid", "token", "identifier"):
            return match
    if not _is_believed(guess) and not seen.are_few:
        for match in seen.matches:
            if match.meaning == "holds_name" and match.matched >= _WITH_NAMES * count:
                return match
    return None


def _enough(match: Match) -> float:
    if match.meaning == "company":
        return _COMPANIES
    return _MOST if match.is_proof and match.meaning != "phone" else _MANY


def _chosen(guess: Guess, match: Match) -> Meaning:
    """The meaning, of the two that name and values say."""
    assert match.meaning is not None
    if guess.meaning is not None and guess.is_certain:
        is_refined = match.is_proof or guess.meaning.name == "username"
        if not is_refined or match.meaning == "identifier":
            return guess.meaning
    return meaning(match.meaning) if match.meaning != "holds_name" else meaning("free_text")


def _is_believed(guess: Guess) -> bool:
    """Whether the name alone is enough for a mask."""
    return guess.meaning is not None and guess.is_certain and not guess.is_label


def _of_documents(guess: Guess, values: Sequence[str], table: Table, column: Column, region: str | None) -> Proposal:
    """A proposal for JSON by what is at each path. Row types are looked at alike, and have no paths to mask."""
    if guess.is_label or (guess.meaning is not None and guess.meaning.name != "document"):
        return proposed(guess, table, column)
    read = documents.parts(values) if column.is_array else values
    found = documents.leaves(read, around=f"{table.name.name} {column.name}")
    if not found.read or not found.are_records:
        return _with(proposed(guess, table, column), f"{guess.reason}, with keys that are data", None, len(values))
    paths: dict[str, Written] = {}
    personal, classes = [], set()
    for path, leaf in sorted(found.by_path.items()):
        mask, about, classified = _of_leaf(leaf, region)
        if classified != INTERNAL:
            personal.append(f"{path} ({about})")
            classes.add(classified)
        # Where some documents end and others go on, there is one mask for both.
        above = next((other for other in paths if path.startswith((f"{other}.", f"{other}["))), None)
        if above is None:
            paths[path] = mask
        elif mask != "keep":
            paths[above] = "null"
    many = f"{len(read):,} sampled document{'' if len(read) == 1 else 's'}"
    if not personal:
        said = f"{len(paths)} paths in {many}, none personal" if paths else f"nothing in {many}"
        return Proposal(INTERNAL, None, f"{guess.reason}; {said}", 0, len(values))
    classified = SECRET if SECRET in classes else CONFIDENTIAL
    said = f"{guess.reason}; {len(personal)} of {len(paths)} paths in {many}: {', '.join(personal)}"
    if element_family(column) is Family.OTHER:
        return Proposal(classified, mask_of(meaning("document"), table, column), said, len(personal), len(values))
    if is_unique(table, column):
        return Proposal(classified, None, said, len(personal), len(values))
    json_mask: Written = "text" if "$" in paths else {"kind": "json", "paths": paths}
    if json_mask == "text":
        return _with(proposed(guess, table, column), said, len(personal), len(values))
    given = {"kind": "array", "element": json_mask} if column.is_array else json_mask
    return Proposal(classified, given, said, len(personal), len(values))


def _of_leaf(leaf: documents.Leaf, region: str | None) -> tuple[Written, str, str]:
    """The mask of what is at a path, what it is, and its class."""
    family = leaf.family
    guess = names.of_words(split(leaf.words), family, of_name="its name", around=split(leaf.around))
    if family is not Family.TEXT:
        if guess is None or guess.meaning is None or guess.is_label:
            return "keep", "", INTERNAL
        return "null", guess.meaning.values, guess.meaning.classified
    guess = guess or Guess(None, "a text")
    texts = [text for text in leaf.texts if text.strip()]
    found, _, _, _ = _meaning(guess, look(texts, region=region), is_of_person=False)
    if found is None:
        return "keep", "", INTERNAL
    if isinstance(found, str):
        return found if found != "shuffle" else "redact", "texts that may hold anything", CONFIDENTIAL
    # Within documents, a date is a text.
    mask = "date_shift" if found.name == "birth" else found.masks.get(Family.TEXT, "redact")
    return mask if mask != "shuffle" else "redact", found.values, found.classified


def _of_bytes(guess: Guess, values: Sequence[str], table: Table, column: Column) -> Proposal:
    by_name = proposed(guess, table, column)
    if by_name.is_kept or by_name.mask != "bytes":
        return by_name
    for content, begins, what in (("png", ("89504e47", "ffd8ff"), "pictures"), ("pdf", ("25504446",), "PDF files")):
        matched = sum(value.startswith(begins) for value in values)
        if matched >= _MOST * len(values):
            said = f"{guess.reason}; {matched:,} of {len(values):,} sampled values are {what}"
            return Proposal(by_name.classified, {"kind": "bytes", "content": content}, said, matched, len(values))
    return _with(by_name, guess.reason, None, len(values))


def _with(proposal: Proposal, reason: str, matched: int | None, sampled: int | None) -> Proposal:
    return Proposal(proposal.classified, proposal.mask, reason, matched, sampled)
