"""The task of an exercise."""

from __future__ import annotations

from typing import Any

from prep.model import Exercise


def task_text(exercise: Exercise, prompt: str) -> str:
    """The prompt with a last line on how to begin."""
    return f"{prompt.rstrip()}\n\n---\n\nNext: `prep start {exercise.slug}`, then `prep grade`\n"


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
