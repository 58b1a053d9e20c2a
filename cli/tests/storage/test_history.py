from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.errors import EnvironmentProblemError
from prep.storage import schema
from prep.storage.events import Stamp, next_uuid, utc_text
from prep.storage.history import History, Transaction

from .conftest import Clock


def add(history: History, kind: str = "hint", exercise: str = "a", command: str = "hint") -> str:
    with history.transaction(command) as tx:
        tx.append(kind, exercise, {"number": 1}, spent_seconds=1.5)
        return tx.command


def test_reading_makes_no_file(history: History) -> None:
    assert history.read().events() == []
    assert history.read().days() == []
    assert history.read().last() is None
    assert not history.path.parent.exists()


def test_reading_changes_no_byte(history: History) -> None:
    add(history)
    before = history.path.read_bytes()
    history.read().events()
    history.close()
    assert history.path.read_bytes() == before
    assert [path.name for path in history.path.parent.iterdir()] == ["history.db"]


def test_an_event_comes_back_as_it_was_told(history: History, clock: Clock) -> None:
    clock.now = datetime(2025, 11, 20, 23, 59, 59, 123000, UTC)
    data = {"text": "naïve \udcff <b>", "list": [1, None, True], "deep": {"x": 0.1}}
    with history.transaction("grade") as tx:
        tx.append("graded", "training-loop", data, files={"a.py": b"x"}, spent_seconds=2.25)
    (event,) = history.read().events()
    assert event.data == data
    assert event.stamp == clock(None)
    assert (event.kind, event.exercise, event.command_name) == ("graded", "training-loop", "grade")
    assert event.spent_seconds == 2.25
    assert not event.undone
    assert event.snapshot is not None
    assert history.read().snapshot(event.snapshot) == {"a.py": b"x"}


def test_what_was_read_before_a_write_is_not_stale(history: History) -> None:
    assert history.read().events() == []
    add(history)
    assert len(history.read().events()) == 1


def test_one_command_is_kept_whole_or_not_at_all(history: History) -> None:
    def interrupted(by: type[BaseException]) -> None:
        with history.transaction("grade") as tx:
            tx.append("graded", "a", files={"a.py": b"x"})
            raise by

    for reason in (ZeroDivisionError, KeyboardInterrupt, SystemExit):
        with pytest.raises(reason):
            interrupted(reason)
    assert history.read().events() == []
    assert history.read().days() == []
    add(history)


def test_events_of_one_command_share_its_id_and_moment(history: History) -> None:
    with history.transaction("start") as tx:
        tx.append("paused", "a")
        tx.append("started", "b")
    first, second = history.read().events()
    assert first.command == second.command
    assert first.stamp == second.stamp
    assert first.uuid < second.uuid


