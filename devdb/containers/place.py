"""Where the dev server that devdb started is, and settings that lead there."""

from __future__ import annotations

import shlex
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import ConnectionFailed
from devdb.settings import Settings


@dataclass(frozen=True)
class Place:
    """A host (or the directory of a socket), a port, and the passfile that it takes, if any."""

    host: str
    port: int
    passfile: Path | None = None


def placed(settings: Settings, place: Place) -> Settings:
    """Return these settings with `place` as their dev server; an address that somebody wrote goes over it."""
    if settings.target.is_placed:
        return settings
    passfile = {} if place.passfile is None else {"passfile": str(place.passfile)}
    target = settings.target.model_copy(
        update={"host": place.host, "port": place.port, "conninfo": {**settings.target.conninfo, **passfile}}
    )
    return settings.model_copy(update={"target": target})


@dataclass(frozen=True)
class Answer:
    """What a server said of itself: its version, and libpq's variables that lead there."""

    version: str
    variables: dict[str, str]

    @property
    def lines(self) -> list[str]:
        """The variables as a shell reads them. None of them is a password."""
        return [f"{name}={shlex.quote(value)}" for name, value in self.variables.items()]


def ask(settings: Settings) -> Answer:
    """Connect to the dev server. Raises ConnectionFailed."""
    from psycopg.conninfo import make_conninfo

    from devdb.server.connection import connect

    parameters = settings.target_conninfo(settings.target.maintenance_db)
    with closing(connect(make_conninfo("", **parameters), application_name="devdb server")) as connection:
        info = connection.info
        variables = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user}
        if passfile := parameters.get("passfile"):
            variables["PGPASSFILE"] = passfile
        return Answer(info.parameter_status("server_version") or "", variables)


def not_up(settings: Settings) -> ConnectionFailed:
    return ConnectionFailed(
        f"the dev server (server: {settings.server}) is not up",
        hint="devdb server up starts it; another one is named with -h and -p, or in target",
    )
