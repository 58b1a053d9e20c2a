"""A tiny content root with one whole exercise, to be damaged by the tests."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from prep.authoring import layout
from prep.authoring.folders import select
from prep.authoring.problem import Problem
from prep.model import Exercise
from prep.storage.content import Catalogue

FILES = {
    "exercises/exercise.toml": """\
title = "Add up"
kind = "implement"
level = 1
minutes = 5
needs = []
topics = ["sums"]
timeout = 20
sources = ["Arithmetic"]
""",
    "exercises/prompt.md": "# Add up\n\nWrite `total(numbers)`; no numbers give 0.0.\n",
    "exercises/hints.md": """\
## What does sum() give?
Think.

## And as a float?
Ask.

## In code
```python
float(...)
```
""",
    "exercises/examples.py": """\
from solution import total


def test_two():
    assert total([1.0, 2.0]) == 3.0


def test_one():
    assert total([4.0]) == 4.0
""",
    "exercises/stub/solution.py": """\
def total(numbers: list[float]) -> float:
    raise NotImplementedError
""",
    "graders/test_grader.py": '''\
"""Adds numbers up."""

from prep import testing as kit


def test_adds_all(solution, seed):
    """Every number is added."""
    numbers = [float(seed % 100), 2.0, 4.0]
    kit.close(solution.total(numbers), sum(numbers), "the total of three numbers")


@kit.needs("adds_all")
def test_empty(solution):
    """No numbers give 0.0."""
    kit.close(solution.total([]), 0.0, "the total of nothing")
''',
    "solutions/reference.py": "def total(numbers):\n    return float(sum(numbers, start=0.0))\n",
    "solutions/notes.md": """\
# Add up: notes

An empty sum is 0.

## Follow-up questions

**How precise is it?** `math.fsum` is exact.

- And in parallel? Sum the parts.
1. Of integers? An int; convert it.
""",
    "solutions/accepted/by_loop.py": '''\
"""A loop instead of sum()."""


def total(numbers):
    result = 0.0
    for number in numbers:
        result += number
    return result
''',
    "solutions/accepted/fsum.py": '''\
"""The exactly rounded sum."""

from math import fsum as total
''',
    "solutions/wrong/last_left_out.py": '''\
"""The last number is left out: the slice ends one too early."""

CAUGHT_BY = {"adds_all", "empty"}


def total(numbers):
    return float(sum(numbers[:-1]))
''',
    "solutions/wrong/empty_is_none.py": '''\
"""Nothing is returned for an empty list: the sum of no numbers is 0.0."""

CAUGHT_BY = {"empty"}


def total(numbers):
    if numbers:
        return float(sum(numbers))
''',
}


class Content(NamedTuple):
    """A content root that tests write to; paths are like `exercises/prompt.md`."""

    root: Path
    track: str = "sums"
    slug: str = "add-up"

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.root)

    @property
    def exercise(self) -> Exercise:
        return self.catalogue.read(self.path("exercises"))

    def path(self, path: str) -> Path:
        part, _, rest = path.partition("/")
        return self.root / part / self.track / self.slug / rest

    def at(self, track: str, slug: str) -> Content:
        """The same root, another exercise."""
        return self._replace(track=track, slug=slug)

    def fill(self) -> Content:
        """Write the whole exercise."""
        for path, text in FILES.items():
            self.write(path, text)
        return self

    def write(self, path: str, text: str | bytes) -> None:
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def replace(self, path: str, old: str, new: str) -> None:
        """Change one place of a file; it must be there."""
        text = self.path(path).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} is in {path} {text.count(old)} times"
        self.write(path, text.replace(old, new))

    def remove(self, path: str) -> None:
        self.path(path).unlink()

    def problems(self) -> list[Problem]:
        """What the rules of the folders say about this exercise."""
        name = f"{self.track}/{self.slug}"
        return layout.problems(self.catalogue, select(self.catalogue, [name]))[name]

    def told(self) -> list[str]:
        """The same, as lines without the folders."""
        prefix = f"/{self.track}/{self.slug}"
        return [str(problem).replace(prefix, "") for problem in self.problems()]


@pytest.fixture
def content(tmp_path: Path) -> Content:
    return Content(tmp_path / "content").fill()
