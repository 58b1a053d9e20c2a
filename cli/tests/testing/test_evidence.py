"""From an exception to what the learner reads."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from prep.testing import CheckFailed, Unrunnable, evidence
from prep.testing.failures import ChildRaisedError, NotDefined

ROOT = "/tmp/some where/work"


def raised(source: str, name: str = "solution.py") -> BaseException:
    """What `source`, as a file of the learner's, raises."""
    code: CodeType = compile(source, os.path.join(ROOT, name), "exec")
    try:
        exec(code, {"Unrunnable": Unrunnable, "CheckFailed": CheckFailed})
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def graders(error: BaseException) -> BaseException:
    """The same, raised by a line that is not the learner's."""
    try:
        raise error
    except BaseException as found:
        return found


def describe(error: BaseException) -> dict[str, Any]:
    found = evidence.describe(error, ROOT)
    json.dumps(found)
    return found


def test_an_exception_of_the_learner() -> None:
    found = describe(raised("def f():\n    {}['x']\n\nf()\n"))
    assert (found["outcome"], found["exception"], found["message"]) == ("failed", "KeyError", "'x'")
    assert [(f["file"], f["line"], f["function"]) for f in found["frames"]] == [
        ("solution.py", 4, "module"),
        ("solution.py", 2, "f"),
    ]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (CheckFailed("no"), "failed"),
        (NotDefined("no"), "failed"),
        (AssertionError("no"), "failed"),
        (ValueError("no"), "error"),
        (NotImplementedError("no"), "error"),
        (Unrunnable("no", 2), "unrunnable"),
        (SystemExit(0), "failed"),
        (KeyboardInterrupt(), "failed"),
        (pytest.exit.Exception("no"), "failed"),
        (pytest.skip.Exception("no"), "failed"),
        (pytest.xfail.Exception("no"), "failed"),
        (pytest.fail.Exception("no"), "failed"),
        (GeneratorExit(), "error"),
        (ChildRaisedError({"outcome": "stopped", "message": "x"}), "stopped"),
        (ChildRaisedError({"outcome": "passed", "message": "x"}), "failed"),
        (ChildRaisedError({}), "failed"),
    ],
)
def test_no_exception_is_a_pass(error: BaseException, outcome: str) -> None:
    assert describe(graders(error))["outcome"] == outcome


def test_an_assert_of_the_grader_is_not_named_after_its_exception() -> None:
    assert describe(graders(AssertionError("no")))["exception"] == ""
    assert describe(raised("assert False, 'mine'"))["exception"] == "AssertionError"


def test_what_the_learner_raises_is_never_their_excuse() -> None:
    assert describe(raised("raise Unrunnable('no')"))["outcome"] == "failed"
    assert describe(raised("raise NotImplementedError"))["outcome"] == "not_written"


def test_not_implemented_in_a_library_is_a_failure() -> None:
    error = raised("import numbers\nnumbers.Complex.__pos__(1)\n")
    assert isinstance(error, NotImplementedError)
    assert describe(error)["outcome"] == "failed"


def test_the_place_of_an_error_of_the_grader_is_kept_apart() -> None:
    found = describe(graders(ValueError("no")))
    assert found["frames"] == []
    assert "in graders" in found["trace"]


def test_the_temporary_folder_is_not_shown() -> None:
    found = describe(raised(f"raise OSError('no file {ROOT}/data.csv in {ROOT}')"))
    assert found["message"] == "no file data.csv in ."


def test_long_messages_are_cut_in_the_middle() -> None:
    found = describe(raised("raise ValueError('a' * 10**6 + 'z')"))
    assert len(found["message"]) == evidence.MESSAGE_LIMIT + len("\n...\n")
    assert found["message"].endswith("z")


def test_of_many_frames_the_innermost_are_kept() -> None:
    found = describe(raised("def f(n):\n    if n: f(n - 1)\n    else: 1 / 0\nf(100)\n"))
    assert len(found["frames"]) == 20
    assert found["frames"][-1]["line"] == 3


def test_the_examples_are_no_frames_of_the_learner() -> None:
    assert describe(raised("1 / 0", "test_examples.py"))["frames"] == []


def test_names_of_any_length_are_cut() -> None:
    name = "f" * 5000
    found = describe(raised(f"def {name}():\n    1 / 0\n{name}()\n"))
    assert len(found["frames"][-1]["function"]) == 80


def test_a_dump_of_stacks_is_read() -> None:
    text = (
        "Current thread 0x1 (most recent call first):\n"
        '  File "/usr/lib/python3/threading.py", line 5 in wait\n'
        f'  File "{ROOT}/solution.py", line 7 in inner\n'
        f'  File "{ROOT}/solution.py", line 3 in <module>\n'
        "Thread 0x2 (most recent call first):\n"
        f'  File "{ROOT}/solution.py", line 7 in inner\n'
        f'  File "{ROOT}/gr\\xf6\\u20ac.py", line 1 in \\xe4\n'
    )
    found = [(f["file"], f["line"], f["function"]) for f in evidence.dumped_frames(text, ROOT)]
    assert found == [
        ("gr\u00f6\u20ac.py", 1, "\u00e4"),
        ("solution.py", 3, "module"),
        ("solution.py", 7, "inner"),
    ]


def test_a_syntax_error_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "solution.py"
    path.write_text("x = 1\ndef f(:\n    pass\n")
    try:
        compile(path.read_text(), str(path), "exec")
    except SyntaxError as error:
        found = evidence.import_problem(error, str(tmp_path))
    assert found["syntax"] == {
        "file": "solution.py",
        "line": 2,
        "text": "def f(:",
        "message": "invalid syntax",
    }


@pytest.mark.parametrize(
    "error",
    [
        SyntaxError("no"),
        SyntaxError("no", ("<string>", 1, 1, "x")),
        SyntaxError("no", (f"{ROOT}/a.py", None, None, None)),
        SyntaxError(5, [], {}),
        type("Own", (SyntaxError,), {"filename": property(lambda self: 1 / 0)})("no"),
    ],
)
def test_a_syntax_error_from_elsewhere_has_none(error: SyntaxError) -> None:
    assert "syntax" not in evidence.import_problem(error, ROOT)
