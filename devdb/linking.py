"""What the link from the dev database to the source is made of, for one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr

from devdb import readers
from devdb.preflight import Ground, address
from devdb.sampling import populate
from devdb.server import link
from devdb.server.link import Import


def parameters(ground: Ground) -> dict[str, Any]:
    """What wrapper/link.sql is to be given: extension, server and user mapping."""
    settings = ground.run.settings
    if ground.standin is not None:
        return link.foreign_parameters(settings)
    server_options = link.server_options(
        address(ground.source_connection, ground.source.database),
        address(ground.lock, ground.target),
        fdw_options=settings.source.fdw_options,
        session=readers.session(settings.source),
        fetch_size=settings.source.fetch_size,
    )
    source = ground.source_connection.info
    described = settings.source.described
    return {
        "wrapper": described.name,
        "server_options": server_options,
        "user_option": described.user_option,
        "user": source.user,
        "password": SecretStr(source.password) if source.password else None,
    }


def imports(ground: Ground) -> Sequence[Import]:
    """The foreign schemas of a run; none where nobody wants foreign tables."""
    # Rows that do not come through the link need none; who keeps the link wants them.
    if ground.reader != "wrapper" and not ground.run.settings.source.keep_link:
        return ()
    generated = None if ground.standin is None else ground.standin.foreign_tables
    return populate.imports(ground.source, ground.choice, ground.foreign_schemas, generated=generated)
