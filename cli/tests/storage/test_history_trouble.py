"""A history that is damaged, newer, locked, read-only or full: one sentence, nothing lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from prep.errors import EnvironmentProblemError
from prep.storage import database, schema
from prep.storage.database import Condition, DamagedHistoryError
from prep.storage.history import History

from .conftest import Clock

ReadOnly = Callable[[Path], AbstractContextManager[None]]


def add(history: History, exercise: str = "a") -> None:
    with history.transaction("grade") as tx:
        tx.append("graded", exercise, {"text": "x" * 500}, files={"s.py": exercise.encode()})


def fill(history: History, number: int = 60) -> None:
    with history.transaction("grade") as tx:
        for _ in range(number):
            tx.append("graded", "a", {"text": "x" * 500})


def kept_files(history: History) -> list[Path]:
    return sorted(history.path.parent.glob("history.damaged-*.db"))


def trouble(use: Callable[[], object]) -> DamagedHistoryError | None:
    try:
        use()
    except DamagedHistoryError as error:
        return error
    return None


GARBAGE = {
    "text": b"this is not a database, it is a text file of some length\n" * 40,
    "short": b"SQLite format 3\0",
    "zeros": bytes(8192),
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE.keys())
def test_damaged_history_is_kept_and_practice_goes_on(history: History, body: bytes) -> None:
    history.path.parent.mkdir()
    history.path.write_bytes(body)
    assert history.read().events() == []
    assert "damaged" in history.warnings[0]
    history.close()
    assert history.path.read_bytes() == body, "reading leaves it where it is"

    add(history)
    assert len(history.read().events()) == 1
    (kept,) = kept_files(history)
    assert kept.read_bytes() == body
    assert str(kept) in history.warnings[-1]


def test_someone_elses_database_is_not_touched_by_ours(history: History) -> None:
    history.path.parent.mkdir()
    other = sqlite3.connect(history.path)
    other.execute("CREATE TABLE events (mine TEXT)")
    other.commit()
    other.close()
    body = history.path.read_bytes()
    add(history)
    assert kept_files(history)[0].read_bytes() == body


def test_second_damage_gets_a_name_of_its_own(history: History) -> None:
    history.path.parent.mkdir()
    for number in range(3):
        history.path.write_bytes(b"garbage %d" % number * 50)
        add(history)
    assert len(kept_files(history)) == 3
    assert len({path.read_bytes() for path in kept_files(history)}) == 3


def test_side_files_go_along(history: History) -> None:
    history.path.parent.mkdir()
    history.path.write_bytes(b"garbage" * 50)
    wal = history.path.with_name("history.db-wal")
    wal.write_bytes(b"left behind")
    add(history)
    (kept,) = kept_files(history)
    assert Path(f"{kept}-wal").read_bytes() == b"left behind"


def test_truncated_history(history: History) -> None:
    fill(history)
    half = history.path.read_bytes()[: history.path.stat().st_size // 2]
    history.path.write_bytes(half)
    add(history)
    assert kept_files(history)[0].read_bytes() == half
    assert len(history.read().events()) == 1


def test_damage_that_is_seen_only_in_use(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CHECKED_BYTES", 0)
    fill(history)
    size = history.path.stat().st_size
    with history.path.open("r+b") as file:
        file.seek(size - 5 * 4096)
        file.write(b"\xa5" * 5 * 4096)
    body = history.path.read_bytes()

    def look_and_add() -> None:
        with history.transaction("grade") as tx:
            tx.events()
            tx.append("graded", "a")

    with pytest.raises(DamagedHistoryError) as caught:
        look_and_add()
    assert str(kept_files(history)[0]) in caught.value.message
    assert "again" in caught.value.hint
    assert kept_files(history)[0].read_bytes() == body
    look_and_add()
    assert len(history.read().events()) == 1


@pytest.mark.parametrize("page", range(1, 12))
def test_a_page_of_garbage_never_stands_in_the_way(history: History, page: int) -> None:
    fill(history)
    body = bytearray(history.path.read_bytes())
    body[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    history.path.write_bytes(bytes(body))
    error = trouble(lambda: history.read().events())
    assert error is None or str(history.path) in error.message
    history.close()
    add(history)
    assert len(history.read().events()) == 1
    assert kept_files(history)[0].read_bytes() == bytes(body)


def newer(history: History) -> bytes:
    add(history, "from-the-future")
    connection = sqlite3.connect(history.path)
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    return history.path.read_bytes()


def test_newer_history_is_left_alone_and_practice_goes_on_beside_it(history: History) -> None:
    body = newer(history)
    assert history.read().events() == []
    (warning,) = history.warnings
    assert "newer prep" in warning
    assert "history.format-1.db" in warning
    add(history, "today")
    assert [event.exercise for event in history.read().events()] == ["today"]
    history.close()
    assert history.path.read_bytes() == body
    assert len(history.warnings) == 1, "said once"
    assert not history.path.with_name("history.db-wal").exists()


def test_newer_format_that_is_still_in_the_wal(history: History) -> None:
    add(history)
    writer = sqlite3.connect(history.path)
    writer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    assert database.probe(history.path) is Condition.NEWER
    writer.close()


def test_empty_file_is_a_new_history(history: History) -> None:
    history.path.parent.mkdir()
    history.path.touch()
    assert history.read().events() == []
    history.close()
    assert history.path.read_bytes() == b""
    add(history)
    assert history.warnings == []
    assert len(history.read().events()) == 1


def test_older_format_is_read_without_being_changed(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(history)
    later = (*schema.MIGRATIONS, "CREATE TABLE later (x);\n")
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "VERSION", 2)
    body = history.path.read_bytes()
    assert len(history.read().events()) == 1
    history.close()
    assert history.path.read_bytes() == body
    add(history)
    assert len(history.read().events()) == 2
    assert database.probe(history.path) is Condition.READY


def test_locked(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    add(history)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(history.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentProblemError) as caught:
        add(history)
    assert "nothing was recorded" in caught.value.message
    assert len(history.read().events()) == 1, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    add(history)
    assert len(history.read().events()) == 2


def test_full_disk(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    add(history)
    use_wal = database._use_wal

    def with_a_small_disk(connection: sqlite3.Connection) -> None:
        use_wal(connection)
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to the present size

    monkeypatch.setattr(database, "_use_wal", with_a_small_disk)
    with pytest.raises(EnvironmentProblemError, match="disk is full"):
        fill(history)
    monkeypatch.undo()
    assert len(history.read().events()) == 1
    assert history.read().integrity() == []


def test_read_only_state(open_folder: Path, clock: Clock, read_only: ReadOnly) -> None:
    history = History(open_folder / "home" / "history.db", clock)
    add(history)
    history.path.parent.chmod(0o755)
    with read_only(open_folder / "home"):
        assert len(history.read().events()) == 1
        with pytest.raises(EnvironmentProblemError) as caught:
            add(history)
    assert "PREP_HOME" in caught.value.hint
    assert len(history.read().events()) == 1
    history.close()


def test_home_that_cannot_be_made(open_folder: Path, clock: Clock, read_only: ReadOnly) -> None:
    history = History(open_folder / "deep" / "home" / "history.db", clock)
    with read_only(open_folder):
        assert history.read().events() == []
        with pytest.raises(EnvironmentProblemError) as caught:
            add(history)
    assert "PREP_HOME" in caught.value.hint


def test_damaged_in_a_read_only_home(open_folder: Path, clock: Clock, read_only: ReadOnly) -> None:
    history = History(open_folder / "home" / "history.db", clock)
    history.path.parent.mkdir(mode=0o755)
    history.path.write_bytes(b"garbage" * 50)
    with read_only(open_folder / "home"):
        assert history.read().events() == []
        with pytest.raises(EnvironmentProblemError):
            add(history)
    assert history.path.read_bytes() == b"garbage" * 50


def test_home_that_is_a_file(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "home").write_text("")
    history = History(tmp_path / "home" / "history.db", clock)
    for use in (history.read, lambda: add(history)):
        with pytest.raises(EnvironmentProblemError) as caught:
            use()
        assert "Not a directory" in caught.value.message


def test_history_that_is_a_folder(history: History) -> None:
    history.path.mkdir(parents=True)
    with pytest.raises(EnvironmentProblemError):
        history.read()
    with pytest.raises(EnvironmentProblemError):
        add(history)


def test_path_with_characters_that_uris_and_sqlite_know(tmp_path: Path, clock: Clock) -> None:
    history = History(tmp_path / "my? home #1 %20 ü" / "history.db", clock)
    add(history)
    assert len(history.read().events()) == 1
    assert history.path.exists()
    history.close()
