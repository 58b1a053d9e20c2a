"""Rules of what a learner reads: prompt, hints and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from prep.authoring.problem import Findings

WIDTH = 78  # columns; a code block cannot be wrapped
HINTS = 3
QUESTIONS = 3
_ITEM = re.compile(r"(?m)^(?:[-*] |\d+[.)] |\*\*|###+ )")


def check(findings: Findings) -> None:
    """Find what is wrong with the documents of an exercise."""
    folders = findings.folders
    _prompt(findings, folders.exercise / "prompt.md")
    _hints(findings, folders.exercise / "hints.md")
    _notes(findings, folders.solution / "notes.md")


def _prompt(findings: Findings, path: Path) -> None:
    text = findings.read(path)
    if text.strip() and not text.startswith("# "):
        findings.add(path, "must start with '# ' and the title", "line 1")
    _widths(findings, path, text)


def _widths(findings: Findings, path: Path, text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > WIDTH:
            findings.add(path, f"has {len(line)} columns, {WIDTH} fit", f"line {number}")


def _hints(findings: Findings, path: Path) -> None:
    text = findings.read(path)
    if not text.strip():
        return
    before, *parts = re.split(r"(?m)^## ", text)
    if before.strip():
        findings.add(path, "has text before the first '## '", "line 1")
    if len(parts) < HINTS:
        findings.add(path, f"has {len(parts)} hints, at least {HINTS} are needed")
    for number, part in enumerate(parts, 1):
        title, _, body = part.partition("\n")
        if not title.strip() or not body.strip():
            findings.add(path, "needs a title and a text", f"hint {number}")
        if "```" in body and number < len(parts):
            findings.add(path, "shows code, which only the last hint may", f"hint {number}")


def _notes(findings: Findings, path: Path) -> None:
    text = findings.read(path)
    if not text.strip():
        return
    _widths(findings, path, text)
    section = re.search(r"(?ms)^## Follow-up questions\s*$(.*?)(?=^## |\Z)", text)
    if section is None:
        findings.add(path, "lacks the section '## Follow-up questions'")
    elif (count := sum(1 for _ in _questions(section[1]))) < QUESTIONS:
        text = f"has {count} questions, at least {QUESTIONS} are needed"
        findings.add(path, text, "Follow-up questions")


def _questions(section: str) -> Iterator[str]:
    """Items (`- `, `1. `, `**`, `### `) that ask something and answer it."""
    starts = [match.start() for match in _ITEM.finditer(section)]
    for start, end in zip(starts, [*starts[1:], len(section)], strict=True):
        question, mark, answer = section[start:end].partition("?")
        if mark and question.strip() and answer.strip(" *\n"):
            yield question
