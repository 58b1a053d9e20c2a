"""The nouns of prep: immutable, plain data, standard library only.

They are NamedTuples and not frozen dataclasses because every command pays for their making:
15 ms for these classes as dataclasses, 2 ms as they are. To JSON they go field by field.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Kind(StrEnum):
    """What an exercise asks for."""

    IMPLEMENT = "implement"
    FIX = "fix"
    WRITE_TESTS = "write-tests"
    QUERY = "query"
    REPO = "repo"
    OPTIMISE = "optimise"
    BUILD = "build"


class Exercise(NamedTuple):
    """One exercise, as its `exercise.toml` describes it.

    Attributes:
        slug: unique over all tracks; the name that a person types.
        track: the folder above, e.g. `pytorch`.
        level: 1 (easy) to 3 (hard).
        minutes: par, in minutes.
        needs: frameworks by import name (`torch`); empty for the standard library.
        timeout: limit of one grader run, in seconds.
        file: the file that the learner edits.
        forbid: dotted names that a solution must not call.
        folder, grader_folder, solution_folder: where its three parts live.
    """

    slug: str
    track: str
    title: str
    kind: Kind
    level: int
    minutes: int
    needs: tuple[str, ...]
    topics: tuple[str, ...]
    timeout: float
    file: str
    sources: tuple[str, ...]
    forbid: tuple[str, ...]
    allow_network: bool
    folder: Path
    grader_folder: Path
    solution_folder: Path


class Check(NamedTuple):
    """One announced behaviour: a test function of the grader, read without running it.

    Attributes:
        id: the function's name without `test_`.
        title: the first line of its docstring, as the learner reads it.
        needs: ids of checks that must have passed before this one makes sense.
    """

    id: str
    title: str
    needs: tuple[str, ...] = ()


class Mistake(NamedTuple):
    """A known wrong solution.

    Attributes:
        name: the stem of its file, e.g. `no_zero_grad`.
        diagnosis: one sentence for the learner.
        caught_by: ids of the checks that it fails, all of them and no other.
    """

    name: str
    diagnosis: str
    caught_by: frozenset[str]


class Hint(NamedTuple):
    """One hint; `shows_code` says that the body holds a fenced code block."""

    number: int
    title: str
    body: str
    shows_code: bool


class Outcome(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_WRITTEN = "not written"  # the learner's code raised NotImplementedError
    WAITING = "waiting"  # a check that this one needs did not pass
    STOPPED = "stopped"  # a time or memory limit
    NOT_RUN = "not run"
    BROKEN = "broken"  # the grader's fault


class Status(StrEnum):
    """The verdict of a whole grading; words that are never mixed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    STOPPED = "stopped"
    CANNOT_RUN = "cannot run"
    BROKEN = "broken"

    @property
    def recorded(self) -> bool:
        """Whether a grading with this verdict counts in the history."""
        return self in (Status.PASSED, Status.FAILED, Status.STOPPED)


class Frame(NamedTuple):
    """A place in the learner's own file."""

    file: str
    line: int
    function: str = ""
    source: str = ""


class Evidence(NamedTuple):
    """Why a check did not pass, in the learner's terms.

    Attributes:
        message: one or two sentences.
        expected, seen: short values; empty when the message says it all.
        frames: the learner's frames, outermost first.
        mistake: the known mistake whose value the check recognised, if any.
        exception: the type's name when the learner's code raised.
    """

    message: str = ""
    expected: str = ""
    seen: str = ""
    frames: tuple[Frame, ...] = ()
    mistake: str = ""
    exception: str = ""


class CheckResult(NamedTuple):
    """One check with its outcome; `seconds` is its run time."""

    check: Check
    outcome: Outcome
    evidence: Evidence = Evidence()
    seconds: float = 0.0


class Report(NamedTuple):
    """The verdict of one grading.

    Attributes:
        results: one per announced check, in the grader's order.
        diagnosis: the sentence of the known mistake that this looks like, or "".
        mistake: that mistake's name, or "".
        reason: what happened to the run as a whole (import error, limit), or "".
        place: the learner's line that `reason` speaks of.
        seconds: wall time of the run.
        output: what the learner's code printed, capped.
        seed: the seed that the hidden data were drawn with.
    """

    slug: str
    status: Status
    results: tuple[CheckResult, ...]
    diagnosis: str = ""
    mistake: str = ""
    reason: str = ""
    place: Frame | None = None
    seconds: float = 0.0
    output: str = ""
    seed: int = 0

    @property
    def passed(self) -> int:
        return sum(r.outcome is Outcome.PASSED for r in self.results)
