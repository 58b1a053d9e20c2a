"""Fixtures of the practice tests: a desk with two small exercises and a clock to move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from prep.model import Check, CheckResult, Exercise, Hint, Kind, Outcome, Report, Status
from prep.practice import moves, work
from prep.practice.attempts import Attempt
from prep.practice.clock import stamper
from prep.practice.session import Session
from prep.practice.step import Move
from prep.storage import database
from prep.storage.history import History
from prep.storage.workspace import Workspace

STUB = "def train(model):\n    raise NotImplementedError\n"
START = datetime.fromisoformat("2025-11-20T14:00:00+01:00")


def make_exercise(root: Path, slug: str, minutes: int = 10) -> Exercise:
    folder = root / slug
    (folder / "stub").mkdir(parents=True)
    (folder / "stub" / "solution.py").write_text(STUB)
    (folder / "prompt.md").write_text(f"# {slug}\n")
    (folder / "examples.py").write_text("from solution import train\n")
    return Exercise(
        slug=slug,
        track="pytorch",
        title=slug,
        kind=Kind.IMPLEMENT,
        level=1,
        minutes=minutes,
        needs=(),
        topics=(),
        timeout=5.0,
        file="solution.py",
        sources=(),
        forbid=(),
        allow_network=False,
        folder=folder,
        grader_folder=folder,
        solution_folder=folder,
    )


def report(status: Status = Status.FAILED, score: int = 1, slug: str = "loop") -> Report:
    outcomes = [Outcome.PASSED] * score + [Outcome.FAILED] * (3 - score)
    checks = [Check(f"check_{n}", f"Check {n}") for n in range(3)]
    results = tuple(CheckResult(c, o) for c, o in zip(checks, outcomes, strict=True))
    return Report(slug, status, results, mistake="no_zero_grad", seconds=0.5, seed=7)


@dataclass
class Desk:
    """A session with the clock and the files in the test's hand."""

    session: Session
    loop: Exercise
    loss: Exercise
    clock: list[datetime] = field(default_factory=lambda: [START])

    def tick(self, seconds: float) -> None:
        self.clock[0] += timedelta(seconds=seconds)

    def main(self, exercise: Exercise) -> Path:
        return self.session.workspace.folder(exercise.slug) / exercise.file

    def files(self, exercise: Exercise) -> dict[str, bytes]:
        return self.session.workspace.collect(exercise.slug)

    def attempt(self, exercise: Exercise) -> Attempt:
        found = self.session.attempt(exercise.slug)
        assert found is not None
        return found

    def active(self, exercise: Exercise) -> float:
        return self.attempt(exercise).active_seconds(self.session.now())

    def grade(self, exercise: Exercise, status: Status = Status.FAILED, score: int = 1) -> Move:
        score = 3 if status is Status.PASSED else score
        files = self.files(exercise)
        return work.record_grade(self.session, exercise, report(status, score), files)

    def hint(self, exercise: Exercise, number: int, *, shows_code: bool = False) -> Move:
        hint = Hint(number, "Think", "", shows_code)
        return work.open_hint(self.session, exercise.slug, hint)

    def start(self, exercise: Exercise) -> Move:
        return moves.start(self.session, exercise)

    def kinds(self, exercise: Exercise) -> list[str]:
        return [event.kind for event in self.session.history.read().events(exercise.slug)]


def make_desk(root: Path) -> Desk:
    clock = [START]

    def now() -> datetime:
        return clock[0]

    history = History(root / "home" / "history.db", stamper(now, 4))
    session = Session(history, Workspace(root / "prep"), now)
    content = root / "content"
    return Desk(session, make_exercise(content, "loop"), make_exercise(content, "loss", 5), clock)


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "SYNCHRONOUS", "OFF")
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = make_desk(tmp_path)
    yield found
    found.session.history.close()
