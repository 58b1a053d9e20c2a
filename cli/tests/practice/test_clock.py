from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.errors import UsageError
from prep.practice.clock import elapsed_seconds, now, stamper, study_date
from prep.storage.events import Stamp


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day_of(text: str, last: Stamp | None = None) -> str:
    local = moment(text)
    offset = local.utcoffset()
    assert offset is not None
    minutes = int(offset.total_seconds() // 60)
    return study_date(local.astimezone(UTC), minutes, 4, last).isoformat()


def stamp(text: str, day: str | None = None) -> Stamp:
    local = moment(text)
    offset = local.utcoffset()
    assert offset is not None
    chosen = date.fromisoformat(day or day_of(text))
    return Stamp(local.astimezone(UTC), int(offset.total_seconds() // 60), chosen)


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2025-11-20T14:00+01:00", "2025-11-20"),
        ("2025-11-21T00:30+01:00", "2025-11-20"),
        ("2025-11-21T03:59+01:00", "2025-11-20"),
        ("2025-11-21T04:00+01:00", "2025-11-21"),
        ("2025-11-20T23:00-08:00", "2025-11-20"),
        ("2025-11-20T05:00+14:00", "2025-11-20"),
        ("2025-11-20T09:00+05:30", "2025-11-20"),
    ],
)
def test_a_day_starts_at_four_in_the_morning(time: str, day: str) -> None:
    assert day_of(time) == day


@pytest.mark.parametrize(
    ("last", "time", "day", "why"),
    [
        (stamp("2025-11-20T14:00+01:00"), "2025-11-21T14:00+01:00", "2025-11-21", "next day"),
        (stamp("2025-11-20T23:30+01:00"), "2025-11-21T05:00+01:00", "2025-11-21", "early bird"),
        # Tokyo in the morning, then Los Angeles on the day before: one long day.
        (stamp("2025-11-20T10:00+09:00"), "2025-11-19T20:00-08:00", "2025-11-20", "west"),
        (stamp("2025-11-20T14:00+01:00"), "2025-11-19T15:00+01:00", "2025-11-20", "set back 1 day"),
        (stamp("2025-11-20T14:00+01:00"), "2025-11-18T15:00+01:00", "2025-11-18", "set back more"),
        (stamp("2030-01-01T14:00+01:00"), "2025-11-20T14:00+01:00", "2025-11-20", "was years off"),
        # New York at 23:00, seven hours later it is noon in Berlin.
        (stamp("2025-11-20T23:00-05:00"), "2025-11-21T12:00+01:00", "2025-11-20", "east, 7 h"),
        (stamp("2025-11-20T23:00-05:00"), "2025-11-21T13:00+01:00", "2025-11-21", "east, 8 h"),
        # The clocks go forward in the night: one hour is no journey that hides a day.
        (stamp("2026-03-28T20:00+01:00"), "2026-03-29T09:00+02:00", "2026-03-29", "summer time"),
        (stamp("2025-10-25T20:00+02:00"), "2025-10-26T09:00+01:00", "2025-10-26", "winter time"),
    ],
)
def test_travel_and_clocks_that_are_set(last: Stamp, time: str, day: str, why: str) -> None:
    assert day_of(time, last) == day, why


def test_a_shared_day_goes_on_from_what_is_stored() -> None:
    last = stamp("2025-11-21T02:00+01:00", day="2025-11-21")
    assert day_of("2025-11-21T03:00+01:00", last) == "2025-11-21"
    assert day_of("2025-11-21T05:00+01:00", last) == "2025-11-21"


def test_stamps_hold_milliseconds_and_the_offset() -> None:
    local = moment("2025-11-20T14:09:00.123456-03:30")
    found = stamper(lambda: local, 4)(None)
    assert found.utc == moment("2025-11-20T17:39:00.123+00:00")
    assert found.offset_minutes == -210
    assert found.local.isoformat() == "2025-11-20T14:09:00.123000-03:30"


@given(
    utc=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    offset=st.integers(-720, 840),
    starts=st.integers(0, 23),
    ago=st.timedeltas(timedelta(-3), timedelta(3)),
    other=st.integers(-720, 840),
)
def test_a_stored_day_is_at_most_one_day_from_the_wall(
    utc: datetime, offset: int, starts: int, ago: timedelta, other: int
) -> None:
    last = stamper(lambda: (utc - ago).astimezone(timezone(timedelta(minutes=other))), starts)(None)
    day = study_date(utc, offset, starts, last)
    plain = study_date(utc, offset, starts, None)
    assert day in {plain, last.study_date}
    assert abs((day - plain).days) <= 2


def test_time_never_runs_backwards() -> None:
    early, late = moment("2025-11-20T14:00+01:00"), moment("2025-11-20T14:00:01.5+01:00")
    assert elapsed_seconds(early, late) == 1.5
    assert elapsed_seconds(late, early) == 0.0


def test_prep_now() -> None:
    fixed = "2025-11-20T14:09:00+01:00"
    assert now({"PREP_NOW": fixed}).isoformat() == fixed
    assert now({"PREP_NOW": "2025-11-20T13:09:00Z"}) == moment(fixed)
    assert abs(now({}) - datetime.now(UTC)) < timedelta(minutes=1)
    assert now({}).utcoffset() is not None


@pytest.mark.parametrize("text", ["yesterday", "2025-11-20T14:09:00", "14:09"])
def test_prep_now_without_an_offset(text: str) -> None:
    with pytest.raises(UsageError, match="PREP_NOW"):
        now({"PREP_NOW": text})
