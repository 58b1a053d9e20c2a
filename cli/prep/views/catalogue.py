"""The list of exercises: a table where it fits, two lines each where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prep.practice.attempts import State
from prep.practice.proposal import FIRST
from prep.practice.shelf import NEW, Entry
from prep.views.next_steps import next_line
from prep.views.page import BOLD, DIM, GOOD, PLAIN, Page, count
from prep.views.table import Row, table

_STYLES = {State.PASSED.value: GOOD, State.RUNNING.value: BOLD, State.PAUSED.value: BOLD, NEW: DIM}
_HEADER = ("exercise", "track", "kind", "level", "par", "status")
_LEAST_STATUS = 11  # columns; `passed 8/8` fits


def list_page(page: Page, entries: Sequence[Entry]) -> Page:
    """The exercises, and what to do with one."""
    table(page, _HEADER, [_row(entry) for entry in entries], least=_LEAST_STATUS)
    page.blank()
    page.text(_summary(entries))
    return next_line(page, *_next(entries))


def _row(entry: Entry) -> Row:
    exercise = entry.exercise
    par = f"{exercise.minutes} min"
    facts = (exercise.track, exercise.kind.value, entry.level)
    return Row(
        cells=(exercise.slug, *facts, par, _status(entry)),
        style=_STYLES.get(entry.standing, PLAIN),
        title=exercise.slug,
        details=", ".join((*facts, f"par {par}")),
    )


def _status(entry: Entry) -> str:
    words = [f"{entry.standing} {best_score(entry)}".strip()]
    if entry.passed_before:
        words.append("passed before")
    if entry.missing:
        words.append(f"needs {' and '.join(entry.missing)}")
    return ", ".join(words)


def best_score(entry: Entry) -> str:
    """`3/8`; empty when the newest attempt has no recorded grade."""
    attempt = entry.attempt
    return f"{attempt.best}/{attempt.total}" if attempt is not None and attempt.grades else ""


def _summary(entries: Sequence[Entry]) -> str:
    words = [count(len(entries), "exercise")]
    words.append(f"{sum(e.standing == State.PASSED for e in entries)} passed")
    lacking = [e for e in entries if e.missing]
    if lacking:
        words.append(f"{len(lacking)} cannot be run here yet (prep doctor)")
    return ", ".join(words) + "."


def _next(entries: Sequence[Entry]) -> list[str]:
    """Go on with what is under way, or begin the first new one that can be run here."""
    if any(e.standing == State.RUNNING for e in entries):
        return ["prep grade", "prep show NAME", "prep log"]
    for standing in (State.PAUSED.value, NEW):
        fitting = [e.exercise for e in entries if e.standing == standing and not e.missing]
        if fitting:
            word = "resume" if standing == State.PAUSED else "start"
            best = min(fitting, key=lambda exercise: (exercise.slug != FIRST, exercise.level))
            return [f"prep {word} {best.slug}", "prep show NAME"]
    return ["prep start NAME", "prep show NAME"]


COLUMNS = (
    "slug",
    "track",
    "kind",
    "level",
    "par_minutes",
    "status",
    "best",
    "missing",
    "title",
    "topics",
)
"""Header of the piped list."""


def list_rows(entries: Sequence[Entry]) -> list[tuple[object, ...]]:
    """The rows of the piped list."""
    return [
        (
            e.exercise.slug,
            e.exercise.track,
            e.exercise.kind.value,
            e.exercise.level,
            e.exercise.minutes,
            e.standing,
            best_score(e),
            ",".join(e.missing),
            e.exercise.title,
            ", ".join(e.exercise.topics),
        )
        for e in entries
    ]


def list_json(entries: Sequence[Entry]) -> dict[str, Any]:
    """The fields of `prep.list/1`."""
    return {"exercises": [_entry_json(entry) for entry in entries]}


def _entry_json(entry: Entry) -> dict[str, Any]:
    exercise, attempt = entry.exercise, entry.attempt
    return {
        "exercise": exercise.slug,
        "title": exercise.title,
        "track": exercise.track,
        "kind": exercise.kind.value,
        "level": exercise.level,
        "par_minutes": exercise.minutes,
        "topics": list(exercise.topics),
        "needs": list(exercise.needs),
        "missing": list(entry.missing),
        "status": entry.standing,
        "passed_before": entry.passed_before,
        "attempts": attempt.number if attempt is not None else 0,
        "best": attempt.best if attempt is not None else None,
        "checks": attempt.total if attempt is not None and attempt.grades else None,
    }
