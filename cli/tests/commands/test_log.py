"""`prep log`: what was recorded, what changed, and versions that come back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from prep.practice.versions import EMPTY
from prep.storage.database import empty
from prep.storage.events import Stamp
from prep.storage.history import Transaction

from .conftest import RIGHT, START, WRONG, Prep

CLOSE = "def total(numbers):\n    return sum(numbers[1:])\n"


@pytest.fixture
def graded(prep: Prep, tiny: Path) -> Prep:
    """Started at 14:00; graded as failed at 14:05, a hint, passed at 14:10."""
    moment = datetime.fromisoformat(START)
    prep.at(START)
    prep("start", "add-up")
    for minutes, text in ((5, WRONG), (10, RIGHT)):
        prep.at((moment + timedelta(minutes=minutes)).isoformat())
        prep.file("add-up").write_text(text)
        prep("grade")
        if text == WRONG:
            prep("hint")
    return prep


def test_newest_first_with_score_and_clock(graded: Prep) -> None:
    rows = graded("log").rows
    assert [row["what"] for row in rows] == ["passed", "hint 1", "failed: off_by_one", "started"]
    assert [row["number"] for row in rows] == ["4", "3", "2", "1"]
    assert rows[0]["score"] == rows[0]["max"] == "2" and rows[0]["clock_s"] == "600.0"
    assert rows[0]["when"] == "2025-11-20T14:10:00+01:00"
    assert [row["files"] for row in rows] == ["kept", "", "kept", ""]


def test_json(graded: Prep) -> None:
    found = graded("log", "add", "--limit", "1", "--json").json
    assert found["schema"] == "prep.log/1" and found["exercise"] == "add-up"
    [event] = found["events"]
    assert event["kind"] == event["status"] == "passed" and event["files_kept"]
    assert event["clock_s"] == 600.0 and event["study_date"] == "2025-11-20"


@pytest.mark.parametrize("width", [30, 40, 80])
def test_on_a_terminal(graded: Prep, width: int) -> None:
    found = graded.terminal("log", width=width)
    assert found.widest <= width
    for word in ("4*", "20", "Nov", "14:10", "add-up", "2/2", "10:00", "passed", "off_by_one"):
        assert word in found.out.replace(",", " ").split(), word
    assert "Next   prep log --diff" in found.out


def test_undone_commands_stay_and_are_marked(graded: Prep) -> None:
    graded("undo")
    assert [row["what"] for row in graded("log").rows][:2] == ["undo", "passed, undone"]


def test_diff_of_the_last_two_grades(graded: Prep) -> None:
    out = graded("log", "--diff").out
    assert "--- number 2/solution.py" in out and "+++ number 4/solution.py" in out
    assert "-    return float(sum(numbers[:-1]))" in out
    assert "+    return float(sum(numbers))" in out
    assert "README" not in out, "only what the learner writes is compared"


def test_diff_with_the_file_of_now_once_it_differs(graded: Prep) -> None:
    graded.file("add-up").write_text(CLOSE)
    out = graded("log", "--diff").out
    assert "--- number 4/solution.py" in out and "+++ now/solution.py" in out
    found = graded("log", "add", "--diff", "2", "--json").json
    assert (found["old"], found["new"]) == ("number 2", "now")
    assert "-CAUGHT_BY" in "\n".join(found["diff"])


def test_diff_of_two_numbers_needs_no_name(graded: Prep) -> None:
    graded("start", "fix-mean")
    assert "number 2/solution.py" in graded("log", "--diff", "2", "4").out
    assert "No difference" in graded("log", "--diff", "4", "4").out


def test_diff_with_one_grade_starts_from_the_stub(prep: Prep, tiny: Path) -> None:
    prep("start", "add-up")
    assert "No difference" in prep("log", "--diff").out
    prep.file("add-up").write_text(RIGHT)
    prep("grade")
    assert "--- the stub/solution.py" in prep("log", "--diff").out


def test_restore_brings_a_version_back_and_undo_takes_it_away(graded: Prep) -> None:
    graded.file("add-up").write_text(CLOSE)
    found = graded("log", "--restore", "2")
    assert found.code == 0 and "number 2" in found.out and ".previous" in found.out
    assert graded.file("add-up").read_text() == WRONG
    kept = list((graded.workspace / "add-up/.previous").rglob("solution.py"))
    assert [path.read_text() for path in kept] == [CLOSE]
    graded("undo")
    assert graded.file("add-up").read_text() == CLOSE


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["--restore", "99"], 3, "no number 99"),
        (["--restore", "3"], 3, "keeps no files"),
        (["fix-mean", "--restore", "2"], 3, "the log of fix-mean has no number 2"),
        (["--diff", "99"], 3, "no number 99"),
        (["--diff", "1", "2", "4"], 2, "two versions"),
        (["2"], 2, "--diff or --restore"),
        (["add-up", "fix-mean"], 2, "one exercise at a time"),
        (["--restore", "2", "--diff"], 2, "--restore takes one number"),
        (["nonsense"], 3, "no exercise is called 'nonsense'"),
        (["fix-mean", "--diff"], 3, "nothing to compare yet"),
        (["--limit", "0"], 2, "--limit"),
    ],
)
def test_bad_input(graded: Prep, argv: list[str], code: int, says: str) -> None:
    found = graded("log", *argv)
    assert found.code == code
    assert says.lower() in found.err.lower()
    assert len(found.err.splitlines()) == 2, "one sentence and the next command"


def test_nothing_recorded_yet(prep: Prep, tiny: Path) -> None:
    found = prep.terminal("log")
    assert found.code == 0 and "Nothing is recorded yet" in found.out and "prep start" in found.out
    assert prep("log").rows == []
    assert prep("log", "--json").json["events"] == []
    assert not prep.home.exists()


def test_an_exercise_that_left_the_catalogue_can_still_be_looked_up(graded: Prep) -> None:
    import shutil

    shutil.rmtree(graded.home.parent / "content/exercises/sums/add-up")
    assert len(graded("log", "add-up").rows) == 4


def test_every_kind_of_event_has_words(prep: Prep, tiny: Path) -> None:
    prep.at(START)
    prep("start", "add-up")
    prep("pause")
    prep("start", "fix-mean", "--untimed")
    prep("start", "add-up", "--time", "1h")
    prep("reset")
    prep("solution", "add-up", "--give-up")
    prep("streak", "rest", "2025-11-22..2025-11-23")
    prep("stop", "fix-mean")
    words = [row["what"] for row in prep("log").rows]
    assert sorted(words) == [
        "ended without a pass",
        "limit 1:00:00",
        "paused",
        "paused for add-up",
        "reference opened",
        "reset to the stub",
        "rest 2025-11-22 to 2025-11-23",
        "resumed",
        "started",
        "started",
    ]


def test_the_id_of_no_files() -> None:
    connection = empty()
    connection.execute("BEGIN")
    moment = datetime.fromisoformat(START)
    stamp = Stamp(moment, 60, moment.date())
    try:
        assert Transaction(connection, Path("x"), "test", lambda last: stamp).keep({}) == EMPTY
    finally:
        connection.close()
