"""The screens of `prep` alone: for a newcomer, and for somebody who comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from prep import __version__
from prep.practice.attempts import Attempt, State
from prep.practice.streak import Streak
from prep.views.attempt import attempt_json, clock_words
from prep.views.next_steps import next_line, streak_words
from prep.views.page import BOLD, Page, Span, count

_GAP_DAYS = 7  # from here on a return is greeted as one


class Today(NamedTuple):
    """What the screen is made from.

    Attributes:
        now: the moment, aware.
        study_date: the study day that now belongs to.
        current: the attempt under way, if any.
        attempts: the newest attempt of every exercise ever started.
        slugs: all exercises of the catalogue.
        proposal: what to begin next; None when nothing is left.
        streak: None when the learner switched it off.
        last_study_date: the day of the last recorded event.
    """

    now: datetime
    study_date: date
    current: Attempt | None
    attempts: Mapping[str, Attempt]
    slugs: tuple[str, ...]
    proposal: str | None
    streak: Streak | None
    last_study_date: date | None

    @property
    def passed(self) -> list[str]:
        return [s for s, a in self.attempts.items() if a.state is State.PASSED]

    @property
    def untried(self) -> list[str]:
        return [slug for slug in self.slugs if slug not in self.attempts]

    @property
    def unfinished(self) -> list[str]:
        """Open attempts besides the current one."""
        others = (a for a in self.attempts.values() if a.open and a != self.current)
        return [a.exercise for a in others]


def newcomer_page(page: Page, today: Today, tracks: int) -> Page:
    """Nothing is recorded yet: three steps."""
    page.flow(Span(f"prep {__version__}", BOLD), "timed ML interview exercises, graded here")
    page.blank()
    steps = (
        (f"prep start {today.proposal or 'NAME'}", "puts it into your workspace; the clock starts"),
        ("edit the file it names", "in any editor"),
        ("prep grade", "runs the hidden checks; nothing is uploaded"),
    )
    room = max(len(what) for what, _ in steps)
    for number, (what, why) in enumerate(steps, 1):
        page.text(why, label=f"  {number}  {what:<{room}}   ")
    page.blank()
    there = f"{count(len(today.slugs), 'exercise')} in {count(tracks, 'track')}"
    page.text(there, label="prep list    ")
    page.text("see the whole loop in half a minute, on a throwaway copy", label="prep tour    ")
    page.text("what is installed, and what can be run here", label="prep doctor  ")
    return page


def returning_page(page: Page, today: Today) -> Page:
    """What is under way, what is left, how the days went."""
    words = [f"streak {streak_words(today.streak)}"] if today.streak else []
    page.flow(Span(f"{today.study_date:%a %d %b}", BOLD), *words)
    _welcome_back(page, today)
    page.blank()
    if today.current is not None:
        attempt = today.current
        state = "" if attempt.state is State.RUNNING else "paused, "
        page.text(f"{attempt.exercise}   {state}{clock_words(attempt, today.now)}", label="Now    ")
        if attempt.grades:
            page.text(f"best so far {attempt.best} of {attempt.total} checks", label="       ")
    if today.unfinished:
        page.text(", ".join(today.unfinished[:4]), label="Open   ")
    if today.untried:
        ahead = [today.proposal] if today.proposal else []
        new = [*ahead, *(slug for slug in today.untried if slug not in ahead)]
        tail = f" and {len(new) - 3} more" if len(new) > 3 else ""
        page.text(", ".join(new[:3]) + tail, label="New    ")
    page.text(f"{len(today.passed)} of {count(len(today.slugs), 'exercise')}", label="Passed ")
    page.blank()
    if today.current is None:
        fresh = [f"prep start {today.proposal}"] if today.proposal else []
        return next_line(page, *fresh, "prep list", "prep streak")
    if today.current.state is State.PAUSED:
        return next_line(page, "prep resume", "prep show", "prep list")
    return next_line(page, "prep grade", "prep hint", "prep pause")


def _welcome_back(page: Page, today: Today) -> None:
    if today.last_study_date is None:
        return
    away = (today.study_date - today.last_study_date).days
    if away >= _GAP_DAYS:
        kept = ""
        if today.streak and today.streak.longest:
            kept = f" Your longest streak, {count(today.streak.longest, 'day')}, stays."
        page.text(f"Welcome back; the last time was {away} days ago. Nothing is lost.{kept}")


def today_json(today: Today) -> dict[str, Any]:
    """The fields of `prep.today/1`."""
    streak = today.streak
    return {
        "study_date": today.study_date.isoformat(),
        "current": None
        if today.current is None
        else {
            "exercise": today.current.exercise,
            **attempt_json(today.current, today.now),
        },
        "open": today.unfinished,
        "new": today.untried,
        "proposal": today.proposal,
        "passed": today.passed,
        "streak": streak._asdict() if streak else None,
    }
