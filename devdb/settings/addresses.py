"""Where a database is and who connects to it, in libpq's terms."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, Strict
from pydantic_core import PydanticCustomError

from devdb.errors import UsageError
from devdb.settings.fields import TEXTS, DatabaseName, Name, Section, Text, check_name

if TYPE_CHECKING:
    from typing_extensions import Self

# As libpq tells them from names.
_CONNECTION_STRING = re.compile(r"postgres(ql)?://|[^=]*=")

_SECRETS = ("password", "sslpassword", "oauth_client_secret")
_OURS = ("application_name", "replication")


def _check_parameter(key: str) -> str:
    from psycopg.pq import Conninfo  # libpq is loaded where there is something to ask it

    if key in ("dbname", "host", "port", "user", "service"):
        raise PydanticCustomError("conninfo", "belongs beside conninfo, not in it")
    if key in _OURS:
        raise PydanticCustomError("conninfo", "is set by devdb itself")
    known = [option.keyword.decode() for option in Conninfo.get_defaults()]
    if key not in known:
        reason = "libpq has no such parameter"
        close = difflib.get_close_matches(key, known, n=1)
        raise PydanticCustomError("conninfo", "{reason}", {"reason": reason + (f"; {close[0]}?" if close else "")})
    return key


Parameters = Annotated[Mapping[Annotated[str, AfterValidator(_check_parameter)], Text], TEXTS]


class Address(Section):
    """Where a database is and who connects to it. None leaves the value to libpq: PGHOST, PGSERVICE and so on."""

    dbname: DatabaseName
    host: Text | None = None
    port: Annotated[int, Strict(), Field(ge=1, le=65535)] | None = None
    user: Name = "postgres"
    service: Text | None = None
    conninfo: Parameters = Field(default_factory=dict)
    # From a connection string on the command line alone; the file may not hold one.
    _secrets: Mapping[str, SecretStr] = PrivateAttr(default_factory=dict)

    def params(self) -> dict[str, str]:
        """Return the parameters for libpq, as `connect(**params)` takes them.

        They hold a password only if one was given in a connection string on the command line.
        """
        said: dict[str, object | None] = {**self.conninfo, "service": self.service}
        said |= {"host": self.host or said.get("host"), "port": self.port or said.get("port")}
        for key in ("dbname", "user"):
            # A named service may say these itself; only what somebody wrote goes over its head.
            if self.service is None or key in self.model_fields_set:
                said[key] = getattr(self, key)
        said |= {key: secret.get_secret_value() for key, secret in self._secrets.items()}
        return {key: str(value) for key, value in said.items() if value is not None}

    @property
    def is_placed(self) -> bool:
        """Whether somebody said which server this is on."""
        return bool(self.host or self.port or self.service or {"host", "hostaddr", "port"} & set(self.conninfo))

    def with_defaults(self, **values: Any) -> Self:
        """Return this address with those `values` that nobody has said yet."""
        return self.model_copy(update={k: v for k, v in values.items() if k not in self.model_fields_set})

    def at(self, database: str, *, option: str) -> Self:
        """Return the address that `database`, a name, a URI or a conninfo string, makes of this one.

        What a connection string says goes first; if it names a server, this address's own is forgotten.
        Raises UsageError naming the `option` that held the text, but not the text: there may be a password in it.
        """
        if not _CONNECTION_STRING.match(database):
            return self.model_copy(update={"dbname": _checked(database, option)})
        said = _parse(database, option)
        secrets = {key: SecretStr(said.pop(key)) for key in _SECRETS if key in said}
        if "dbname" in said:
            _checked(str(said["dbname"]), option)
        conninfo = dict(self.conninfo)
        update: dict[str, Any] = {}
        if {"host", "hostaddr", "port", "service"} & said.keys():
            update = {"host": None, "port": None, "service": None}
            conninfo.pop("hostaddr", None)
        if said.get("port", "").isdecimal():
            update["port"] = int(said.pop("port"))  # else a list, for several hosts
        update |= {key: said.pop(key) for key in ("dbname", "host", "user", "service") if key in said}
        address = self.model_copy(update={**update, "conninfo": {**conninfo, **said}})
        address._secrets = secrets
        return address


def _parse(text: str, option: str) -> dict[str, str]:
    from psycopg import Error, conninfo  # libpq is loaded for a connection string only

    try:
        said = conninfo.conninfo_to_dict(text)
    except Error:
        # Without libpq's message, and without the chain: either may quote a part of a password.
        raise UsageError(
            f"{option}: libpq does not understand this connection string",
            hint="postgresql://user@host:5432/name or 'host=… port=… dbname=…'",
        ) from None
    return {key: str(value) for key, value in said.items() if value is not None and key not in _OURS}


def _checked(name: str, option: str) -> str:
    try:
        return check_name(name)
    except PydanticCustomError as exc:
        raise UsageError(f"{option}: {exc.message()}") from exc
