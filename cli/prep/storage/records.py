"""Read the history: every question that prep asks of its database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from prep.errors import EnvironmentProblemError
from prep.storage.database import explained
from prep.storage.events import DayTotals, Event, Stamp

_COLUMNS = (
    "seq, uuid, command, command_name, kind, exercise, utc, offset_minutes, study_date,"
    " spent_ms, data, snapshot, command IN (SELECT command FROM undone)"
)
_KEPT = "command NOT IN (SELECT command FROM undone)"

# Jumps from one exercise to the next in the index instead of reading every event.
_EXERCISES = """
WITH RECURSIVE found (name) AS (
    SELECT min(exercise) FROM events WHERE exercise > ''
    UNION ALL
    SELECT (SELECT min(exercise) FROM events WHERE exercise > found.name)
    FROM found WHERE found.name IS NOT NULL
)
SELECT name FROM found WHERE name IS NOT NULL
"""


class Records:
    """Read access to one open database; `path` is named when something is wrong with it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def last(self) -> Event | None:
        """The event recorded last, undone or not."""
        found = self._select("1 ORDER BY seq DESC LIMIT 1", ())
        return found[0] if found else None

    def events(
        self,
        exercise: str | None = None,
        *,
        kinds: Sequence[str] = (),
        command: str | None = None,
        after: int = 0,
        include_undone: bool = False,
    ) -> list[Event]:
        """Events in the order of recording.

        Args:
            exercise: only those of this slug.
            kinds: only these kinds; all when empty.
            command: only those of this command.
            after: only those with a larger `seq`.
            include_undone: also those that an undo took back.
        """
        clauses: list[tuple[str, list[Any]]] = [("seq > ?", [after])]
        if exercise is not None:
            clauses.append(("exercise = ?", [exercise]))
        if kinds:
            clauses.append((f"kind IN ({', '.join('?' * len(kinds))})", list(kinds)))
        if command is not None:
            clauses.append(("command = ?", [command]))
        if not include_undone:
            clauses.append((_KEPT, []))
        where = " AND ".join(clause for clause, _ in clauses)
        values = [value for _, some in clauses for value in some]
        return self._select(f"{where} ORDER BY seq", values)

    def latest(self, limit: int, exercise: str | None = None) -> list[Event]:
        """The newest events, undone ones included, in the order of recording."""
        where, values = ("exercise = ?", [exercise]) if exercise is not None else ("1", [])
        found = self._select(f"{where} ORDER BY seq DESC LIMIT ?", [*values, limit])
        return found[::-1]

    def attempt_events(self, exercise: str) -> list[Event]:
        """The events of the exercise's newest attempt: from its last start that stands."""
        ((first,),) = self._rows(
            f"SELECT max(seq) FROM events WHERE exercise = ? AND kind = 'started' AND {_KEPT}",
            (exercise,),
        )
        return [] if first is None else self.events(exercise, after=first - 1)

    def newest(self, exercise: str, kinds: Sequence[str]) -> Event | None:
        """The exercise's newest event of these kinds that stands."""
        # The name of the index keeps SQLite from sorting all events of these kinds.
        rows = self._select(
            f"exercise = ? AND kind IN ({', '.join('?' * len(kinds))}) AND {_KEPT}"
            " ORDER BY seq DESC LIMIT 1",
            (exercise, *kinds),
            index="events_order",
        )
        return rows[0] if rows else None

    def count(self, exercise: str, kind: str) -> int:
        """How many events of this kind stand."""
        ((number,),) = self._rows(
            f"SELECT count(*) FROM events WHERE exercise = ? AND kind = ? AND {_KEPT}",
            (exercise, kind),
        )
        return int(number)

    def exercises(self) -> list[str]:
        """Slugs of all exercises that have events, sorted."""
        return [name for (name,) in self._rows(_EXERCISES)]

    def days(self) -> list[DayTotals]:
        """Totals of every study day with events that stand, oldest first."""
        rows = self._rows(
            "SELECT study_date, grades, cards, spent_ms FROM days ORDER BY study_date"
        )
        return [DayTotals(date.fromisoformat(d), g, c, ms / 1000) for d, g, c, ms in rows]

    def commands(self, *, besides: Sequence[str] = (), limit: int = 1) -> list[str]:
        """Ids of the newest commands that stand, newest first; `besides` are names left out."""
        marks = ", ".join("?" * len(besides))
        rows = self._rows(
            f"SELECT command FROM events WHERE command_name NOT IN ({marks}) AND {_KEPT}"
            " AND seq = (SELECT min(e.seq) FROM events e WHERE e.command = events.command)"
            " ORDER BY seq DESC LIMIT ?",
            (*besides, limit),
        )
        return [command for (command,) in rows]

    def snapshot(self, snapshot: str) -> dict[str, bytes]:
        """The files of a snapshot: path relative to the exercise's folder -> bytes.

        Raises:
            EnvironmentProblemError: what is stored is not what was put in.
        """
        import hashlib
        import zlib

        rows = self._rows(
            "SELECT path, sha256, body FROM snapshot_files JOIN blobs ON sha256 = blob"
            " WHERE snapshot = ? ORDER BY path",
            (snapshot,),
        )
        files: dict[str, bytes] = {}
        for path, sha256, body in rows:
            try:
                files[path] = zlib.decompress(body)
            except zlib.error:
                files[path] = b""
            if hashlib.sha256(files[path]).hexdigest() != sha256:
                raise EnvironmentProblemError(
                    f"The stored copy of {path} is damaged.", "Look for another one: prep log"
                )
        return files

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with the file; empty when all is well."""
        found = [text for (text,) in self._rows("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def newest_uuid(self) -> str | None:
        """The largest uuid of any event."""
        ((uuid,),) = self._rows("SELECT max(uuid) FROM events")
        return None if uuid is None else str(uuid)

    def _select(self, where: str, values: Sequence[Any], index: str = "") -> list[Event]:
        source = f"events INDEXED BY {index}" if index else "events"
        with explained(self._path):
            rows = self._rows(f"SELECT {_COLUMNS} FROM {source} WHERE {where}", values)
            return [_event(row) for row in rows]

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with explained(self._path):
            return self._connection.execute(statement, values).fetchall()


def _event(row: tuple[Any, ...]) -> Event:
    seq, uuid, command, name, kind, exercise, utc, offset, day, spent, data, snapshot, undone = row
    try:
        stamp = Stamp(datetime.fromisoformat(utc), offset, date.fromisoformat(day))
        return Event(
            seq=seq,
            uuid=uuid,
            command=command,
            command_name=name,
            kind=kind,
            exercise=exercise,
            stamp=stamp,
            spent_seconds=spent / 1000,
            data=json.loads(data),
            snapshot=snapshot,
            undone=bool(undone),
        )
    except (TypeError, ValueError) as error:
        raise sqlite3.DatabaseError(f"event {seq} cannot be read: {error}") from error
