"""Fixtures of the sandbox tests: a run of a few lines, and a look at what is left of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prep.sandbox import Job, Limits, RawRun, run

GRADER = '''
def test_work(solution):
    """work returns what is true"""
    assert solution.work()

def test_more(solution):
    """another check"""
'''

Run = Callable[..., RawRun]


def make_job(source: str, *, grader: str = GRADER, public: bool = False, **limits: Any) -> Job:
    files = {"solution.py": source.encode()}
    held = Limits(**{"seconds": 10.0, **limits})
    return Job(files, "solution.py", grader, "<grader>", (), held, seed=3, public=public)


@pytest.fixture
def cold() -> Run:
    """Runs `source` against a grader whose first check calls `work()`, in a fresh process."""

    def start(source: str, **more: Any) -> RawRun:
        return run(make_job(source, **more))

    return start


@pytest.fixture
def job_of() -> Callable[..., Job]:
    """The job of such a run."""
    return make_job


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs make their throwaway folders: a folder of the test's own."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


def alive(pid: int) -> bool:
    """Whether the process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def nobody_left(tmp_path: Path) -> Iterator[Path]:
    """A file for process ids, one a line; afterwards none of them may live."""
    noted = tmp_path / "pids"
    yield noted
    pids = [int(line) for line in noted.read_text().split()]
    assert pids
    deadline = time.monotonic() + 3
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    left = [pid for pid in pids if alive(pid)]
    for pid in left:
        os.kill(pid, 9)
    assert left == []
