"""Versions of the learner's files that the history keeps: find two of them, or one by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prep.errors import NotFoundError
from prep.model import Exercise
from prep.practice.session import Session
from prep.storage.events import Event
from prep.storage.learner_files import EXAMPLES, README, stub_files

EMPTY = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
"""Id of the snapshot of no files at all."""

_GRADES = ("graded", "passed")


class Version(NamedTuple):
    """The learner's files at one moment; `label` names it on the screen."""

    label: str
    files: Mapping[str, bytes]


def holds_files(event: Event) -> bool:
    """Whether files are kept with an event; a first start has none."""
    return event.snapshot is not None and event.snapshot != EMPTY


def saved(session: Session, number: int, slug: str | None = None) -> Event:
    """The event of this number, which must hold files.

    Args:
        session: the learner's desk.
        number: as `prep log` shows it.
        slug: the exercise that it must belong to.

    Raises:
        NotFoundError: there is none, it holds no files, or belongs to another exercise.
    """
    events = session.history.read().events(slug, after=number - 1, include_undone=True)
    found = events[0] if events and events[0].seq == number else None
    log = f"prep log {slug}" if slug else "prep log"
    of = f" of {slug}" if slug else ""
    if found is None:
        raise NotFoundError(f"the log{of} has no number {number}", log)
    if not holds_files(found):
        raise NotFoundError(f"number {number} of the log keeps no files", log)
    return found


def pair(session: Session, exercise: Exercise, numbers: Sequence[int]) -> tuple[Version, Version]:
    """The two versions to compare, the older one first.

    Two numbers mean these two, one number means it and the files as they are now. With none:
    the last graded version and the files of now if they differ, else the last two graded
    ones, else the stub and the only graded one.

    Raises:
        NotFoundError: a number is not one of a saved version, or nothing was graded yet.
    """
    if numbers:
        chosen = [_version(session, exercise, number) for number in numbers]
        return chosen[0], chosen[1] if len(chosen) > 1 else _now(session, exercise)
    graded = session.history.read().events(exercise.slug, kinds=_GRADES)
    kept = [event for event in graded if holds_files(event)]
    stub = Version("the stub", _own(stub_files(exercise)))
    now = _now(session, exercise)
    if not kept:
        if not now.files:
            raise NotFoundError(
                f"{exercise.slug} has nothing to compare yet", f"prep start {exercise.slug}"
            )
        return stub, now
    last = _version(session, exercise, kept[-1].seq)
    if now.files and now.files != last.files:
        return last, now
    return (_version(session, exercise, kept[-2].seq) if len(kept) > 1 else stub), last


def _version(session: Session, exercise: Exercise, number: int) -> Version:
    event = saved(session, number, exercise.slug)
    assert event.snapshot is not None
    return Version(f"number {number}", _own(session.history.read().snapshot(event.snapshot)))


def _now(session: Session, exercise: Exercise) -> Version:
    return Version("now", _own(session.workspace.collect(exercise.slug)))


def _own(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the learner writes, not the task and the examples that prep put there."""
    return {path: body for path, body in files.items() if path not in (README, EXAMPLES)}
