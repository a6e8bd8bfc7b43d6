r"""The command \copy: what it means as an SQL statement, and which file it reads or writes."""

from __future__ import annotations

from typing import Literal, NamedTuple

from devdb.sqltext.arguments import CommandError

_SPACE = " \t\n\r"


class CopyCommand(NamedTuple):
    r"""`statement` is what the server is sent; `place` the file on this side, or one of stdin, stdout, pstdin, pstdout.

    `from_script` is true when the data follow in the script.
    """

    statement: str
    direction: Literal["in", "out"]
    place: str
    is_file: bool

    @property
    def from_script(self) -> bool:
        return self.direction == "in" and not self.is_file and self.place == "stdin"


def parse_copy(text: str) -> CopyCommand:
    r"""Read what follows `\copy`. Raises CommandError for a mistake in it, and for `program`, which is not run."""
    words = _words(text)
    depth = 0
    for number, (start, end) in enumerate(words):
        word = text[start:end].lower()
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and number > 0 and word in ("from", "to"):
            break
    else:
        raise CommandError(r"\copy: arguments required" if not words else r"\copy: parse error at end of line")
    if number + 1 >= len(words):
        raise CommandError(r"\copy: parse error at end of line")
    direction: Literal["in", "out"] = "in" if word == "from" else "out"
    start, end = words[number + 1]
    place = text[start:end]
    if place.lower() == "program":
        raise CommandError(r"\copy … program is not run", hint="run the program outside and copy from its file")
    standard = place.lower() in ("stdin", "stdout", "pstdin", "pstdout")
    if place.startswith("'"):
        place = place[1:-1].replace("''", "'")
    elif standard:
        place = place.lower()
    before, after = text[: words[number][0]], text[end:]
    ends = "FROM STDIN" if direction == "in" else "TO STDOUT"
    return CopyCommand(f"COPY {before.rstrip()} {ends} {after.strip()}".rstrip(), direction, place, not standard)


def _words(text: str) -> list[tuple[int, int]]:
    """The words of a line, quoted ones whole, parentheses on their own; what follows the file name does not matter."""
    words = []
    position = 0
    while position < len(text):
        start = position
        character = text[position]
        if character in _SPACE:
            position += 1
            continue
        if character in "()":
            position += 1
        elif character in "'\"":
            position = _quoted_end(text, position)
        else:
            while position < len(text) and text[position] not in _SPACE + "()":
                position = _quoted_end(text, position) if text[position] in "'\"" else position + 1
        words.append((start, position))
    return words


def _quoted_end(text: str, start: int) -> int:
    end = text.find(text[start], start + 1)
    if end < 0:
        raise CommandError(r"\copy: unterminated quoted string")
    return end + 1
