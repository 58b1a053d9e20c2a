"""`prep tour`: the real loop on a throwaway copy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prep.errors import EnvironmentProblemError
from prep.practice import frameworks, tour
from prep.practice.tour import Put, Stop, Tour
from prep.storage.content import installed_catalogue
from prep.views.page import Page
from prep.views.tour import closing_page, opening_page, stop_page

from .conftest import Prep


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The tour goes to the exercise that needs no framework; its folder is made here."""
    found = frameworks.installed
    monkeypatch.setattr(frameworks, "installed", lambda name: name != "torch" and found(name))
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def hide_torch(tmp_path: Path) -> dict[str, str]:
    """An environment for a process of its own, where torch is not found."""
    (tmp_path / "site").mkdir()
    (tmp_path / "tmp").mkdir(exist_ok=True)
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda n, p=None: None if n == 'torch' else real(n, p)\n"
    )
    return {"PYTHONPATH": str(tmp_path / "site"), "TMPDIR": str(tmp_path / "tmp")}


def test_without_torch_it_runs_through_on_another_exercise(prep: Prep, light: Path) -> None:
    found = prep("tour")
    assert found.code == 0, found
    assert "training-loop needs torch" in " ".join(found.out.split())
    parts = found.out.split("\n$ prep ")[1:]
    assert [part.splitlines()[0] for part in parts] == [
        "start sql-top-per-group",
        "grade",
        "grade",
        "hint",
        "grade",
        "streak",
    ]
    _, stub, wrong, hint, right, streak = parts
    assert "not attempted" in stub
    assert "failed" in wrong and "Likely" in wrong
    assert "Hint 1 of" in hint
    assert "passed" in right and "par 12:00" in right and "Streak 1 day" in right
    assert "1 day, 1 of the last 30" in streak
    assert found.out.splitlines()[-3].startswith("  prep start sql-top-per-group")


def test_nothing_of_the_learner_is_touched_and_nothing_is_left(prep: Prep, light: Path) -> None:
    found = prep("tour", "--json").json
    assert found["schema"] == "prep.tour/1" and found["instead_of"] == "training-loop"
    assert [step["code"] for step in found["steps"]] == [0, 1, 1, 0, 0, 0]
    assert not prep.home.exists() and not prep.workspace.exists()
    assert list(light.iterdir()) == []


def test_a_step_that_ends_otherwise_is_told(
    prep: Prep, light: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Tour.file_for
    monkeypatch.setattr(Tour, "file_for", lambda self, put: real(self, Put.REFERENCE))
    found = prep("tour")
    assert found.code == 70 and "did not go as announced" in found.err
    assert list(light.iterdir()) == []


@pytest.mark.parametrize("to_all", [True, False])
def test_ctrl_c_leaves_nothing(prep: Prep, tmp_path: Path, to_all: bool) -> None:
    env = {**os.environ, **hide_torch(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "prep", "tour"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        cwd=tmp_path,
        start_new_session=True,
    )
    wait_for(lambda: any((tmp_path / "tmp").glob("prep-tour-*/state/history.db")))
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and b"interrupted" in err and b"Traceback" not in err
    wait_for(lambda: not list((tmp_path / "tmp").glob("prep-*")))


def wait_for(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_with_torch_the_typical_mistake_is_named(prep: Prep) -> None:
    if not frameworks.installed("torch"):
        pytest.skip("torch is not installed")
    found = prep.process("tour", timeout=300)
    assert found.code == 0, found
    assert "$ cp wrong/no_zero_grad.py solution.py" in found.out
    assert "zero_grad() is missing" in " ".join(found.out.split())


def test_it_waits_and_can_be_left(prep: Prep, light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prep.commands import tour as command
    from prep.commands.desk import Desk

    answers = iter([True, False])
    monkeypatch.setattr(Desk, "may_ask", True)
    monkeypatch.setattr(command, "_goes_on", lambda desk: next(answers))
    found = prep.terminal("tour")
    assert found.code == 0 and "The tour ends here" in found.out
    assert "1/6" in found.out and "2/6" not in found.out


def test_nothing_can_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frameworks, "installed", lambda name: False)
    torch_only = [e for e in installed_catalogue().all() if e.needs]
    with pytest.raises(EnvironmentProblemError):
        tour.plan(torch_only)


def test_surroundings_keep_the_learners_state_out_of_reach() -> None:
    env = {"PREP_HOME": "/mine", "PREP_NOW": "x", "PREP_EDITOR": "vi", "LANG": "C"}
    found = tour.surroundings(env, Path("/t/state"), Path("/t/prep"))
    assert found == {"LANG": "C", "PREP_HOME": "/t/state", "PREP_WORKSPACE": "/t/prep"}


@pytest.mark.parametrize("width", [40, 80])
def test_pages_keep_to_the_width(width: int) -> None:
    exercise = installed_catalogue().find("sql-top")
    plan = Tour(exercise, "row_number", (), "training-loop", ("torch",))
    stop = Stop("Now there is a typical mistake in it.", ("grade",), Put.WRONG, 1, "graded")
    page = Page(width)
    opening_page(page, plan)
    stop_page(page, plan, 3, stop)
    closing_page(page, plan)
    assert max(map(len, page.plain().splitlines())) <= width
    assert "$ cp wrong/row_number.sql query.sql\n$ prep grade" in page.plain()
