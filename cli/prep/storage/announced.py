"""What an exercise announces: its checks, hints and known mistakes, read and never run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from prep.errors import InternalError
from prep.model import Check, Exercise, Hint, Mistake

_SQL_COMMENT = re.compile(r"^--\s?(.*)$")


def grader_source(exercise: Exercise) -> str:
    """Source text of the hidden grader.

    Raises:
        InternalError: the file is missing.
    """
    return _read(exercise.grader_folder / "test_grader.py", exercise)


def examples_source(exercise: Exercise) -> str:
    """Source text of the public examples."""
    return _read(exercise.folder / "examples.py", exercise)


def prompt_of(exercise: Exercise) -> str:
    """The task, as Markdown."""
    return _read(exercise.folder / "prompt.md", exercise)


def notes_of(exercise: Exercise) -> str:
    """The notes for after the attempt, as Markdown."""
    return _read(exercise.solution_folder / "notes.md", exercise)


def _read(path: Path, exercise: Exercise) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InternalError(
            f"{path} cannot be read: it belongs to the exercise {exercise.slug}",
            f"prep dev check {exercise.slug}",
        ) from error


def checks_of(exercise: Exercise) -> tuple[Check, ...]:
    """The checks that an exercise announces.

    Raises:
        InternalError: its grader is missing or is not Python.
    """
    try:
        return checks_in(grader_source(exercise))
    except SyntaxError as error:
        raise InternalError(
            f"the grader of {exercise.slug} is broken: {error.msg} (line {error.lineno})",
            f"prep dev check {exercise.slug}",
        ) from error


def checks_in(source: str) -> tuple[Check, ...]:
    """The checks that a grader announces, in its order: one per top-level test function."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            lines = (ast.get_docstring(node) or "").strip().splitlines()
            title = lines[0] if lines else node.name[5:].replace("_", " ").capitalize()
            found.append(Check(node.name[5:], title.rstrip("."), _needs(node)))
    return tuple(found)


def _needs(node: ast.FunctionDef) -> tuple[str, ...]:
    """The arguments of a `@kit.needs(...)` decorator."""
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("needs"):
            return tuple(str(a.value) for a in mark.args if isinstance(a, ast.Constant))
    return ()


def mistakes_of(exercise: Exercise) -> tuple[Mistake, ...]:
    """The known wrong solutions, with the checks that each of them fails."""
    folder = exercise.solution_folder / "wrong"
    found = []
    for path in sorted(folder.glob(f"[!_]*{Path(exercise.file).suffix}")):
        found.append(read_mistake(path))
    return tuple(found)


def read_mistake(path: Path) -> Mistake:
    """One wrong solution: its first docstring is the diagnosis, `CAUGHT_BY` names checks.

    Raises:
        InternalError: no diagnosis, or no literal `CAUGHT_BY`.
    """
    text = path.read_text("utf-8")
    diagnosis, caught = _from_sql(text) if path.suffix == ".sql" else _from_python(text)
    if not diagnosis or not caught:
        lacking = "a diagnosis in its first docstring" if caught else "CAUGHT_BY = {...}"
        raise InternalError(f"{path} lacks {lacking}", "prep dev check")
    return Mistake(path.stem, diagnosis, frozenset(caught))


def _from_python(text: str) -> tuple[str, set[str]]:
    tree = ast.parse(text)
    caught: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CAUGHT_BY":
            caught = {str(c) for c in ast.literal_eval(node.value)}
    return _one_line(ast.get_docstring(tree) or ""), caught


def _from_sql(text: str) -> tuple[str, set[str]]:
    lines: list[str] = []
    for line in text.splitlines():
        match = _SQL_COMMENT.match(line)
        if not match:
            break
        if match[1].startswith("CAUGHT_BY:"):
            names = match[1].removeprefix("CAUGHT_BY:").split(",")
            return _one_line("\n".join(lines)), {n.strip() for n in names if n.strip()}
        lines.append(match[1])
    return _one_line("\n".join(lines)), set()


def _one_line(text: str) -> str:
    """The first paragraph on one line."""
    return " ".join(text.strip().split("\n\n")[0].split())


def hints_of(exercise: Exercise) -> tuple[Hint, ...]:
    """The hints: each `## ` heading of hints.md opens one."""
    parts = re.split(r"(?m)^## ", _read(exercise.folder / "hints.md", exercise))[1:]
    hints = []
    for number, part in enumerate(parts, 1):
        title, _, body = part.partition("\n")
        hints.append(Hint(number, title.strip(), body.strip(), "```" in body))
    return tuple(hints)
