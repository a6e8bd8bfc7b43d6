"""Read a YAML file into plain values, remembering on which line each one stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from devdb.errors import SettingsError

KeyPath = tuple[str | int, ...]  # ("sampling", "tables", "public.post", "limit")


@dataclass(frozen=True)
class Place:
    """Where a value stands in the file, and how it is written there."""

    line: int  # from 1; of the key, or of the item in a list
    written: str | None  # the text of a scalar, before YAML made a number or a truth value of it


@dataclass(frozen=True)
class Document:
    """The values of a file, and the place of each."""

    path: Path
    value: Any
    places: dict[KeyPath, Place] = field(default_factory=dict)

    def line(self, keys: KeyPath) -> int | None:
        """Return the line of the value at `keys`, or of the nearest one around it; None when nothing is known."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places[keys].line if keys in self.places else None

    def written(self, keys: KeyPath) -> str | None:
        return self.places[keys].written if keys in self.places else None


def read(path: Path, *, if_missing: str | None = None) -> Document:
    """Return the content of the YAML file `path`; `if_missing` is the hint when there is none.

    Raises SettingsError for what is not one plain YAML document.
    """
    return parse(read_text(path, if_missing=if_missing), path)


def read_text(path: Path, *, if_missing: str | None = None) -> str:
    """Return the text of a file. Raises SettingsError for what cannot be read or is no UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as exc:
        raise SettingsError("no such file", path=path, hint=if_missing) from exc
    except OSError as exc:
        raise SettingsError(f"cannot be read: {exc.strerror}", path=path) from exc
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        raise SettingsError("this is not UTF-8 text", path=path, line=line) from exc


def parse(text: str, path: Path) -> Document:
    """Return the content of `text`; `path` is what errors call it. Raises SettingsError naming the line."""
    document = Document(path, None)
    try:
        node = yaml.compose(text, Loader=_Loader)
        value = None if node is None else _build(node, (), document, ())
    except yaml.MarkedYAMLError as exc:
        raise _syntax_error(exc, text, path) from exc
    except yaml.reader.ReaderError as exc:  # a control character
        line = text[: int(exc.position)].count("\n") + 1
        raise SettingsError(f"not a YAML text: {exc.reason}", path=path, line=line) from exc
    except RecursionError as exc:
        raise SettingsError("values are nested too deeply", path=path) from exc
    return Document(path, value, document.places)


class _Loader(yaml.SafeLoader):
    """YAML's own rules, less the surprising ones.

    In YAML 1.1 a leading zero makes a number octal, 1:30 is 90 and 2024-01-01 a date object. All of them stay text
    here, so that a setting of another type refuses them rather than takes a value that nobody wrote.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (PyYAML's class attribute)


_SCALARS = (
    ("bool", r"(?:true|false|yes|no|on|off|True|False|Yes|No|On|Off|TRUE|FALSE|YES|NO|ON|OFF)", "tTfFyYnNoO"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+(?:\.[0-9]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)|[-+]?\.[0-9]+", "-+0123456789."),
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
)
for _name, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"(?:{_pattern})$"), list(_first))


def _build(node: yaml.Node, keys: KeyPath, document: Document, around: tuple[int, ...]) -> Any:
    if id(node) in around:
        raise _marked("this alias stands inside the value that it repeats", node)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    around = (*around, id(node))
    if isinstance(node, yaml.SequenceNode):
        _refuse_tag(node, "seq")
        items = []
        for index, item in enumerate(node.value):
            _remember(document, (*keys, index), item, item)
            items.append(_build(item, (*keys, index), document, around))
        return items
    assert isinstance(node, yaml.MappingNode)
    _refuse_tag(node, "map")
    mapping: dict[str, Any] = {}
    for key_node, item in node.value:
        key = _key(key_node)
        inner = (*keys, key)
        if key in mapping:
            raise _marked(f"{key} is given twice, first on line {document.places[inner].line}", key_node)
        _remember(document, inner, key_node, item)
        mapping[key] = _build(item, inner, document, around)
    return mapping


def _remember(document: Document, keys: KeyPath, at: yaml.Node, item: yaml.Node) -> None:
    written = item.value if isinstance(item, yaml.ScalarNode) else None
    document.places[keys] = Place(at.start_mark.line + 1, written)


def _key(node: yaml.Node) -> str:
    # A key is text whatever YAML makes of it: a table may be called "no".
    if not isinstance(node, yaml.ScalarNode):
        raise _marked("a key must be a plain text", node)
    if node.value == "<<" and node.style is None:
        raise _marked("merging with << is not supported; repeat the keys", node)
    return str(node.value)


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    text: str = node.value
    if "\0" in text:
        raise _marked("a text must not hold a zero byte", node)
    try:
        match kind:
            case "str":
                return text
            case "int":
                return int(text.replace("_", ""))
            case "float":
                return float(text)
            case "bool":
                return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}[text.lower()]
            case "null":
                return None
    except (ValueError, KeyError) as exc:
        raise _marked(f"this is no {kind}", node) from exc
    raise _marked(f"the tag {node.tag} is not supported", node)


def _refuse_tag(node: yaml.Node, kind: str) -> None:
    if node.tag != f"tag:yaml.org,2002:{kind}":
        raise _marked(f"the tag {node.tag} is not supported", node)


def _marked(message: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=message, problem_mark=node.start_mark)


def _syntax_error(exc: yaml.MarkedYAMLError, text: str, path: Path) -> SettingsError:
    # Only YAML's words and the line, never the line's content: a password may stand in it.
    mark = exc.problem_mark or exc.context_mark
    line = None if mark is None else mark.line + 1
    problem = " ".join(part for part in (exc.context, exc.problem) if part) or "not a YAML text"
    return SettingsError(problem, path=path, line=line, hint=_remedy(problem, _line_of(text, line)))


def _line_of(text: str, line: int | None) -> str:
    lines: Sequence[str] = text.splitlines()
    return lines[line - 1] if line is not None and line <= len(lines) else ""


def _remedy(problem: str, line: str) -> str | None:
    if "alias" in problem and "*" in line and "inside" not in problem:
        return 'a pattern that begins with * needs quotes: "*.orders"'
    if "\\t" in problem or "\t" in line:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in problem:
        return "a text that holds a colon and a space needs quotes"
    return None
