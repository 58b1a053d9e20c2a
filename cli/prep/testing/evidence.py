"""From an exception to what the learner may see: their own frames, never the grader's."""

from __future__ import annotations

import linecache
import os
import re
from types import TracebackType
from typing import Any

from prep.testing.failures import CheckFailed, CheckStopped, Unrunnable

MESSAGE_LIMIT = 1500
_DUMPED = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<function>\S+)')


def learner_frames(traceback: TracebackType | None, root: str) -> list[dict[str, Any]]:
    """Frames below `root` (the graded copy of the workspace), outermost first."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if _inside(code.co_filename, root):
            frames.append(
                _frame(code.co_filename, traceback.tb_lineno, code.co_name.lstrip("<"), root)
            )
        traceback = traceback.tb_next
    return frames[-20:]


def dumped_frames(text: str, root: str) -> list[dict[str, Any]]:
    """The learner's frames in a `faulthandler` dump, outermost first, each once.

    A dump lists the most recent call first and may hold several threads and processes.
    """
    found: list[dict[str, Any]] = []
    for match in _DUMPED.finditer(text):
        file, line = match["file"], int(match["line"])
        if _inside(file, root):
            frame = _frame(file, line, match["function"].lstrip("<"), root)
            if frame not in found:
                found.append(frame)
    return found[:20][::-1]


def _inside(file: str, root: str) -> bool:
    return file.startswith(root + os.sep) and not file.endswith("test_examples.py")


def _frame(file: str, line: int, function: str, root: str) -> dict[str, Any]:
    return {
        "file": os.path.relpath(file, root),
        "line": line,
        "function": function.rstrip(">"),
        "source": linecache.getline(file, line).strip()[:200],
    }


def describe(error: BaseException, root: str) -> dict[str, Any]:
    """JSON-able evidence of a check that raised `error`.

    Keys: `outcome` (failed, not_written, stopped, unrunnable or error), `message`,
    `expected`, `seen`, `mistake`, `exception`, `frames`. The outcome `error` says that no
    line of the learner took part: the judge decides whose fault that is.
    """
    ready = getattr(error, "prep_evidence", None)
    if isinstance(ready, dict):
        return ready
    frames = learner_frames(error.__traceback__, root)
    found: dict[str, Any] = {"outcome": "failed", "frames": frames}
    if isinstance(error, CheckFailed):
        if isinstance(error, CheckStopped):
            found["outcome"] = "stopped"
            found["frames"] = frames + [
                _frame(os.path.join(root, file), line, function, root)
                for file, line, function in error.frames
            ]
        found.update(
            message=_clean(error.message, root),
            expected=_clean(error.expected or "", root),
            seen=_clean(error.seen or "", root),
            mistake=error.mistake or "",
        )
        return found
    found.update(message=_clean(_text(error), root), exception=type(error).__name__)
    if isinstance(error, Unrunnable) and not frames:
        found.update(outcome="unrunnable", line=error.line, message=_clean(error.message, root))
    elif isinstance(error, NotImplementedError) and _raised_by_learner(error, root):
        found["outcome"] = "not_written"
    elif isinstance(error, AssertionError) and not frames:
        found["exception"] = ""
    elif not frames:
        found["outcome"] = "error"
        found["trace"] = _grader_line(error)
    return found


def _raised_by_learner(error: BaseException, root: str) -> bool:
    """Whether the innermost frame is the learner's (torch raises NotImplementedError too)."""
    traceback = error.__traceback__
    if traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return _inside(traceback.tb_frame.f_code.co_filename, root)


def _grader_line(error: BaseException) -> str:
    """Innermost place of a fault outside the learner's file, for the crash file only."""
    traceback, place = error.__traceback__, ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        place += f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}\n"
        traceback = traceback.tb_next
    return place[-2000:]


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "(its message cannot be printed)"


def _clean(text: str, root: str) -> str:
    """Cap the text and take the temporary folder's name out of it."""
    text = text.replace(root + os.sep, "").replace(root, ".")
    if len(text) > MESSAGE_LIMIT:
        half = MESSAGE_LIMIT // 2
        text = f"{text[:half]}\n...\n{text[-half:]}"
    return text
