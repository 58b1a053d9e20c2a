"""Take commands back, one after another, the newest first; files come back too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from prep.errors import NotFoundError
from prep.practice.session import Session
from prep.storage.events import Event
from prep.storage.history import Transaction

NOT_UNDOABLE = ("undo", "import")


class Undone(NamedTuple):
    """What an undo took back.

    Attributes:
        command: the name of the command, e.g. `reset`.
        events: its events, in their order.
        restored: slugs whose files are again as before the command.
        kept: where files that were replaced by the undo are.
    """

    command: str
    events: tuple[Event, ...]
    restored: tuple[str, ...] = ()
    kept: tuple[Path, ...] = ()

    @property
    def exercise(self) -> str:
        """The exercise that the command was about; "" when about none."""
        return self.events[-1].exercise


def undoable(session: Session, limit: int = 10) -> list[tuple[Event, ...]]:
    """The events of the commands that `undo` would take back, the next one first."""
    records = session.history.read()
    commands = records.commands(besides=NOT_UNDOABLE, limit=limit)
    return [tuple(records.events(command=command)) for command in commands]


def undo(session: Session) -> Undone:
    """Take back the newest command that stands.

    Files that the command replaced come back as they were. The present ones are
    stored in the history and kept beside them first.

    Raises:
        NotFoundError: there is nothing left to undo.
        EnvironmentProblemError: the files cannot be written; nothing was undone.
    """
    nothing = NotFoundError("There is nothing to undo.", "prep log   shows what was recorded")
    if not session.history.path.exists():
        raise nothing
    with session.history.transaction("undo") as tx:
        found = tx.commands(besides=NOT_UNDOABLE)
        if not found:
            raise nothing
        events = tuple(tx.events(command=found[0]))
        result = Undone(events[0].command_name, events)
        present = session.workspace.collect(result.exercise) if _replaced(events) else None
        tx.undo(found[0], result.exercise, files=present)
        restored, kept = _restore(session, tx, _replaced(events))
        return Undone(result.command, events, restored, kept)


def _replaced(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.data.get("replaced")]


def _restore(
    session: Session, tx: Transaction, replaced: Sequence[Event]
) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    stamp = tx.stamp.local.strftime("%Y-%m-%dT%H%M")
    restored, kept = [], []
    for event in replaced:
        before = tx.snapshot(event.snapshot) if event.snapshot else {}
        installed = tx.snapshot(event.data["installed"])
        place = session.workspace.replace(event.exercise, before, disposable=installed, stamp=stamp)
        if event.data.get("kept"):
            session.workspace.bring_back(event.exercise, Path(event.data["kept"]))
        restored.append(event.exercise)
        if place is not None:
            kept.append(place)
    return tuple(restored), tuple(kept)
