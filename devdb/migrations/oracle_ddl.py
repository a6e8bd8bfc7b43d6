"""What DBMS_METADATA says of an object, without where Oracle keeps it, as statements that a runner can execute."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<text>[nN]?(?:[qQ]'(?:\[.*?\]|\{.*?\}|\(.*?\)|<.*?>|(?P<mark>[^\s\[{(<]).*?(?P=mark))'|'(?:[^']|'')*'))
      | (?P<name>"[^"]+")
      | (?P<word>[\w$#]+)
      | (?P<sign>.)""",
    re.DOTALL | re.VERBOSE,
)
_DEFAULT_COLLATION = '"USING_NLS_COMP"'
# Words that say where and how something is kept, and how many words after them belong to it.
_PHYSICAL = {
    "PCTFREE": 1,
    "PCTUSED": 1,
    "INITRANS": 1,
    "MAXTRANS": 1,
    "PCTVERSION": 1,
    "PCTTHRESHOLD": 1,
    "TABLESPACE": 1,
    "LOGGING": 0,
    "NOLOGGING": 0,
    "NOCOMPRESS": 0,
}
# Every object is, unless it is said to be NONEDITIONABLE; releases before 12.1 do not know the word.
_EDITIONABLE = re.compile(r"\A(CREATE (?:OR REPLACE )?(?:FORCE )?)EDITIONABLE ", re.IGNORECASE)
_STATE = re.compile(r'\s*^ALTER TRIGGER ("[^"]+"(?:\."[^"]+")?) (ENABLE|DISABLE)\s*\Z', re.MULTILINE)


@dataclass(frozen=True)
class Key:
    """A foreign key of a table, apart from it; `parent` is schema and name of the table it refers to."""

    statement: str
    parent: tuple[str, str]


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


def table(ddl: str) -> tuple[str, list[Key]]:
    """CREATE TABLE and the foreign keys that it had."""
    tokens = _tokens(ddl)
    opened = next((at for at, token in enumerate(tokens) if token.text == "("), len(tokens))
    head = _text(_cleaned(tokens[:opened]))
    if opened == len(tokens):
        return f"{head.strip()};", []
    name = re.sub(r"^.*?\bTABLE\b\s*", "", head.strip(), flags=re.DOTALL | re.IGNORECASE)
    closed = _closing(tokens, opened)
    kept: list[str] = []
    keys = []
    for element in _elements(tokens[opened + 1 : closed]):
        words = [token.word for token in element if token.kind != "blank"]
        text = _text(_element(element)).rstrip()
        if words[:1] == ["FOREIGN"] or (words[:1] == ["CONSTRAINT"] and words[2:3] == ["FOREIGN"]):
            keys.append(Key(f"ALTER TABLE {name} ADD {text.strip()};", _parent(words, name)))
        else:
            kept.append(text)
    rest = _text(_cleaned(tokens[closed:])).strip()
    return f"{head.strip()} ({','.join(kept).strip()}\n{rest};", keys


def plain(ddl: str) -> str:
    """A statement about an index, a sequence or a synonym."""
    return f"{_text(_cleaned(_tokens(ddl))).strip()};"


def view(ddl: str) -> str:
    """A view, materialized or not. Its query is word for word as somebody wrote it."""
    tokens = _tokens(ddl)
    depth = 0
    previous = ""
    for at, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if token.word == "AS" and not depth and previous != "STORE":
            query = _text(tokens[at:]).strip()
            # A comment would swallow what follows on its line.
            end = "\n;" if "--" in query.rpartition("\n")[2] else ";"
            return _text(_cleaned(tokens[:at])).lstrip() + query + end
        previous = previous if token.kind == "blank" else token.word
    return plain(ddl)


def block(ddl: str) -> str:
    """What holds PL/SQL: word for word, and a slash after it; a trigger with the statement that switches it."""
    state = _STATE.search(ddl)
    body = ddl if state is None else ddl[: state.start()]
    text = _EDITIONABLE.sub(r"\1", body.strip(), count=1)
    switched = "" if state is None else f"\n\nALTER TRIGGER {state[1]} {state[2]};"
    return f"{text}\n/{switched}"


def comment(on: str, name: str, text: str) -> str:
    """COMMENT ON, of a name in SQL."""
    return f"COMMENT ON {on} {name} IS '{text.replace(chr(39), chr(39) * 2)}';"


def quoted(*names: str) -> str:
    return ".".join(f'"{name}"' for name in names)


def _tokens(text: str) -> list[_Token]:
    # Within the group of a text there is one of its mark.
    return [_Token("text" if found["text"] else found.lastgroup or "", found[0]) for found in _TOKEN.finditer(text)]


