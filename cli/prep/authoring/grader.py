"""Rules of the grader and of the public examples, read with `ast` and never run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from prep.authoring.problem import Findings

FIXTURES = ("solution", "workspace", "seed")
EXAMPLES = range(2, 5)
_TEST = "test_"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Announced(NamedTuple):
    """What a grader says of itself.

    Attributes:
        path: the grader.
        checks: the ids of its checks, in order.
        mistakes: names of mistakes that its checks recognise by value, with their lines.
    """

    path: Path
    checks: tuple[str, ...] = ()
    mistakes: tuple[tuple[str, int], ...] = ()


def check(findings: Findings, file: str) -> Announced:
    """Find what is wrong with grader and examples; `file` is what the learner edits."""
    path = findings.folders.grader / "test_grader.py"
    tree = parse(findings, path)
    _examples(findings, findings.folders.exercise / "examples.py")
    if tree is None:
        return Announced(path)
    for line, text in (*_collected(tree), *_imports(tree, PurePosixPath(file).stem)):
        findings.add(path, text, f"line {line}")
    functions = _tests(tree)
    if not functions:
        findings.add(path, "has no check: no top-level function test_...")
    for name, count in Counter(f.name for f in functions).items():
        if count > 1:
            findings.add(path, f"is defined {count} times", name)
    earlier: list[str] = []
    for function in functions:
        for text in _function_problems(function, earlier):
            findings.add(path, text, function.name)
        earlier.append(_id(function))
    return Announced(path, tuple(earlier), tuple(_mistakes(tree)))


def parse(findings: Findings, path: Path) -> ast.Module | None:
    """The syntax tree of a Python file; None, and a problem, when there is none."""
    text = findings.read(path)
    if not text.strip():
        return None
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = f"line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        findings.add(path, f"is not Python: {getattr(error, 'msg', error)}", line)
        return None


def _tests(tree: ast.Module) -> list[_Function]:
    return [n for n in tree.body if isinstance(n, _Function) and n.name.startswith(_TEST)]


def _id(function: _Function) -> str:
    return function.name.removeprefix(_TEST)


def _collected(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What pytest would collect, or provide, beside plain test functions."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield node.lineno, f"{node.name} is a test class; a check is a function"
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id.startswith(_TEST):
                    yield node.lineno, f"{target.id} must be a plain function"
            if "pytestmark" in map(_dotted, targets):
                yield node.lineno, "pytestmark has no place in a grader"
        if isinstance(node, _Function) and any("fixture" in _dotted(m) for m in _marks(node)):
            yield node.lineno, f"{node.name} is a fixture; there are only {', '.join(FIXTURES)}"


def _imports(tree: ast.Module, module: str) -> Iterator[tuple[int, str]]:
    for node, name in _imported(tree):
        if name.split(".")[0] == module:
            yield node.lineno, f"imports {module}; take the fixture `solution` instead"


def _imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or ""


def _function_problems(function: _Function, earlier: list[str]) -> Iterator[str]:
    if isinstance(function, ast.AsyncFunctionDef):
        yield "is async; a check is a plain function"
    if not (ast.get_docstring(function) or "").strip():
        yield "has no docstring: its first line is what the learner reads"
    given = function.args
    if given.vararg or given.kwarg or given.defaults or given.kw_defaults:
        yield "must take fixtures only, without defaults or stars"
    for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        if argument.arg not in FIXTURES:
            yield f"takes '{argument.arg}'; there are only {', '.join(FIXTURES)}"
    for mark in function.decorator_list:
        if not isinstance(mark, ast.Call) or _dotted(mark.func) not in ("kit.needs", "needs"):
            yield f"is decorated with {ast.unparse(mark)}; only kit.needs is allowed"
        else:
            yield from _needs_problems(mark, _id(function), earlier)


def _needs_problems(mark: ast.Call, own: str, earlier: list[str]) -> Iterator[str]:
    if not mark.args or mark.keywords:
        yield "kit.needs takes names of checks"
    for argument in mark.args:
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            yield "kit.needs takes names of checks, written out"
        elif argument.value not in earlier:
            what = "itself" if argument.value == own else f"'{argument.value}'"
            yield f"kit.needs names {what}, which is no earlier check"


def _mistakes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that stand, as literals, behind `mistake=` and `mistakes=`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            values = []
            if node.arg == "mistake":
                values = _branches(node.value)
            elif node.arg == "mistakes" and isinstance(node.value, ast.Dict):
                values = [key for key in node.value.keys if key is not None]
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value, value.lineno


def _branches(value: ast.expr) -> list[ast.expr]:
    """A value, or the two of `a if x else b`."""
    if isinstance(value, ast.IfExp):
        return [*_branches(value.body), *_branches(value.orelse)]
    return [value]


def _marks(function: _Function) -> list[ast.expr]:
    return [m.func if isinstance(m, ast.Call) else m for m in function.decorator_list]


def _dotted(node: ast.expr) -> str:
    return ast.unparse(node)


def _examples(findings: Findings, path: Path) -> None:
    tree = parse(findings, path)
    if tree is None:
        return
    for node, name in _imported(tree):
        if name.split(".")[0] == "prep":
            text = "imports prep; the examples are plain pytest"
            findings.add(path, text, f"line {node.lineno}")
    count = len(_tests(tree))
    if count not in EXAMPLES:
        text = f"has {count} examples, {EXAMPLES[0]} to {EXAMPLES[-1]} are due"
        findings.add(path, text)
