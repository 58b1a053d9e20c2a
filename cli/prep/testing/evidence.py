"""From an exception to what the learner may see: their own frames, never the grader's."""

from __future__ import annotations

import linecache
import os
import re
from types import TracebackType
from typing import Any

import pytest

from prep.testing.failures import (
    CheckFailed,
    CheckStopped,
    ChildRaisedError,
    NotDefined,
    Unrunnable,
    class_name,
    text_of,
)

MESSAGE_LIMIT = 1500
_MOST_FRAMES = 20
_DUMPED = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<function>\S+)')
_ESCAPED = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_OUTCOMES = {"failed", "not_written", "stopped", "unrunnable", "error"}
_ENDINGS: tuple[tuple[type[BaseException], str], ...] = (
    (SystemExit, "SystemExit"),
    (KeyboardInterrupt, "KeyboardInterrupt"),
    (pytest.exit.Exception, "pytest.exit"),
    (pytest.skip.Exception, "pytest.skip"),
    (pytest.xfail.Exception, "pytest.xfail"),
)


def learner_frames(traceback: TracebackType | None, root: str) -> list[dict[str, Any]]:
    """Frames below `root` (the graded copy of the workspace), outermost first."""
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if _inside(code.co_filename, root):
            places.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return [_frame(*place, root) for place in places[-_MOST_FRAMES:]]


def dumped_frames(text: str, root: str) -> list[dict[str, Any]]:
    """The learner's frames in a `faulthandler` dump, outermost first, each once.

    A dump lists the most recent call first and may hold several threads and processes.
    """
    found: list[dict[str, Any]] = []
    for match in _DUMPED.finditer(text):
        file, function = unescaped(match["file"]), unescaped(match["function"])
        if _inside(file, root):
            frame = _frame(file, int(match["line"]), function, root)
            if frame not in found:
                found.append(frame)
    return found[:_MOST_FRAMES][::-1]


def unescaped(text: str) -> str:
    """What `faulthandler` wrote: it escapes every character beyond ASCII."""
    return _ESCAPED.sub(lambda match: chr(int(match[0][2:], 16)), text)


def _inside(file: str, root: str) -> bool:
    return file.startswith(root + os.sep) and not file.endswith("test_examples.py")


def _frame(file: str, line: int, function: str, root: str) -> dict[str, Any]:
    return {
        "file": os.path.relpath(file, root)[:200],
        "line": line,
        "function": function.strip("<>")[:80],
        "source": linecache.getline(file, line).strip()[:200],
    }


def describe(error: BaseException, root: str) -> dict[str, Any]:
    """JSON-able evidence of a check that raised `error`; never a pass, and it never raises.

    Keys: `outcome` (failed, not_written, stopped, unrunnable or error), `message`,
    `expected`, `seen`, `mistake`, `exception`, `frames`. The outcome `error` says that no
    line of the learner took part: the judge decides whose fault that is.
    """
    try:
        found = dict(error.found) if type(error) is ChildRaisedError else _described(error, root)
    except BaseException:  # the learner's class decides what its attributes do
        found = {}
    if found.get("outcome") in _OUTCOMES:
        return found
    message = "your code raised an exception that cannot be shown"
    return {"outcome": "failed", "message": message, "frames": []}


def _described(error: BaseException, root: str) -> dict[str, Any]:
    traceback = _traceback(error)
    frames = learner_frames(traceback, root)
    kind = type(error)
    if issubclass(kind, CheckFailed):
        assert isinstance(error, CheckFailed)
        return _of_failure(error, frames, root)
    found: dict[str, Any] = {
        "outcome": "failed",
        "frames": frames,
        "message": _clean(error, root),
        "exception": class_name(error)[:80],
    }
    if ending := _ending(error):
        found.update(message=f"your code ended the check with {ending}", exception="")
    elif issubclass(kind, Unrunnable) and not frames:
        line = getattr(error, "line", None)
        found.update(outcome="unrunnable", line=line if type(line) is int else None)
    elif issubclass(kind, NotImplementedError) and _raised_by_learner(traceback, root):
        found["outcome"] = "not_written"
    elif issubclass(kind, AssertionError | pytest.fail.Exception) and not frames:
        found["exception"] = ""
    elif not frames:
        found.update(outcome="error", trace=_places(traceback))
    return found


def _ending(error: BaseException) -> str:
    """What ends a program or a test, by name; empty for any other exception."""
    return next((name for kind, name in _ENDINGS if issubclass(type(error), kind)), "")


def _of_failure(error: CheckFailed, frames: list[dict[str, Any]], root: str) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": "failed", "frames": frames}
    if isinstance(error, CheckStopped):
        found["outcome"] = "stopped"
        found["frames"] = frames + [
            _frame(os.path.join(root, file), line, function, root)
            for file, line, function in error.frames
        ]
    return found | {
        "message": _clean(error.message, root),
        "expected": "" if error.expected is None else _clean(error.expected, root),
        "seen": "" if error.seen is None else _clean(error.seen, root),
        "mistake": "" if error.mistake is None else text_of(error.mistake),
        "exception": "AttributeError" if isinstance(error, NotDefined) else "",
    }


def import_problem(error: BaseException, root: str) -> dict[str, Any]:
    """Evidence of a file that cannot be imported; `syntax` says where it is no Python."""
    found = describe(error, root)
    found["ends"] = _ending(error)
    if isinstance(error, SyntaxError) and type(error) in (SyntaxError, IndentationError, TabError):
        file, line, text = error.filename, error.lineno, error.text
        if type(file) is str and type(line) is int and _inside(file, root):
            source = text if type(text) is str else linecache.getline(file, line)
            found["syntax"] = {
                "file": os.path.relpath(file, root),
                "line": line,
                "text": source.strip()[:200],
                "message": _clean(error.msg, root),
            }
    return found


def _traceback(error: BaseException) -> TracebackType | None:
    """The true one: a class can define an attribute of that name."""
    found: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    return found


def _raised_by_learner(traceback: TracebackType | None, root: str) -> bool:
    """Whether the innermost frame is the learner's (torch raises NotImplementedError too)."""
    if traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return _inside(traceback.tb_frame.f_code.co_filename, root)


def _places(traceback: TracebackType | None) -> str:
    """All places of a fault outside the learner's file, for the crash file only."""
    found = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found += f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}\n"
        traceback = traceback.tb_next
    return found[-2000:]


def _clean(value: object, root: str) -> str:
    """As text, capped, without the name of the temporary folder."""
    text = text_of(value)
    if len(text) > 2 * MESSAGE_LIMIT:
        half = MESSAGE_LIMIT
        text = f"{text[:half]}\n...\n{text[-half:]}"
    text = text.replace(root + os.sep, "").replace(root, ".") if root else text
    if len(text) > MESSAGE_LIMIT:
        half = MESSAGE_LIMIT // 2
        text = f"{text[:half]}\n...\n{text[-half:]}"
    return text
