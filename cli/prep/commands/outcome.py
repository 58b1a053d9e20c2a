"""What follows a grading: the exit code, and the lines below the checks."""

from __future__ import annotations

import sys

from prep.commands.desk import Desk
from prep.errors import ExitCode
from prep.model import Status

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


def wait_note(desk: Desk, text: str, *, quiet: bool = False) -> None:
    """Say at once what is going on, where somebody is looking."""
    if not quiet and sys.stderr.isatty():
        desk.console.note(text)
