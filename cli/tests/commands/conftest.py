"""Fixtures of the command tests: `prep` runs a command line on a throwaway store.

`prep(...)` runs in this process, piped; `prep.terminal(...)` as on a terminal without colours;
`prep.process(...)` really starts `python -m prep`. `tiny` swaps the catalogue for a small one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import pytest

from prep import app
from prep.storage import content, database
from prep.storage.content import Catalogue
from prep.views.console import Console

START = "2025-11-20T14:00:00+01:00"


class Result(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The TSV on stdout, by its header."""
        header, *rows = (line.split("\t") for line in self.out.splitlines())
        return [dict(zip(header, row, strict=True)) for row in rows]

    @property
    def widest(self) -> int:
        """The longest line of stdout."""
        return max(map(len, self.out.splitlines()), default=0)


class Prep:
    """Runs command lines on the store and the workspace of one test."""

    def __init__(
        self, root: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.home, self.workspace = root / "home", root / "prep"
        self._root, self._patch, self._capture = root, patch, capture

    def __call__(self, *argv: str) -> Result:
        """In this process; stdout is a pipe."""
        self._capture.readouterr()
        code = app.main(list(argv))
        out, err = self._capture.readouterr()
        return Result(int(code), out, err)

    def terminal(self, *argv: str, width: int = 80) -> Result:
        """In this process; stdout is a terminal that shows no colours."""

        def console(
            out: IO[str], err: IO[str], env: Mapping[str, str], *, no_color: bool = False
        ) -> Console:
            return Console(out, err, terminal=True, colour=False, width=width)

        with self._patch.context() as patch:
            patch.setattr(Console, "for_streams", console)
            return self(*argv)

    def process(
        self, *argv: str, env: Mapping[str, str] | None = None, text: str = "", timeout: float = 60
    ) -> Result:
        """In a process of its own; `text` is its stdin."""
        done = subprocess.run(
            [sys.executable, "-m", "prep", *argv],
            input=text,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **(env or {})},
            cwd=self._root,
            timeout=timeout,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def at(self, moment: str) -> None:
        """Set the clock, e.g. `2025-11-20T14:00:00+01:00`."""
        self._patch.setenv("PREP_NOW", moment)

    def file(self, slug: str, name: str = "solution.py") -> Path:
        """A file of the learner."""
        return self.workspace / slug / name


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "SYNCHRONOUS", "OFF")
        yield


@pytest.fixture
def prep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Prep:
    for name in ("NO_COLOR", "FORCE_COLOR", "PREP_EDITOR", "VISUAL", "EDITOR", "PREP_NOW"):
        monkeypatch.delenv(name, raising=False)
    found = Prep(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("PREP_HOME", str(found.home))
    monkeypatch.setenv("PREP_WORKSPACE", str(found.workspace))
    monkeypatch.chdir(tmp_path)
    return found


STUB = '''def total(numbers: list[float]) -> float:
    """The sum of `numbers`; 0.0 when there are none."""
    raise NotImplementedError
'''
RIGHT = "def total(numbers):\n    return float(sum(numbers))\n"
WRONG = '''"""The last number is left out: the loop ends one too early."""

CAUGHT_BY = {"adds_all"}


def total(numbers):
    return float(sum(numbers[:-1]))
'''
_GRADER = '''"""Adds numbers up."""


def test_empty(solution):
    """No numbers give 0.0."""
    assert solution.total([]) == 0.0


def test_adds_all(solution):
    """Every number is added."""
    from prep import testing as kit

    kit.close(solution.total([1.0, 2.0]), 3.0, "the total of 1 and 2")
'''
_EXAMPLES = '''from solution import total


def test_two():
    """Two numbers."""
    assert total([1.0, 2.0]) == 3.0
'''
_HINTS = (
    "## What does sum() give?\nThink.\n\n## And as a float?\nAsk.\n\n"
    "## In code\n```python\nfloat(sum(numbers))\n```\n"
)


def write_exercise(root: Path, track: str, slug: str, **keys: object) -> None:
    """A small exercise on disk, complete but for what a test takes away."""
    values: dict[str, object] = {
        "title": "Add up",
        "kind": "implement",
        "level": 1,
        "minutes": 5,
        "needs": [],
        "topics": ["sums"],
        "timeout": 5,
        "sources": ["Arithmetic"],
        **keys,
    }
    files = {
        f"exercises/{track}/{slug}/exercise.toml": "".join(
            f"{key} = {json.dumps(value)}\n" for key, value in values.items()
        ),
        f"exercises/{track}/{slug}/prompt.md": "# Add up\n\nWrite total(numbers).\n",
        f"exercises/{track}/{slug}/hints.md": _HINTS,
        f"exercises/{track}/{slug}/examples.py": _EXAMPLES,
        f"exercises/{track}/{slug}/stub/solution.py": STUB,
        f"graders/{track}/{slug}/test_grader.py": _GRADER,
        f"solutions/{track}/{slug}/reference.py": RIGHT,
        f"solutions/{track}/{slug}/notes.md": "Say that an empty sum is 0.\n",
        f"solutions/{track}/{slug}/wrong/off_by_one.py": WRONG,
    }
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a catalogue of three: `add-up`, `fix-mean`, and one that cannot be run."""
    root = tmp_path / "content"
    write_exercise(root, "sums", "add-up")
    write_exercise(
        root, "sums", "fix-mean", title="A mean that drifts", kind="fix", level=3, topics=["mean"]
    )
    write_exercise(
        root, "vision", "far-away", title="Far away", level=2, minutes=20, needs=["nosuchframework"]
    )
    monkeypatch.setattr(content, "installed_catalogue", lambda: Catalogue(root))
    return root
