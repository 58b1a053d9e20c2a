from __future__ import annotations

from collections.abc import Callable

import pytest

from prep.errors import NotFoundError, UsageError
from prep.model import Hint, Status
from prep.practice import moves, work
from prep.practice.attempts import State

from .conftest import STUB, Desk, report


def test_start_puts_the_stub_and_runs_the_clock(desk: Desk) -> None:
    move = desk.start(desk.loop)
    assert move.news == "new"
    assert move.recorded
    assert desk.main(desk.loop).read_text() == STUB
    attempt = move.attempt
    assert (attempt.number, attempt.first_exposure, attempt.state) == (1, True, State.RUNNING)
    assert (attempt.par_seconds, attempt.limit_seconds) == (600.0, 600.0)
    desk.tick(90)
    assert desk.active(desk.loop) == 90.0


def test_start_again_goes_on(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("mine")
    desk.tick(60)
    move = desk.start(desk.loop)
    assert (move.news, move.recorded, move.attempt.number) == ("running", False, 1)
    assert desk.main(desk.loop).read_text() == "mine"
    moves.pause(desk.session, "loop")
    desk.tick(600)
    move = desk.start(desk.loop)
    assert (move.news, move.recorded, move.resumed) == ("resumed", True, True)
    assert desk.active(desk.loop) == 60.0


@pytest.mark.parametrize(
    ("seconds", "untimed", "limit"), [(1500.0, False, 1500.0), (None, True, None)]
)
def test_limits(desk: Desk, seconds: float | None, untimed: bool, limit: float | None) -> None:
    move = moves.start(desk.session, desk.loop, time_seconds=seconds, untimed=untimed)
    assert move.attempt.limit_seconds == limit
    assert move.attempt.par_seconds == 600.0


def test_limit_of_a_running_attempt_can_change(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(700)
    assert desk.attempt(desk.loop).time_up(desk.session.now())
    move = moves.start(desk.session, desk.loop, time_seconds=900)
    assert move.attempt.limit_seconds == 900
    assert not move.attempt.time_up(desk.session.now())
    move = moves.start(desk.session, desk.loop, untimed=True)
    assert not move.attempt.time_up(desk.session.now())


def test_fresh_keeps_the_old_files_and_says_where(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("mine")
    move = moves.start(desk.session, desk.loop, fresh=True)
    assert (move.news, move.attempt.number, move.attempt.first_exposure) == ("new", 2, False)
    assert move.kept is not None
    assert (move.kept / "solution.py").read_text() == "mine"
    assert desk.main(desk.loop).read_text() == STUB
    first, second = desk.session.past_attempts("loop")
    assert (first.state, second.state) == (State.STOPPED, State.RUNNING)


def test_after_a_pass_a_new_attempt_starts_from_the_stub(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("right")
    desk.grade(desk.loop, Status.PASSED)
    move = desk.start(desk.loop)
    assert (move.news, move.attempt.number) == ("new", 2)
    assert move.kept is not None
    assert (move.kept / "solution.py").read_text() == "right"


def test_files_without_an_attempt_are_adopted(desk: Desk) -> None:
    desk.main(desk.loop).parent.mkdir(parents=True)
    desk.main(desk.loop).write_text("from another life")
    move = desk.start(desk.loop)
    assert move.news == "adopted"
    assert desk.main(desk.loop).read_text() == "from another life"
    assert set(desk.files(desk.loop)) == {"solution.py", "README.md", "test_examples.py"}


def test_starting_another_pauses_the_running_one(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(60)
    move = desk.start(desk.loss)
    assert move.paused == ("loop",)
    assert desk.attempt(desk.loop).state is State.PAUSED
    desk.tick(30)
    assert (desk.active(desk.loop), desk.active(desk.loss)) == (60.0, 30.0)
    move = moves.resume(desk.session, "loop")
    assert move.paused == ("loss",)
    move = desk.hint(desk.loss, 1)
    assert (move.paused, move.resumed) == (("loop",), True)
    move = desk.grade(desk.loop)
    assert (move.paused, move.resumed) == (("loss",), True)


def test_current_is_where_you_stand_else_what_runs_else_what_you_left(desk: Desk) -> None:
    place, known = desk.session.workspace.root, {"loop", "loss"}
    assert desk.session.current(place, known) is None
    desk.start(desk.loop)
    desk.start(desk.loss)
    assert desk.session.current(place, known) == "loss"
    assert desk.session.current(place / "loop", known) == "loop"
    assert desk.session.current(place / "notes", known) == "loss"
    moves.pause(desk.session, "loss")
    desk.tick(1)
    assert desk.session.current(place, known) == "loss"
    moves.stop(desk.session, "loss")
    assert desk.session.current(place, known) == "loop", "paused, but not finished"
    desk.grade(desk.loop, Status.PASSED)
    assert desk.session.current(place, known) is None


def test_pause_and_resume_twice_record_once(desk: Desk) -> None:
    desk.start(desk.loop)
    assert moves.pause(desk.session, "loop").recorded
    assert not moves.pause(desk.session, "loop").recorded
    assert moves.resume(desk.session, "loop").recorded
    assert not moves.resume(desk.session, "loop").recorded
    assert desk.kinds(desk.loop) == ["started", "paused", "resumed"]


def test_time_away_is_not_counted(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(3000)
    move = moves.away(desk.session, "loop", 2580)
    assert move.attempt.spent_seconds == 420.0
    moves.away(desk.session, "loop", 9999)
    assert desk.active(desk.loop) == 420.0, "never more than the time since the last event"
    assert desk.session.history.read().days()[0].active_seconds == 420.0


def test_clock_set_back_never_takes_time_away(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(300)
    desk.hint(desk.loop, 1)
    desk.tick(-7200)
    assert desk.active(desk.loop) == 300.0
    desk.hint(desk.loop, 2)
    desk.tick(60)
    assert desk.active(desk.loop) == 360.0
    assert desk.session.history.read().days()[0].active_seconds == 300.0


def test_stop_ends_and_keeps_a_copy(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("half")
    moves.stop(desk.session, "loop")
    event = desk.session.log()[0]
    assert event.snapshot is not None
    assert desk.session.history.read().snapshot(event.snapshot)["solution.py"] == b"half"
    assert desk.main(desk.loop).read_text() == "half"
    with pytest.raises(NotFoundError, match="over: it was stopped"):
        work.require_gradable(desk.session, "loop")


def test_reset_keeps_and_the_clock_goes_on(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(60)
    desk.main(desk.loop).write_text("mine")
    move = moves.reset(desk.session, desk.loop)
    assert move.kept is not None
    assert (move.kept / "solution.py").read_text() == "mine"
    assert desk.main(desk.loop).read_text() == STUB
    assert desk.active(desk.loop) == 60.0
    assert moves.reset(desk.session, desk.loop).kept is None, "an untouched stub is not kept"


def test_restore_brings_an_old_version_back(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).write_text("first")
    desk.grade(desk.loop)
    desk.main(desk.loop).write_text("second")
    snapshot = desk.session.log()[0].snapshot
    assert snapshot is not None
    move = moves.restore(desk.session, desk.loop, snapshot)
    assert desk.main(desk.loop).read_text() == "first"
    assert move.kept is not None
    assert (move.kept / "solution.py").read_text() == "second"


def test_restore_needs_a_copy_of_the_file(desk: Desk) -> None:
    desk.start(desk.loop)
    empty = desk.session.log()[0].snapshot
    assert empty is not None
    with pytest.raises(NotFoundError, match=r"holds no solution\.py"):
        moves.restore(desk.session, desk.loop, empty)
    with pytest.raises(NotFoundError):
        moves.restore(desk.session, desk.loop, "unknown")


def test_start_puts_back_what_is_missing_of_an_open_attempt(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.main(desk.loop).rename(desk.main(desk.loop).with_name("mine.py"))
    move = desk.start(desk.loop)
    assert (move.news, move.recorded) == ("running", True)
    assert desk.main(desk.loop).read_text() == STUB
    assert "mine.py" in desk.files(desk.loop)


def test_hints_cost_once(desk: Desk) -> None:
    desk.start(desk.loop)
    assert desk.hint(desk.loop, 1).recorded
    assert not desk.hint(desk.loop, 1).recorded
    assert desk.hint(desk.loop, 3, shows_code=True).recorded
    attempt = desk.attempt(desk.loop)
    assert (attempt.hints, attempt.highest_hint, attempt.code_hint) == ((1, 3), 3, True)
    desk.grade(desk.loop, Status.PASSED)
    assert not desk.hint(desk.loop, 2).recorded, "free after the end"


def test_solution_opens_after_the_end_or_by_giving_up(desk: Desk) -> None:
    desk.start(desk.loop)
    with pytest.raises(UsageError, match="opens after a pass"):
        work.open_solution(desk.session, "loop")
    move = work.open_solution(desk.session, "loop", give_up=True)
    assert (move.attempt.state, move.attempt.solution_seen) == (State.STOPPED, True)
    assert not work.open_solution(desk.session, "loop").recorded
    desk.start(desk.loss)
    desk.grade(desk.loss, Status.PASSED)
    assert not work.open_solution(desk.session, "loss").recorded
    assert not desk.attempt(desk.loss).solution_seen


def test_a_grade_records_all_that_scheduling_needs(desk: Desk) -> None:
    moves.start(desk.session, desk.loop, time_seconds=100)
    desk.tick(50)
    desk.hint(desk.loop, 2)
    desk.main(desk.loop).write_text("wrong")
    desk.grade(desk.loop)
    desk.tick(70)
    desk.main(desk.loop).write_text("right")
    move = desk.grade(desk.loop, Status.PASSED)
    attempt = move.attempt
    assert (attempt.state, attempt.grades, attempt.failed_grades) == (State.PASSED, 2, 1)
    assert (attempt.best, attempt.total) == (3, 3)
    assert (attempt.first_run_seconds, attempt.first_pass_seconds) == (50.0, 120.0)
    event = desk.session.log()[0]
    assert event.kind == "passed"
    assert event.data == {
        "attempt": 1,
        "grade": 2,
        "after_pass": False,
        "first_exposure": True,
        "active_seconds": 120.0,
        "par_seconds": 600.0,
        "limit_seconds": 100.0,
        "time_up": True,
        "hints": [2],
        "highest_hint": 2,
        "code_hint": False,
        "failed_grades": 1,
        "solution_seen": False,
        "status": "passed",
        "score": 3,
        "total": 3,
        "checks": {"check_0": "passed", "check_1": "passed", "check_2": "passed"},
        "mistake": "no_zero_grad",
        "run_seconds": 0.5,
        "seed": 7,
    }
    assert event.snapshot is not None
    assert desk.session.history.read().snapshot(event.snapshot)["solution.py"] == b"right"
    desk.tick(1000)
    assert desk.active(desk.loop) == 120.0, "a pass stops the clock"
    assert desk.session.passes("loop") == 1


@pytest.mark.parametrize("status", list(Status))
def test_only_verdicts_that_count_are_recorded(desk: Desk, status: Status) -> None:
    desk.start(desk.loop)
    move = desk.grade(desk.loop, status)
    assert move.recorded is status.recorded
    assert move.attempt.grades == int(status.recorded)
    assert move.attempt.failed_grades == int(status in (Status.FAILED, Status.STOPPED))


def test_grades_after_the_pass_are_practice(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.grade(desk.loop, Status.PASSED)
    passed = desk.attempt(desk.loop)
    move = desk.grade(desk.loop)
    assert move.recorded
    assert move.attempt == passed
    assert desk.session.log()[0].data["after_pass"]


def test_a_pass_while_paused_does_not_run_the_clock(desk: Desk) -> None:
    desk.start(desk.loop)
    desk.tick(60)
    moves.pause(desk.session, "loop")
    desk.tick(600)
    move = desk.grade(desk.loop, Status.PASSED)
    assert move.attempt.first_pass_seconds == 60.0


Use = Callable[[Desk], object]

NEED_AN_ATTEMPT: dict[str, Use] = {
    "pause": lambda desk: moves.pause(desk.session, "loop"),
    "resume": lambda desk: moves.resume(desk.session, "loop"),
    "away": lambda desk: moves.away(desk.session, "loop", 1),
    "stop": lambda desk: moves.stop(desk.session, "loop"),
    "reset": lambda desk: moves.reset(desk.session, desk.loop),
    "restore": lambda desk: moves.restore(desk.session, desk.loop, "0"),
    "hint": lambda desk: work.open_hint(desk.session, "loop", Hint(1, "", "", False)),
    "solution": lambda desk: work.open_solution(desk.session, "loop", give_up=True),
    "grade": lambda desk: work.record_grade(desk.session, desk.loop, report(), {}),
}


@pytest.mark.parametrize("use", NEED_AN_ATTEMPT.values(), ids=NEED_AN_ATTEMPT.keys())
def test_without_a_start(desk: Desk, use: Use) -> None:
    with pytest.raises(NotFoundError) as caught:
        use(desk)
    assert caught.value.hint == "prep start loop"
    assert not desk.session.history.path.exists(), "nothing was made"
    desk.start(desk.loss)
    with pytest.raises(NotFoundError):
        use(desk)
    assert len(desk.session.log()) == 1


@pytest.mark.parametrize("name", ["pause", "resume", "away", "stop"])
def test_after_the_end(desk: Desk, name: str) -> None:
    desk.start(desk.loop)
    desk.grade(desk.loop, Status.PASSED)
    with pytest.raises(NotFoundError, match="over: it was passed") as caught:
        NEED_AN_ATTEMPT[name](desk)
    assert "prep start loop" in caught.value.hint
    assert desk.kinds(desk.loop) == ["started", "passed"]


def test_reading_records_nothing(desk: Desk) -> None:
    desk.session.attempts()
    desk.session.current(desk.session.workspace.root, ())
    desk.session.today()
    desk.session.log()
    assert not desk.session.history.path.exists()
    assert not desk.session.workspace.root.exists()


def test_study_day_of_now(desk: Desk) -> None:
    assert desk.session.today().isoformat() == "2025-11-20"
    desk.tick(13 * 3600)
    assert desk.session.today().isoformat() == "2025-11-20", "03:00 belongs to the day before"
    desk.tick(3600)
    assert desk.session.today().isoformat() == "2025-11-21"
