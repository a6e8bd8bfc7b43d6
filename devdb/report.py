"""The outcome of a run: as values, and as run.json for programs."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class TableRows:
    """What one table got. `source_rows` is the planner's estimate at the source, None when it has none."""

    table: str
    rule: str
    source_rows: int | None
    by_rule: int
    by_key: int
    by_child: int
    dropped: int
    seconds: float

    @property
    def rows(self) -> int:
        return self.by_rule + self.by_key + self.by_child - self.dropped


@dataclass(frozen=True)
class ColumnMask:
    """What was decided of one column that was taken, and where; `rows` are those that came into its table.

    `classified` is its class and `kind` what masks it, None for nothing.
    """

    table: str
    column: str
    type: str
    classified: str | None
    class_from: str | None
    kind: str | None
    mask_from: str | None
    rows: int


@dataclass(frozen=True)
class Result:
    """The outcome of one action. The source held a snapshot for `snapshot_seconds`.

    `changes` are the differences from the schema.sql before, None when it was not read.
    `masking` has every column that was taken, None when the settings say nothing of masks. `files` maps what a file is
    (schema, archive, script) to where it is.
    """

    command: str
    source: str
    target: str
    started: str
    seconds: float
    snapshot_seconds: float
    tables: Sequence[TableRows]
    changes: Sequence[str] | None
    warnings: Sequence[str]
    files: Mapping[str, Path]
    masking: Sequence[ColumnMask] | None = None

    def write(self, path: Path) -> None:
        """Write run.json, complete or not at all, for its owner's eyes."""
        values = asdict(self)
        values["tables"] = [{**asdict(table), "rows": table.rows} for table in self.tables]
        if self.masking is not None:
            values["masking"] = [_classed(asdict(column)) for column in self.masking]
        values["files"] = {what: str(file) for what, file in self.files.items()}
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(values, file, indent=2, ensure_ascii=False)
                file.write("\n")
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _classed(column: dict[str, object]) -> dict[str, object]:
    """As programs read it, to whom "class" is a word like any other."""
    return {("class" if name == "classified" else name): value for name, value in column.items()}
