"""`prep streak`: days in a row, days of rest, and no word of guilt."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from prep.commands.streak import days_of
from prep.errors import UsageError
from prep.practice.streak import Streak
from prep.views.next_steps import streak_words
from prep.views.page import Page
from prep.views.streak import rest_page, span_words, spans, streak_page

from .conftest import RIGHT, START, Prep

TODAY = date(2025, 11, 20)
GUILT = ("lost", "lose", "broke", "fail", "miss", "sorry", "shame", "!")


def practise(prep: Prep, *days: int) -> None:
    """One passed grade on each of these days after the start."""
    for day in days:
        prep.at((datetime.fromisoformat(START) + timedelta(days=day)).isoformat())
        prep("start", "add-up", "--fresh")
        prep.file("add-up").write_text(RIGHT)
        assert prep("grade").code == 0


def test_before_anything(prep: Prep, tiny: Path) -> None:
    found = prep("streak")
    assert found.code == 0 and "0 days, 0 of the last 30" in found.out
    assert "counts with one recorded grade or 10 minutes on the clock" in found.out
    assert not prep.home.exists()


def test_days_in_a_row(prep: Prep, tiny: Path) -> None:
    practise(prep, 0, 1, 2)
    found = prep("streak")
    assert "3 days, 3 of the last 30" in found.out and "counts already" in found.out
    assert prep("streak", "--json").json["length"] == 3


def test_a_gap_is_told_without_guilt(prep: Prep, tiny: Path) -> None:
    practise(prep, 0, 1, 5)
    found = prep.terminal("streak")
    assert "Streak   1 day, 3 of the last 30" in found.out and "Longest  2 days" in found.out
    assert not [word for word in GUILT if word in found.out.lower()]


def test_rest_afterwards_mends_a_gap_and_is_not_counted(prep: Prep, tiny: Path) -> None:
    practise(prep, 0, 3)
    assert prep("streak", "--json").json["length"] == 1
    found = prep("streak", "rest", "2025-11-21..2025-11-22")
    assert found.code == 0 and "Fri 21 Nov to Sat 22 Nov 2025 (2 days)" in found.out
    assert "2 days (2 rest), 2 of the last 30" in prep("streak").out
    prep("undo")
    assert prep("streak", "--json").json["length"] == 1


def test_rest_to_come_is_shown(prep: Prep, tiny: Path) -> None:
    prep.at(START)
    prep("streak", "rest", "2025-12-24..2025-12-26")
    prep("streak", "rest", "tomorrow")
    found = prep("streak", "--json").json
    assert found["planned"] == [["2025-11-21", "2025-11-21"], ["2025-12-24", "2025-12-26"]]
    assert "Wed 24 Dec to Fri 26 Dec 2025" in prep("streak").out


def test_off_says_so_and_forgets_nothing(prep: Prep, tiny: Path) -> None:
    practise(prep, 0, 1)
    assert "The streak is off" in prep("streak", "off").out
    found = prep("streak")
    assert "The streak is off" in found.out and "2 days" not in found.out
    assert prep("streak", "--json").json["shown"] is False
    assert "streak" not in prep().out.splitlines()[0]
    assert prep("streak", "on", "--json").json == {"schema": "prep.streak-switch/1", "shown": True}
    assert "2 days" in prep("streak").out


@pytest.mark.parametrize(
    ("span", "says"),
    [
        ("x", "'x' is not a day like 2025-11-20"),
        ("2025-13-01", "'2025-13-01' is not a day"),
        ("2025-11-20..", "'' is not a day"),
        ("2025-01-01..2027-01-01", "longer than a year"),
        ("2025-11-22..2025-11-20", "would end"),
    ],
)
def test_bad_spans(prep: Prep, tiny: Path, span: str, says: str) -> None:
    prep.at(START)
    found = prep("streak", "rest", span)
    assert found.code == 2 and says in found.err
    assert "prep streak" in found.err.splitlines()[1]
    assert not prep.home.exists(), "nothing was recorded"


def test_unknown_subcommand(prep: Prep) -> None:
    found = prep("streak", "pause")
    assert found.code == 2 and "prep streak --help" in found.err


def test_days_of() -> None:
    assert days_of("2025-12-24..2026-01-01", TODAY) == (date(2025, 12, 24), date(2026, 1, 1))
    assert days_of("today", TODAY) == (TODAY, TODAY)
    assert days_of("Yesterday..tomorrow", TODAY) == (date(2025, 11, 19), date(2025, 11, 21))
    with pytest.raises(UsageError):
        days_of("2025-11-20..2025-11-20..2025-11-21", TODAY)


def test_spans() -> None:
    days = [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=4)]
    assert spans(days) == [(days[0], days[1]), (days[2], days[2])]
    assert span_words(*spans(days)[1]) == "Mon 24 Nov 2025"


@pytest.mark.parametrize("width", [40, 80])
def test_pages_keep_to_the_width(width: int) -> None:
    streak = Streak(41, rests_used=2, rests_left=1, longest=41, active_window=26)
    page = streak_page(Page(width), streak, TODAY, {TODAY}, {5, 6})
    text = page.plain()
    assert max(map(len, text.splitlines())) <= width
    assert streak_words(streak) == "41 days (2 rest), 26 of the last 30"
    assert "41 days (2 rest)" in text and "sat, sun" in text
    assert max(map(len, rest_page(Page(width), TODAY, TODAY, None).plain().splitlines())) <= width
