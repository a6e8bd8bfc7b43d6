"""Masks of dates and moments: another day, or the beginning of a longer time."""

from __future__ import annotations

from typing import Any

from devdb.masking import keyed
from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.once import once

_WITH_ZONE = frozenset({"timestamp with time zone", "time with time zone"})
# Where all three types begin, and for each where nothing that moves by the most days comes near an end.
_FIRST = "4714-11-24 BC"
_MIDDLE = {
    "date": ("4600-01-01 BC", "5874790-01-01"),
    "timestamp without time zone": ("4600-01-01 BC", "294170-01-01"),
    "timestamp with time zone": ("4600-01-01 00:00:00+00 BC", "294170-01-01 00:00:00+00"),
}
# A year that is whole whatever the unit.
_FIRST_WHOLE = "4700-01-01 BC"
# The calendar begins again after so many days, on the same day of the week.
_CYCLE_DAYS = 146_097


class DateShift(Kind):
    """Another day, up to so many before or after: the same number of days for all that have one value in `by`.

    By days of 24 hours, so that no time zone matters. Never by no day at all. Without `by`, or where it is NULL, by the
    value itself.
    """

    name = "date_shift"
    families = frozenset({Family.DATE, Family.TIMESTAMP})

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return once(value, lambda moment: _shifted(moment, fit, options, row))


class TruncateDate(Kind):
    """The beginning of the year, quarter, month, week, day or hour; in UTC where a type has a time zone."""

    name = "truncate_date"
    families = frozenset({Family.DATE, Family.TIMESTAMP, Family.TIME})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if fit.family is Family.DATE and options.to == "hour":
            return "truncate_date: a date has no hour: to year, quarter, month or week"
        if fit.family is Family.DATE and options.to == "day":
            return "truncate_date: a date is a day already: to year, quarter, month or week"
        if fit.family is Family.TIME and options.to != "hour":
            return f"truncate_date: a time of day has no {options.to}: to hour"
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        if fit.family is Family.DATE:
            return once(value, lambda day: _first_day(day, options.to))
        if fit.family is Family.TIME:
            return once(value, _hour)
        if fit.base_type not in _WITH_ZONE:
            return once(value, lambda moment: _first_moment(moment, options.to))
        moment = once(f"pg_catalog.timezone('UTC', {value})", lambda moment: _first_moment(moment, options.to))
        return f"pg_catalog.timezone('UTC', {moment})"


def _shifted(moment: str, fit: Fit, options: Any, row: Row) -> str:
    days = options.days
    own = _own_number(moment, fit)
    hashed = own
    if options.by is not None:
        by = row(options.by)
        hashed = f"CASE WHEN {by} IS NULL THEN {own} ELSE {keyed.number(f'{by}::text', 'date_shift', fit.encoding)} END"
    # An odd number, halved and rounded away from zero, as a little more than half of it is by any rounding: 1 gives 1,
    # -1 gives -1, and nothing 0. To name a number twice would be to work it out twice.
    shift = f"((({hashed}) % {2 * days} * 2 - {2 * days - 1}) * 0.50000001::double precision)::integer"
    unit = "" if fit.family is Family.DATE else " * '24:00:00'::interval"
    first, last = (f"'{end}'::{fit.base_type}" for end in _MIDDLE[fit.base_type])
    return (
        f"CASE WHEN {moment} BETWEEN {first} AND {last} THEN {moment} + {shift}{unit}"
        f" WHEN NOT pg_catalog.isfinite({moment}) THEN {moment}"
        f" WHEN {moment} < {first} THEN {moment} + pg_catalog.abs({shift}){unit}"
        f" ELSE {moment} - pg_catalog.abs({shift}){unit} END"
    )


def _own_number(moment: str, fit: Fit) -> str:
    """Not of the text, which depends on settings of the session."""
    if fit.family is Family.DATE:
        return keyed.number_of(f"({moment} - '2000-01-01'::date)::bigint", "date_shift")
    if fit.base_type in _WITH_ZONE:
        moment = f"pg_catalog.timezone('UTC', {moment})"
    return keyed.number_of(f"pg_catalog.timestamp_hash_extended({moment}, 0)", "date_shift")


def _first_moment(moment: str, unit: str) -> str:
    return (
        f"CASE WHEN {moment} < '{_FIRST_WHOLE}'::timestamp AND pg_catalog.isfinite({moment})"
        f" THEN '{_FIRST}'::timestamp ELSE pg_catalog.date_trunc('{unit}', {moment}) END"
    )


def _first_day(day: str, unit: str) -> str:
    """A timestamp ends long before a date does: what is late is looked up in a year that has the same calendar."""
    cycles = f"(({day} - '2000-01-01'::date) / {_CYCLE_DAYS} * {_CYCLE_DAYS})"
    return (
        f"CASE WHEN NOT pg_catalog.isfinite({day}) THEN {day}"
        f" WHEN {day} < '{_FIRST_WHOLE}'::date THEN '{_FIRST}'::date"
        f" WHEN {day} < '2400-01-01'::date THEN pg_catalog.date_trunc('{unit}', {day}::timestamp)::date"
        f" ELSE pg_catalog.date_trunc('{unit}', ({day} - {cycles})::timestamp)::date + {cycles} END"
    )


def _hour(time: str) -> str:
    """What is past the hour is taken off, which leaves the time zone as it is."""
    past = f"{time}::time::interval"
    return f"{time} - ({past} - pg_catalog.date_trunc('hour', {past}))"


KINDS = (DateShift(), TruncateDate())
