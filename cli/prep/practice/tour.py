"""The tour: what it does step by step, and whether each step ended as it was announced."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from prep.errors import EnvironmentProblemError, InternalError
from prep.model import Exercise
from prep.practice.frameworks import missing
from prep.practice.session import Session
from prep.storage import announced

FIRST_CHOICE = "training-loop"
TYPICAL = "no_zero_grad"


class Put(StrEnum):
    """Which file takes the place of the learner's before a step."""

    NOTHING = ""
    WRONG = "wrong"
    REFERENCE = "reference"


class Stop(NamedTuple):
    """One step of the tour.

    Attributes:
        says: what the reader is told before it.
        command: what is typed after `prep`.
        put: the file that is written first.
        code: the exit code that it must end with.
        records: the kind of the newest event afterwards.
        mistake: the known mistake that this event must name.
    """

    says: str
    command: tuple[str, ...]
    put: Put
    code: int
    records: str
    mistake: str = ""


class Tour(NamedTuple):
    """The tour on one exercise; `instead_of` names the one that cannot be run here."""

    exercise: Exercise
    mistake: str
    stops: tuple[Stop, ...]
    instead_of: str = ""
    lacks: tuple[str, ...] = ()

    def file_for(self, put: Put) -> Path:
        """The file of the exercise's solutions that a step writes."""
        suffix = Path(self.exercise.file).suffix
        folder = self.exercise.solution_folder
        if put is Put.WRONG:
            return folder / "wrong" / f"{self.mistake}{suffix}"
        return folder / f"reference{suffix}"


class Taken(NamedTuple):
    """A step that went as announced; `output` is what it printed, unless on the terminal."""

    stop: Stop
    code: int
    output: str


def plan(exercises: Iterable[Exercise]) -> Tour:
    """The tour on the first choice, else on the lightest exercise that can be run here.

    Raises:
        EnvironmentProblemError: none can be run here.
        InternalError: the exercise has no known mistake to show.
    """
    there = list(exercises)
    first = next((e for e in there if e.slug == FIRST_CHOICE), None)
    lacks = missing(first) if first is not None else ()
    able = sorted((e for e in there if not missing(e)), key=lambda e: len(e.needs))
    if not able:
        raise EnvironmentProblemError("no exercise can be run here", "prep doctor")
    exercise = first if first is not None and not lacks else able[0]
    names = [mistake.name for mistake in announced.mistakes_of(exercise)]
    if not names:
        raise InternalError(f"{exercise.slug} has no known mistake", "prep dev check")
    mistake = TYPICAL if TYPICAL in names else names[0]
    return Tour(
        exercise, mistake, _stops(exercise, mistake), first.slug if lacks and first else "", lacks
    )


def _stops(exercise: Exercise, mistake: str) -> tuple[Stop, ...]:
    file, grade = exercise.file, ("grade",)
    return (
        Stop(
            "Start an exercise: its files appear in your workspace, the clock runs.",
            ("start", exercise.slug),
            Put.NOTHING,
            0,
            "started",
        ),
        Stop(
            "Grade the untouched stub: nothing is attempted, so nothing is recorded.",
            grade,
            Put.NOTHING,
            1,
            "started",
        ),
        Stop(
            f"Now {file} gets a typical first attempt, with a mistake in it.",
            grade,
            Put.WRONG,
            1,
            "graded",
            mistake,
        ),
        Stop(
            "Open a hint; it goes from a question to near-code.", ("hint",), Put.NOTHING, 0, "hint"
        ),
        Stop(
            f"Now {file} gets a right attempt.",
            grade,
            Put.REFERENCE,
            0,
            "passed",
        ),
        Stop("The day counts.", ("streak",), Put.NOTHING, 0, "passed"),
    )


def verdict(stop: Stop, code: int, session: Session) -> str:
    """What is not as announced after a step, in words; "" when all is.

    Args:
        stop: the step.
        code: its exit code.
        session: reads the tour's own store.
    """
    if code != stop.code:
        return f"prep {' '.join(stop.command)} ended with {code}, not {stop.code}"
    log = session.log(limit=1)
    session.history.close()
    kind, mistake = (log[0].kind, log[0].data.get("mistake", "")) if log else ("nothing", "")
    if kind != stop.records:
        return f"the newest event is '{kind}', not '{stop.records}'"
    if stop.mistake and mistake != stop.mistake:
        return f"the mistake {stop.mistake} was not named"
    return ""


def surroundings(env: dict[str, str], home: Path, workspace: Path) -> dict[str, str]:
    """The environment of the tour's commands: the learner's own state stays out of reach."""
    dropped = ("PREP_EDITOR", "PREP_NOW")
    kept = {name: value for name, value in env.items() if name not in dropped}
    return {**kept, "PREP_HOME": os.fspath(home), "PREP_WORKSPACE": os.fspath(workspace)}
