"""The learner's history: one database, one transaction per command, nothing ever lost.

Reading never creates or changes a file. When the database is damaged or was made
by a newer prep, practice goes on beside it, and `warnings` says so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prep.storage import database, schema
from prep.storage.database import Condition, DamagedHistoryError, explained
from prep.storage.events import Event, Stamp, Stamper, next_uuid, utc_text
from prep.storage.records import Records


class Transaction(Records):
    """What one command adds; all of it is kept, or none.

    Attributes:
        command: id of the command.
        name: e.g. `grade`.
        stamp: the moment, shared by all events of the command.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, name: str, stamper: Stamper
    ) -> None:
        super().__init__(connection, path)
        last = self.last()
        self.name = name
        self.stamp: Stamp = stamper(last.stamp if last else None)
        self._uuid = self.newest_uuid()
        self.command = next_uuid(self.stamp.utc, self._uuid)

    def append(
        self,
        kind: str,
        exercise: str = "",
        data: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, bytes] | None = None,
        spent_seconds: float = 0.0,
    ) -> None:
        """Add one event.

        Args:
            kind: what happened, e.g. `passed`.
            exercise: its slug, if it concerns one.
            data: JSON values.
            files: the learner's files at that moment; path -> bytes.
            spent_seconds: active time since the exercise's event before.
        """
        stamp, spent_ms = self.stamp, round(spent_seconds * 1000)
        snapshot = None if files is None else self.keep(files)
        self._uuid = next_uuid(stamp.utc, self._uuid)
        self._connection.execute(
            "INSERT INTO events (uuid, command, command_name, kind, exercise, utc, offset_minutes,"
            " study_date, spent_ms, data, snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._uuid,
                self.command,
                self.name,
                kind,
                exercise,
                utc_text(stamp.utc),
                stamp.offset_minutes,
                stamp.study_date.isoformat(),
                spent_ms,
                json.dumps(dict(data or {}), sort_keys=True, allow_nan=False),
                snapshot,
            ),
        )
        schema.count_event(self._connection, stamp.study_date.isoformat(), kind, spent_ms)

    def undo(self, command: str, exercise: str, files: Mapping[str, bytes] | None = None) -> None:
        """Take back an earlier command: its events stay, but no longer stand.

        Args:
            command: its id.
            exercise: the slug that the undo is shown with.
            files: the learner's files before the undo.
        """
        self.append("undone", exercise, {"command": command}, files=files)
        schema.uncount_command(self._connection, command)

    def keep(self, files: Mapping[str, bytes]) -> str:
        """Store files once, whatever the number of events that refer to them.

        Returns:
            The snapshot's id; the same files always have the same one.
        """
        import hashlib

        hashes = {path: hashlib.sha256(body).hexdigest() for path, body in files.items()}
        listing = json.dumps(hashes, sort_keys=True).encode()
        snapshot = hashlib.sha256(listing).hexdigest()
        known = self._connection.execute("SELECT 1 FROM snapshots WHERE id = ?", (snapshot,))
        if known.fetchone() is None:
            self._connection.execute("INSERT INTO snapshots VALUES (?)", (snapshot,))
            for path, sha256 in hashes.items():
                self._keep_blob(sha256, files[path])
                self._connection.execute(
                    "INSERT INTO snapshot_files VALUES (?, ?, ?)", (snapshot, path, sha256)
                )
        return snapshot

    def _keep_blob(self, sha256: str, body: bytes) -> None:
        import zlib

        self._connection.execute(
            "INSERT OR IGNORE INTO blobs VALUES (?, ?, ?)",
            (sha256, len(body), zlib.compress(body)),
        )


class History:
    """The history at `path`.

    Attributes:
        path: where it is kept by default.
        warnings: sentences that the person should see once; grows while it is used.
    """

    def __init__(self, path: Path, stamper: Stamper) -> None:
        self._reader: sqlite3.Connection | None = None
        self.path = path
        self.warnings: list[str] = []
        self._stamper = stamper

    def read(self) -> Records:
        """Everything recorded so far; no file is created or changed.

        Good until the next transaction; ask again afterwards.
        """
        if self._reader is None:
            path, condition = self._choose()
            if condition is Condition.DAMAGED:
                self._warn(
                    f"The history {path} is damaged and is left as it is. The next prep start"
                    " keeps it aside and goes on with a new one."
                )
            if condition in (Condition.MISSING, Condition.DAMAGED):
                self._reader = database.empty()
            else:
                self._reader = database.open_reader(path)
        return Records(self._reader, self.path)

    @contextmanager
    def transaction(self, command: str) -> Iterator[Transaction]:
        """Write under one lock: what is read inside cannot be changed by another process.

        Raises:
            EnvironmentProblemError: locked, read-only, full or damaged; nothing was recorded.
        """
        path, connection = self._open_for_writing()
        identity = database.identity(path)
        try:
            with explained(path):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    schema.migrate(connection)
                    yield Transaction(connection, path, command, self._stamper)
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except DamagedHistoryError as error:
            connection.close()
            raise self._after_damage(path, identity) from error
        finally:
            connection.close()
            self.close()

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def __del__(self) -> None:
        # Python 3.13 warns of a connection that nobody closed.
        self.close()

    def _choose(self) -> tuple[Path, Condition]:
        """The file to use: a newer prep's database is left alone."""
        condition = database.probe(self.path)
        if condition is not Condition.NEWER:
            return self.path, condition
        beside = self.path.with_name(f"{self.path.stem}.format-{schema.VERSION}.db")
        self._warn(
            f"The history {self.path} was written by a newer prep and is left untouched;"
            f" practice is kept in {beside.name} meanwhile. Update prep to use both."
        )
        return beside, database.probe(beside)

    def _open_for_writing(self) -> tuple[Path, sqlite3.Connection]:
        self.close()
        path, condition = self._choose()
        if condition is Condition.DAMAGED:
            self._keep_aside(path, lambda: database.probe(path) is Condition.DAMAGED)
        connection = database.open_writer(path)
        found = database.identity(path)
        with explained(path):
            whole = database.whole(path, connection)
        if whole:
            return path, connection
        connection.close()
        self._keep_aside(path, lambda: database.identity(path) == found)
        return path, database.open_writer(path)

    def _keep_aside(self, path: Path, still_damaged: Callable[[], bool]) -> None:
        kept = database.set_aside(path, self._file_stamp(), still_damaged)
        if kept is not None:
            self._warn(
                f"The history was damaged. It is kept, byte for byte, in {kept};"
                " practice goes on with a new one."
            )

    def _after_damage(self, path: Path, identity: tuple[int, int]) -> DamagedHistoryError:
        """Damage deep inside a large file shows only in use."""
        kept = database.set_aside(
            path, self._file_stamp(), lambda: database.identity(path) == identity
        )
        return DamagedHistoryError(
            f"The history was damaged and is kept in {kept or path.parent};"
            " nothing was recorded just now.",
            "Run the command again: practice goes on with a new history.",
        )

    def _file_stamp(self) -> str:
        return self._stamper(None).utc.strftime("%Y%m%dT%H%M%S")

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)


__all__ = ["Event", "History", "Records", "Transaction"]
