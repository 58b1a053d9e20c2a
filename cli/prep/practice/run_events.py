"""Read the events of a run. Pure. Their origin is known, yet what the learner's code raised is
in them: every value is taken as what it should be, or left out, and made harmless to print."""

from __future__ import annotations

import signal
from typing import Any

from prep.model import Check, CheckResult, Evidence, Frame, Outcome
from prep.sandbox.job import RawRun
from prep.sandbox.output import harmless

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "not_written": Outcome.NOT_WRITTEN,
    "waiting": Outcome.WAITING,
    "stopped": Outcome.STOPPED,
    "unrunnable": Outcome.NOT_RUN,
    "error": Outcome.BROKEN,
}


def text_of(event: dict[str, Any], key: str) -> str:
    """A text of the event; empty where there is none."""
    value = event.get(key)
    return harmless(value) if isinstance(value, str) else ""


def result_of(check: Check, event: dict[str, Any]) -> CheckResult:
    """One check's result."""
    outcome = _OUTCOMES.get(text_of(event, "outcome"), Outcome.BROKEN)
    seconds = event.get("seconds")
    evidence = Evidence(
        message=text_of(event, "message") if outcome is not Outcome.PASSED else "",
        expected=text_of(event, "expected"),
        seen=text_of(event, "seen"),
        frames=frames_of(event),
        mistake=text_of(event, "mistake"),
        exception=text_of(event, "exception"),
    )
    return CheckResult(
        check, outcome, evidence, seconds if isinstance(seconds, float) and seconds >= 0 else 0.0
    )


def frames_of(event: dict[str, Any]) -> tuple[Frame, ...]:
    """The learner's frames that an event carries."""
    found = event.get("frames")
    if not isinstance(found, list):
        return ()
    return tuple(frame_of(frame) for frame in found if isinstance(frame, dict))


def frame_of(data: dict[str, Any]) -> Frame:
    """One frame, or the place of a syntax error."""
    line = line_of(data)
    source = text_of(data, "source") or text_of(data, "text")
    return Frame(text_of(data, "file"), line or 0, text_of(data, "function"), source)


def line_of(event: dict[str, Any]) -> int | None:
    """The line of the learner's file that an event speaks of."""
    line = event.get("line")
    return line if isinstance(line, int) and not isinstance(line, bool) and line > 0 else None


def import_failure(event: dict[str, Any], file: str) -> tuple[str, Frame | None]:
    """Why the learner's file cannot be imported, and where."""
    found = event.get("found")
    found = found if isinstance(found, dict) else {}
    name = text_of(found, "exception")
    syntax = found.get("syntax")
    if isinstance(syntax, dict):
        return f"{name}: {text_of(syntax, 'message')}", frame_of(syntax)
    frames = frames_of(found)
    place = frames[-1] if frames else None
    if ends := text_of(found, "ends"):
        return f"importing {file} ends the program ({ends})", place
    return f"{name}: {text_of(found, 'message')}".strip(": "), place


def fault(events: list[dict[str, Any]]) -> str:
    """What the grader's first error of its own was; the last line says it in short."""
    event = next((e for e in events if e.get("outcome") == "error"), {})
    what = f"{text_of(event, 'exception')}: {text_of(event, 'message')}".strip(": ")
    check = text_of(event, "check")
    where = f"{check}: {what}" if check and what else "a check of the grader raised an error"
    return f"{text_of(event, 'trace')}{' '.join(where.split())}"


def unusable(event: dict[str, Any]) -> str:
    """What an error in the grader's lines means when the grader is sound."""
    what = text_of(event, "exception") or "an error"
    return (
        "the check could not use what your code returned or left behind "
        f"({what}: {text_of(event, 'message')[:200]})"
    )


def limit(run: RawRun) -> str:
    """Which limit ended the run."""
    what = {
        "time": "stopped at the time limit of",
        "memory": "stopped at the memory limit of",
        "output": "stopped: it printed more than",
        "processes": "stopped: it had more processes than",
        "start": "stopped before it started, after",
    }
    return f"{what.get(run.stopped, 'stopped at')} {run.limit}"


def ending(run: RawRun) -> str:
    """How the process ended by itself, in words."""
    code = run.exit_code
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"crashed the Python process ({name})"
    return f"ended the Python process (exit status {code})"
