"""From what a run did to the verdict. Pure, and it fails closed: a pass needs every announced
check reported as passed, once, over the private channel, and the run ended in order."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import Any, NamedTuple

from prep.model import (
    Check,
    CheckResult,
    Evidence,
    Exercise,
    Frame,
    Mistake,
    Outcome,
    Report,
    Status,
)
from prep.practice.diagnosis import diagnose
from prep.sandbox.job import RawRun

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "not_written": Outcome.NOT_WRITTEN,
    "waiting": Outcome.WAITING,
    "stopped": Outcome.STOPPED,
    "unrunnable": Outcome.NOT_RUN,
    "error": Outcome.BROKEN,
}


class Subject(NamedTuple):
    """What was graded.

    Attributes:
        exercise: the exercise.
        checks: the announced checks, in order.
        mistakes: known mistakes, for the diagnosis.
        untouched: the file is still the stub.
        seed: seed of the hidden data.
    """

    exercise: Exercise
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...] = ()
    untouched: bool = False
    seed: int = 0


def judge(run: RawRun, subject: Subject) -> Report:
    """The report on one run."""
    results = _results(run, subject.checks)
    status, reason, place = _status(run, subject, results)
    report = Report(
        slug=subject.exercise.slug,
        status=status,
        results=results,
        reason=reason,
        place=place,
        seconds=run.seconds,
        output=run.output,
        seed=subject.seed,
    )
    if status in (Status.FAILED, Status.STOPPED):
        mistake = diagnose(results, subject.mistakes)
        if mistake is not None:
            return report._replace(diagnosis=mistake.diagnosis, mistake=mistake.name)
    return report


def _results(run: RawRun, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
    found: dict[str, list[dict[str, Any]]] = {}
    for event in run.events:
        if event.get("event") == "result":
            found.setdefault(str(event.get("check")), []).append(event)
    begun = [str(e.get("check")) for e in run.events if e.get("event") == "start"]
    results = []
    for check in checks:
        events = found.get(check.id, [])
        if len(events) == 1 and begun.count(check.id) == 1:
            results.append(_result(check, events[0]))
        elif events:
            results.append(CheckResult(check, Outcome.BROKEN, Evidence("reported more than once")))
        else:
            results.append(_unreported(check, run, begun))
    return tuple(results)


def _result(check: Check, event: dict[str, Any]) -> CheckResult:
    outcome = _OUTCOMES.get(str(event.get("outcome")), Outcome.BROKEN)
    evidence = Evidence(
        message=str(event.get("message", "")) if outcome is not Outcome.PASSED else "",
        expected=str(event.get("expected", "")),
        seen=str(event.get("seen", "")),
        frames=tuple(_frame(f) for f in event.get("frames", ())),
        mistake=str(event.get("mistake", "")),
        exception=str(event.get("exception", "")),
    )
    return CheckResult(check, outcome, evidence, float(event.get("seconds", 0.0)))


def _unreported(check: Check, run: RawRun, begun: list[str]) -> CheckResult:
    """A check that began and never ended takes the blame for how the run ended."""
    if not begun or begun[-1] != check.id:
        return CheckResult(check, Outcome.NOT_RUN)
    frames = tuple(_frame(f) for f in run.stack)
    if run.stopped:
        return CheckResult(check, Outcome.STOPPED, Evidence(_limit(run), frames=frames))
    return CheckResult(check, Outcome.FAILED, Evidence(_death(run), frames=frames))


def _frame(data: dict[str, Any]) -> Frame:
    return Frame(
        str(data.get("file", "")),
        int(data.get("line", 0)),
        str(data.get("function", "")),
        str(data.get("source", "")),
    )


Ruling = tuple[Status, str, Frame | None]


def _status(run: RawRun, subject: Subject, results: tuple[CheckResult, ...]) -> Ruling:
    """Verdict, reason and place; the order of the questions matters."""
    outcomes = {r.outcome for r in results}
    ruling = _before_the_checks(run, subject) or _unusable(run, subject, outcomes)
    if ruling is not None:
        return ruling
    if _nothing_written(subject, outcomes):
        return Status.NOT_ATTEMPTED, _unwritten(subject), None
    place = _frame(run.stack[-1]) if run.stack else None
    if run.stopped:
        return Status.STOPPED, _limit(run), place
    if Outcome.STOPPED in outcomes:
        return Status.STOPPED, "", None
    if run.first("end") is None:
        return Status.FAILED, _death(run), place
    if outcomes != {Outcome.PASSED}:
        return Status.FAILED, "", None
    if not _in_order(run, subject.checks):
        return Status.FAILED, "the run's own reports contradict each other", None
    return Status.PASSED, "", None


def _unusable(run: RawRun, subject: Subject, outcomes: set[Outcome]) -> Ruling | None:
    """A run from which nothing can be concluded: a broken grader, a file that cannot be run."""
    broken = run.first("broken")
    if broken is not None:
        return Status.BROKEN, str(broken.get("message", "")), None
    unrunnable = next((e for e in run.events if e.get("outcome") == "unrunnable"), None)
    if unrunnable is not None and not subject.untouched:
        line = unrunnable.get("line")
        where = Frame(subject.exercise.file, int(line)) if line else None
        return Status.CANNOT_RUN, str(unrunnable.get("message", "")), where
    if Outcome.BROKEN in outcomes:
        return Status.BROKEN, "a check of the grader raised an error of its own", None
    return None


def _nothing_written(subject: Subject, outcomes: set[Outcome]) -> bool:
    unwritten = {Outcome.NOT_WRITTEN, Outcome.WAITING}
    return (subject.untouched and outcomes != {Outcome.PASSED}) or (
        Outcome.NOT_WRITTEN in outcomes and outcomes <= unwritten
    )


def _unwritten(subject: Subject) -> str:
    what = "is still the stub" if subject.untouched else "has nothing written in it yet"
    return f"{subject.exercise.file} {what}"


def _before_the_checks(run: RawRun, subject: Subject) -> Ruling | None:
    """A run that never came to its first check."""
    failed = run.first("import_failed")
    if failed is not None:
        return _import_failure(failed, subject.exercise.file)
    if run.first("ready") is None:
        if run.first("broken") is not None:
            return None
        what = f"the run did not start ({run.limit or f'exit status {run.exit_code}'})"
        return Status.BROKEN, f"{what}: {run.output[-500:].strip()}".rstrip(": "), None
    if run.first("collected") is not None or run.first("broken") is not None:
        return None
    place = _frame(run.stack[-1]) if run.stack else None
    if run.stopped:
        return Status.STOPPED, f"{_limit(run)} while your file was being imported", place
    return Status.CANNOT_RUN, f"importing your file {_ending(run)}", place


def _import_failure(event: dict[str, Any], file: str) -> Ruling:
    found = event.get("found", {})
    syntax = found.get("syntax")
    name = str(event.get("exception", ""))
    if syntax:
        place = Frame(syntax["file"], int(syntax["line"]), "", syntax["text"])
        return Status.CANNOT_RUN, f"{name}: {syntax['message']}", place
    if name in ("SystemExit", "KeyboardInterrupt"):
        message = f"importing {file} ends the program ({name})"
    else:
        message = f"{name}: {found.get('message', '')}".rstrip(": ")
    frames = [_frame(f) for f in found.get("frames", ())]
    return Status.CANNOT_RUN, message, frames[-1] if frames else None


def _in_order(run: RawRun, checks: Sequence[Check]) -> bool:
    """One collection that names exactly the announced checks, one end, nothing forged."""
    names = [e.get("event") for e in run.events]
    collected = run.first("collected") or {}
    expected = [check.id for check in checks]
    return (
        bool(checks)
        and collected.get("checks") == expected
        and names.count("collected") == 1
        and names.count("ready") == 1
        and names[-1] == "end"
        and names.count("end") == 1
        and [e.get("check") for e in run.events if e.get("event") == "result"] == expected
        and not run.forged
        and not run.stopped
    )


def _limit(run: RawRun) -> str:
    what = {
        "time": "stopped at the time limit of",
        "memory": "stopped at the memory limit of",
        "output": "stopped: it printed more than",
        "start": "stopped before it started, after",
    }
    return f"{what.get(run.stopped, 'stopped at')} {run.limit}"


def _death(run: RawRun) -> str:
    return f"your code {_ending(run)}"


def _ending(run: RawRun) -> str:
    """How the process ended, in words."""
    code = run.exit_code
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"crashed the Python process ({name})"
    return f"ended the Python process (exit status {code})"
