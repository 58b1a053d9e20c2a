from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.practice import days, moves
from prep.practice.streak import Streak, counts, planned_rest, streak
from prep.storage.events import DayTotals

from .conftest import Desk

TODAY = date(2025, 11, 20)  # a Thursday


def days_of(pattern: str) -> list[DayTotals]:
    """`x` is a day with a grade, anything else one without; the last letter is today."""
    first = TODAY - timedelta(days=len(pattern) - 1)
    marked = [first + timedelta(days=n) for n, letter in enumerate(pattern) if letter == "x"]
    return [DayTotals(day, grades=1) for day in marked]


def dates(*ago: int) -> set[date]:
    return {TODAY - timedelta(days=n) for n in ago}


@pytest.mark.parametrize(
    ("pattern", "length", "rests", "left"),
    [
        ("", 0, 0, 0),
        ("x", 1, 0, 0),
        (".", 0, 0, 0),
        ("xx", 2, 0, 0),
        ("x.", 1, 0, 0),  # today is not over
        ("x..", 0, 0, 0),
        ("x.x", 1, 0, 0),
        ("xxxxxxx", 7, 0, 1),
        ("xxxxxxx.", 7, 0, 1),
        ("xxxxxxx..", 7, 1, 0),
        ("xxxxxxx.x", 8, 1, 0),
        ("xxxxxxx..x", 1, 0, 0),
        ("xxxxxx.x", 1, 0, 0),
        ("x" * 14, 14, 0, 2),
        ("x" * 28, 28, 0, 2),  # never more than two are kept
        ("x" * 14 + "..x", 15, 2, 0),
        ("x" * 14 + "...x", 1, 0, 0),
        ("x" * 14 + ".x.x", 16, 2, 0),
        ("x" * 7 + "." + "x" * 7, 14, 1, 1),
        ("x" * 7 + "." + "x" * 6, 13, 1, 0),
        ("x" * 7 + "." + "x" * 6 + ".x", 1, 0, 0),
        ("x" * 20 + "." + "x", 21, 1, 1),
    ],
)
def test_rest_days_are_earned_and_used_by_themselves(
    pattern: str, length: int, rests: int, left: int
) -> None:
    found = streak(days_of(pattern), TODAY)
    assert (found.length, found.rests_used, found.rests_left) == (length, rests, left)


def test_longest_stays_after_a_break() -> None:
    found = streak(days_of("xxxxx..xx"), TODAY)
    assert (found.length, found.longest) == (2, 5)


def test_planned_rest_neither_adds_nor_breaks() -> None:
    found = streak(days_of("xxx...x"), TODAY, planned=dates(1, 2, 3))
    assert (found.length, found.planned_rests, found.rests_used) == (4, 3, 0)
    assert streak(days_of("xxx....x"), TODAY, planned=dates(1, 2, 3)).length == 1


def test_practice_on_a_rest_day_counts() -> None:
    found = streak(days_of("xxx"), TODAY, planned=dates(1))
    assert (found.length, found.planned_rests) == (3, 0)


def test_rest_weekdays() -> None:
    # Thu Fri . . Mon Tue Wed Thu
    found = streak(days_of("xx..xxxx"), TODAY, rest_weekdays={5, 6})
    assert (found.length, found.planned_rests) == (6, 2)
    assert streak(days_of("xx..xxxx"), TODAY, rest_weekdays={6}).length == 4


def test_rests_before_the_first_day_are_not_shown() -> None:
    found = streak(days_of("x"), TODAY, planned=dates(1, 2, 3))
    assert found.planned_rests == 0


def test_active_days_of_the_last_thirty() -> None:
    found = streak(days_of("x" * 40), TODAY)
    assert found.active_window == 30
    assert streak(days_of("x" + "." * 29), TODAY).active_window == 1
    assert streak(days_of("x" + "." * 30), TODAY).active_window == 0


def test_today() -> None:
    assert streak(days_of("xx"), TODAY).today_counts
    assert not streak(days_of("x."), TODAY).today_counts


def test_progress_to_the_next_rest() -> None:
    assert streak([], TODAY).days_to_next_rest == 7
    assert streak(days_of("x" * 3), TODAY).days_to_next_rest == 4
    assert streak(days_of("x" * 7), TODAY).days_to_next_rest == 7
    assert streak(days_of("x" * 14), TODAY).days_to_next_rest is None


def test_days_after_today_are_left_out() -> None:
    future = DayTotals(TODAY + timedelta(days=400), grades=1)
    assert streak([*days_of("xx"), future], TODAY) == streak(days_of("xx"), TODAY)
    assert streak([future], TODAY) == Streak()


@pytest.mark.parametrize(
    ("grades", "cards", "seconds", "expected"),
    [
        (1, 0, 0.0, True),
        (0, 10, 0.0, True),
        (0, 9, 0.0, False),
        (0, 0, 600.0, True),
        (0, 9, 599.0, False),
    ],
)
def test_what_makes_a_day_count(grades: int, cards: int, seconds: float, expected: bool) -> None:
    assert counts(DayTotals(TODAY, grades, cards, seconds)) is expected


@given(st.lists(st.booleans(), max_size=80), st.integers(0, 6))
def test_more_practice_never_makes_a_shorter_streak(active: list[bool], extra: int) -> None:
    pattern = "".join("x" if one else "." for one in active)
    found = streak(days_of(pattern), TODAY)
    assert found.longest >= found.length >= found.today_counts
    assert 0 <= found.rests_left <= 2
    assert found.active_window <= 30
    assert found.length <= pattern.count("x")
    if pattern:
        now_active = pattern[:-1] + "x"
        better = streak(days_of(now_active), TODAY)
        assert better.length >= found.length
    rested = streak(days_of(pattern), TODAY, planned=dates(*range(extra)))
    assert rested.length >= found.length


def test_streak_from_the_history(desk: Desk) -> None:
    for _ in range(3):
        desk.start(desk.loop)
        desk.grade(desk.loop)
        moves.pause(desk.session, "loop")
        desk.tick(86_400)
    found = days.current_streak(desk.session)
    assert (found.length, found.today_counts) == (3, False)
    desk.tick(86_400)
    assert days.current_streak(desk.session).length == 0
    missed = desk.session.today() - timedelta(days=1)
    days.plan_rest(desk.session, missed, missed)
    found = days.current_streak(desk.session)
    assert (found.length, found.planned_rests) == (3, 1), "also afterwards"


def test_planned_rest_counts_both_ends(desk: Desk) -> None:
    days.plan_rest(desk.session, TODAY, TODAY + timedelta(days=2))
    events = desk.session.history.read().events()
    assert planned_rest(events) == dates(0, -1, -2)


def test_ten_active_minutes_make_a_day(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(599)
    desk.hint(desk.loop, 1)
    assert not days.current_streak(desk.session).today_counts
    desk.tick(1)
    moves.pause(desk.session, "loop")
    assert days.current_streak(desk.session).today_counts
