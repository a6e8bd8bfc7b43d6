"""A script: text for a server, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Script:
    """Text for a server, and where it came from."""

    name: str
    """What an error calls it: a path as the author knows it, e.g. "sql/populate_dev_db.sql"."""
    text: str | None
    """The (rendered) text; None: it is read from `path` bit by bit."""
    path: Path | None = None
    """The file, for streaming; "-" in place of a file is standard input."""
    origins: tuple[tuple[str, int], ...] = ()
    """For each rendered line, (file, line) of the template it came from; empty when this is no template."""
    directory: Path | None = None
    r"""What `\ir` is relative to."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """SQL text for each placeholder in `text` that stands for a secret. Shown nowhere."""

    @classmethod
    def from_file(cls, path: Path | str) -> Script:
        """A script that is read while it runs, in constant memory."""
        path = Path(path)
        return cls(str(path), None, path=path, directory=path.parent)
