"""The learner's file as graders see it."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from prep.testing.failures import NotDefined


class Solution:
    """A view of the learner's module: a missing name is a failed check, not an error.

    `solution.train` is the learner's own object, unwrapped.
    """

    def __init__(self, module: Any, file: str) -> None:
        self._module = module
        self._file = file

    def __getattr__(self, name: str) -> Any:
        if name in ("_module", "_file"):  # while a copy of this is being made
            raise AttributeError(name)
        try:
            return getattr(self._module, name)
        except AttributeError:
            if name.startswith("__") and name.endswith("__"):
                raise  # Python itself asks for such names and does without them
            raise NotDefined(f"{self._file} does not define `{name}`") from None


def load_module(root: Path, file: str) -> Any:
    """Import the learner's `file` below `root` as a module named after it.

    As with any import, what the file puts in its own place in `sys.modules` is what counts.

    `root` goes to the end of `sys.path`: a `torch.py` or `random.py` beside the learner's file
    shadows nothing, while a helper module of theirs is found.

    Raises:
        BaseException: whatever the file raises while it is imported.
    """
    if str(root) not in sys.path:
        sys.path.append(str(root))
    path = root / file
    name = path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    replaced = sys.modules.get(name)
    return module if replaced is None else replaced


def is_python(file: str) -> bool:
    """Whether the exercise's main file is imported at all (an SQL query is not)."""
    return os.path.splitext(file)[1] == ".py"
