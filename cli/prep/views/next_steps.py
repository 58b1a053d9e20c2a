"""The last lines of a grading: what it meant, and what to type next."""

from __future__ import annotations

from prep.model import Report, Status
from prep.practice.step import Move
from prep.practice.streak import Streak
from prep.views.page import BOLD, DIM, Page, Span, count, minutes


def after_grade(page: Page, report: Report, move: Move, streak: Streak | None) -> Page:
    """Add what a learner does next; after a pass also time against par and the streak."""
    page.blank()
    attempt = move.attempt
    if report.status is Status.PASSED:
        first = attempt.first_pass_seconds
        if first is not None:
            page.line(Span("Time   ", DIM), time_against_par(first, attempt.par_seconds))
        work = [count(attempt.grades, "recorded grade"), _hints(len(attempt.hints))]
        page.line(Span("Work   ", DIM), ", ".join(work))
        if streak is not None:
            page.line(Span("Streak ", DIM), streak_words(streak))
        return next_line(page, "prep solution --diff", "prep log", "prep start")
    if report.status is Status.FAILED or report.status is Status.STOPPED:
        if not attempt.open:
            page.text("This attempt has passed before, and that stays.")
            return next_line(page, "fix and grade again", "prep hint", "prep log")
        if move.resumed:
            page.text("The clock runs again.")
        also_paused(page, move)
        return next_line(page, "fix and grade again", "prep hint", "prep stop")
    if report.status is Status.NOT_ATTEMPTED:
        return next_line(page, "prep open", "prep hint", "prep grade")
    if report.status is Status.CANNOT_RUN:
        return next_line(page, "prep open", "prep check", "prep grade")
    return next_line(page, "prep doctor")


def also_paused(page: Page, move: Move) -> Page:
    """Only one clock runs: say which one was stopped."""
    for slug in move.paused:
        page.text(f"{slug} was running and is paused now (prep resume {slug}).")
    return page


def next_line(page: Page, *commands: str) -> Page:
    """The line that every screen ends with."""
    spans = [Span(command, BOLD) for command in commands]
    return page.flow(*spans, gap=" | ", label="Next   ")


def time_against_par(seconds: float, par: float) -> str:
    """`9:40, par 12:00 (2:20 under)`."""
    gap = int(seconds) - int(par)
    side = f"{minutes(abs(gap))} {'over' if gap > 0 else 'under'}" if gap else "on the second"
    return f"{minutes(seconds)}, par {minutes(par)} ({side})"


def streak_words(streak: Streak) -> str:
    """`41 days (2 rest), 26 of the last 30`."""
    rests = streak.rests_used + streak.planned_rests
    length = count(streak.length, "day") + (f" ({rests} rest)" if rests else "")
    return f"{length}, {streak.active_window} of the last 30"


def _hints(number: int) -> str:
    return "no hints" if number == 0 else count(number, "hint")
