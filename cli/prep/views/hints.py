"""Hints: one at a time, with what it costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from prep.model import Exercise, Hint
from prep.practice.step import Move
from prep.views.next_steps import next_line
from prep.views.page import BOLD, DIM, Page, Span, count


def hint_text(hint: Hint, total: int, move: Move) -> str:
    """A hint as Markdown, with what opening it means for the review."""
    if not move.recorded:
        cost = (
            "already seen, free to read again" if move.attempt.open else "free: the attempt is over"
        )
    elif hint.shows_code:
        cost = "shows code: this attempt counts as not recalled"
    else:
        cost = "with a hint this attempt counts as hard at best"
    more = "`prep hint` opens the next one, " if hint.number < total else "the last hint is open, "
    return (
        f"**Hint {hint.number} of {total}** ({cost})\n\n## {hint.title}\n\n{hint.body}\n\n"
        f"Next: {more}`prep grade` judges your file\n"
    )


def hints_page(
    page: Page, exercise: Exercise, hints: Sequence[Hint], opened: Collection[int]
) -> Page:
    """The opened hints in full; of the others only that they are there."""
    for hint in hints:
        if hint.number in opened:
            page.line(Span(f"Hint {hint.number} of {len(hints)}", BOLD))
            page.text(hint.title, indent=2)
            for row in hint.body.splitlines():
                page.code(row, indent=2) if row.strip() else page.blank()
            page.blank()
    closed = len(hints) - len([h for h in hints if h.number in opened])
    if not opened:
        page.text(f"No hint of {exercise.slug} is open yet; it has {count(len(hints), 'hint')}.")
    elif closed:
        page.line(Span(f"{count(closed, 'hint')} not opened yet", DIM))
    return next_line(page, "prep hint", "prep grade")


def hint_json(hint: Hint, total: int) -> dict[str, Any]:
    """One hint."""
    return {
        "number": hint.number,
        "of": total,
        "title": hint.title,
        "body": hint.body,
        "shows_code": hint.shows_code,
    }
