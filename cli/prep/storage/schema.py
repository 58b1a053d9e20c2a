"""The tables of the history and the steps from one format to the next.

`events` is the truth and is only ever added to. `undone` and `days` are derived
from it and can be built anew at any time (`rebuild`).
"""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x70726570  # "prep": tells our file from any other SQLite file

_FIRST = """
CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,          -- bytes before compression
    body BLOB NOT NULL              -- zlib
) WITHOUT ROWID;
CREATE TABLE snapshots (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE snapshot_files (
    snapshot TEXT NOT NULL REFERENCES snapshots (id),
    path TEXT NOT NULL,             -- relative to the exercise's folder, with /
    blob TEXT NOT NULL REFERENCES blobs (sha256),
    PRIMARY KEY (snapshot, path)
) WITHOUT ROWID;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    command TEXT NOT NULL,
    command_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    exercise TEXT NOT NULL,         -- slug, or empty
    utc TEXT NOT NULL,
    offset_minutes INTEGER NOT NULL,
    study_date TEXT NOT NULL,
    spent_ms INTEGER NOT NULL,      -- active time since the exercise's event before
    data TEXT NOT NULL,             -- JSON object
    snapshot TEXT REFERENCES snapshots (id)
);
-- SQLite adds seq to every index, so these are ordered by it.
CREATE INDEX events_exercise ON events (exercise, kind);
CREATE INDEX events_order ON events (exercise);
CREATE INDEX events_command ON events (command);
CREATE INDEX events_day ON events (study_date);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
    BEGIN SELECT RAISE (ABORT, 'events are only ever added'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
    BEGIN SELECT RAISE (ABORT, 'events are only ever added'); END;
CREATE TABLE undone (command TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE days (
    study_date TEXT PRIMARY KEY,
    grades INTEGER NOT NULL,
    cards INTEGER NOT NULL,
    spent_ms INTEGER NOT NULL
) WITHOUT ROWID;
"""

MIGRATIONS = (_FIRST,)
VERSION = len(MIGRATIONS)

COUNTS_AS_GRADE = ("graded", "passed")
COUNTS_AS_CARD = ("card",)

_TOTALS = """
SELECT study_date,
       sum(kind IN ('graded', 'passed')) AS grades,
       sum(kind = 'card') AS cards,
       sum(spent_ms) AS spent_ms
FROM events
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to `VERSION` inside the transaction that is open."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    for step in MIGRATIONS[found:]:
        for statement in _statements(step):
            connection.execute(statement)
    if found < VERSION:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def rebuild(connection: sqlite3.Connection) -> None:
    """Derive `undone` and `days` from the events again, inside an open transaction."""
    connection.execute("DELETE FROM undone")
    connection.execute(
        "INSERT OR IGNORE INTO undone"
        " SELECT json_extract(data, '$.command') FROM events WHERE kind = 'undone'"
    )
    connection.execute("DELETE FROM days")
    connection.execute(
        f"INSERT INTO days {_TOTALS} WHERE command NOT IN (SELECT command FROM undone)"
        " GROUP BY study_date"
    )


def count_event(connection: sqlite3.Connection, study_date: str, kind: str, spent_ms: int) -> None:
    """Add one new event to the totals of its day."""
    connection.execute(
        "INSERT INTO days VALUES (?, ?, ?, ?) ON CONFLICT (study_date) DO UPDATE SET"
        " grades = grades + excluded.grades, cards = cards + excluded.cards,"
        " spent_ms = spent_ms + excluded.spent_ms",
        (study_date, kind in COUNTS_AS_GRADE, kind in COUNTS_AS_CARD, spent_ms),
    )


def uncount_command(connection: sqlite3.Connection, command: str) -> None:
    """Mark a command undone and take its events out of the totals of their days."""
    connection.execute("INSERT INTO undone VALUES (?)", (command,))
    totals = connection.execute(f"{_TOTALS} WHERE command = ? GROUP BY study_date", (command,))
    for study_date, grades, cards, spent_ms in totals.fetchall():
        connection.execute(
            "UPDATE days SET grades = grades - ?, cards = cards - ?, spent_ms = spent_ms - ?"
            " WHERE study_date = ?",
            (grades, cards, spent_ms, study_date),
        )


def _statements(script: str) -> list[str]:
    """Split a script; triggers hold semicolons of their own."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
