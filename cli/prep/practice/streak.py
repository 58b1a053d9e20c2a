"""The streak: days of practice in a row, rest days included honestly. Pure.

A day counts with one recorded grade, 10 cards or 10 active minutes. One rest day is
earned per 7 active days; at most 2 are kept, and they are used by themselves. Rest
days never add to the number, and today never breaks it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from prep.storage.events import DayTotals, Event

CARDS_PER_DAY = 10
ACTIVE_SECONDS_PER_DAY = 600.0
ACTIVE_DAYS_PER_REST = 7
MOST_RESTS_KEPT = 2
WINDOW_DAYS = 30
_DAY = timedelta(days=1)


class Streak(NamedTuple):
    """The streak as it stands.

    Attributes:
        length: active days in a row; rest days are not among them.
        rests_used: days in this streak that an earned rest day covered.
        rests_left: earned rest days that are kept.
        planned_rests: days in this streak that were planned as rest, or had nothing to do.
        longest: the largest length ever.
        active_window: active days among the last `WINDOW_DAYS`, today included.
        today_counts: whether today already counts.
        days_to_next_rest: active days until one more rest day is earned; None at the most.
    """

    length: int = 0
    rests_used: int = 0
    rests_left: int = 0
    planned_rests: int = 0
    longest: int = 0
    active_window: int = 0
    today_counts: bool = False
    days_to_next_rest: int | None = ACTIVE_DAYS_PER_REST


def counts(day: DayTotals) -> bool:
    """Whether a day had enough practice to count."""
    return (
        day.grades >= 1
        or day.cards >= CARDS_PER_DAY
        or day.active_seconds >= ACTIVE_SECONDS_PER_DAY
    )


def streak(
    days: Iterable[DayTotals],
    today: date,
    *,
    planned: Collection[date] = (),
    rest_weekdays: Collection[int] = (),
) -> Streak:
    """Work out the streak.

    Args:
        days: totals per study day; days without events may be missing.
        today: the study day of now; later days are left out.
        planned: days of rest that the learner declared, and days with an empty plan.
        rest_weekdays: days of the week that are free; Monday is 0.
    """
    active = {day.study_date for day in days if counts(day) and day.study_date <= today}
    run = _Run()
    day = min(active, default=today)
    while day <= today:
        if day in active:
            run.practise()
        elif day in planned or day.weekday() in rest_weekdays:
            run.planned += run.length > 0
        elif day < today:
            run.miss()
        day += _DAY
    window = today - (WINDOW_DAYS - 1) * _DAY
    return Streak(
        length=run.length,
        rests_used=run.used,
        rests_left=run.left,
        planned_rests=run.planned,
        longest=run.longest,
        active_window=sum(day >= window for day in active),
        today_counts=today in active,
        days_to_next_rest=run.to_next_rest,
    )


def planned_rest(events: Iterable[Event]) -> frozenset[date]:
    """The days that `rest` events declare."""
    found: set[date] = set()
    for event in events:
        if event.kind == "rest":
            first = date.fromisoformat(event.data["first"])
            last = date.fromisoformat(event.data["last"])
            found.update(first + n * _DAY for n in range((last - first).days + 1))
    return frozenset(found)


class _Run:
    """Counts day by day."""

    def __init__(self) -> None:
        self.length = self.used = self.left = self.planned = self.longest = 0
        self._towards_rest = 0

    def practise(self) -> None:
        self.length += 1
        self.longest = max(self.longest, self.length)
        if self.left < MOST_RESTS_KEPT:
            self._towards_rest += 1
        if self._towards_rest == ACTIVE_DAYS_PER_REST:
            self.left += 1
            self._towards_rest = 0

    def miss(self) -> None:
        if self.left:
            self.left -= 1
            self.used += 1
        else:
            self.length = self.used = self.planned = self._towards_rest = 0

    @property
    def to_next_rest(self) -> int | None:
        return None if self.left >= MOST_RESTS_KEPT else ACTIVE_DAYS_PER_REST - self._towards_rest
