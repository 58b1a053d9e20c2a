"""What can go wrong, and the exit code that says so.

Every error that a person can meet is a `PrepError`: one clear sentence, and the
command that helps next. Anything else that escapes is prep's own fault (70).
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command; `prep --help` prints this table."""

    OK = 0
    NOT_PASSED = 1
    USAGE = 2
    NOT_FOUND = 3
    ENVIRONMENT = 4
    CANNOT_RUN = 5
    STOPPED = 6
    INTERNAL = 70
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        return _MEANING[self]


_MEANING = {
    ExitCode.OK: "done, or passed",
    ExitCode.NOT_PASSED: "graded and not passed",
    ExitCode.USAGE: "wrong usage",
    ExitCode.NOT_FOUND: "not found, or nothing is running",
    ExitCode.ENVIRONMENT: "environment: a framework is missing, a folder cannot be written",
    ExitCode.CANNOT_RUN: "your code cannot be run; nothing was recorded",
    ExitCode.STOPPED: "stopped at a time or memory limit",
    ExitCode.INTERNAL: "prep's own fault; nothing was recorded, a crash file is named",
    ExitCode.INTERRUPTED: "Ctrl-C",
}


class PrepError(Exception):
    """An error that a person can act on.

    Attributes:
        message: one sentence that says what is wrong.
        hint: the next command or step; may be empty.
        code: the exit code.
    """

    code = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PrepError):
    """The command line itself is wrong."""

    code = ExitCode.USAGE


class NotFoundError(PrepError):
    """No such exercise, attempt or event; or nothing is running."""

    code = ExitCode.NOT_FOUND


class EnvironmentProblemError(PrepError):
    """Something around prep is missing, read-only, full or damaged."""

    code = ExitCode.ENVIRONMENT


class CannotRunError(PrepError):
    """The learner's file cannot be read or run; nothing is recorded."""

    code = ExitCode.CANNOT_RUN


class InternalError(PrepError):
    """prep's own fault, a broken grader included; nothing is recorded."""

    code = ExitCode.INTERNAL
