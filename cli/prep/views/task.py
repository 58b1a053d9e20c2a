"""The task of an exercise."""

from __future__ import annotations

from typing import Any

from prep.model import Exercise
from prep.practice.attempts import Attempt


def task_text(exercise: Exercise, prompt: str, attempt: Attempt | None) -> str:
    """The prompt with a last line on how to begin, or to go on."""
    steps = f"`prep start {exercise.slug}`, then `prep grade`"
    if attempt is not None and attempt.open:
        steps = "`prep check`, `prep grade`, `prep hint`"
    return f"{prompt.rstrip()}\n\n---\n\nNext: {steps}\n"


def task_json(exercise: Exercise, prompt: str, checks: int, hints: int) -> dict[str, Any]:
    """The fields of `prep.show/1`."""
    return {
        "exercise": exercise.slug,
        "title": exercise.title,
        "track": exercise.track,
        "kind": exercise.kind.value,
        "level": exercise.level,
        "par_minutes": exercise.minutes,
        "needs": list(exercise.needs),
        "topics": list(exercise.topics),
        "sources": list(exercise.sources),
        "file": exercise.file,
        "checks": checks,
        "hints": hints,
        "prompt": prompt,
    }
