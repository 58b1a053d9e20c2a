"""The reference, alone or beside the learner's file."""

from __future__ import annotations

import difflib

from prep.model import Exercise
from prep.views.next_steps import next_line
from prep.views.page import BAD, BOLD, DIM, GOOD, Page


def solution_text(exercise: Exercise, reference: str, notes: str) -> str:
    """The reference and the notes as Markdown."""
    language = "sql" if exercise.file.endswith(".sql") else "python"
    return (
        f"# {exercise.title}: the reference\n\n```{language}\n{reference.rstrip()}\n```\n\n"
        f"{notes.rstrip()}\n\nNext: `prep solution --diff`, `prep list`\n"
    )


def diff_rows(exercise: Exercise, yours: str, reference: str) -> list[str]:
    """A unified diff from the learner's file to the reference."""
    return list(
        difflib.unified_diff(
            yours.splitlines(),
            reference.splitlines(),
            f"yours/{exercise.file}",
            f"reference/{exercise.file}",
            lineterm="",
        )
    )


def diff_page(page: Page, rows: list[str]) -> Page:
    """The diff, and where the words to it are."""
    return next_line(diff_lines(page, rows).blank(), "prep solution", "prep list")


def diff_lines(page: Page, rows: list[str]) -> Page:
    """The rows of a diff; sign and colour say the same."""
    if not rows:
        page.text("No difference.")
    for row in rows:
        style = {"+": GOOD, "-": BAD, "@": DIM}.get(row[:1], "")
        page.line_of(row, BOLD if row.startswith(("+++", "---")) else style)
    return page
