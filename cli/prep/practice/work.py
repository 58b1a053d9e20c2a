"""What counts for an attempt: hints, the reference, and grades.

Reading a hint again, or anything after the end, is free and records nothing.
"""

from __future__ import annotations

from typing import Any

from prep.errors import UsageError
from prep.model import Exercise, Hint, Report, Status
from prep.practice.attempts import Attempt, State
from prep.practice.session import Session
from prep.practice.step import Files, Move, ended, never_started, step


def open_hint(session: Session, slug: str, hint: Hint) -> Move:
    """Open a hint; one that was opened before, or after the end, costs nothing.

    Raises:
        NotFoundError: the exercise was never started.
    """
    attempt = session.attempt(slug)
    if attempt is not None and (not attempt.open or hint.number in attempt.hints):
        return Move(attempt, session.workspace.folder(slug), "hint", recorded=False)
    with step(session, "hint", slug) as here:
        here.any_attempt()
        here.take_up("hint")
        here.record("hint", {"number": hint.number, "shows_code": hint.shows_code})
        return here.done("hint")


def open_solution(session: Session, slug: str, *, give_up: bool = False) -> Move:
    """Open the reference: free after the end, before it only as the end of the attempt.

    Raises:
        NotFoundError: the exercise was never started.
        UsageError: the attempt is open and the learner did not say to give up.
    """
    attempt = require_readable(session, slug, give_up=give_up)
    if not attempt.open:
        return Move(attempt, session.workspace.folder(slug), "solution", recorded=False)
    with step(session, "solution", slug) as here:
        here.any_attempt()
        here.record("solution", {"gave_up": True}, files=session.workspace.collect(slug))
        return here.done("solution")


def require_readable(session: Session, slug: str, *, give_up: bool) -> Attempt:
    """The attempt whose reference may be read; to be asked before anything is recorded.

    Raises:
        NotFoundError, UsageError: as for `open_solution`.
    """
    attempt = session.attempt(slug)
    if attempt is None:
        raise never_started(slug)
    if attempt.open and not give_up:
        raise UsageError(
            f"The reference of {slug} opens after a pass.",
            "prep solution --give-up   opens it now and ends the attempt",
        )
    return attempt


def record_grade(session: Session, exercise: Exercise, report: Report, files: Files) -> Move:
    """Record a grading and the files that were graded, if its verdict counts.

    Args:
        session: the learner's desk.
        exercise: what was graded.
        report: the verdict.
        files: exactly the files that were graded.

    Raises:
        NotFoundError: there is no attempt that can be graded.
    """
    attempt = require_gradable(session, exercise.slug)
    if not report.status.recorded:
        folder = session.workspace.folder(exercise.slug)
        return Move(attempt, folder, "graded", recorded=False)
    with step(session, "grade", exercise.slug) as here:
        attempt = here.any_attempt()
        passed = report.status is Status.PASSED
        if attempt.open and not passed:
            here.take_up("grade")
        after_pass = attempt.state is State.PASSED
        data = {**_verdict(report), "after_pass": after_pass, "grade": attempt.grades + 1}
        here.record("passed" if passed else "graded", data, files=files)
        return here.done("passed" if passed else "graded")


def require_gradable(session: Session, slug: str) -> Attempt:
    """The attempt that a grading would count for; to be asked before the grader runs.

    Raises:
        NotFoundError: it was never started, or was stopped.
    """
    attempt = session.attempt(slug)
    if attempt is None:
        raise never_started(slug)
    if attempt.state is State.STOPPED:
        raise ended(attempt)
    return attempt


def _verdict(report: Report) -> dict[str, Any]:
    return {
        "status": report.status.value,
        "score": report.passed,
        "total": len(report.results),
        "checks": {result.check.id: result.outcome.value for result in report.results},
        "mistake": report.mistake,
        "run_seconds": round(report.seconds, 3),
        "seed": report.seed,
    }
