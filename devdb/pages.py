"""Pages of HTML that need nothing beside them, made of a package's template and its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources


def filled(package: str, parts: Mapping[str, str]) -> str:
    """The package's page.html with these parts, in the template's order, for its comments of their names.

    What moves the picture, the same on every page, comes for the comment of that name. What a part says
    is looked into no more: names of a database's may look like those comments.
    """
    template = resources.files(package).joinpath("page.html").read_text(encoding="utf-8")
    picture = resources.files("devdb").joinpath("picture.js").read_text(encoding="utf-8")
    before = template.replace("/*picture*/\n", picture)
    done = ""
    for name, text in parts.items():
        kept, mark, before = before.partition(f"<!--{name}-->")
        assert mark, name
        done += kept + text
    return done + before


def script(values: object) -> str:
    """JSON that ends no script and opens no comment, whatever a database's objects are called."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
