"""What is added to a settings file leaves every other character of it as it was."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from devdb.classifying.settings_file import added
from devdb.errors import Refused
from devdb.settings import Settings

ENTRIES = {'a."b.c".d': "email", "a.b.e": {"kind": "noise", "percent": 1}, "a.b.f": "null"}

FILES = {
    "nothing": "",
    "a comment": "# only a comment\n",
    "no line end": "source: {dbname: x}",
    "other sections": "# head\nsource:\n    dbname: 'x'   # four spaces\n\nsampling: {default: none}\n# the end\n",
    "an empty section": "masking:\nsource: {dbname: x}\n",
    "an empty section with a comment": "masking:   # to do\n  # later\nsource: {dbname: x}\n",
    "columns with nothing": "masking:\n  columns:\n  locale: de_DE\n",
    "columns in a block": (
        "masking:\n  columns:\n    x.y.z: email   # theirs\n    # about the next section\n\n  locale: de_DE\n# end\n"
    ),
    "columns at the end, no line end": "masking:\n  columns:\n    x.y.z: {kind: partial, first: 1}",
    "a block of blocks": (
        "masking:\n  columns:\n    x.y.z:\n      kind: json\n      paths:\n        $.a: email\n\n# end\n"
    ),
    "no columns": "masking:\n  locale: de_DE\n\n# end\nsource: {dbname: x}\n",
    "in braces": "masking: {locale: de_DE, columns: {x.y.z: email}}  # all on a line\nsource: {dbname: x}\n",
    "in braces, empty": "masking: {columns: {}}\n",
    "in braces, none": "masking: {}\n",
    "in braces, no columns": "masking: {locale: de_DE}\n",
    "in braces, over lines": "masking:\n  columns: {\n    x.y.z: email, # theirs\n  }\n",
    "in braces, over lines, no comma": "masking:\n  columns: {\n    x.y.z: email  # theirs\n  }\n",
    "another indent": "masking:\n      columns:\n            x.y.z: email\n      locale: de_DE\n",
    "quotes": "'masking':\n  \"columns\":\n    'x.y.z': \"email\"\n",
    "an anchor": "masking:\n  columns:\n    x.y.z: &mine {kind: partial, first: 2}\n    x.y.q: *mine\n",
    "a block text": "masking:\n  columns:\n    x.y.z:\n      sql: |\n        left(z, 1)\n\n  locale: de_DE\n",
    "marks of the document": "---\nmasking:\n  columns:\n    x.y.z: email\n",
}


def loaded(text: str, path: Path) -> dict[str, Any]:
    path.write_text(text, encoding="utf-8")
    settings = Settings.load(path)
    return {
        **{name: mask.plain for name, mask in settings.masking.columns.items()},
        "locale": settings.masking.locale,
        "source": settings.source.dbname,
        "default": str(settings.sampling.default),
    }


def alike(text: str, other: str) -> int:
    """How many characters they begin with in common."""
    return next((place for place, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), len(text))


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_what_was_there_stays_and_what_is_added_is_there(text: str, tmp_path: Path) -> None:
    path = tmp_path / "devdb.yaml"
    before = loaded(text, path)
    after = added(text, "masking", ENTRIES, path)
    assert loaded(after, path) == {**before, **ENTRIES}
    # One piece is put in; what stands before and behind it is all that there was.
    assert alike(text, after) + alike(text[::-1], after[::-1]) >= len(text)


def test_lines_go_behind_the_last_column_and_before_what_follows() -> None:
    assert added(FILES["columns in a block"], "masking", {"a.b.c": "email"}, Path("f")) == (
        "masking:\n  columns:\n    x.y.z: email   # theirs\n    a.b.c: email\n    # about the next section\n\n"
        "  locale: de_DE\n# end\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "x: &m {columns: {a.b.c: email}}\nmasking: *m\n",
        "masking: &m\n  columns: &c\n    a.b.c: email\nclassification:\n  columns: *c\n",
    ],
    ids=["section", "columns"],
)
def test_what_is_written_elsewhere_is_not_added_to(text: str) -> None:
    section = "classification" if "classification" in text else "masking"
    with pytest.raises(Refused, match="written in a way that cannot be added to"):
        added(text, section, {"a.b.d": "email"}, Path("devdb.yaml"))


def test_keys_are_quoted_where_they_must_be(tmp_path: Path) -> None:
    odd = ['a."#b".c', 'a."b: c".d', "a.b.yes", 'a."*".c', "a.é.ü ö", 'a."say ""x""".c']
    path = tmp_path / "devdb.yaml"
    path.write_text(added("", "masking", dict.fromkeys(odd, "email"), path), encoding="utf-8")
    assert list(Settings.load(path).masking.columns) == odd
    assert os.listdir(tmp_path) == ["devdb.yaml"]
