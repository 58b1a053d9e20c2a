"""The screen after `prep grade` and `prep check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from prep.model import CheckResult, Exercise, Outcome, Report, Status
from prep.practice.attempts import Attempt
from prep.views.checks import add_checks, add_place
from prep.views.next_steps import next_line
from prep.views.page import BAD, BOLD, DIM, GOOD, LIKELY, Page, Span, count, minutes

_PRINTED = 10  # lines of the learner's own output


class Clock(NamedTuple):
    """The attempt's clock at the moment of a grading, all in seconds."""

    active: float
    par: float
    limit: float | None

    @property
    def over(self) -> bool:
        return self.limit is not None and self.active > self.limit

    @classmethod
    def of(cls, attempt: Attempt, active: float) -> Clock:
        return cls(active, attempt.par_seconds, attempt.limit_seconds)


def report_page(
    page: Page,
    exercise: Exercise,
    report: Report,
    clock: Clock | None,
    crash: Path | None = None,
    *,
    everything: bool = False,
) -> Page:
    """A grading as a learner reads it: verdict, what does not hold, what it looks like."""
    page.flow(Span(exercise.slug, BOLD), _verdict(report), *_summary(report, clock))
    page.blank()
    if report.status is Status.CANNOT_RUN:
        return _cannot_run(page, report)
    if report.status is Status.BROKEN:
        return _broken(page, report, crash)
    if report.status is Status.NOT_ATTEMPTED:
        return _not_attempted(page, report)
    if report.status is Status.STOPPED and not _blames_a_check(report):
        _stopped(page, report)
    add_checks(page, report, "prep grade", everything=everything)
    if report.diagnosis:
        page.blank()
        page.text(report.diagnosis, indent=2, label="Likely   ", style=LIKELY)
    return _printed(page, report, most=_PRINTED if everything else 0)


def check_page(
    page: Page,
    exercise: Exercise,
    report: Report,
    hidden: int,
    crash: Path | None = None,
    *,
    everything: bool = False,
) -> Page:
    """The public examples; never to be mistaken for a pass."""
    if report.status in (Status.CANNOT_RUN, Status.BROKEN):
        report_page(page, exercise, report, None, crash).blank()
        mine = report.status is Status.CANNOT_RUN
        return next_line(page, *(("prep open", "prep check") if mine else ("prep doctor",)))
    total = len(report.results)
    page.flow(Span(exercise.slug, BOLD), f"{report.passed} of {total} public examples pass")
    page.blank()
    if report.status is Status.STOPPED and not _blames_a_check(report):
        _stopped(page, report)
    add_checks(page, report, "prep check", everything=everything)
    _printed(page, report, most=4 * _PRINTED if everything else _PRINTED)
    page.blank()
    page.text(f"{count(hidden, 'hidden check')} not run, nothing recorded.")
    return next_line(page, "prep grade", "prep hint")


def _verdict(report: Report) -> Span:
    style = GOOD if report.status is Status.PASSED else BOLD
    return Span(str(report.status), style)


def _summary(report: Report, clock: Clock | None) -> list[str]:
    parts = []
    if report.status is not Status.CANNOT_RUN:
        parts.append(f"{report.passed} of {count(len(report.results), 'check')}")
    if clock is not None:
        parts.append(f"{minutes(clock.active)} on the clock, par {minutes(clock.par)}")
        if clock.over and clock.limit is not None:
            parts.append(f"time is up ({minutes(clock.limit)})")
    return parts


def _cannot_run(page: Page, report: Report) -> Page:
    page.text(report.reason, indent=2, style=BAD)
    if report.place is not None:
        add_place(page, report.place, indent=2)
    page.blank()
    return page.text("Nothing was recorded and the attempt is not used up.", indent=2)


def _broken(page: Page, report: Report, crash: Path | None) -> Page:
    last = report.reason.strip().splitlines()[-1:] or ["no reason given"]
    page.text(f"The grader failed, not your code: {last[0].strip()}", indent=2)
    page.text("Nothing was recorded.", indent=2)
    return page if crash is None else page.text(str(crash), indent=2, label="Report   ")


def _not_attempted(page: Page, report: Report) -> Page:
    """Only what will be asked for: nothing has failed yet."""
    page.text(f"{report.reason}: nothing was recorded. What will be checked:", indent=2)
    for result in report.results:
        page.text(result.check.title, label="  -  ")
    return page


def _printed(page: Page, report: Report, *, most: int) -> Page:
    """The last lines that the learner's code printed; how many, where none is to be shown."""
    lines = report.output.rstrip().splitlines()
    if not lines:
        return page
    page.blank()
    if most == 0:
        return page.text(
            f"Your code printed {count(len(lines), 'line')}: prep grade -v", indent=2, style=DIM
        )
    cut = f", the last {most} of them" if len(lines) > most else ""
    page.text(f"Your code printed {count(len(lines), 'line')}{cut}:", indent=2, style=DIM)
    return page.code("\n".join(lines[-most:]), indent=4)


def _blames_a_check(report: Report) -> bool:
    """Whether a check was under way when the limit struck; it tells the story then."""
    return any(r.outcome is Outcome.STOPPED for r in report.results)


def _stopped(page: Page, report: Report) -> None:
    page.text(report.reason[:1].upper() + report.reason[1:], indent=2, style=BAD)
    if report.place is not None:
        page.text("Last line of yours on the stack", indent=2, style=DIM)
        add_place(page, report.place, indent=4)


def report_json(report: Report, clock: Clock | None, crash: Path | None = None) -> dict[str, Any]:
    """The fields of `prep.grade/1` and `prep.check/1` that a report fills."""
    place = report.place
    return {
        "exercise": report.slug,
        "status": report.status.value,
        "recorded": report.status.recorded,
        "score": report.passed,
        "max": len(report.results),
        "likely": report.diagnosis or None,
        "reason": report.reason or None,
        "at": f"{place.file}:{place.line}" if place else None,
        "crash_file": str(crash) if crash else None,
        "run_s": round(report.seconds, 3),
        "seed": report.seed,
        "clock": None
        if clock is None
        else {
            "active_s": round(clock.active, 1),
            "par_s": clock.par,
            "limit_s": clock.limit,
            "over": clock.over,
        },
        "checks": [_check_json(result) for result in report.results],
        "output": report.output[-4000:],
    }


def _check_json(result: CheckResult) -> dict[str, Any]:
    evidence = result.evidence
    frame = evidence.frames[-1] if evidence.frames else None
    return {
        "id": result.check.id,
        "title": result.check.title,
        "status": result.outcome.value,
        "needs": list(result.check.needs),
        "message": evidence.message or None,
        "expected": evidence.expected or None,
        "seen": evidence.seen or None,
        "exception": evidence.exception or None,
        "at": f"{frame.file}:{frame.line}" if frame else None,
        "run_s": round(result.seconds, 3),
    }
