"""What can be said of each kind of mask: one model per kind, by the kind's name."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.fields import Name, Sql, Text

if TYPE_CHECKING:
    from typing_extensions import Self

_RESERVED = ("example.com", "example.net", "example.org")
_RESERVED_ENDINGS = (".example", ".test", ".invalid", ".localhost")
_HOST = re.compile(r"(?=.{1,190}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_LOCALE = re.compile(r"[a-z]{2,3}_[A-Z]{2}")


def _check_domain(domain: str) -> str:
    # RFC 2606 and RFC 6761: names that nobody can own, so that no masked address reaches anybody.
    is_reserved = domain in _RESERVED or domain.endswith((*_RESERVED_ENDINGS, *(f".{name}" for name in _RESERVED)))
    if not is_reserved or not _HOST.fullmatch(domain):
        message = "must be a domain that nobody can own: example.com, example.net, example.org, or one that ends in "
        raise PydanticCustomError("domain", message + ", ".join(_RESERVED_ENDINGS))
    return domain


def check_locale(locale: str) -> str:
    if not _LOCALE.fullmatch(locale):
        raise PydanticCustomError("locale", "must be a language and a country, such as de_DE")
    known = _locales()
    if known and locale not in known:
        same = [name for name in sorted(known) if name.split("_")[0] == locale.split("_")[0]]
        hint = f"there is {', '.join(same)}" if same else f"there are {', '.join(sorted(known))}"
        raise PydanticCustomError("locale", "Faker has no names of {locale}", {"locale": locale, "hint": hint})
    return locale


@lru_cache(maxsize=1)
def _locales() -> frozenset[str]:
    """Every locale of which Faker has names of people or places; to import it would take longer."""
    package = find_spec("faker")
    if package is None or package.origin is None:
        return frozenset()
    providers = Path(package.origin).parent / "providers"
    found = (path.name for kind in ("person", "address", "company") for path in (providers / kind).glob("*_*"))
    return frozenset(name for name in found if _LOCALE.fullmatch(name))


def _constant(value: Any) -> Any:
    if not isinstance(value, str | int | float | bool):
        raise PydanticCustomError("wrong_type", "a text, a number, true or false")
    return value


def _size(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("wrong_type", "a number")
    if not 0 < value < 2**63:
        raise PydanticCustomError("size", "must be greater than 0 and less than 2^63")
    return value


Locale = Annotated[str, Strict(), AfterValidator(check_locale)]
Domain = Annotated[str, Strict(), AfterValidator(_check_domain)]
Count = Annotated[int, Strict(), Field(ge=0, lt=2**31)]
Positive = Annotated[int, Strict(), Field(ge=1, lt=2**31)]
BigInteger = Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)]


class MaskOptions(BaseModel):
    """What is said of a mask besides its kind. Without fields of its own: nothing can be said."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Constant(MaskOptions):
    """`value`, cast to the type of the column."""

    value: Annotated[Any, BeforeValidator(_constant)]


class Hash(MaskOptions):
    """`length` in characters; None: as many as fit."""

    length: Positive | None = None


class Partial(MaskOptions):
    """The first and the last so many characters stay; `fill` stands for each of the others."""

    first: Count = 0
    last: Count = 0
    fill: Text = "*"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.first and not self.last:
            raise PydanticCustomError("partial", "partial keeps nothing: say how many characters, by first or last")
        return self


class Pattern(MaskOptions):
    """The first `keep` characters stay."""

    keep: Count = 0


class Localized(MaskOptions):
    """Names and places of `locale`; None: of that of the section `masking`."""

    locale: Locale | None = None


class Phone(MaskOptions):
    """The first `keep` digits stay."""

    keep: Count = 0


class AtDomain(MaskOptions):
    domain: Domain = "example.com"


class DateShift(MaskOptions):
    """Up to `days` days either way; the same for all rows, of all tables, that have the same value in `by`."""

    by: Name | None = None
    days: Annotated[int, Strict(), Field(ge=1, le=36_500)] = 365


class TruncateDate(MaskOptions):
    to: Literal["year", "quarter", "month", "week", "day", "hour"] = "month"


class Noise(MaskOptions):
    """Up to `percent` of the value, either way."""

    percent: Annotated[float, Strict(), Field(gt=0, lt=100, allow_inf_nan=False)] = 10.0


class Bucket(MaskOptions):
    """The largest multiple of `size` that is not above the value."""

    size: Annotated[int | float, BeforeValidator(_size)]


class Number(MaskOptions):
    """Both ends are part of the range; None: as far as the column's values go."""

    min: BigInteger | None = None
    max: BigInteger | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise PydanticCustomError("number", "min must be less than max")
        return self


class Bytes(MaskOptions):
    content: Literal["empty", "png", "pdf"] = "empty"


class SqlExpression(MaskOptions):
    """`sql` is an expression over the bare names of the row's columns."""

    sql: Sql


SIMPLE: dict[str, type[MaskOptions]] = {
    "null": MaskOptions,
    "constant": Constant,
    "keep": MaskOptions,
    "hash": Hash,
    "redact": MaskOptions,
    "partial": Partial,
    "pattern": Pattern,
    "first_name": Localized,
    "last_name": Localized,
    "full_name": Localized,
    "company": Localized,
    "street": Localized,
    "city": Localized,
    "postal_code": Localized,
    "country": Localized,
    "phone": Phone,
    "email": AtDomain,
    "username": MaskOptions,
    "url": AtDomain,
    "ip": MaskOptions,
    "mac": MaskOptions,
    "uuid": MaskOptions,
    "iban": MaskOptions,
    "credit_card": MaskOptions,
    "date_shift": DateShift,
    "truncate_date": TruncateDate,
    "noise": Noise,
    "bucket": Bucket,
    "number": Number,
    "shuffle": MaskOptions,
    "text": MaskOptions,
    "bytes": Bytes,
    "geometry": MaskOptions,
    "sql": SqlExpression,
}
