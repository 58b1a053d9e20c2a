"""Which names an exercise, its track and its file may have."""

from __future__ import annotations

import re
import sys
from pathlib import PurePosixPath

from prep.authoring.folders import NOT_TRACKS
from prep.storage.learner_files import EXAMPLES, README

MAX_LENGTH = 32
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILE = re.compile(r"([a-z][a-z0-9_]*/)*[a-z][a-z0-9_]*\.(py|sql)")
_MISTAKE = re.compile(r"[a-z][a-z0-9_]*")

# words that a command line takes for something else than a slug
_TARGETS = {"last", "next", "due", "random"}
_MODULES = {
    "catboost", "cv2", "datasets", "duckdb", "fastapi", "flask", "jax", "joblib", "keras",
    "lightgbm", "matplotlib", "mlx", "numpy", "pandas", "polars", "prep", "pyarrow", "pytest",
    "scipy", "seaborn", "sklearn", "tensorflow", "tokenizers", "torch", "torchvision",
    "transformers", "xgboost", "grader",
}  # fmt: skip


def slug_problem(slug: str) -> str:
    """What is wrong with a slug; empty if nothing is.

    A slug becomes a folder of the learner's workspace, so it must not look like a module to a
    program that runs there. A track never leaves the content and may be called like one.
    """
    if found := _name_problem(slug):
        return found
    if slug in _TARGETS:
        return f"'{slug}' is a word of the command line"
    return _module_problem(slug)


def track_problem(track: str) -> str:
    """What is wrong with the name of a track; empty if nothing is."""
    if track in NOT_TRACKS:
        return f"'{track}' is not a folder for exercises"
    return _name_problem(track)


def file_problem(file: str) -> str:
    """What is wrong with the file that the learner edits; empty if nothing is."""
    if not _FILE.fullmatch(file):
        return f"'{file}' must be a path like solution.py or query.sql: a-z, 0-9, _"
    if file in (README, EXAMPLES):
        return f"'{file}' is written by prep itself"
    return _module_problem(PurePosixPath(file).stem) if file.endswith(".py") else ""


def variant_problem(stem: str) -> str:
    """What is wrong with the name of a file in `accepted` or `wrong`; empty if nothing is."""
    return "" if _MISTAKE.fullmatch(stem) else "must have a name of a-z, 0-9 and _"


def _name_problem(name: str) -> str:
    if not _NAME.fullmatch(name):
        return f"'{name}' must be words of a-z and 0-9, joined by single hyphens"
    return f"'{name}' has over {MAX_LENGTH} characters" if len(name) > MAX_LENGTH else ""


def _module_problem(name: str) -> str:
    if name in sys.stdlib_module_names or name in _MODULES:
        return f"'{name}' is the name of a Python module"
    return ""
