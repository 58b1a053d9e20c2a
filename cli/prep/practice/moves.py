"""What a learner does with an exercise: start, pause, resume, stop, reset, restore.

Each function is one command. It reads the attempt, changes files if it must, and
records what happened, all under one lock.
"""

from __future__ import annotations

from typing import Any

from prep.errors import NotFoundError
from prep.model import Exercise
from prep.practice.attempts import State
from prep.practice.session import Session
from prep.practice.step import Move, Step, step
from prep.storage.learner_files import is_stub, stub_files


def start(
    session: Session,
    exercise: Exercise,
    *,
    time_seconds: float | None = None,
    untimed: bool = False,
    fresh: bool = False,
) -> Move:
    """Go on with the open attempt, or begin a new one from the stub.

    Args:
        session: the learner's desk.
        exercise: what to start.
        time_seconds: the limit; par when None.
        untimed: no limit.
        fresh: begin a new attempt even when one is open.

    Raises:
        EnvironmentProblemError: the workspace or the history cannot be written.
    """
    par = exercise.minutes * 60.0
    limit = None if untimed else par if time_seconds is None else time_seconds
    with step(session, "start", exercise.slug, first=True) as here:
        if here.attempt is not None and here.attempt.open and not fresh:
            return _go_on(here, exercise, limit, chosen=untimed or time_seconds is not None)
        return _begin(here, exercise, limit, fresh=fresh)


def _go_on(here: Step, exercise: Exercise, limit: float | None, *, chosen: bool) -> Move:
    workspace, before = here.session.workspace, here.attempt
    present = workspace.collect(exercise.slug)
    if workspace.create(exercise):
        # Files of the stub were gone; undo takes what was put there away again.
        installed = here.tx.keep(workspace.collect(exercise.slug))
        here.record("restored", {"replaced": True, "installed": installed}, files=present)
    if chosen:
        here.record("timed", {"limit_seconds": limit})
    here.take_up("start")
    news = "resumed" if here.resumed else "running"
    return here.done(news, recorded=here.attempt is not before or bool(here.paused))


def _begin(here: Step, exercise: Exercise, limit: float | None, *, fresh: bool) -> Move:
    workspace, before = here.session.workspace, here.attempt
    data: dict[str, Any] = {
        "attempt": 1 if before is None else before.number + 1,
        "first_exposure": before is None,
        "par_seconds": exercise.minutes * 60.0,
        "limit_seconds": limit,
        "level": exercise.level,
        "track": exercise.track,
    }
    present = workspace.collect(exercise.slug)
    here.pause_others()
    if before is None and not fresh and exercise.file in present:
        # Files without an attempt: a history that was lost, or a copied folder.
        workspace.create(exercise)
        news = "new" if is_stub(exercise, present) else "adopted"
        here.record("started", data)
        return here.done(news)
    if before is not None and before.open:
        here.record("stopped", {"reason": "fresh"})
    kept, facts = here.put(stub_files(exercise), exercise)
    here.record("started", {**data, **facts}, files=present)
    return here.done("new", kept=kept)


def pause(session: Session, slug: str) -> Move:
    """Stop the clock until `resume`.

    Raises:
        NotFoundError: there is no open attempt.
    """
    with step(session, "pause", slug) as here:
        if here.open_attempt().state is State.PAUSED:
            return here.done("paused", recorded=False)
        here.record("paused", {"for": None})
        return here.done("paused")


def resume(session: Session, slug: str) -> Move:
    """Let the clock run again; another running exercise is paused.

    Raises:
        NotFoundError: there is no open attempt.
    """
    with step(session, "resume", slug) as here:
        if here.open_attempt().state is State.RUNNING:
            return here.done("running", recorded=False)
        here.take_up("resume")
        return here.done("resumed")


def away(session: Session, slug: str, seconds: float) -> Move:
    """Do not count time away from the desk: `seconds` of the time since the last event.

    Raises:
        NotFoundError: there is no open attempt.
    """
    with step(session, "away", slug) as here:
        attempt = here.open_attempt()
        unseen = attempt.active_seconds(here.tx.stamp.utc) - attempt.spent_seconds
        seconds = min(max(0.0, seconds), unseen)
        here.record("away", {"seconds": seconds}, away_seconds=seconds)
        return here.done("away")


def stop(session: Session, slug: str) -> Move:
    """End the attempt without a pass; the files are snapshotted and stay.

    Raises:
        NotFoundError: there is no open attempt.
    """
    with step(session, "stop", slug) as here:
        here.open_attempt()
        here.record("stopped", {"reason": "stop"}, files=session.workspace.collect(slug))
        return here.done("stopped")


def reset(session: Session, exercise: Exercise) -> Move:
    """Put the stub back and keep the files of before; the clock goes on.

    Raises:
        NotFoundError: the exercise was never started.
        EnvironmentProblemError: the folder cannot be written; nothing has changed.
    """
    with step(session, "reset", exercise.slug) as here:
        here.any_attempt()
        present = session.workspace.collect(exercise.slug)
        kept, facts = here.put(stub_files(exercise), exercise)
        here.record("reset", facts, files=present)
        return here.done("reset", kept=kept)


def restore(session: Session, exercise: Exercise, snapshot: str) -> Move:
    """Bring back the files of a snapshot and keep those of before; the clock goes on.

    Raises:
        NotFoundError: the exercise was never started, or the snapshot lacks its file.
        EnvironmentProblemError: the folder cannot be written; nothing has changed.
    """
    with step(session, "restore", exercise.slug) as here:
        here.any_attempt()
        files = here.tx.snapshot(snapshot)
        if exercise.file not in files:
            raise NotFoundError(
                f"That copy holds no {exercise.file}.",
                f"prep log {exercise.slug}   shows the others",
            )
        present = session.workspace.collect(exercise.slug)
        kept, facts = here.put(files, exercise)
        here.record("restored", facts, files=present)
        return here.done("restored", kept=kept)
