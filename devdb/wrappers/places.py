"""Where a source is, as people write it in one word."""

from __future__ import annotations

import re

from devdb.wrappers.wrapper import Place

_PLACE = re.compile(r"(?://)?(?P<host>\[[^]]+\]|[^:/\s]+)(?::(?P<port>\d+))?(?:/(?P<name>\S+))?")


def server_port_name(text: str) -> Place:
    """Understand host, host:port, host:port/name or //host:port/name. Raises ValueError."""
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not of the form host:port/name")
    port = found["port"]
    if port is not None and not 1 <= int(port) <= 65535:
        raise ValueError(f"{text!r}: there is no port {port}")
    return Place(found["host"].strip("[]"), None if port is None else int(port), found["name"])
