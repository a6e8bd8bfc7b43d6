"""The section `nightly`: what a run by cron leaves behind, and whom it tells."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from devdb.settings.fields import Flag, Section, Text
from devdb.settings.units import Bytes


class Nightly(Section):
    """Where a nightly run keeps dumps, log and status, and the commands that hear of its end.

    Paths are relative to the settings file; None means a place in the output directory.
    """

    keep_dumps: Annotated[int, Strict(), Field(ge=0, le=10_000)] = 7
    dumps: Text | None = None
    log: Text | None = None
    rotate: Flag = True
    log_size_bytes: Bytes = Field(default=10 * 1024**2, alias="log_size")
    log_files: Annotated[int, Strict(), Field(ge=1, le=1000)] = 5
    status: Text | None = None
    on_success: Text | None = None
    on_failure: Text | None = None