def _element(tokens: Sequence[_Token]) -> list[_Token]:
    """A column or a constraint. What people wrote is left alone: beside collations, only USING INDEX says more."""
    words = [(at, token.word) for at, token in enumerate(tokens) if token.kind != "blank"]
    pairs = pairwise(words)
    start = next((at for (at, word), (_, after) in pairs if (word, after) == ("USING", "INDEX")), len(tokens))
    kept = []
    depth = 0
    at = 0
    while at < start:
        token = tokens[at]
        depth += (token.text == "(") - (token.text == ")")
        end = _physical(tokens, at) if token.word == "COLLATE" and not depth else None
        kept += [token] if end is None else []
        at = at + 1 if end is None else end
    return [*kept, *_cleaned(tokens[start:])]


def _cleaned(tokens: Sequence[_Token]) -> list[_Token]:
    """The tokens without what says where and how something is kept."""
    kept: list[_Token] = []
    at = 0
    while at < len(tokens):
        end = _physical(tokens, at)
        if end is None:
            kept.append(tokens[at])
            at += 1
            continue
        at = end
        if at < len(tokens) and tokens[at].kind == "blank" and (not kept or kept[-1].kind == "blank"):
            # One blank is enough, and a new line goes before others.
            kept[-1:] = [max([*kept[-1:], tokens[at]], key=lambda blank: "\n" in blank.text)]
            at += 1
    return kept


def _physical(tokens: Sequence[_Token], at: int) -> int | None:
    """Where a clause about storage that begins here ends; None if there is none."""
    token = tokens[at]
    if token.kind != "word":
        return None
    following = [index for index in range(at + 1, min(at + 16, len(tokens))) if tokens[index].kind != "blank"]
    words = [tokens[index].word for index in following]
    word = token.word

    def after(count: int) -> int:
        return following[count - 1] + 1 if count else at + 1

    if word in _PHYSICAL and len(following) >= _PHYSICAL[word]:
        return after(_PHYSICAL[word])
    if word == "STORAGE" and words[:1] == ["("]:
        return _closing(tokens, following[0]) + 1
    if word == "SEGMENT" and words[:1] == ["CREATION"]:
        return after(2)
    if word == "COMPUTE" and words[:1] == ["STATISTICS"]:
        return after(1)
    if word == "EDITIONABLE":
        return at + 1
    if word == "DEFAULT" and words[:2] == ["COLLATION", _DEFAULT_COLLATION]:
        return after(2)
    if word == "COLLATE" and words[:1] == [_DEFAULT_COLLATION]:
        return after(1)
    if word in ("ROW", "COLUMN") and words[:2] == ["STORE", "COMPRESS"]:
        return after(2 + _compression(words[2:]))
    if word == "COMPRESS":
        return after(_compression(words))
    if word == "LOB" and words[:1] == ["("]:
        return _lob(tokens, following[0])
    return None


def _compression(words: Sequence[str]) -> int:
    """How many words after COMPRESS say how."""
    if words[:1] and (words[0].isdigit() or words[0] in ("BASIC", "ADVANCED")):
        return 2 if words[0] == "ADVANCED" and words[1:2] in (["LOW"], ["HIGH"]) else 1
    if words[:1] == ["FOR"]:
        return 3 if words[2:3] in (["LOW"], ["HIGH"]) else 2
    return 0


def _lob(tokens: Sequence[_Token], opened: int) -> int | None:
    """Where LOB (…) STORE AS … (…) ends; None if it is something else, a column's name say."""
    at = _closing(tokens, opened) + 1
    words: list[str] = []
    while at < len(tokens):
        token = tokens[at]
        if token.text == "(" and words[:2] == ["STORE", "AS"]:
            return _closing(tokens, at) + 1
        if token.kind != "blank":
            words.append(token.word)
        if words and words[: len(words)] != ["STORE", "AS"][: len(words)] and len(words) > 4:
            break
        at += 1
    return None


def _closing(tokens: Sequence[_Token], opened: int) -> int:
    depth = 0
    for at in range(opened, len(tokens)):
        if tokens[at].text == "(":
            depth += 1
        elif tokens[at].text == ")":
            depth -= 1
            if not depth:
                return at
    return len(tokens) - 1


def _elements(tokens: Sequence[_Token]) -> list[list[_Token]]:
    """What stands between the commas of a list."""
    found: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and not depth:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _parent(words: Sequence[str], child: str) -> tuple[str, str]:
    """Schema and name after REFERENCES; of a bare name, the schema is the child's."""
    at = words.index("REFERENCES") + 1
    parts = [word.strip('"') for word in words[at : at + 3]]
    if parts[1:2] == ["."]:
        return parts[0], parts[2]
    return child.split(".")[0].strip('"'), parts[0]


def _text(tokens: Sequence[_Token]) -> str:
    return "".join(token.text for token in tokens)
