"""What a template's header promises, and what the template uses."""

from __future__ import annotations

from collections.abc import Callable

import jinja2
from jinja2 import meta, nodes

FILTERS = ("argument", "comment", "ident", "idents", "literal", "literals", "script", "secret", "sql")
"""What turns a value into SQL text in a template; nothing else does."""

_FIELD = "Parameters"


def declared_parameters(source: str) -> dict[str, str]:
    """The names in the header's "Parameters:" lines and their types, in the order written.

    The header is the run of comment lines a file begins with. "none" declares that there are none.
    Raises ValueError for a header without Parameters, or a line of it that is not "name (type)  text".
    """
    declared: dict[str, str] = {}
    field = None
    for line in source.splitlines():
        if not line.startswith("--"):
            break
        text = line[2:].strip()
        label, colon, rest = text.partition(":")
        if colon and label.isalpha() and label[0].isupper() and line.startswith(f"-- {label}"):
            field, text = label, rest.strip()
        elif field == _FIELD and not line.startswith("--   "):
            field = None
        if field == _FIELD and text and text != "none":
            name, _, rest = text.partition(" ")
            kind = rest.strip()
            if kind.startswith("(") and ")" in kind and name.isidentifier():
                declared[name] = kind[1 : kind.index(")")]
            elif not declared:
                raise ValueError(f'a parameter is written "name (type)  text", not: {text}')
    if f"-- {_FIELD}:" not in source:
        raise ValueError('the header lacks "-- Parameters:"')
    return declared


def used_parameters(source: str) -> frozenset[str]:
    """The variables that a template takes from its caller; included files are not looked into."""
    return frozenset(meta.find_undeclared_variables(_parse(source)))


def used_with_includes(name: str, source_of: Callable[[str], str]) -> frozenset[str]:
    """As used_parameters, and what the files need that it includes, less what it sets for them."""
    used: set[str] = set()
    todo = [(name, frozenset[str]())]
    seen = set(todo)
    while todo:
        name, provided = todo.pop()
        tree = _parse(source_of(name))
        used |= meta.find_undeclared_variables(tree) - provided
        stored = frozenset(node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param"))
        for included in meta.find_referenced_templates(tree):
            if included is not None and (step := (included, provided | stored)) not in seen:
                seen.add(step)
                todo.append(step)
    return frozenset(used)


def _parse(source: str) -> nodes.Template:
    environment = jinja2.Environment()
    environment.filters.update(dict.fromkeys(FILTERS, str))  # to be known by name is enough for reading
    return environment.parse(source)
