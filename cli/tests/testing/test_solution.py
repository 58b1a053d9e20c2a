"""The learner's module as graders see it."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from prep.testing.failures import NotDefined
from prep.testing.solution import Solution, is_python, load_module


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def proxy(**names: object) -> Solution:
    module = ModuleType("solution")
    module.__dict__.update(names)
    return Solution(module, "solution.py")


def test_names_are_the_learners_own_objects() -> None:
    def train() -> None:
        pass

    assert proxy(train=train).train is train
    assert proxy(train=None).train is None


def test_a_missing_name_is_a_failed_check() -> None:
    with pytest.raises(NotDefined, match=r"solution\.py does not define `train`"):
        _ = proxy().train


def test_python_may_ask_for_names_of_its_own() -> None:
    seen = proxy(x=1)
    assert not hasattr(seen, "__no_such__")
    assert copy.copy(seen).x == 1
    assert seen.__name__ == "solution"
    assert "Solution" in repr(seen)
    with pytest.raises(TypeError):
        pickle.dumps(seen)  # a module cannot be


def test_a_lazy_module_is_asked() -> None:
    module = ModuleType("solution")
    module.__getattr__ = lambda name: name.upper()  # type: ignore[method-assign]
    assert Solution(module, "solution.py").train == "TRAIN"


def test_the_workspace_shadows_nothing(tmp_path: Path) -> None:
    for name in ("random", "json", "pytest"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit\n")
    (tmp_path / "helper_of_mine.py").write_text("value = 3\n")
    (tmp_path / "solution.py").write_text("import random, json, helper_of_mine as h\nx = h.value\n")
    module = load_module(tmp_path, "solution.py")
    assert module.x == 3
    assert sys.path[-1] == str(tmp_path)
    load_module(tmp_path, "solution.py")
    assert sys.path.count(str(tmp_path)) == 1


def test_a_file_in_a_folder_has_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "model_x.py").write_text("name = __name__\n")
    assert load_module(tmp_path, "deep/model_x.py").name == "model_x"


def test_what_the_file_puts_in_its_place_counts(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text(
        "import sys\nclass M: x = 5\nsys.modules[__name__] = M()\n"
    )
    assert load_module(tmp_path, "solution.py").x == 5


def test_only_python_is_imported() -> None:
    assert is_python("solution.py")
    assert not is_python("query.sql")
