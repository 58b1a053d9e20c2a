"""Fixtures of graders: `solution`, `workspace`, `seed`, and fresh seeds for every check.

The runner registers this module; an author can use it with plain pytest as well:

    python -m pytest -p prep.testing.plugin --workspace FOLDER test_grader.py
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from prep.testing.session import begin, current
from prep.testing.solution import Solution, is_python, load_module


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("prep")
    group.addoption("--workspace", help="folder that holds the file to grade")
    group.addoption("--solution-file", default="solution.py", help="its name in that folder")
    group.addoption("--grader-seed", type=int, default=0, help="seed of the hidden data")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--workspace", default=None)
    if folder is not None:
        seed = config.getoption("--grader-seed")
        begin(os.path.realpath(folder), config.getoption("--solution-file"), seed)


@pytest.fixture(scope="session")
def workspace() -> Path:
    """The graded copy of the learner's folder."""
    return Path(current().root)


@pytest.fixture(scope="session")
def solution(workspace: Path) -> Any:
    """The learner's module; None when the exercise's file is not Python."""
    session = current()
    if not is_python(session.file):
        return None
    if session.module is None:
        session.module = load_module(workspace, session.file)
    return Solution(session.module, session.file)


@pytest.fixture
def seed() -> int:
    """The seed of this grading; hidden data are drawn from it."""
    return current().seed


@pytest.fixture(autouse=True)
def _fresh_start(request: pytest.FixtureRequest) -> None:
    """The same seeds and folder for every check: neither order nor the import matters."""
    if current().root:
        with contextlib.suppress(OSError):
            os.chdir(current().root)
    text = f"{current().seed}:{request.node.name}"
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little")
    random.seed(number)
    modules: Any = sys.modules
    if "numpy" in modules:
        modules["numpy"].random.seed(number)
    if "torch" in modules:
        modules["torch"].manual_seed(number)
    if "tensorflow" in modules:
        modules["tensorflow"].random.set_seed(number)
    if "keras" in modules:  # has a generator of its own
        modules["keras"].utils.set_random_seed(number)
