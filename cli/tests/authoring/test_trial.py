"""`dev try`: which file is meant, and that it is graded as a learner's would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from prep.authoring import trial
from prep.errors import CannotRunError, InternalError, NotFoundError, UsageError
from prep.model import Status

from .conftest import Content


def test_the_reference_is_tried_when_nothing_is_asked_for(content: Content) -> None:
    assert trial.pick(content.exercise).label == "reference"


def test_pick(content: Content, tmp_path: Path) -> None:
    exercise = content.exercise
    assert trial.pick(exercise, stub=True).label == "stub"
    assert trial.pick(exercise, accepted="fsum").label == "accepted/fsum"
    assert trial.pick(exercise, wrong="last_left_out.py").label == "wrong/last_left_out"
    mine = tmp_path / "mine.txt"
    mine.write_text("def total(numbers):\n    return 0.0\n")
    found = trial.pick(exercise, file=mine)
    assert found.label == "file/mine"
    assert found.files["solution.py"] == mine.read_bytes()
    assert found.files["README.md"] == content.path("exercises/prompt.md").read_bytes()


def test_only_one_at_a_time(content: Content) -> None:
    with pytest.raises(UsageError, match="only one of --accepted, --wrong, --stub and --file"):
        trial.pick(content.exercise, stub=True, wrong="last_left_out")


def test_the_nearest_name_is_suggested(content: Content) -> None:
    with pytest.raises(NotFoundError, match="no wrong file called 'last_lefout'") as caught:
        trial.pick(content.exercise, wrong="last_lefout")
    assert caught.value.hint == "prep dev try add-up --wrong last_left_out"
    content.remove("solutions/accepted/fsum.py")
    content.remove("solutions/accepted/by_loop.py")
    with pytest.raises(NotFoundError, match="no accepted file called 'x'") as caught:
        trial.pick(content.exercise, accepted="x")
    assert caught.value.hint == ""


def test_files_that_cannot_be_read(content: Content, tmp_path: Path) -> None:
    exercise = content.exercise
    with pytest.raises(NotFoundError, match="there is no file"):
        trial.pick(exercise, file=tmp_path / "none.py")
    with pytest.raises(UsageError, match="is a folder"):
        trial.pick(exercise, file=tmp_path)
    large = tmp_path / "large.py"
    large.write_bytes(b"#" * 1_500_000)
    with pytest.raises(CannotRunError, match=r"has 1\.5 MB; prep reads up to 1 MB"):
        trial.pick(exercise, file=large)


def test_an_incomplete_exercise(content: Content) -> None:
    content.remove("solutions/reference.py")
    with pytest.raises(InternalError, match=r"reference\.py cannot be read"):
        trial.pick(content.exercise)


def test_run(content: Content) -> None:
    exercise = content.exercise
    report = trial.run(exercise, trial.pick(exercise, wrong="last_left_out"), seed=5)
    assert (report.status, report.mistake, report.seed) == (Status.FAILED, "last_left_out", 5)
    assert report.diagnosis.startswith("The last number is left out")
