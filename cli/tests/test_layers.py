"""The layers of prep: who may import whom. Read it as the map of the house.

An import counts wherever it stands, also inside a function and under TYPE_CHECKING.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import prep

# From the roof to the ground. A part imports itself and what lies below it, nothing else;
# parts on one floor do not know each other.
FLOORS = (
    {"__main__"},  #              `python -m prep`
    {"app"},  #                   registers the commands, maps errors to exit codes
    {"commands"},  #              arguments in, one call, one view, an exit code out
    {"views"},  #                 what was found -> a page, plain text or JSON
    {"authoring"},  #             what `prep dev` proves of an exercise
    {"practice"},  #              pure rules: clock, verdict, diagnosis, streak
    {"storage", "sandbox"},  #    files and the history; child processes
    {"model", "errors"},  #       the nouns; what can go wrong
)

# `testing` stands apart: it runs in the child process, beside the learner's code. It imports
# nothing else of prep, and nothing else of prep imports it.
APART = "testing"

# Third-party packages, and the only parts that may import them. One that is not named here may
# not be imported at all.
ONLY_IN = {
    "typer": {"app", "commands"},
    "rich": {"views"},
    "platformdirs": {"storage"},
    "fsrs": {"practice"},
    "pytest": {"testing"},
    "_pytest": {"testing"},
    "numpy": {"testing"},
    "pandas": {"testing"},
    "sklearn": {"testing"},
    "tensorflow": {"testing"},
    "torch": {"testing"},
}

# Modules that import by a name which is computed, and why they must.
BY_NAME = {
    "prep.app": "only the command that is called is imported",
    "prep.sandbox.server": "runs in a process of its own: imports frameworks, then forks",
    "prep.testing.runner": "runs in a process of its own: imports what the exercise needs",
}

# Imports upwards, and why they must be.
UPWARDS = {
    ("prep.commands.completion", "prep.app"): "reads every command off the whole command line",
}


class Import(NamedTuple):
    """One import statement's target."""

    importer: str
    target: str
    line: int

    @property
    def parts(self) -> tuple[str, str]:
        """The two parts of prep: `prep.views.page` belongs to `views`."""
        return part_of(self.importer), part_of(self.target)

    @property
    def package(self) -> str:
        return self.target.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


def part_of(module: str) -> str:
    """`prep.views.page` -> `views`; prep itself, which holds the version, is part of none."""
    return module.split(".")[1] if "." in module else ""


def read(source: str, module: str) -> Iterator[Import]:
    """Every import in `source`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: relative import"
            name = str(node.module)
            inside = name == "prep"  # `from prep import testing` means prep.testing
            for target in [f"prep.{a.name}" for a in node.names] if inside else [name]:
                yield Import(
                    module, "prep" if target == "prep.__version__" else target, node.lineno
                )


ROOT = Path(prep.__file__).parent
MODULES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
    if "_content" not in path.parts
}
IMPORTS = [found for name, path in MODULES.items() for found in read(path.read_text("utf-8"), name)]
OURS = [found for found in IMPORTS if found.package == "prep"]
FLOOR = {part: number for number, floor in enumerate(FLOORS) for part in floor}


def told(found: list[Import]) -> str:
    return "\n".join(map(str, found))


def test_every_part_has_its_place() -> None:
    parts = {part_of(module) for module in MODULES} - {""}
    assert parts == set(FLOOR) | {APART}


def test_imports_go_down_the_floors() -> None:
    def allowed(found: Import) -> bool:
        above, below = found.parts
        return above == below or below == "" or FLOOR[above] < FLOOR[below]

    inside = [i for i in OURS if APART not in i.parts and (i.importer, i.target) not in UPWARDS]
    assert not (wrong := [i for i in inside if not allowed(i)]), told(wrong)


def test_the_ground_floor_uses_the_standard_library_only() -> None:
    ground = [i for i in IMPORTS if i.parts[0] in FLOORS[-1]]
    assert not (wrong := [i for i in ground if i.package not in sys.stdlib_module_names]), told(
        wrong
    )


def test_testing_stands_apart() -> None:
    assert not (wrong := [i for i in OURS if (APART in i.parts) and i.parts != (APART, APART)]), (
        told(wrong)
    )


def test_a_third_party_package_has_one_home() -> None:
    others = [i for i in IMPORTS if i.package not in {*sys.stdlib_module_names, "prep"}]
    wrong = [i for i in others if i.parts[0] not in ONLY_IN.get(i.package, set())]
    assert not wrong, told(wrong)


def test_few_modules_import_by_name() -> None:
    words = ("import_module", "__import__", "run_module", "run_path")
    found = {
        name for name, path in MODULES.items() if any(w in path.read_text("utf-8") for w in words)
    }
    assert found == set(BY_NAME)


def test_what_runs_in_a_process_of_its_own_is_never_imported() -> None:
    apart = {"prep.sandbox.server", "prep.testing.runner", "prep.__main__"}
    wrong = [i for i in OURS if i.target in apart]
    assert not wrong, told(wrong)


def test_no_exception_has_outlived_its_use() -> None:
    assert {(i.importer, i.target) for i in OURS} >= set(UPWARDS)


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("import prep.views.page", "prep.views.page"),
        ("from prep import testing as kit", "prep.testing"),
        ("from prep.views import page", "prep.views"),
        ("from prep import __version__", "prep"),
        ("def late():\n    import torch.nn", "torch.nn"),
        ("if TYPE_CHECKING:\n    from rich.text import Text", "rich.text"),
    ],
)
def test_the_reader_sees_every_way_to_import(statement: str, target: str) -> None:
    assert [found.target for found in read(statement, "prep.model")] == [target]
