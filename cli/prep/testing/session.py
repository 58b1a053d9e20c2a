"""What the runner tells the kit about the grading under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_MOST_SERIES = 20  # of one check
_MOST_VALUES = 500  # of one series


@dataclass
class Session:
    """One grading in this process.

    Attributes:
        root: folder of the graded copy of the workspace, without a trailing separator.
        file: the learner's main file, relative to `root`.
        seed: seed of the hidden data.
        module: the learner's module, once it is imported.
        series: evidence recorded by the running check, `(name, values)`.
    """

    root: str = ""
    file: str = "solution.py"
    seed: int = 0
    module: Any = None
    series: list[tuple[str, list[float]]] = field(default_factory=list)


_current = Session()


def current() -> Session:
    """The grading that this process runs; one process grades once."""
    return _current


def begin(root: str, file: str, seed: int) -> Session:
    """Set up the grading of this process."""
    _current.root, _current.file, _current.seed = root, file, seed
    _current.module = None
    _current.series.clear()
    return _current


def record(name: str, values: Any) -> None:
    """Attach a short series of numbers (a loss curve) to the running check."""
    if len(_current.series) < _MOST_SERIES:
        _current.series.append((str(name)[:80], [float(v) for v in values][:_MOST_VALUES]))
