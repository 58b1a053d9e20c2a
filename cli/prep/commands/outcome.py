"""What follows a grading: the exit code, and the lines below the checks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prep.commands.crash import write_crash_file
from prep.commands.desk import Desk
from prep.errors import ExitCode, InternalError
from prep.model import Exercise, Report, Status

_CODES = {
    Status.PASSED: ExitCode.OK,
    Status.FAILED: ExitCode.NOT_PASSED,
    Status.NOT_ATTEMPTED: ExitCode.NOT_PASSED,
    Status.STOPPED: ExitCode.STOPPED,
    Status.CANNOT_RUN: ExitCode.CANNOT_RUN,
    Status.BROKEN: ExitCode.INTERNAL,
}


def exit_code(status: Status) -> ExitCode:
    """The exit code of a verdict."""
    return _CODES[status]


def crash_file_of(report: Report, exercise: Exercise) -> Path | None:
    """Where a broken grading is described for whoever mends the grader; None if it is whole."""
    if report.status is not Status.BROKEN:
        return None
    error = InternalError(f"the grader of {exercise.slug} failed: {report.reason}")
    checks = "\n".join(
        f"{r.outcome.value}: {r.check.id}: {r.evidence.exception} {r.evidence.message}"
        for r in report.results
    )
    more = f"seed: {report.seed}\n{checks}\n\noutput:\n{report.output}"
    return write_crash_file(error, ["grade", exercise.slug], more)


@contextmanager
def waiting(desk: Desk, text: str, *, quiet: bool = False) -> Iterator[None]:
    """Say at once what is going on, where somebody is looking; wipe it when it is over."""
    shown = not quiet and sys.stderr.isatty()
    if shown:
        print(text, end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if shown:
            print("\r" + " " * len(text) + "\r", end="", file=sys.stderr, flush=True)
