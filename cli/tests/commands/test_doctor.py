"""`prep doctor`: what it finds, that it changes nothing, and its exit code."""

from __future__ import annotations

import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prep.practice import machine
from prep.practice.frameworks import too_old
from prep.practice.machine import Finding, Verdict
from prep.views.doctor import finding_lines
from prep.views.page import Page

from .conftest import Prep


def findings(prep: Prep) -> dict[str, Any]:
    return {f["name"]: f for f in prep("doctor", "--json").json["findings"]}


def files(root: Path) -> set[Path]:
    return set(root.rglob("*"))


def test_a_healthy_machine(prep: Prep, tiny: Path, tmp_path: Path) -> None:
    before = files(tmp_path)
    found = prep("doctor")
    assert found.code == 0
    assert files(tmp_path) == before, "nothing is left behind, not even the folders"
    for name in ("Python", "prep", "pytest", "state", "workspace", "temporary", "history", "clock"):
        assert f"ok    {name} " in found.out, name
    assert "the reference of add-up is passed" in found.out
    assert found.out.splitlines()[-1] == "Next   prep start | prep list"


def test_a_missing_framework_names_the_pip_line(prep: Prep, tiny: Path) -> None:
    found = findings(prep)["nosuchframework"]
    assert found["verdict"] == "warn" and found["text"] == "not installed; 1 exercise uses it"
    assert found["fix"] == 'python -m pip install "nosuchframework"'


def test_no_framework_is_imported(prep: Prep) -> None:
    code = (
        "import sys; from prep.app import main; assert main(['doctor']) in (0, 4)\n"
        "assert not {'torch', 'tensorflow', 'sklearn', 'pandas', 'numpy', 'keras'} & {*sys.modules}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_folders_that_cannot_be_written(
    prep: Prep, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PREP_WORKSPACE", str(tmp_path / "file"))
    found = prep("doctor")
    assert found.code == 4 and "fail  workspace" in found.out
    assert "prep config set workspace FOLDER" in " ".join(found.out.split())
    monkeypatch.setenv("PREP_HOME", str(tmp_path / "file" / "home"))
    found = prep("doctor")
    assert found.code == 4 and "fail  state" in found.out and "PREP_HOME" in found.out


def test_a_damaged_history_fails_and_is_not_touched(prep: Prep, tiny: Path) -> None:
    prep.home.mkdir()
    path = prep.home / "history.db"
    path.write_bytes(b"not a database")
    found = prep("doctor")
    assert found.code == 4 and "fail  history" in found.out and "damaged" in found.out
    assert found.err == "", "told once"
    assert path.read_bytes() == b"not a database"


def test_a_newer_history_is_a_warning(prep: Prep, tiny: Path) -> None:
    prep("start", "add-up")
    connection = sqlite3.connect(prep.home / "history.db")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    assert findings(prep)["history"]["verdict"] == "warn"


def test_a_clock_that_was_set_back(prep: Prep, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prep.at("2099-11-20T14:00:00+01:00")
    prep("start", "add-up")
    assert "PREP_NOW" in findings(prep)["clock"]["text"]
    monkeypatch.delenv("PREP_NOW")
    found = findings(prep)["clock"]
    assert found["verdict"] == "warn" and "20 Nov 2099" in found["text"]


def test_a_broken_config_is_told_once_and_the_rest_is_looked_at(prep: Prep, tiny: Path) -> None:
    prep.home.mkdir()
    (prep.home / "config.toml").write_text("editor = [\n")
    found = prep("doctor")
    assert found.code == 4 and found.out.count("not valid TOML") == 1
    assert "the reference of add-up is passed" in found.out


def test_a_broken_exercise_is_named(prep: Prep, tiny: Path) -> None:
    (tiny / "exercises/sums/fix-mean/exercise.toml").write_text("level = 'x'\n")
    found = findings(prep)["prep"]
    assert found["verdict"] == "fail" and "fix-mean" in found["text"]


def test_a_grader_that_does_not_work_fails_the_self_test(prep: Prep, tiny: Path) -> None:
    (tiny / "solutions/sums/add-up/reference.py").write_text("def total(n):\n    return 1.0\n")
    (tiny / "solutions/sums/fix-mean/reference.py").write_text("def total(n):\n    return 1.0\n")
    found = findings(prep)["self-test"]
    assert found["verdict"] == "fail" and found["fix"] == "prep dev check add-up"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (None, "warn"),
        ("no-such-editor -w", "warn"),
        ("'", "warn"),
        (shlex.quote(sys.executable), "ok"),
    ],
)
def test_editor(line: str | None, verdict: str) -> None:
    assert machine.editor(line).verdict.value == verdict


@pytest.mark.parametrize(
    ("found", "old"),
    [("2.13.0+cpu", False), ("2.10", False), ("2.9.1", True), ("3.0.0rc1", False), ("1.13", True)],
)
def test_too_old(found: str, old: bool) -> None:
    assert too_old("torch", found) is old


@pytest.mark.parametrize("width", [30, 40, 80])
def test_a_finding_keeps_to_the_width(width: int) -> None:
    finding = Finding("self-test", Verdict.FAIL, "some words " * 9, "prep dev check add-up")
    page = finding_lines(Page(width), finding)
    assert max(map(len, page.plain().splitlines())) <= width
    assert page.plain().startswith("fail  self-test")
