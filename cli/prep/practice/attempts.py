"""An attempt at an exercise, folded from its events. Pure: no clock, no files.

Fold order is the order of recording. The fold accepts any sequence of events and
never fails, so that a history merged from two machines can always be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from prep.practice.clock import elapsed_seconds
from prep.storage.events import Event


class State(StrEnum):
    """What an attempt is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    PASSED = "passed"
    STOPPED = "stopped"


class Attempt(NamedTuple):
    """One go at an exercise, from `prep start` to a pass or a stop.

    Attributes:
        number: 1 for the first attempt at this exercise.
        first_exposure: the exercise was never started before.
        started: aware, UTC.
        touched: the last event that moved the clock; UTC.
        spent_seconds: active time up to `touched`.
        par_seconds: the author's time.
        limit_seconds: when time is up; None for an untimed attempt.
        hints: numbers of the hints opened, in order.
        code_hint: one of them shows code.
        grades, failed_grades: recorded grades up to the pass.
        best, total: checks passed in the best grade, and announced checks.
        first_run_seconds, first_pass_seconds: active time at the first recorded grade
            and at the pass.
        solution_seen: the reference was opened before the pass.
        ended: when it passed or stopped; UTC.
    """

    exercise: str
    number: int
    first_exposure: bool
    state: State
    started: datetime
    touched: datetime
    par_seconds: float
    limit_seconds: float | None
    spent_seconds: float = 0.0
    hints: tuple[int, ...] = ()
    code_hint: bool = False
    grades: int = 0
    failed_grades: int = 0
    best: int = 0
    total: int = 0
    first_run_seconds: float | None = None
    first_pass_seconds: float | None = None
    solution_seen: bool = False
    ended: datetime | None = None

    @property
    def open(self) -> bool:
        """Neither passed nor stopped."""
        return self.state in (State.RUNNING, State.PAUSED)

    @property
    def highest_hint(self) -> int:
        """The largest number of an opened hint; 0 without hints."""
        return max(self.hints, default=0)

    def active_seconds(self, now: datetime) -> float:
        """Time on the clock, pauses left out; never shrinks when the clock is set back."""
        running = elapsed_seconds(self.touched, now) if self.state is State.RUNNING else 0.0
        return self.spent_seconds + running

    def time_up(self, now: datetime) -> bool:
        """Whether the active time is over the limit."""
        return self.limit_seconds is not None and self.active_seconds(now) > self.limit_seconds


def fold(events: Iterable[Event]) -> Attempt | None:
    """The newest attempt that the events of one exercise tell of; None before a start."""
    found = attempts(events)
    return found[-1] if found else None


def attempts(events: Iterable[Event]) -> tuple[Attempt, ...]:
    """All attempts that the events of one exercise tell of, oldest first."""
    found: list[Attempt] = []
    for event in events:
        if event.kind == "started":
            found.append(_started(event))
        elif found and found[-1].open and (step := _STEPS.get(event.kind)) is not None:
            spent = found[-1].active_seconds(event.utc)
            changes: Changes = {"spent_seconds": spent, "touched": event.utc}
            changes.update(step(found[-1], event, spent))
            found[-1] = found[-1]._replace(**changes)
    return tuple(found)


def _started(event: Event) -> Attempt:
    return Attempt(
        exercise=event.exercise,
        number=int(event.data.get("attempt", 1)),
        first_exposure=bool(event.data.get("first_exposure", False)),
        state=State.RUNNING,
        started=event.utc,
        touched=event.utc,
        par_seconds=float(event.data.get("par_seconds", 0.0)),
        limit_seconds=_limit(event),
    )


def _limit(event: Event) -> float | None:
    limit = event.data.get("limit_seconds")
    return None if limit is None else float(limit)


def _paused(attempt: Attempt, event: Event, spent: float) -> Changes:
    return {"state": State.PAUSED}


def _resumed(attempt: Attempt, event: Event, spent: float) -> Changes:
    return {"state": State.RUNNING}


def _away(attempt: Attempt, event: Event, spent: float) -> Changes:
    away = float(event.data.get("seconds", 0.0))
    return {"spent_seconds": max(attempt.spent_seconds, spent - away)}


def _timed(attempt: Attempt, event: Event, spent: float) -> Changes:
    return {"limit_seconds": _limit(event)}


def _touched(attempt: Attempt, event: Event, spent: float) -> Changes:
    return {}


def _hint(attempt: Attempt, event: Event, spent: float) -> Changes:
    number = int(event.data.get("number", 0))
    if number in attempt.hints:
        return {}
    shows_code = attempt.code_hint or bool(event.data.get("shows_code"))
    return {"hints": (*attempt.hints, number), "code_hint": shows_code}


def _solution(attempt: Attempt, event: Event, spent: float) -> Changes:
    return {"solution_seen": True, **_stopped(attempt, event, spent)}


def _stopped(attempt: Attempt, event: Event, spent: float) -> Changes:
    return {"state": State.STOPPED, "ended": event.utc}


def _graded(attempt: Attempt, event: Event, spent: float) -> Changes:
    first_run = attempt.first_run_seconds
    return {
        "grades": attempt.grades + 1,
        "failed_grades": attempt.failed_grades + 1,
        "best": max(attempt.best, int(event.data.get("score", 0))),
        "total": int(event.data.get("total", attempt.total)),
        "first_run_seconds": spent if first_run is None else first_run,
    }


def _passed(attempt: Attempt, event: Event, spent: float) -> Changes:
    return {
        **_graded(attempt, event, spent),
        "failed_grades": attempt.failed_grades,
        "state": State.PASSED,
        "ended": event.utc,
        "first_pass_seconds": spent,
    }


Changes = dict[str, Any]
STATE_KINDS = ("started", "resumed", "paused", "stopped", "solution", "passed")
"""Kinds after which an attempt is in another state; the last one of them tells which."""

_STEPS: dict[str, Callable[[Attempt, Event, float], Changes]] = {
    "paused": _paused,
    "resumed": _resumed,
    "away": _away,
    "timed": _timed,
    "reset": _touched,
    "restored": _touched,
    "hint": _hint,
    "solution": _solution,
    "stopped": _stopped,
    "graded": _graded,
    "passed": _passed,
}
