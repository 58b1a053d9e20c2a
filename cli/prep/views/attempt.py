"""Screens of the practice loop: start, pause, resume, stop, reset, undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from prep.model import Exercise
from prep.practice.attempts import Attempt, State
from prep.practice.step import Move
from prep.practice.undo import Undone
from prep.storage.events import Event
from prep.views.next_steps import also_paused, next_line
from prep.views.page import BOLD, DIM, Page, Span, count, minutes

_STARTED = {
    "new": "Clock started.",
    "adopted": "Your files were there already; the clock started, they are untouched.",
    "running": "Already under way; the clock runs.",
    "resumed": "Resumed; the clock runs again.",
}


def start_page(
    page: Page, exercise: Exercise, move: Move, now: datetime, checks: int, hints: int
) -> Page:
    """What was put where, and what to do with it."""
    page.flow(Span(exercise.slug, BOLD), exercise.title)
    level = ("easy", "medium", "hard")[exercise.level - 1]
    page.text(f"{exercise.track}, {exercise.kind}, {level}, par {exercise.minutes} min", style=DIM)
    page.blank()
    page.line(f"{home(move.folder)}/")
    page.text("the task (also: prep show)", label=f"  {'README.md':<18} ")
    page.text("yours to edit", label=f"  {exercise.file:<18} ")
    page.text("public examples: prep check, or plain pytest", label=f"  {'test_examples.py':<18} ")
    page.blank()
    if move.kept is not None:
        page.text(f"Your old files are kept in {home(move.kept)}/")
    also_paused(page, move)
    page.text(f"{_STARTED.get(move.news, _STARTED['running'])} {clock_words(move.attempt, now)}")
    page.line(f"{count(checks, 'hidden check')}, {count(hints, 'hint')}.")
    return next_line(page, "prep show", "prep check", "prep grade", "prep hint")


def clock_words(attempt: Attempt, now: datetime) -> str:
    """`12:04 used of 25:00.`"""
    used = minutes(attempt.active_seconds(now))
    if attempt.limit_seconds is None:
        return f"{used} used, no limit."
    over = " Time is up; keep going if you like." if attempt.time_up(now) else ""
    return f"{used} used of {minutes(attempt.limit_seconds)}.{over}"


def move_page(page: Page, move: Move, now: datetime) -> Page:
    """One line for pause, resume and stop, and what comes next."""
    slug = move.attempt.exercise
    also_paused(page, move)
    if move.news == "paused":
        again = "" if move.recorded else " already"
        page.text(f"{slug} is{again} paused. {clock_words(move.attempt, now)}")
        return next_line(page, f"prep resume {slug}")
    if move.news == "stopped":
        page.text(f"{slug} ended without a pass after {minutes(move.attempt.spent_seconds)}.")
        page.text("Your file stays where it is and is kept in prep log.")
        return next_line(page, f"prep solution {slug}", f"prep start {slug}", "prep undo")
    already = " already" if move.news == "running" else ""
    page.text(f"{slug} is{already} running. {clock_words(move.attempt, now)}")
    return next_line(page, "prep check", "prep grade", "prep hint")


def reset_page(page: Page, exercise: Exercise, move: Move) -> Page:
    """Where the old file went and how it comes back."""
    clock = {State.RUNNING: "the clock goes on", State.PAUSED: "the clock stays paused"}
    over = f"the attempt is over (prep start {exercise.slug} begins a new one)"
    page.text(f"{exercise.file} is the stub again; {clock.get(move.attempt.state, over)}.")
    if move.kept is not None:
        page.text(f"Your old files are kept in {home(move.kept)}/")
    return next_line(page, "prep undo", "prep show", "prep grade")


def undo_page(page: Page, undone: Undone, attempt: Attempt | None, now: datetime) -> Page:
    """What was taken back, and how its exercise stands now."""
    what = f"{undone.command} {undone.exercise}".strip()
    page.text(f"Undone: {what}.")
    if undone.restored:
        page.text(f"Files of {', '.join(undone.restored)} are again as they were before it.")
    for place in undone.kept:
        page.text(f"What was there until now is kept in {home(place)}/")
    if attempt is not None:
        clock = clock_words(attempt, now) if attempt.open else ""
        page.text(f"Now {attempt.exercise} is {attempt.state.value}. {clock}".rstrip())
    elif undone.exercise:
        page.text(f"Now {undone.exercise} is not started.")
    return next_line(page, "prep log", "prep undo", "prep")


def undo_list_page(page: Page, commands: Sequence[Sequence[Event]]) -> Page:
    """What `prep undo` would take back, the next one first."""
    if not commands:
        page.text("Nothing to undo.")
        return next_line(page, "prep list", "prep log")
    for events in commands:
        local = events[0].stamp.local
        what = f"{events[0].command_name} {events[-1].exercise}".strip()
        page.flow(f"{local:%a %d %b %H:%M}", Span(what, BOLD))
    return next_line(page, "prep undo")


def move_json(move: Move, now: datetime) -> dict[str, Any]:
    """The fields that every `prep.<move>/1` object has."""
    attempt = move.attempt
    return {
        "exercise": attempt.exercise,
        "path": str(move.folder),
        "news": move.news,
        "recorded": move.recorded,
        "paused": list(move.paused),
        "kept": str(move.kept) if move.kept else None,
        "attempt": attempt_json(attempt, now),
    }


def attempt_json(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """An attempt, times in seconds."""
    return {
        "number": attempt.number,
        "state": attempt.state.value,
        "active_s": round(attempt.active_seconds(now), 1),
        "par_s": attempt.par_seconds,
        "limit_s": attempt.limit_seconds,
        "time_up": attempt.time_up(now),
        "hints": list(attempt.hints),
        "grades": attempt.grades,
        "failed_grades": attempt.failed_grades,
        "best": attempt.best,
        "checks": attempt.total,
        "first_exposure": attempt.first_exposure,
        "solution_seen": attempt.solution_seen,
    }


def undo_json(undone: Undone) -> dict[str, Any]:
    """The fields of `prep.undo/1`."""
    return {
        "command": undone.command,
        "exercise": undone.exercise or None,
        "events": [event.kind for event in undone.events],
        "restored": list(undone.restored),
        "kept": [str(place) for place in undone.kept],
    }


def home(path: Path) -> str:
    """The path with the home folder as `~`."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
