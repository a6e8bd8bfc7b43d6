"""The dev server that devdb itself starts: in a container, or as a private cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, Strict

from devdb.settings.fields import TEXTS, Section, Text
from devdb.settings.units import Milliseconds

ServerKind = Literal["existing", "private", "docker"]

# What Docker takes as the name of a container and of a volume.
_DockerName = Annotated[str, Strict(), Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]+$")]


class Docker(Section):
    """The container that `devdb server up` starts, with `server: docker`."""

    image: Text | None = None
    build: Annotated[bool, Strict()] | Text = True
    build_args: Annotated[Mapping[str, Text], TEXTS] = Field(default_factory=dict)
    container: _DockerName = "devdb"
    port: Annotated[int, Strict(), Field(ge=1, le=65535)] = 5433
    volume: _DockerName = "devdb-data"
    pg_major: Annotated[int, Strict(), Field(ge=14, le=99)] = 18
    password_file: Text | None = None
    start_timeout_ms: Milliseconds = Field(default=180_000, alias="start_timeout")

    @property
    def image_name(self) -> str:
        """The image, with its tag."""
        return self.image or f"devdb/postgres-oraclefdw:{self.pg_major}"
