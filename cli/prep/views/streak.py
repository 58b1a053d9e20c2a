"""The streak: how the days went. No praise, no guilt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from prep.practice.streak import ACTIVE_SECONDS_PER_DAY, MOST_RESTS_KEPT, Streak
from prep.storage.settings import WEEKDAYS
from prep.views.next_steps import next_line, streak_words
from prep.views.page import Page, count

_DAY = timedelta(days=1)


def streak_page(
    page: Page, streak: Streak, today: date, planned: Collection[date], weekdays: Collection[int]
) -> Page:
    """The streak with its rest days, and what today still needs."""
    page.text(streak_words(streak), label="Streak   ")
    page.text(count(streak.longest, "day"), label="Longest  ")
    page.text(_today(streak), label="Today    ")
    page.text(_rest(streak), label="Rest     ")
    coming = [span for span in spans(planned) if span[1] >= today]
    if coming:
        page.text(", ".join(span_words(*span) for span in coming[:4]), label="Planned  ")
    if weekdays:
        page.text(", ".join(WEEKDAYS[day] for day in sorted(weekdays)), label="Free     ")
    page.blank()
    go_on = "prep log" if streak.today_counts else "prep start"
    return next_line(page, go_on, "prep streak rest FROM..TO", "prep streak off")


def _today(streak: Streak) -> str:
    if streak.today_counts:
        return "counts already"
    least = int(ACTIVE_SECONDS_PER_DAY // 60)
    return f"counts with one recorded grade or {least} minutes on the clock"


def _rest(streak: Streak) -> str:
    earned = f"{streak.rests_left} of {MOST_RESTS_KEPT} earned rest days in hand"
    if streak.days_to_next_rest is None:
        return earned
    return f"{earned}; one more after {count(streak.days_to_next_rest, 'more active day')}"


def off_page(page: Page) -> Page:
    """The streak is switched off."""
    page.text("The streak is off. Practice is recorded all the same.")
    return next_line(page, "prep streak on", "prep log", "prep")


def switched_page(page: Page, *, on: bool) -> Page:
    """It was switched on or off just now."""
    if not on:
        return off_page(page)
    page.text("The streak is shown again; nothing was lost meanwhile.")
    return next_line(page, "prep streak", "prep")


def rest_page(page: Page, first: date, last: date, streak: Streak | None) -> Page:
    """Rest was planned."""
    days = (last - first).days + 1
    page.text(f"Rest is planned: {span_words(first, last)} ({count(days, 'day')}).")
    if streak is not None:
        page.text(f"Streak: {streak_words(streak)}.")
    return next_line(page, "prep streak", "prep undo")


def spans(days: Collection[date]) -> list[tuple[date, date]]:
    """Days in a row, as first and last."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == _DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def span_words(first: date, last: date) -> str:
    """`Fri 21 Nov to Sun 23 Nov 2025`."""
    end = f"{last:%a %d %b %Y}"
    return end if first == last else f"{first:%a %d %b} to {end}"


def streak_json(
    streak: Streak, planned: Collection[date], weekdays: Collection[int], *, shown: bool
) -> dict[str, Any]:
    """The fields of `prep.streak/1`."""
    return {
        "shown": shown,
        **streak._asdict(),
        "planned": [[first.isoformat(), last.isoformat()] for first, last in spans(planned)],
        "rest_weekdays": [WEEKDAYS[day] for day in sorted(weekdays)],
    }
