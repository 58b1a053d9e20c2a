"""The learner's desk: history, workspace and clock together, and what can be read from them."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from prep.practice import clock
from prep.practice.attempts import STATE_KINDS, Attempt, State, attempts, fold
from prep.storage.events import Event
from prep.storage.history import History, Records
from prep.storage.locations import Locations, workspace_root
from prep.storage.workspace import Workspace

if TYPE_CHECKING:
    from prep.storage.settings import Settings


class Session(NamedTuple):
    """Everything that a command of the practice loop needs.

    Attributes:
        history: what was recorded.
        workspace: the learner's folders.
        now: gives the present moment, aware.
        day_starts_at: hour at which a study day starts.
    """

    history: History
    workspace: Workspace
    now: Callable[[], datetime]
    day_starts_at: int = 4

    @classmethod
    def open(
        cls,
        locations: Locations,
        settings: Settings,
        env: Mapping[str, str],
        workspace_flag: str | None = None,
    ) -> Session:
        """Put a session together; no file is created."""

        def now() -> datetime:
            return clock.now(env)

        root, _ = workspace_root(workspace_flag, env, settings.workspace)
        history = History(locations.history, clock.stamper(now, settings.day_starts_at))
        return cls(history, Workspace(root), now, settings.day_starts_at)

    def attempt(self, slug: str) -> Attempt | None:
        """The newest attempt at an exercise."""
        return attempt_in(self.history.read(), slug)

    def attempts(self) -> dict[str, Attempt]:
        """The newest attempt at every exercise that was ever started."""
        return attempts_in(self.history.read())

    def past_attempts(self, slug: str) -> tuple[Attempt, ...]:
        """All attempts at an exercise, oldest first."""
        return attempts(self.history.read().events(slug))

    def passes(self, slug: str) -> int:
        """How many grades passed, those after the pass included."""
        return self.history.read().count(slug, "passed")

    def current(self, place: Path, known: Container[str]) -> str | None:
        """The exercise meant when none is named.

        Args:
            place: where the learner stands; its exercise's folder wins.
            known: slugs that exist; a folder of another name is no exercise's.
        """
        here = self.workspace.slug_at(place)
        return here if here is not None and here in known else self.unfinished()

    def unfinished(self) -> str | None:
        """The running attempt, else the unfinished one that was touched last."""
        found = open_attempts_in(self.history.read())
        running = [attempt for attempt in found if attempt.state is State.RUNNING]
        return (running or found)[-1].exercise if found else None

    def today(self) -> date:
        """The study day of now, as the next event would be stamped."""
        last = self.history.read().last()
        return clock.stamper(self.now, self.day_starts_at)(last.stamp if last else None).study_date

    def log(self, slug: str | None = None, limit: int = 50) -> list[Event]:
        """The newest events, undone ones marked, newest first."""
        return self.history.read().latest(limit, slug)[::-1]


def attempt_in(records: Records, slug: str) -> Attempt | None:
    return fold(records.attempt_events(slug))


def attempts_in(records: Records) -> dict[str, Attempt]:
    found = {slug: attempt_in(records, slug) for slug in records.exercises()}
    return {slug: attempt for slug, attempt in found.items() if attempt is not None}


def open_attempts_in(records: Records) -> list[Attempt]:
    """The attempts that are running or paused, the one touched last at the end.

    Quick, however long the history is.
    """
    found: list[tuple[int, Attempt]] = []
    for slug in records.exercises():
        last = records.newest(slug, STATE_KINDS)
        if last is not None and last.kind in ("started", "resumed", "paused"):
            events = records.attempt_events(slug)
            attempt = fold(events)
            if attempt is not None and attempt.open:
                found.append((events[-1].seq, attempt))
    return [attempt for _, attempt in sorted(found, key=lambda pair: pair[0])]
