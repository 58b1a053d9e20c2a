"""The warm engine's state."""

from __future__ import annotations

from collections.abc import Sequence

from prep.sandbox.engine import IDLE_SECONDS, Parent
from prep.views.next_steps import next_line
from prep.views.page import BOLD, Page, Span, count, minutes


def engine_page(page: Page, parents: Sequence[Parent], possible: bool) -> Page:
    """One line for each parent."""
    if not possible:
        page.text("Grades run cold here: forking a process with frameworks is safe on Linux only.")
        return next_line(page, "prep grade")
    for parent in parents:
        page.flow(
            Span(" + ".join(parent.needs), BOLD),
            f"{parent.resident_bytes >> 20} MB",
            count(parent.runs, "run"),
            f"idle {minutes(parent.idle_seconds)} of {minutes(IDLE_SECONDS)}",
            f"pid {parent.pid}",
        )
    if not parents:
        page.text("No warm process is running; the next start or grade starts one.")
        return next_line(page, "prep grade")
    return next_line(page, "prep engine stop", "prep grade")
