"""Durations and rates, as they are written: 30min, 20MB."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_TIME_UNITS_MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_SIZE_UNITS = {"B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3}  # as PostgreSQL counts


def _duration_ms(value: Any) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool):
        milliseconds = value * 1000
    elif isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+)\s*(ms|s|min|h|d)\s*", value)):
        milliseconds = int(match[1]) * _TIME_UNITS_MS[match[2]]
    else:
        raise PydanticCustomError("wrong_type", "seconds, or a number with ms, s, min, h or d, such as 30min")
    if not 0 <= milliseconds < 2**31:
        raise PydanticCustomError("duration", "must be between 0 and 24 days")
    return round(milliseconds)


def _rate_bytes(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        size = value
    elif isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+)\s*(B|kB|MB|GB)\s*", value)):
        size = int(match[1]) * _SIZE_UNITS[match[2]]
    else:
        raise PydanticCustomError("wrong_type", "bytes, or a number with kB, MB or GB, such as 20MB")
    if not 1024 <= size < 2**63:
        raise PydanticCustomError("rate", "must be at least 1kB; leave it out for no limit")
    return size


def _size_bytes(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        size = value
    elif isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+)\s*(B|kB|MB|GB)\s*", value)):
        size = int(match[1]) * _SIZE_UNITS[match[2]]
    else:
        raise PydanticCustomError("wrong_type", "bytes, or a number with kB, MB or GB, such as 1MB")
    if not 1 <= size < 2**30:
        raise PydanticCustomError("size", "must be from 1 byte to less than 1GB, which PostgreSQL's values may have")
    return size


Milliseconds = Annotated[int, BeforeValidator(_duration_ms)]
BytesPerSecond = Annotated[int, BeforeValidator(_rate_bytes)]
Bytes = Annotated[int, BeforeValidator(_size_bytes)]
