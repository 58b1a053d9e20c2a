"""One command on one exercise, inside its transaction: the common part of all moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from prep.errors import NotFoundError
from prep.model import Exercise
from prep.practice.attempts import Attempt, State
from prep.practice.session import Session, attempt_in, open_attempts_in
from prep.storage.history import Transaction
from prep.storage.learner_files import stub_files

Files = Mapping[str, bytes]


class Move(NamedTuple):
    """What a command did.

    Attributes:
        attempt: the attempt as it is now.
        folder: the learner's folder of the exercise.
        news: `new`, `adopted` (files were there, but no attempt), `running` (it already
            was), or the kind of the event.
        paused: slugs of other exercises that were paused for this one.
        resumed: the clock was paused and runs again.
        kept: where files that were replaced are.
        recorded: whether the history has a new event.
    """

    attempt: Attempt
    folder: Path
    news: str
    paused: tuple[str, ...] = ()
    resumed: bool = False
    kept: Path | None = None
    recorded: bool = True


class Step:
    """A command under way.

    Attributes:
        attempt: the newest attempt, looked up again after every event.
        paused: other exercises that this command paused.
    """

    def __init__(
        self, session: Session, tx: Transaction, slug: str, attempt: Attempt | None
    ) -> None:
        self.session = session
        self.tx = tx
        self.slug = slug
        self.attempt = attempt
        self.paused: list[str] = []
        self.resumed = False

    @property
    def folder_stamp(self) -> str:
        """Names the folder of what is kept, in local time: `2025-11-20T1409`."""
        return self.tx.stamp.local.strftime("%Y-%m-%dT%H%M")

    def record(
        self,
        kind: str,
        data: Mapping[str, Any] | None = None,
        files: Files | None = None,
        away_seconds: float = 0.0,
    ) -> None:
        """Add an event with all that scheduling needs to know later."""
        facts: dict[str, Any] = {}
        spent = 0.0
        if self.attempt is not None and kind != "started":
            active = self.attempt.active_seconds(self.tx.stamp.utc)
            spent = active - self.attempt.spent_seconds - away_seconds
            facts = _facts(self.attempt, active)
        self.tx.append(kind, self.slug, {**facts, **(data or {})}, files=files, spent_seconds=spent)
        self.attempt = attempt_in(self.tx, self.slug)

    def take_up(self, why: str) -> None:
        """Let the clock run for this exercise and for no other."""
        self.pause_others()
        if self.attempt is not None and self.attempt.state is State.PAUSED:
            self.record("resumed", {"by": why})
            self.resumed = True

    def pause_others(self) -> None:
        """Only one clock runs at a time."""
        for other in open_attempts_in(self.tx):
            if other.exercise != self.slug and other.state is State.RUNNING:
                there = Step(self.session, self.tx, other.exercise, other)
                there.record("paused", {"for": self.slug})
                self.paused.append(other.exercise)

    def put(self, files: Files, exercise: Exercise) -> tuple[Path | None, dict[str, Any]]:
        """Make `files` the content of the folder.

        Returns:
            Where the files of before are kept, and what undo needs to know.
        """
        workspace, stub = self.session.workspace, stub_files(exercise)
        kept = None
        if files == stub and not workspace.folder(self.slug).exists():
            workspace.create(exercise)
        else:
            kept = workspace.replace(self.slug, files, disposable=stub, stamp=self.folder_stamp)
        return kept, {
            "replaced": True,
            "installed": self.tx.keep(files),
            "kept": str(kept) if kept else None,
        }

    def any_attempt(self) -> Attempt:
        """The newest attempt.

        Raises:
            NotFoundError: the exercise was never started.
        """
        if self.attempt is None:
            raise never_started(self.slug)
        return self.attempt

    def open_attempt(self) -> Attempt:
        """The newest attempt, neither passed nor stopped.

        Raises:
            NotFoundError: there is none.
        """
        attempt = self.any_attempt()
        if not attempt.open:
            raise ended(attempt)
        return attempt

    def done(self, news: str, *, kept: Path | None = None, recorded: bool = True) -> Move:
        """The result of the command."""
        assert self.attempt is not None
        return Move(
            attempt=self.attempt,
            folder=self.session.workspace.folder(self.slug),
            news=news,
            paused=tuple(self.paused),
            resumed=self.resumed,
            kept=kept,
            recorded=recorded,
        )


@contextmanager
def step(session: Session, command: str, slug: str, *, first: bool = False) -> Iterator[Step]:
    """Open the transaction of one command on one exercise.

    Args:
        session: the learner's desk.
        command: its name.
        slug: the exercise.
        first: the command may be the first ever; without it, no history is made.
    """
    if not first and not session.history.path.exists():
        raise never_started(slug)
    with session.history.transaction(command) as tx:
        yield Step(session, tx, slug, attempt_in(tx, slug))


def never_started(slug: str) -> NotFoundError:
    return NotFoundError(f"{slug} was not started yet.", f"prep start {slug}")


def ended(attempt: Attempt) -> NotFoundError:
    how = "passed" if attempt.state is State.PASSED else "stopped"
    return NotFoundError(
        f"The attempt at {attempt.exercise} is over: it was {how}.",
        f"prep start {attempt.exercise}   begins a new one; prep undo   goes back one command",
    )


def _facts(attempt: Attempt, active_seconds: float) -> dict[str, Any]:
    limit = attempt.limit_seconds
    return {
        "attempt": attempt.number,
        "first_exposure": attempt.first_exposure,
        "active_seconds": round(active_seconds, 3),
        "par_seconds": attempt.par_seconds,
        "limit_seconds": limit,
        "time_up": limit is not None and active_seconds > limit,
        "hints": list(attempt.hints),
        "highest_hint": attempt.highest_hint,
        "code_hint": attempt.code_hint,
        "failed_grades": attempt.failed_grades,
        "solution_seen": attempt.solution_seen,
    }
