"""The screen after `prep grade` and `prep check`."""

from __future__ import annotations

from typing import Any, NamedTuple

from prep.model import CheckResult, Evidence, Exercise, Frame, Outcome, Report, Status
from prep.practice.attempts import Attempt
from prep.views.next_steps import next_line
from prep.views.page import BAD, BOLD, DIM, GOOD, LIKELY, Page, Span, count, minutes

SHOWN_IN_FULL = 3
_WORDS = {
    Outcome.PASSED: ("ok", GOOD),
    Outcome.FAILED: ("FAIL", BAD),
    Outcome.STOPPED: ("STOP", BAD),
    Outcome.NOT_WRITTEN: ("todo", DIM),
    Outcome.WAITING: ("wait", DIM),
    Outcome.NOT_RUN: ("--", DIM),
    Outcome.BROKEN: ("??", BAD),
}


class Clock(NamedTuple):
    """The attempt's clock at the moment of a grading, all in seconds."""

    active: float
    par: float
    limit: float | None

    @classmethod
    def of(cls, attempt: Attempt, active: float) -> Clock:
        return cls(active, attempt.par_seconds, attempt.limit_seconds)


def report_page(
    page: Page, exercise: Exercise, report: Report, clock: Clock | None, *, everything: bool = False
) -> Page:
    """A grading as a learner reads it: verdict, what does not hold, what it looks like."""
    page.flow(Span(exercise.slug, BOLD), _verdict(report), *_summary(report, clock))
    page.blank()
    if report.status is Status.CANNOT_RUN:
        return _cannot_run(page, report)
    if report.status is Status.BROKEN:
        last = report.reason.strip().splitlines()[-1:] or ["no reason given"]
        page.text(f"The grader failed, not your code: {last[0].strip()}", indent=2)
        return page.text("Nothing was recorded.", indent=2)
    if report.status is Status.NOT_ATTEMPTED:
        page.text(report.reason + ": nothing was recorded.", indent=2)
    if report.status is Status.STOPPED and not _blames_a_check(report):
        _stopped(page, report)
    _checks(page, report, everything=everything)
    if report.diagnosis:
        page.blank()
        page.text(report.diagnosis, indent=2, label="Likely   ", style=LIKELY)
    return page


def check_page(
    page: Page, exercise: Exercise, report: Report, hidden: int, *, everything: bool = False
) -> Page:
    """The public examples; never to be mistaken for a pass."""
    if report.status in (Status.CANNOT_RUN, Status.BROKEN):
        return next_line(
            report_page(page, exercise, report, None).blank(), "prep open", "prep check"
        )
    total = len(report.results)
    page.flow(Span(exercise.slug, BOLD), f"{report.passed} of {total} public examples pass")
    page.blank()
    if report.status is Status.STOPPED and not _blames_a_check(report):
        _stopped(page, report)
    _checks(page, report, everything=everything)
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
    return parts


def _cannot_run(page: Page, report: Report) -> Page:
    page.text(report.reason, indent=2, style=BAD)
    if report.place is not None:
        _place(page, report.place, indent=2)
    page.blank()
    return page.text("Nothing was recorded and the attempt is not used up.", indent=2)


def _blames_a_check(report: Report) -> bool:
    """Whether a check was under way when the limit struck; it tells the story then."""
    return any(r.outcome is Outcome.STOPPED for r in report.results)


def _stopped(page: Page, report: Report) -> None:
    page.text(report.reason[:1].upper() + report.reason[1:], indent=2, style=BAD)
    if report.place is not None:
        page.text("Last line of yours on the stack", indent=2, style=DIM)
        _place(page, report.place, indent=4)


def _checks(page: Page, report: Report, *, everything: bool) -> None:
    """The first failures in full, the others by name, the rest counted."""
    bad = [r for r in report.results if r.outcome in (Outcome.FAILED, Outcome.STOPPED)]
    full = {r.check.id for r in (bad if everything else bad[:SHOWN_IN_FULL])}
    good = sum(r.outcome is Outcome.PASSED for r in report.results)
    titles = {r.check.id: r.check.title for r in report.results}
    silent = 0
    for result in report.results:
        if result.outcome is Outcome.PASSED and good > 4 and bad and not everything:
            silent += 1
            continue
        word, style = _WORDS[result.outcome]
        page.text(result.check.title, indent=0, label=f"  {word:<6}")
        _colour_label(page, result, style)
        if result.check.id in full:
            _evidence(page, result.evidence, stopped=result.outcome is Outcome.STOPPED)
        elif result.outcome is Outcome.WAITING:
            waits = " and ".join(
                f'"{titles.get(n, n)}"' for n in result.evidence.message.split(", ")
            )
            page.text(f"waits for {waits}", indent=8, style=DIM)
    if silent:
        page.line(Span(f"  ... {silent} more ok", DIM), Span("   prep grade -v shows all", DIM))


def _colour_label(page: Page, result: CheckResult, style: str) -> None:
    """Colour the word before the title, on the title's first line."""
    for number in range(len(page.lines) - 1, -1, -1):
        line = page.lines[number]
        if line and line[0].text.strip() == _WORDS[result.outcome][0]:
            page.lines[number] = (Span(line[0].text, style), *line[1:])
            return


def _evidence(page: Page, evidence: Evidence, *, stopped: bool) -> None:
    if evidence.message or evidence.exception:
        kind = f"{evidence.exception}: " if evidence.exception else ""
        page.text(_capped(kind + evidence.message), indent=8)
    if evidence.expected:
        page.text(_capped(evidence.expected, 6), indent=8, label="expected  ")
    if evidence.seen:
        page.text(_capped(evidence.seen, 6), indent=8, label="seen      ")
    if evidence.frames:
        if stopped:
            page.text("Last line of yours on the stack:", indent=8, style=DIM)
        _place(page, evidence.frames[-1], indent=8)


def _place(page: Page, frame: Frame, *, indent: int) -> None:
    where = f"{frame.file}:{frame.line}"
    page.code(f"{where}   {frame.source.strip()}".rstrip(), indent=indent, style=DIM)


def _capped(text: str, most: int = 12) -> str:
    lines = text.splitlines()
    if len(lines) <= most:
        return text
    return "\n".join([*lines[:most], f"... ({len(lines) - most} more lines)"])


def report_json(report: Report, clock: Clock | None) -> dict[str, Any]:
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
        "run_s": round(report.seconds, 3),
        "seed": report.seed,
        "clock": None
        if clock is None
        else {
            "active_s": round(clock.active, 1),
            "par_s": clock.par,
            "limit_s": clock.limit,
            "over": clock.limit is not None and clock.active > clock.limit,
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
