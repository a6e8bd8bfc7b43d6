"""Add decisions to a settings file without changing anything else of it: comments, order, quotes, line endings.

ruamel.yaml says where each section begins and ends; what is added is put in as text at these places. To write the whole
file anew from what was read would be shorter, and would lay out anew what people have laid out.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from devdb.classifying.classify import Found
from devdb.classifying.proposal import as_plain
from devdb.errors import DevdbError, Refused
from devdb.settings import FILE_NAME, Settings
from devdb.settings.document import read_text

Entries = Mapping[str, Any]

_INDENT = 2


def add(path: Path | None, undecided: Sequence[Found]) -> int:
    """Add what is proposed to the file, which is made if there is none; returns how many columns were added.

    What is proposed of a column is its class, if nobody gave it one, and its mask. A column that cannot be masked is
    left to people. `path` None is ./devdb.yaml. The file is as before if anything fails: SettingsError, Refused for a
    layout that cannot be added to, DevdbError when it cannot be written.
    """
    classes: dict[str, Any] = {}
    masks: dict[str, Any] = {}
    for one in undecided:
        proposal = one.proposal
        if proposal is None or (proposal.mask is None and not proposal.is_kept and not one.follows):
            continue
        if one.decision.classified is None:
            classes[one.pattern] = one.classified
        if proposal.mask is not None:
            masks[one.pattern] = as_plain(proposal.mask)
    if not classes and not masks:
        return 0
    path = path or Path(FILE_NAME)
    text = read_text(path) if os.path.lexists(path) else ""
    raw = path.read_bytes() if os.path.lexists(path) else b""
    newline = "\r\n" if b"\r\n" in raw else "\n"
    text = text.replace("\r\n", "\n")
    for section, entries in (("classification", classes), ("masking", masks)):
        if entries:
            text = added(text, section, entries, path)
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    _replace(path, mark + text.replace("\n", newline).encode())
    return len({*classes, *masks})


def added(text: str, section: str, entries: Entries, path: Path) -> str:
    """The text of a settings file with `entries` at the end of `columns` of this section."""
    root = _composed(text)
    if root is None:
        return _with_break(text) + f"{section}:\n  columns:\n" + _block(entries, 2 * _INDENT)
    found = _value(root, section)
    if found is None:
        if root.flow_style:
            raise _refused(path, section)
        indent: int = root.value[0][0].start_mark.column
        head = " " * indent + f"{section}:\n" + " " * (indent + _INDENT) + "columns:\n"
        return _with_break(text) + head + _block(entries, indent + 2 * _INDENT)
    key, value = found
    if _is_nothing(value):
        indent = key.start_mark.column + _INDENT
        return _after_line(text, key, " " * indent + "columns:\n" + _block(entries, indent + _INDENT))
    _check(value, key, path, section)
    inner = _value(value, "columns")
    if inner is None:
        if value.flow_style:
            return _in_flow(text, value, "columns: {" + _flow(entries) + "}")
        indent = value.value[0][0].start_mark.column if value.value else key.start_mark.column + _INDENT
        return _after(text, value, " " * indent + "columns:\n" + _block(entries, indent + _INDENT))
    columns_key, columns = inner
    if _is_nothing(columns) and not value.flow_style:
        return _after_line(text, columns_key, _block(entries, columns_key.start_mark.column + _INDENT))
    if _is_nothing(columns):
        raise _refused(path, f"{section}.columns")
    _check(columns, columns_key, path, f"{section}.columns")
    if columns.flow_style:
        return _in_flow(text, columns, _flow(entries))
    return _after(text, columns, _block(entries, columns.value[0][0].start_mark.column))


def _composed(text: str) -> Any:
    """The tree of the document's nodes; None when there is nothing in it."""
    from ruamel.yaml import YAML

    return YAML(typ="rt").compose(StringIO(text))


def _value(mapping: Any, name: str) -> tuple[Any, Any] | None:
    return next(((key, value) for key, value in mapping.value if key.value == name), None)


def _is_nothing(node: Any) -> bool:
    return bool(node.id == "scalar" and node.value in ("", "~", "null", "Null", "NULL"))


def _check(value: Any, key: Any, path: Path, what: str) -> None:
    """Refuse what is written elsewhere: to add to it would add to that other place as well."""
    if value.id != "mapping" or value.start_mark.index < key.start_mark.index:
        raise _refused(path, what)


def _refused(path: Path, what: str) -> Refused:
    return Refused(
        f"{path}: {what} is written in a way that cannot be added to", hint="write it as a mapping of its own"
    )


def _after(text: str, mapping: Any, addition: str) -> str:
    """Put text behind the last line of a block mapping, before the comments and empty lines that follow it."""
    if mapping.flow_style:
        return _in_flow(text, mapping, addition)
    last = _last(mapping)
    end = text.find("\n", max(last - 1, 0))
    if end < 0:
        return text + "\n" + addition
    return text[: end + 1] + addition + text[end + 1 :]


def _last(node: Any) -> int:
    """Where what is written of a node ends: a block's own mark is behind the comments that follow it."""
    if node.id == "scalar" or node.flow_style or not node.value:
        end: int = node.end_mark.index
        return end
    item = node.value[-1]
    key, value = item if isinstance(item, tuple) else (item, item)
    return int(key.end_mark.index) if value.start_mark.index < key.start_mark.index else _last(value)


def _after_line(text: str, key: Any, addition: str) -> str:
    end = text.find("\n", key.end_mark.index)
    return text + "\n" + addition if end < 0 else text[: end + 1] + addition + text[end + 1 :]


def _in_flow(text: str, mapping: Any, addition: str) -> str:
    """Put text before the closing brace."""
    end = mapping.end_mark.index - 1
    begin = end
    if mapping.value:
        # Behind the last value, whatever comment follows it.
        begin = mapping.value[-1][1].end_mark.index
        addition = ", " + addition
        rest = text[begin:end]
        if rest.lstrip().startswith(","):
            begin += rest.index(",") + 1
            addition = addition[1:]
    return text[:begin] + addition + text[begin:]


def _with_break(text: str) -> str:
    """The text, ready for another section behind it."""
    if not text:
        return ""
    return text.rstrip("\n") + "\n\n"


def _block(entries: Entries, indent: int) -> str:
    lines = _dumped(dict(entries), is_flow=False).splitlines(keepends=True)
    return "".join(" " * indent + line for line in lines)


def _flow(entries: Entries) -> str:
    return _dumped(dict(entries), is_flow=True).strip().removeprefix("{").removesuffix("}")


def _dumped(entries: dict[str, Any], *, is_flow: bool) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    def laid_out(value: Any, depth: int) -> Any:
        if not isinstance(value, dict):
            return value
        mapping = CommentedMap((key, laid_out(item, depth + 1)) for key, item in value.items())
        is_short = depth and not any(isinstance(item, dict) for item in value.values()) and len(value) <= 3
        if is_flow or is_short:
            mapping.fa.set_flow_style()
        return mapping

    yaml = YAML()
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    stream = StringIO()
    yaml.dump(laid_out(entries, 0), stream)
    return stream.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Write the file in one step, after seeing that it can be read. A link stays a link."""
    target = Path(os.path.realpath(path))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as exc:
        raise DevdbError(f"{target.parent}: cannot be written: {exc.strerror}") from exc
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        Settings.load(temporary)
        os.replace(temporary, target)
    except OSError as exc:
        raise DevdbError(f"{path}: cannot be written: {exc.strerror}") from exc
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
