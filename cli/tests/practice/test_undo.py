from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prep.errors import EnvironmentProblemError, NotFoundError, PrepError
from prep.model import Exercise, Status
from prep.practice import days, moves, undo, work
from prep.practice.attempts import State, fold
from prep.practice.undo import Undone
from prep.storage import schema
from prep.storage.learner_files import collect

from .conftest import STUB, Desk, make_desk


def take_back(desk: Desk) -> Undone:
    return undo.undo(desk.session)


def test_undo_of_reset_brings_the_file_back(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("mine")
    (desk.main(desk.loop).parent / "helper.py").write_text("help")
    moves.reset(desk.session, desk.loop)
    assert "helper.py" not in desk.files(desk.loop)
    undone = take_back(desk)
    assert (undone.command, undone.exercise, undone.restored) == ("reset", "loop", ("loop",))
    assert desk.main(desk.loop).read_text() == "mine"
    assert desk.files(desk.loop)["helper.py"] == b"help"
    assert undone.kept == (), "an untouched stub is not kept"


def test_work_done_since_is_kept_beside_and_in_the_history(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("before")
    moves.reset(desk.session, desk.loop)
    desk.main(desk.loop).write_text("since")
    (kept,) = take_back(desk).kept
    assert desk.main(desk.loop).read_text() == "before"
    assert (kept / "solution.py").read_text() == "since"
    snapshot = desk.session.log()[0].snapshot
    assert snapshot is not None
    assert desk.session.history.read().snapshot(snapshot)["solution.py"] == b"since"


def test_undo_of_start_removes_an_untouched_folder(desk: Desk) -> None:
    desk.start(desk.loop)
    take_back(desk)
    assert not desk.main(desk.loop).parent.exists()
    assert desk.session.attempt("loop") is None
    assert desk.start(desk.loop).attempt.first_exposure


def test_undo_of_start_keeps_work(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("mine")
    (kept,) = take_back(desk).kept
    assert (kept / "solution.py").read_text() == "mine"
    assert desk.start(desk.loop).news == "new"
    assert desk.main(desk.loop).read_text() == STUB


def test_undo_of_fresh_brings_attempt_and_files_back(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("mine")
    desk.tick(60)
    before = desk.attempt(desk.loop)
    moves.start(desk.session, desk.loop, fresh=True)
    take_back(desk)
    assert desk.attempt(desk.loop) == before
    assert desk.main(desk.loop).read_text() == "mine"


def test_undo_of_a_pass_goes_on_as_if_nothing_was(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(60)
    desk.grade(desk.loop, Status.PASSED)
    take_back(desk)
    assert desk.attempt(desk.loop).state is State.RUNNING
    assert desk.active(desk.loop) == 60.0
    assert not days.current_streak(desk.session).today_counts


def test_undo_of_starting_another_resumes_the_first(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.start(desk.loss)
    take_back(desk)
    assert desk.attempt(desk.loop).state is State.RUNNING
    assert desk.session.attempt("loss") is None


def test_undo_walks_back(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.hint(desk.loop, 1)
    moves.pause(desk.session, "loop")
    days.plan_rest(desk.session, desk.session.today(), desk.session.today())
    names = [events[0].command_name for events in undo.undoable(desk.session)]
    assert names == ["streak rest", "pause", "hint", "start"]
    assert [take_back(desk).command for _ in range(4)] == names
    with pytest.raises(NotFoundError, match="nothing to undo"):
        take_back(desk)
    assert undo.undoable(desk.session) == []


def test_undo_without_a_history_makes_none(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        take_back(desk)
    assert not desk.session.history.path.exists()


def test_undo_when_the_folder_is_gone(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("mine")
    moves.reset(desk.session, desk.loop)
    for path in sorted(desk.main(desk.loop).parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    take_back(desk)
    assert desk.main(desk.loop).read_text() == "mine"


def test_undo_that_cannot_write_undoes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("mine")
    moves.reset(desk.session, desk.loop)
    seen, number = state(desk), recorded(desk)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(EnvironmentProblemError, match="disk is full"):
            take_back(desk)
    assert (state(desk), recorded(desk)) == (seen, number)
    take_back(desk)
    assert desk.main(desk.loop).read_text() == "mine"


def restore_oldest(desk: Desk, exercise: Exercise, seconds: int) -> None:
    snapshots = [event.snapshot for event in desk.session.log(exercise.slug) if event.snapshot]
    if snapshots:
        moves.restore(desk.session, exercise, snapshots[-1])


def edit(desk: Desk, exercise: Exercise, seconds: int) -> None:
    folder = desk.main(exercise).parent
    if folder.exists():
        name = ("solution.py", "helper.py", "sub/deep.py")[seconds % 3]
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"edited {seconds}")
        if seconds % 5 == 0:
            (folder / name).rename(folder / "renamed.py")


OPERATIONS: dict[str, Callable[[Desk, Exercise, int], object]] = {
    "start": lambda d, e, n: d.start(e),
    "fresh": lambda d, e, n: moves.start(d.session, e, fresh=True),
    "longer": lambda d, e, n: moves.start(d.session, e, time_seconds=4000),
    "pause": lambda d, e, n: moves.pause(d.session, e.slug),
    "resume": lambda d, e, n: moves.resume(d.session, e.slug),
    "away": lambda d, e, n: moves.away(d.session, e.slug, 100),
    "stop": lambda d, e, n: moves.stop(d.session, e.slug),
    "reset": lambda d, e, n: moves.reset(d.session, e),
    "restore": restore_oldest,
    "hint": lambda d, e, n: d.hint(e, 1 + n % 3, shows_code=n % 2 == 0),
    "give up": lambda d, e, n: work.open_solution(d.session, e.slug, give_up=True),
    "fail": lambda d, e, n: d.grade(e),
    "time out": lambda d, e, n: d.grade(e, Status.STOPPED),
    "pass": lambda d, e, n: d.grade(e, Status.PASSED),
    "edit": edit,
}
Operation = tuple[str, bool, int]
names = st.sampled_from(list(OPERATIONS))
operations = st.lists(st.tuples(names, st.booleans(), st.integers(-4000, 40_000)), max_size=14)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def attempt_to(desk: Desk, operation: Operation) -> None:
    """Do it; what is refused must change nothing."""
    name, first, seconds = operation
    seen = recorded(desk)
    desk.tick(seconds)
    try:
        OPERATIONS[name](desk, desk.loop if first else desk.loss, seconds)
    except PrepError:
        assert recorded(desk) == seen


def state(desk: Desk) -> tuple[object, ...]:
    records = desk.session.history.read()
    totals = [day for day in records.days() if day.grades or day.active_seconds]
    files = [desk.files(exercise) for exercise in (desk.loop, desk.loss)]
    return desk.session.attempts(), totals, files


def recorded(desk: Desk) -> int:
    last = desk.session.history.read().last()
    return last.seq if last else 0


def contents(root: Path) -> set[bytes]:
    """Everything that a learner could find again on the disk."""
    return {path.read_bytes() for path in root.rglob("*") if path.is_file()}


@quick
@given(before=operations, one=st.tuples(names, st.booleans(), st.just(7)))
def test_undo_of_anything_equals_never_having_done_it(
    tmp_path_factory: pytest.TempPathFactory, before: list[Operation], one: Operation
) -> None:
    desk = make_desk(tmp_path_factory.mktemp("desk"))
    for operation in before:
        attempt_to(desk, operation)
    seen, number = state(desk), recorded(desk)
    attempt_to(desk, one)
    if recorded(desk) > number:
        take_back(desk)
        assert state(desk) == seen
    desk.session.history.close()


@quick
@given(operations)
def test_any_course_can_be_walked_back_and_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, course: list[Operation]
) -> None:
    desk = make_desk(tmp_path_factory.mktemp("desk"))
    for operation in course:
        attempt_to(desk, operation)
    check_consistency(desk)
    check_totals(desk)
    written = contents(desk.session.workspace.root)
    while undo.undoable(desk.session):
        desk.tick(1)
        take_back(desk)
    check_consistency(desk)
    attempts, totals, _ = state(desk)
    assert (attempts, totals) == ({}, [])
    stub = set(collect_stub(desk))
    assert written - stub <= contents(desk.session.workspace.root)
    desk.session.history.close()


def check_totals(desk: Desk) -> None:
    if recorded(desk):
        before = state(desk)
        with desk.session.history.transaction("rebuild") as tx:
            schema.rebuild(tx._connection)
        assert state(desk) == before


def collect_stub(desk: Desk) -> list[bytes]:
    found = [*collect(desk.loop.folder).values(), *collect(desk.loss.folder).values()]
    return [*found, b""]


def check_consistency(desk: Desk) -> None:
    """What must hold at any time, whatever happened."""
    records = desk.session.history.read()
    running = 0
    for slug in records.exercises():
        events = records.events(slug)
        past = desk.session.past_attempts(slug)
        assert past == desk.session.past_attempts(slug), "the fold is deterministic"
        assert fold(events) == desk.session.attempt(slug), "the short way gives the same"
        assert all(not attempt.open for attempt in past[:-1])
        running += sum(attempt.state is State.RUNNING for attempt in past)
        told = sum(event.spent_seconds for event in events)
        folded = sum(attempt.spent_seconds for attempt in past)
        assert abs(told - folded) < 0.01 * (len(events) + 1)
        later = desk.session.now() + timedelta(hours=1)
        for attempt in past:
            assert attempt.active_seconds(later) >= attempt.spent_seconds >= 0
    assert running <= 1
    before = [day for day in records.days() if day.grades or day.cards or day.active_seconds]
    if recorded(desk):
        with desk.session.history.transaction("check") as tx:
            schema.rebuild(tx._connection)
            assert (
                tx.days() == before
                or [d for d in tx.days() if d.grades or d.active_seconds] == before
            )
