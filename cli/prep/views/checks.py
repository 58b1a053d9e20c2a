"""The checks of a grading, one by one: what does not hold, and where."""

from __future__ import annotations

from prep.model import CheckResult, Evidence, Frame, Outcome, Report
from prep.views.page import BAD, DIM, GOOD, Page, Span

SHOWN_IN_FULL = 3
_PYTEST_SAYS = ("", "Use -v to get more diff")  # nothing that prep could be told
_WORDS = {
    Outcome.PASSED: ("ok", GOOD),
    Outcome.FAILED: ("FAIL", BAD),
    Outcome.STOPPED: ("STOP", BAD),
    Outcome.NOT_WRITTEN: ("todo", DIM),
    Outcome.WAITING: ("wait", DIM),
    Outcome.NOT_RUN: ("--", DIM),
    Outcome.BROKEN: ("??", BAD),
}


def add_checks(page: Page, report: Report, command: str, *, everything: bool) -> None:
    """The first failures in full, the others by name, the rest counted.

    Args:
        page: where to.
        report: the grading.
        command: what was typed, `prep grade` or `prep check`.
        everything: leave nothing out.
    """
    bad = [r for r in report.results if r.outcome in (Outcome.FAILED, Outcome.STOPPED)]
    full = {r.check.id for r in (bad if everything else bad[:SHOWN_IN_FULL])}
    good = sum(r.outcome is Outcome.PASSED for r in report.results)
    titles = {r.check.id: r.check.title for r in report.results}
    said = ""
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
        elif result.outcome is Outcome.WAITING and result.evidence.message != said:
            said = result.evidence.message
            waits = " and ".join(f'"{titles.get(n, n)}"' for n in said.split(", "))
            page.text(f"waits for {waits}", indent=8, style=DIM)
    if silent:
        page.flow(Span(f"  ... {silent} more ok", DIM), Span(f"{command} -v shows all", DIM))


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
        add_place(page, evidence.frames[-1], indent=8)


def add_place(page: Page, frame: Frame, *, indent: int) -> None:
    """A line of the learner's own file."""
    where = f"{frame.file}:{frame.line}"
    page.code(f"{where}   {frame.source.strip()}".rstrip(), indent=indent, style=DIM)


def _capped(text: str, most: int = 12) -> str:
    lines = [line for line in text.splitlines() if line.strip() not in _PYTEST_SAYS]
    if len(lines) <= most:
        return "\n".join(lines)
    return "\n".join([*lines[:most], f"... ({len(lines) - most} more lines)"])
