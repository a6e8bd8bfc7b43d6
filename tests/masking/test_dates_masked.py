"""Dates move, together where they are one person's; or they are cut to the beginning of something longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masked import OTHER_KEY, Masks, is_injective, refusal

from devdb.server.cluster import Cluster

DATE, PLAIN, ZONED = "date", "timestamp without time zone", "timestamp with time zone"
MOMENTS = (DATE, PLAIN, ZONED)
# The first and the last of a type, and what is no moment at all.
EXTREMES = {
    DATE: ["4714-11-24 BC", "4713-01-01 BC", "0001-01-01 BC", "294277-01-01", "5874897-12-31", "infinity", "-infinity"],
    PLAIN: ["4714-11-24 00:00:00 BC", "294276-12-31 23:59:59.999999", "infinity", "-infinity"],
    ZONED: ["4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00", "infinity", "-infinity"],
}

few = settings(max_examples=12, deadline=None)
dates = st.lists(st.dates(date(200, 1, 1), date(9800, 1, 1)), min_size=1, max_size=200)
moments = st.lists(st.datetimes(datetime(200, 1, 1), datetime(9800, 1, 1)), min_size=1, max_size=200)


@pytest.fixture(scope="module")
def masks(cluster: Cluster) -> Iterator[Masks]:
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield Masks(connection)


def shift(days: int, by: str | None = None) -> dict[str, Any]:
    return {"kind": "date_shift", "days": days, **({} if by is None else {"by": by})}


@pytest.mark.parametrize("days", [1, 2, 30, 36_500])
def test_dates_move_by_some_days_and_no_more(masks: Masks, days: int) -> None:
    @few
    @given(dates)
    def check(days_before: list[date]) -> None:
        moved = masks(shift(days), DATE, [day.isoformat() for day in days_before])
        for before, after in zip(days_before, map(date.fromisoformat, moved), strict=True):
            assert 0 < abs((after - before).days) <= days

    check()


@pytest.mark.parametrize("type_name", [PLAIN, ZONED])
def test_moments_move_by_whole_days(masks: Masks, type_name: str) -> None:
    @few
    @given(moments)
    def check(before: list[datetime]) -> None:
        moved = masks(shift(90), type_name, [moment.isoformat() for moment in before])
        for moment, text in zip(before, moved, strict=True):
            after = datetime.fromisoformat(_padded(text)).replace(tzinfo=None)
            by = after - moment
            assert by % timedelta(days=1) == timedelta(0)
            assert 0 < abs(by.days) <= 90

    check()


def _padded(text: str) -> str:
    """As Python before 3.11 reads it: six digits after the point, or none."""
    head, point, rest = text.partition(".")
    digits, zone = (rest.split("+")[0], "+" in rest) if point else ("", "+" in head)
    head = head.split("+")[0]
    return f"{head}.{digits:0<6}{'+00:00' if zone else ''}" if point else f"{head}{'+00:00' if zone else ''}"


def test_all_dates_of_a_person_move_alike_and_others_otherwise(masks: Masks) -> None:
    days = [(date(1970, 1, 1) + timedelta(days=97 * number)).isoformat() for number in range(400)]
    people = [str(number % 40) for number in range(400)]
    moved = masks(shift(180, "by"), DATE, days, by=people)
    shifts: dict[str, set[int]] = {}
    for person, before, after in zip(people, days, moved, strict=True):
        shifts.setdefault(person, set()).add((date.fromisoformat(after) - date.fromisoformat(before)).days)
    assert all(len(found) == 1 for found in shifts.values())
    assert len({found.pop() for found in shifts.values()}) > 20
    stamps = masks(shift(180, "by"), PLAIN, days, by=people)
    assert [stamp.split(" ")[0] for stamp in stamps] == moved
    assert masks.with_key(OTHER_KEY)(shift(180, "by"), DATE, days, by=people) != moved


def test_who_it_is_does_not_depend_on_how_that_is_stored(masks: Masks) -> None:
    days, people = ["2001-02-03"] * 3, ["1", "20", "333"]
    kinds = [
        masks(shift(500, "by"), DATE, days, by=people, by_type=by_type)
        for by_type in ("smallint", "integer", "bigint", "text", "character(7)", "character varying(9)", "numeric(5)")
    ]
    assert all(found == kinds[0] for found in kinds)
    assert len(set(kinds[0])) == 3


def test_where_nobody_is_named_a_date_moves_by_itself(masks: Masks) -> None:
    days = ["2001-02-03", "1999-12-31", None]
    assert masks(shift(500, "by"), DATE, days, by=[None, None, "1"]) == masks(shift(500), DATE, days)


@pytest.mark.parametrize("type_name", MOMENTS)
def test_no_setting_of_a_session_changes_what_a_date_becomes(masks: Masks, type_name: str) -> None:
    values = [f"{day} 23:30:00.5+00" for day in ("2001-02-03", "1999-06-30", "1805-05-05")]
    for mask in (shift(300), shift(300, "by"), {"kind": "truncate_date", "to": "month"}):
        expected = masks(mask, type_name, values, by=["1", "2", None])
        masks.connection.execute("SET TimeZone = 'Asia/Kathmandu'; SET IntervalStyle = 'sql_standard'")
        masks.connection.execute("SET DateStyle = 'SQL, DMY'")
        found = masks(mask, type_name, values, by=["1", "2", None])
        same = masks("keep", type_name, expected)
        masks.connection.execute("RESET DateStyle; RESET IntervalStyle; SET TimeZone = 'UTC'")
        assert found == same != expected


@pytest.mark.parametrize("type_name", MOMENTS)
def test_at_the_ends_of_time_dates_move_inwards(masks: Masks, type_name: str) -> None:
    for days in (1, 36_500):
        for by in (None, [str(number) for number in range(len(EXTREMES[type_name]))]):
            mask = shift(days, None if by is None else "by")
            moved = masks(mask, type_name, EXTREMES[type_name], by=by)
            assert moved[-2:] == ["infinity", "-infinity"]
            assert all(a != b for a, b in zip(moved[:-2], EXTREMES[type_name][:-2], strict=True))


@pytest.mark.parametrize("unit", ["year", "quarter", "month", "week"])
def test_a_date_becomes_the_first_day(masks: Masks, unit: str) -> None:
    def first(day: date) -> date:
        if unit == "week":
            return day - timedelta(days=day.weekday())
        month = {"year": 1, "quarter": (day.month - 1) // 3 * 3 + 1, "month": day.month}[unit]
        return day.replace(month=month, day=1)

    @few
    @given(dates)
    def check(before: list[date]) -> None:
        masked = masks({"kind": "truncate_date", "to": unit}, DATE, [day.isoformat() for day in before])
        assert masked == [first(day).isoformat() for day in before]

    check()


@pytest.mark.parametrize("unit", ["year", "quarter", "month", "week", "day", "hour"])
@pytest.mark.parametrize("type_name", MOMENTS)
def test_nothing_is_too_early_or_too_late_to_be_cut(masks: Masks, type_name: str, unit: str) -> None:
    mask = {"kind": "truncate_date", "to": unit}
    if type_name == DATE and unit in ("day", "hour"):
        assert "a date" in refusal(mask, type_name)
        return
    masked = masks(mask, type_name, EXTREMES[type_name])
    assert masked[-2:] == ["infinity", "-infinity"]
    assert masked[0] == EXTREMES[type_name][0]
    assert masks(mask, type_name, masked) == masked


def test_a_far_year_has_the_calendar_of_a_near_one(masks: Masks) -> None:
    far, near = ["1000004-08-15", "1000004-02-29", "5874897-11-12"], ["2004-08-15", "2004-02-29", "2097-11-12"]
    for unit in ("year", "quarter", "month"):
        mask = {"kind": "truncate_date", "to": unit}
        cut = [text.split("-", 1)[1] for text in masks(mask, DATE, far)]
        assert cut == [text.split("-", 1)[1] for text in masks(mask, DATE, near)]


def test_times_of_day_become_hours_where_they_are(masks: Masks) -> None:
    mask = {"kind": "truncate_date", "to": "hour"}
    assert masks(mask, "time without time zone", ["12:34:56.789", "00:00", "23:59:59.999999", None]) == [
        "12:00:00",
        "00:00:00",
        "23:00:00",
        None,
    ]
    assert masks(mask, "time with time zone", ["12:34:56+02", "00:00:01-15:59"]) == ["12:00:00+02", "00:00:00-15:59"]
    assert len(masks(mask, "time without time zone", ["24:00:00"])) == 1
    assert "time of day" in refusal("truncate_date", "time without time zone")


def test_dates_do_not_stay_unique() -> None:
    assert not is_injective("date_shift", DATE)
    assert not is_injective("truncate_date", DATE)
    assert "cannot serve integer" in refusal("date_shift", "integer")