def test_events_cannot_be_changed(history: History) -> None:
    add(history)
    connection = sqlite3.connect(history.path)
    for statement in ("UPDATE events SET kind = 'x'", "DELETE FROM events"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            connection.execute(statement)
    connection.close()


def test_undone_commands_no_longer_stand(history: History) -> None:
    first, second = add(history), add(history, kind="graded")
    with history.transaction("undo") as tx:
        tx.undo(second, "a")
    records = history.read()
    assert [event.command for event in records.events(kinds=["hint", "graded"])] == [first]
    assert [event.undone for event in records.events(include_undone=True)] == [False, True, False]
    assert records.commands(besides=["undo"]) == [first]
    assert records.count("a", "graded") == 0
    assert [(day.grades, day.active_seconds) for day in records.days()] == [(0, 1.5)]


def test_a_command_is_undone_once(history: History) -> None:
    command = add(history)
    for number in range(2):
        if number:
            with pytest.raises(sqlite3.IntegrityError), history.transaction("undo") as tx:
                tx.undo(command, "a")
        else:
            with history.transaction("undo") as tx:
                tx.undo(command, "a")
    assert len(history.read().events(include_undone=True)) == 2


def test_questions(history: History) -> None:
    add(history, "started", "a", "start")
    add(history, "hint", "a")
    add(history, "started", "b", "start")
    add(history, "started", "a", "start")
    add(history, "paused", "a", "pause")
    records = history.read()
    assert records.exercises() == ["a", "b"]
    assert [event.seq for event in records.attempt_events("a")] == [4, 5]
    assert records.attempt_events("c") == []
    assert [event.seq for event in records.events("a", kinds=["started"])] == [1, 4]
    assert [event.seq for event in records.events(after=3)] == [4, 5]
    assert [event.seq for event in records.latest(2)] == [4, 5]
    assert [event.seq for event in records.latest(9, "b")] == [3]
    newest = records.newest("a", ["started", "hint"])
    assert newest is not None
    assert newest.seq == 4
    assert records.newest("b", ["hint"]) is None
    assert len(records.commands(limit=3)) == 3
    assert records.integrity() == []


def test_the_same_files_are_stored_once(history: History) -> None:
    body = b"line\n" * 10_000
    for _ in range(5):
        with history.transaction("grade") as tx:
            tx.append("graded", "a", files={"solution.py": body, "copy.py": body})
    ids = {event.snapshot for event in history.read().events()}
    assert len(ids) == 1
    connection = sqlite3.connect(history.path)
    ((blobs, size),) = connection.execute("SELECT count(*), sum(length(body)) FROM blobs")
    connection.close()
    assert blobs == 1
    assert size < 1000


@given(
    files=st.dictionaries(
        st.text("abcäß/._", min_size=1, max_size=8), st.binary(max_size=100), max_size=4
    )
)
def test_any_files_come_back(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    history = History(tmp_path_factory.mktemp("history") / "history.db", Clock())
    with history.transaction("grade") as tx:
        tx.append("graded", "a", files=files)
    (event,) = history.read().events()
    assert event.snapshot is not None
    assert history.read().snapshot(event.snapshot) == files
    history.close()


def test_a_damaged_copy_is_not_handed_out(history: History) -> None:
    with history.transaction("grade") as tx:
        tx.append("graded", "a", files={"solution.py": b"right"})
    connection = sqlite3.connect(history.path)
    connection.execute("UPDATE blobs SET body = x'00'")
    connection.commit()
    connection.close()
    (event,) = history.read().events()
    assert event.snapshot is not None
    with pytest.raises(EnvironmentProblemError, match=r"solution\.py is damaged"):
        history.read().snapshot(event.snapshot)


def test_the_state_is_private(history: History) -> None:
    add(history)
    assert history.path.parent.stat().st_mode & 0o077 == 0


def test_totals_can_be_derived_again(history: History, clock: Clock) -> None:
    for number in range(6):
        clock.tick(86_400 * (number % 2))
        add(history, kind=("graded", "passed", "card")[number % 3])
    undone = history.read().commands()[0]
    with history.transaction("undo") as tx:
        tx.undo(undone, "a")
    before = history.read().days()
    with history.transaction("rebuild") as tx:
        rebuild(tx)
        assert tx.days() == before
        assert tx.events() != []


def rebuild(tx: Transaction) -> None:
    schema.rebuild(tx._connection)


def test_uuids_sort_by_time_and_never_go_back() -> None:
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert next_uuid(early, None) < next_uuid(late, None)
    last = next_uuid(late, None)
    for _ in range(5000):  # more than fit into one millisecond
        following = next_uuid(early, last)
        assert following > last
        last = following
    assert (last[14], last[19] in "89ab") == ("7", True)
    assert len(last) == 36


def test_times_are_stored_in_utc_with_milliseconds() -> None:
    moment = datetime.fromisoformat("2025-11-20T01:02:03.004+05:30")
    assert utc_text(moment) == "2025-11-19T19:32:03.004Z"
    stamp = Stamp(moment.astimezone(UTC), 330, date(2025, 11, 19))
    assert stamp.local.isoformat() == moment.isoformat()
