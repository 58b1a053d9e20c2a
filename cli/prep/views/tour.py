"""The words between the steps of the tour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prep.practice.tour import Put, Stop, Taken, Tour
from prep.views.page import BOLD, DIM, Page, Span, count
from prep.views.table import Row, table


def opening_page(page: Page, tour: Tour) -> Page:
    """What is going to happen."""
    page.text(
        f"A tour of {count(len(tour.stops), 'command')} on a throwaway copy: real commands, real "
        "grading. Your own files and history are not touched, and all of it is gone afterwards."
    )
    if tour.instead_of:
        page.text(
            f"{tour.instead_of} needs {' and '.join(tour.lacks)}, which is not installed: "
            f"here with {tour.exercise.slug} instead (prep doctor tells more)."
        )
    return page


def stop_page(page: Page, tour: Tour, number: int, stop: Stop) -> Page:
    """What comes now, and the command as it would be typed."""
    page.line()
    page.text(stop.says, label=f"{number}/{len(tour.stops)}  ", style=BOLD)
    page.line()
    if stop.put is not Put.NOTHING:
        source = tour.file_for(stop.put)
        name = f"{source.parent.name}/{source.name}" if stop.put is Put.WRONG else source.name
        page.line(Span(f"$ cp {name} {tour.exercise.file}", BOLD))
    return page.line(Span(f"$ prep {' '.join(stop.command)}", BOLD))


def closing_page(page: Page, tour: Tour) -> Page:
    """The three lines to type next."""
    page.line()
    page.text("That is the whole loop. Your turn; type:")
    rows = (
        (f"  prep start {tour.exercise.slug}", "for real, in your own workspace"),
        ("  prep grade", "as often as you like"),
        ("  prep list", "everything else there is"),
    )
    return table(page, ("", ""), [Row(row, DIM, title=row[0]) for row in rows], least=24)


def left_page(page: Page, tour: Tour) -> Page:
    """Somebody left in between."""
    page.text("The tour ends here; its files are gone.")
    return page.line(Span("Next   ", DIM), Span(f"prep start {tour.exercise.slug}", BOLD))


def tour_json(tour: Tour, taken: Iterable[Taken]) -> dict[str, Any]:
    """The fields of `prep.tour/1`."""
    return {
        "exercise": tour.exercise.slug,
        "instead_of": tour.instead_of or None,
        "steps": [
            {"command": ["prep", *step.stop.command], "code": step.code, "output": step.output}
            for step in taken
        ],
    }
