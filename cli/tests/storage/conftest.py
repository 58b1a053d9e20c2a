"""Fixtures of the storage tests: a small exercise, a fixed clock, a folder that is read-only."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prep.model import Exercise, Kind
from prep.storage import database
from prep.storage.events import Stamp
from prep.storage.history import History

STUB = "def train(model):\n    raise NotImplementedError\n"
NOBODY = 65534


def make_exercise(root: Path, slug: str = "training-loop", file: str = "solution.py") -> Exercise:
    folder = root / "content" / slug
    main = folder / "stub" / file
    main.parent.mkdir(parents=True)
    main.write_text(STUB)
    (folder / "prompt.md").write_text("# The training loop\n")
    (folder / "examples.py").write_text("from solution import train\n")
    return Exercise(
        slug=slug,
        track="pytorch",
        title="The training loop",
        kind=Kind.IMPLEMENT,
        level=1,
        minutes=10,
        needs=(),
        topics=(),
        timeout=5.0,
        file=file,
        sources=(),
        forbid=(),
        allow_network=False,
        folder=folder,
        grader_folder=folder,
        solution_folder=folder,
    )


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "SYNCHRONOUS", "OFF")
        yield


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    return make_exercise(tmp_path)


class Clock:
    """Stamps with a time that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2025, 11, 20, 14, 0, tzinfo=UTC)

    def __call__(self, last: Stamp | None) -> Stamp:
        return Stamp(self.now, 0, self.now.date())

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(tmp_path: Path, clock: Clock) -> Iterator[History]:
    found = History(tmp_path / "home" / "history.db", clock)
    yield found
    found.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="prep-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def read_only() -> Callable[[Path], AbstractContextManager[None]]:
    """Makes a folder and what is in it read-only for a while, also when root runs the tests."""

    @contextmanager
    def make(folder: Path) -> Iterator[None]:
        places = [folder, *(p for p in folder.rglob("*") if not p.is_symlink())]
        modes = {place: place.stat().st_mode for place in places}
        for place in places:
            place.chmod(0o555 if place.is_dir() else 0o444)
        root = os.geteuid() == 0
        if root:
            os.seteuid(NOBODY)
        try:
            yield
        finally:
            if root:
                os.seteuid(0)
            for place, mode in modes.items():
                place.chmod(mode)

    return make
