"""Hints: one at a time, with what it costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from prep.model import Exercise, Hint
from prep.practice.step import Move
from prep.views.page import count


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
    if move.resumed:
        cost += "; the clock runs again"
    more = "`prep hint` opens the next one" if hint.number < total else "`prep hint --list`"
    return (
        f"**Hint {hint.number} of {total}** ({cost})\n\n## {hint.title}\n\n{hint.body}\n\n"
        f"Next: {more}, `prep grade` judges your file\n"
    )


def hints_text(exercise: Exercise, hints: Sequence[Hint], opened: Collection[int]) -> str:
    """The opened hints in full as Markdown; of the others only that they are there."""
    parts = [
        f"**Hint {hint.number} of {len(hints)}**\n\n## {hint.title}\n\n{hint.body}\n"
        for hint in hints
        if hint.number in opened
    ]
    closed = len(hints) - len(parts)
    if not parts:
        total = count(len(hints), "hint")
        parts.append(f"No hint of {exercise.slug} is open yet; it has {total}.\n")
    elif closed:
        parts.append(f"{count(closed, 'hint')} not opened yet.\n")
    more = "`prep hint`, " if closed else ""
    return "\n".join([*parts, f"Next: {more}`prep grade`\n"])


def hint_json(hint: Hint, total: int) -> dict[str, Any]:
    """One hint."""
    return {
        "number": hint.number,
        "of": total,
        "title": hint.title,
        "body": hint.body,
        "shows_code": hint.shows_code,
    }
