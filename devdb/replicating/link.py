"""The link to the legacy system, as the environment says it: FDW_USER and its like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from pydantic import SecretStr

from devdb.errors import SettingsError, UsageError
from devdb.server.connection import session_options
from devdb.settings import Settings
from devdb.settings.fields import NAME_BYTES
from devdb.wrappers import registry
from devdb.wrappers.wrapper import Place, Wrapper

NEEDED = ("FDW_USER", "FDW_PASS", "FDW_FOREIGN_SCHEMA", "FDW_NAME", "FDW_SCHEMA", "FDW_FOREIGN_SERVER")
WRAPPER = "FDW_WRAPPER"
DEFAULT_WRAPPER = "oracle_fdw"

_NAMES = ("FDW_NAME", "FDW_SCHEMA")
# To be raised when a link that was made the same way would have to be made anew.
_FORM = 1


@dataclass(frozen=True)
class Link:
    """What the foreign server `server`, its mappings and the foreign tables in `schema` are made of.

    `source_schema` is the schema at the source, as the source spells it; `place` where that is, as it was written.
    """

    wrapper: Wrapper
    server: str
    schema: str
    source_schema: str
    place: str
    user: str
    password: SecretStr
    server_options: Mapping[str, str]
    import_options: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """Tells this link from one with other settings, the login aside.

        User and password are compared within the database, with what the mapping holds: a digest of a password, salted
        or not, could be tried out by everybody who may read a comment.
        """
        said = (
            _FORM,
            self.wrapper.name,
            self.schema,
            self.source_schema,
            sorted(self.server_options.items()),
            sorted(self.import_options.items()),
        )
        return sha256(json.dumps(said).encode()).hexdigest()[:32]

    @property
    def session(self) -> dict[str, str]:
        """What the session that makes the link begins with, so that no statement holds the password; in hex."""
        return {"devdb.source_password": self.password.get_secret_value().encode().hex()}


def from_environment(environment: Mapping[str, str], settings: Settings) -> Link:
    """The link that these variables, and the settings' options, say.

    Raises UsageError for variables that are missing (all of them) or not understood, SettingsError for options that
    the wrapper does not have.
    """
    missing = [name for name in NEEDED if not environment.get(name)]
    if missing:
        raise UsageError(
            f"{', '.join(missing)} must be set in the environment",
            hint=f"the link to the source is {', '.join(NEEDED)} and {WRAPPER} (default {DEFAULT_WRAPPER})",
        )
    for name in _NAMES:
        if len(environment[name].encode()) > NAME_BYTES:
            raise UsageError(f"{name}: a name must not be longer than {NAME_BYTES} bytes")
    if environment["FDW_SCHEMA"].startswith("pg_") or environment["FDW_SCHEMA"] == "information_schema":
        raise UsageError(f"FDW_SCHEMA: {environment['FDW_SCHEMA']} is a system schema")
    try:
        wrapper = registry.wrapper(environment.get(WRAPPER) or DEFAULT_WRAPPER)
    except ValueError as exc:
        raise UsageError(f"{WRAPPER}: {exc}") from exc
    try:
        place = wrapper.place(environment["FDW_FOREIGN_SERVER"])
    except ValueError as exc:
        raise UsageError(f"FDW_FOREIGN_SERVER: {exc}") from exc
    if place.dbname is None and "dbname" in wrapper.options.server:
        raise UsageError("FDW_FOREIGN_SERVER: the name of the database is missing", hint="write host:port/name")
    return Link(
        wrapper=wrapper,
        server=environment["FDW_NAME"],
        schema=environment["FDW_SCHEMA"],
        source_schema=environment["FDW_FOREIGN_SCHEMA"],
        place=environment["FDW_FOREIGN_SERVER"],
        user=environment["FDW_USER"],
        password=SecretStr(environment["FDW_PASS"]),
        server_options=_server_options(wrapper, place, settings),
        import_options=_import_options(wrapper, settings),
    )


def _server_options(wrapper: Wrapper, place: Place, settings: Settings) -> dict[str, str]:
    source = settings.source
    options = wrapper.server(place)
    if "fetch_size" in wrapper.options.server:
        options["fetch_size"] = str(source.fetch_size)
    if wrapper.name == "postgres_fdw":
        limits = {**source.limits, "row_security": "on" if source.row_security else "off"}
        options |= {
            "options": session_options({"default_transaction_read_only": "on", **limits}),
            "application_name": "devdb",
            "updatable": "false",
            "truncatable": "false",
        }
    said = settings.replicate.server_options
    _check(registry.mistakes(wrapper, "server", said), "server_options", settings)
    return {**options, **said, **wrapper.steady}


def _import_options(wrapper: Wrapper, settings: Settings) -> dict[str, str]:
    ours = {"case": settings.source.case, "readonly": "true"}
    options = {name: value for name, value in ours.items() if name in wrapper.options.importing}
    said = settings.replicate.import_options
    _check(registry.mistakes(wrapper, "importing", said), "import_options", settings)
    return {**options, **said}


def _check(mistakes: list[str], key: str, settings: Settings) -> None:
    if mistakes:
        raise SettingsError(f"replicate.{key}: {'; '.join(mistakes)}", path=settings.path)
