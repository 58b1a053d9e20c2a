"""Open the history's file with care: missing, older, newer, locked or damaged.

Nothing here ever deletes or rewrites a file that it does not understand.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from prep.errors import EnvironmentProblemError
from prep.storage import schema
from prep.storage.locations import MOVE_HOME, make_folder
from prep.storage.problems import writing

BUSY_SECONDS = 5.0
CHECKED_BYTES = 8_000_000  # about 1 ms per MB
SYNCHRONOUS = "FULL"  # a power cut must not take the last commands away
_MAGIC = b"SQLite format 3\0"
_SIDE_FILES = ("", "-wal", "-shm")


class Condition(StrEnum):
    """What was found at the history's path."""

    MISSING = "missing"
    READY = "ready"
    OLDER = "older"
    NEWER = "newer"
    DAMAGED = "damaged"


class DamagedHistoryError(EnvironmentProblemError):
    """The file is not a database, or not a whole one."""


def probe(path: Path) -> Condition:
    """Look at the file without changing a byte of it."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return Condition.MISSING
    except OSError as error:
        raise EnvironmentProblemError(
            f"{path} cannot be read ({error.strerror}).", MOVE_HOME
        ) from error
    if not header:
        return Condition.OLDER
    if len(header) < 100 or not header.startswith(_MAGIC):
        return Condition.DAMAGED
    if int.from_bytes(header[60:64], "big") > schema.VERSION:
        return Condition.NEWER
    try:
        return _ask(path)
    except DamagedHistoryError:
        return Condition.DAMAGED


def _ask(path: Path) -> Condition:
    with explained(path):
        connection = _connect(path, _reading_mode(path))
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (ours,) = connection.execute("PRAGMA application_id").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    if tables and ours != schema.APPLICATION_ID:
        return Condition.DAMAGED
    if version == schema.VERSION:
        return Condition.READY
    return Condition.NEWER if version > schema.VERSION else Condition.OLDER


def open_reader(path: Path) -> sqlite3.Connection:
    """Open for reading; an older format is brought up to date in memory only."""
    with explained(path):
        connection = _connect(path, _reading_mode(path))
        connection.execute("PRAGMA query_only = 1")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == schema.VERSION:
            return connection
        memory = empty()
        connection.backup(memory)
        connection.close()
        memory.execute("BEGIN")
        schema.migrate(memory)
        memory.execute("COMMIT")
        return memory


def empty() -> sqlite3.Connection:
    """A history without events, in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("BEGIN")
    schema.migrate(connection)
    connection.execute("COMMIT")
    return connection


def open_writer(path: Path) -> sqlite3.Connection:
    """Open for writing; the file and its folder are made when they are missing."""
    make_folder(path.parent, MOVE_HOME, private=True)
    with explained(path):
        connection = _connect(path, "rwc")
        try:
            _use_wal(connection)
            connection.execute("PRAGMA foreign_keys = 1")
            connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
        except BaseException:
            connection.close()
            raise
        return connection


def whole(path: Path, connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds every page in order; large files are not looked through."""
    if path.stat().st_size > CHECKED_BYTES:
        return True
    try:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if isinstance(_explain(error, path), DamagedHistoryError):
            return False
        raise
    return bool(answer == "ok")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; two processes that create the file at once get in each other's way."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _reading_mode(path: Path) -> str:
    # A connection that may write tidies the WAL away when it closes. That is wanted
    # when prep itself made the WAL a moment ago, not when one was left behind.
    effective = os.access in os.supports_effective_ids
    folder_writable = all(
        os.access(place, os.W_OK, effective_ids=effective) for place in (path.parent, path)
    )
    left_behind = path.with_name(path.name + "-wal").exists()
    if folder_writable:
        return "ro" if left_behind else "rw"
    return "ro" if left_behind else "ro&immutable=1"


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def identity(path: Path) -> tuple[int, int]:
    """What tells this very file from another one of the same name; (0, 0) when missing."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def set_aside(path: Path, stamp: str, still_damaged: Callable[[], bool]) -> Path | None:
    """Rename a damaged database and its side files, byte for byte, to a free name.

    Args:
        path: the database.
        stamp: goes into the new name, e.g. `20251120T140900`.
        still_damaged: asked when no other process can move the file any more.

    Returns:
        The new path; None when another process has moved the file already.
    """
    with _alone(path):
        if not still_damaged():
            return None
        target = _free_name(path, stamp)
        for side in _SIDE_FILES:
            try:
                os.rename(f"{path}{side}", f"{target}{side}")
            except FileNotFoundError:
                continue
        return target


def _free_name(path: Path, stamp: str) -> Path:
    base = f"{path.stem}.damaged-{stamp}"
    names = itertools.chain([base], (f"{base}-{n}" for n in itertools.count(2)))
    return next(p for name in names if not (p := path.with_name(name + path.suffix)).exists())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other prep processes from moving the same file at the same time."""
    with writing(path, MOVE_HOME):
        try:
            import fcntl
        except ImportError:  # Windows does not rename a file that is open
            yield
            return
        with path.with_name(f"{path.stem}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Let errors of SQLite that a person can act on come out as such."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise _explain(error, path) from error


def _explain(error: sqlite3.DatabaseError, path: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return EnvironmentProblemError(
            f"Another program holds {path} (waited {BUSY_SECONDS:.0f} s); nothing was recorded.",
            "End the other prep, then run the command again.",
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return EnvironmentProblemError(
            f"{path} cannot be written; nothing was recorded.", MOVE_HOME
        )
    if code == sqlite3.SQLITE_FULL:
        return EnvironmentProblemError(
            f"The disk is full: nothing was recorded in {path}.",
            "Free some space, then run the command again.",
        )
    if code == sqlite3.SQLITE_IOERR:
        return EnvironmentProblemError(
            f"The disk failed while {path} was in use; nothing was recorded.", "prep doctor"
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedHistoryError(
            f"The history {path} is damaged ({error}).",
            "The next prep start or prep grade keeps it aside and goes on with a new one.",
        )
    return error
