"""What there is to know of a foreign data wrapper, as a value: one for each wrapper, in a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})
_TEXTS = frozenset({"text", "character varying", "character", "bpchar"})


@dataclass(frozen=True)
class Place:
    """Where a source is, in the settings' words. None: not said."""

    host: str | None = None
    port: int | None = None
    dbname: str | None = None


@dataclass(frozen=True)
class Documented:
    """The options that a wrapper documents, by what takes them, whatever its release."""

    server: frozenset[str]
    user: frozenset[str]
    table: frozenset[str]
    column: frozenset[str] = frozenset()
    importing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wrapper:
    """A foreign data wrapper.

    `name` is that of its extension, `source` what it reaches, in words; `package` is Debian's, {major} the server's.
    `options` are those documented, `reserved` those of them that devdb itself sets, with the reason. `user_option` is
    the user mapping's for the name. `server(place)` gives the options that say where the source is, and `place(text)`
    understands such a text as people write for that kind of source (host:port/name); it raises ValueError.

    `steady` are server options that keep the link read-only and every session on one snapshot, as far as the wrapper
    can; `snapshot` tells people how far that is.

    `keys` is how rows are fetched by key: "array" as one parameter, "list" as a list of literals in the condition, of
    `max_keys` at most and of the types `listed`, "query" as such a list in a query of our own: other conditions must
    not reach the wrapper. Not `quotes_lists` if texts in a list of literals are sent without escaping.

    It `computes` if arithmetic of whole numbers in WHERE and ORDER BY is the source's work, and `orders_texts` if an
    order that names a text is. It `sends_functions` if it does so though the source may have none of the name, and
    `hides_errors` if rows end without a word when the source fails.

    `is_schema` if what other sources call a database is a schema there. `folding` is what the source makes of a name
    without quotes.
    """

    name: str
    source: str
    package: str
    options: Documented
    user_option: str
    server: Callable[[Place], dict[str, str]]
    place: Callable[[str], Place]
    snapshot: str
    keys: Literal["array", "list", "query"]
    folding: Literal["lower", "upper", "keep"]
    max_keys: int | None = None
    listed: frozenset[str] = _NUMBERS | _TEXTS
    orders_texts: bool = True
    quotes_lists: bool = True
    sends_functions: bool = False
    computes: bool = False
    hides_errors: bool = False
    is_schema: bool = False
    steady: Mapping[str, str] = field(default_factory=dict)
    reserved: Mapping[str, str] = field(default_factory=dict)
    system_schemas: frozenset[str] = frozenset()
