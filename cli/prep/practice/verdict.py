"""From what a run did to the verdict. Pure, and it fails closed: a pass needs every announced
check reported as passed, once, over the private channel, and the run ended in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from prep.practice import run_events as events
from prep.practice.diagnosis import diagnose
from prep.sandbox.job import RawRun


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


class _Verdict(NamedTuple):
    status: Status
    reason: str = ""
    place: Frame | None = None


def judge(run: RawRun, subject: Subject) -> Report:
    """The report on one run."""
    results = _results(run, subject.checks)
    verdict = _before_the_checks(run, subject) or _verdict(run, subject, results)
    report = Report(
        slug=subject.exercise.slug,
        status=verdict.status,
        results=results,
        reason=verdict.reason,
        place=verdict.place,
        seconds=run.seconds,
        output=run.output,
        seed=subject.seed,
    )
    if report.status in (Status.FAILED, Status.STOPPED):
        mistake = diagnose(results, subject.mistakes)
        if mistake is not None:
            return report._replace(diagnosis=mistake.diagnosis, mistake=mistake.name)
    return report


def not_the_graders_fault(run: RawRun, subject: Subject) -> Report:
    """The verdict when errors in the grader's lines came from what the learner's file did."""
    told = [
        {**e, "outcome": "failed", "message": events.unusable(e)}
        if e.get("outcome") == "error"
        else e
        for e in run.events
        if e.get("event") != "broken"
    ]
    report = judge(replace(run, events=told), subject)
    broken = run.first("broken")
    if broken is None and report.status is not Status.BROKEN:
        return report
    last = events.text_of(broken or {}, "message").strip().rpartition("\n")[2]
    reason = f"your code broke the run of the grader: {last}".rstrip(": ")
    return report._replace(status=Status.FAILED, reason=reason, place=None)


def _results(run: RawRun, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
    found: dict[str, list[dict[str, Any]]] = {}
    for event in run.events:
        if event.get("event") == "result":
            found.setdefault(str(event.get("check")), []).append(event)
    begun = [str(e.get("check")) for e in run.events if e.get("event") == "start"]
    results = []
    for check in checks:
        told = found.get(check.id, [])
        if len(told) == 1 and begun.count(check.id) == 1:
            results.append(events.result_of(check, told[0]))
        elif told:
            results.append(CheckResult(check, Outcome.BROKEN, Evidence("reported more than once")))
        else:
            results.append(_unreported(check, run, begun))
    return tuple(results)


def _unreported(check: Check, run: RawRun, begun: list[str]) -> CheckResult:
    """A check that began and never ended takes the blame for how the run ended."""
    if not begun or begun[-1] != check.id:
        return CheckResult(check, Outcome.NOT_RUN)
    frames = tuple(events.frame_of(f) for f in run.stack)
    if run.stopped:
        return CheckResult(check, Outcome.STOPPED, Evidence(events.limit(run), frames=frames))
    return CheckResult(check, Outcome.FAILED, Evidence(_death(run), frames=frames))


def _before_the_checks(run: RawRun, subject: Subject) -> _Verdict | None:
    """A run that never came to its first check."""
    failed = run.first("import_failed")
    if failed is not None:
        return _Verdict(Status.CANNOT_RUN, *events.import_failure(failed, subject.exercise.file))
    broken = run.first("broken")
    if broken is not None:
        return _Verdict(Status.BROKEN, events.text_of(broken, "message"))
    if run.first("ready") is None:
        what = f"the run did not start ({run.limit or f'exit status {run.exit_code}'})"
        return _Verdict(Status.BROKEN, f"{run.output[-2000:].strip()}\n{what}".strip())
    if run.first("collected") is not None:
        return None
    imported = run.first("imported") is not None
    if run.stopped:
        when = "before the first check" if imported else "while your file was being imported"
        return _Verdict(Status.STOPPED, f"{events.limit(run)} {when}", _place(run))
    reason = f"{_death(run)} before the first check"
    if not imported:
        reason = f"importing your file {events.ending(run)}"
    return _Verdict(Status.CANNOT_RUN, reason, _place(run))


def _verdict(run: RawRun, subject: Subject, results: tuple[CheckResult, ...]) -> _Verdict:
    """The verdict on a run that came to its checks; the order of the questions matters."""
    outcomes = {r.outcome for r in results}
    unrunnable = next((e for e in run.events if e.get("outcome") == "unrunnable"), None)
    if unrunnable is not None and not subject.untouched:
        return _unrunnable(unrunnable, subject)
    if Outcome.BROKEN in outcomes:
        return _Verdict(Status.BROKEN, events.fault(run.events))
    if _nothing_written(subject, outcomes):
        return _Verdict(Status.NOT_ATTEMPTED, _unwritten(subject))
    if run.stopped:
        return _Verdict(Status.STOPPED, events.limit(run), _place(run))
    if outcomes == {Outcome.PASSED}:
        return _passed(run, subject.checks)
    if Outcome.STOPPED in outcomes:
        return _Verdict(Status.STOPPED)
    if run.first("end") is None:
        return _Verdict(Status.FAILED, _death(run), _place(run))
    return _Verdict(Status.FAILED)


def _unrunnable(event: dict[str, Any], subject: Subject) -> _Verdict:
    line = events.line_of(event)
    place = Frame(subject.exercise.file, line) if line else None
    return _Verdict(Status.CANNOT_RUN, events.text_of(event, "message"), place)


def _passed(run: RawRun, checks: Sequence[Check]) -> _Verdict:
    """Every check says passed: a pass, if the run as a whole bears it out."""
    if run.forged:
        return _Verdict(
            Status.FAILED, "your code wrote to the channel that carries the grader's results"
        )
    if run.first("end") is None:
        return _Verdict(Status.FAILED, _death(run), _place(run))
    if not _in_order(run, checks):
        return _Verdict(Status.FAILED, "the run's own reports contradict each other")
    return _Verdict(Status.PASSED)


def _in_order(run: RawRun, checks: Sequence[Check]) -> bool:
    """The story of a whole run and nothing else: each check begins and ends, in their order."""
    expected = [check.id for check in checks]
    told = [(e.get("event"), e.get("check")) for e in run.events if e.get("event") != "imported"]
    pairs = [(event, check) for check in expected for event in ("start", "result")]
    whole = [("ready", None), ("collected", None), *pairs, ("end", None)]
    collected = run.first("collected") or {}
    return (
        bool(expected)
        and told == whole
        and collected.get("checks") == expected
        and not run.forged
        and not run.stopped
    )


def _nothing_written(subject: Subject, outcomes: set[Outcome]) -> bool:
    unwritten = {Outcome.NOT_WRITTEN, Outcome.WAITING}
    return (subject.untouched and outcomes != {Outcome.PASSED}) or (
        Outcome.NOT_WRITTEN in outcomes and outcomes <= unwritten
    )


def _unwritten(subject: Subject) -> str:
    what = "is still the stub" if subject.untouched else "has nothing written in it yet"
    return f"{subject.exercise.file} {what}"


def _place(run: RawRun) -> Frame | None:
    """The learner's innermost line at the moment that the run was stopped."""
    return events.frame_of(run.stack[-1]) if run.stack else None


def _death(run: RawRun) -> str:
    return f"your code {events.ending(run)}"
