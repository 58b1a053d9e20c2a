"""`prep dev`: new, check, try, as an author meets them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from prep.practice import frameworks
from prep.views.progress import Progress

from .conftest import Prep


def test_new_makes_an_exercise_that_passes_its_check(prep: Prep, tiny: Path) -> None:
    found = prep("dev", "new", "sums/moving-sum")
    assert found.code == 0 and "exercise.toml" in found.out and "test_grader.py" in found.out
    assert found.out.splitlines()[-1].startswith("Next   prep dev check moving-sum")
    checked = prep("dev", "check", "moving-sum", "-j", "1")
    assert checked.code == 0, checked
    assert checked.out.startswith("ok    sums/moving-sum") and "no problems" in checked.out
    assert "runs" in checked.err and "\r" not in checked.err
    found = prep("dev", "new", "sums/moving-sum")
    assert found.code == 2 and "taken" in found.err


def test_check_names_file_and_key(prep: Prep, tiny: Path) -> None:
    path = tiny / "exercises/sums/add-up/exercise.toml"
    path.write_text(path.read_text().replace("minutes = 5", "minuts = 5"))
    (tiny / "graders/sums/fix-mean/test_grader.py").unlink()
    found = prep("dev", "check", "add-up", "fix-mean", "-j", "1")
    assert found.code == 1
    told = " ".join(found.out.split())
    assert "FAIL sums/add-up" in told
    assert "exercises/sums/add-up/exercise.toml: minuts" in told
    assert "graders/sums/fix-mean/test_grader.py: is missing" in told
    assert "2 exercises" in told and "2 failed" in told


def test_check_as_json(prep: Prep, tiny: Path) -> None:
    found = prep("dev", "check", "far-away", "--json")
    assert found.err == ""
    assert found.json["schema"] == "prep.dev-check/1"
    [exercise] = found.json["exercises"]
    assert exercise["exercise"] == "vision/far-away"
    assert exercise["needs"] == ["nosuchframework"] and exercise["runs"] == []


def test_require_all_fails_what_was_not_checked(
    prep: Prep, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frameworks, "installed", lambda name: False)
    prep("dev", "new", "sums/moving-sum")
    path = tiny / "exercises/sums/moving-sum/exercise.toml"
    path.write_text(path.read_text().replace("needs = []", 'needs = ["torch"]'))
    lenient = prep("dev", "check", "moving-sum")
    strict = prep("dev", "check", "moving-sum", "--require-all")
    assert "not checked here: needs torch" in " ".join(lenient.out.split()), lenient
    assert strict.code == 1 and strict.out.startswith("FAIL")


def test_check_of_an_unknown_exercise(prep: Prep, tiny: Path) -> None:
    found = prep("dev", "check", "add-upp")
    assert found.code == 3 and "add-up" in found.err


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        ([], 0, "reference as a learner's file"),
        (["--stub"], 1, "not attempted"),
        (["--wrong", "off_by_one"], 1, "The last number is left out"),
    ],
)
def test_try_shows_the_learners_screen(
    prep: Prep, tiny: Path, argv: list[str], code: int, says: str
) -> None:
    found = prep("dev", "try", "add", *argv)
    assert found.code == code and says in found.out
    assert "Next   prep dev check add-up" in found.out
    assert not prep.home.exists(), "nothing is recorded"


def test_try_any_file(prep: Prep, tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def total(n):\n    return n.nothing\n")
    found = prep(
        "dev", "try", "add-up", "--file", str(tmp_path / "mine.py"), "--seed", "7", "--json"
    )
    assert found.code == 1
    assert found.json["seed"] == 7 and found.json["tried"] == "file/mine"
    assert found.json["recorded"] is False


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["--wrong", "off_by_two"], 3, "prep dev try add-up --wrong off_by_one"),
        (["--file", "nowhere.py"], 3, "nowhere.py"),
        (["--stub", "--wrong", "off_by_one"], 2, "only one of"),
    ],
)
def test_try_bad_input(prep: Prep, tiny: Path, argv: list[str], code: int, says: str) -> None:
    found = prep("dev", "try", "add-up", *argv)
    assert found.code == code and says.lower() in found.err.lower()


def test_dev_alone_points_to_its_help(prep: Prep) -> None:
    found = prep("dev")
    assert found.code == 2 and "prep dev --help" in found.err


def test_progress_on_a_terminal_is_one_line_that_goes_away() -> None:
    out = io.StringIO()
    progress = Progress(out, "runs", terminal=True, width=30)
    progress.show(1, 2, "a-very-long-label-that-would-wrap")
    progress.show(2, 2, "b")
    progress.close()
    parts = out.getvalue().split("\r")
    assert max(map(len, parts)) < 30 and parts[-1] == "" and parts[-2].strip() == ""


def test_progress_in_a_log_is_ten_lines_at_most() -> None:
    out = io.StringIO()
    progress = Progress(out, "runs", terminal=False)
    for done in range(1, 144):
        progress.show(done, 143, "x")
    progress.close()
    lines = out.getvalue().splitlines()
    assert len(lines) == 10 and lines[-1] == "143 of 143 runs"
