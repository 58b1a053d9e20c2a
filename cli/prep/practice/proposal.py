"""What to begin with when nothing was named. Every screen that proposes asks here."""

from __future__ import annotations

from collections.abc import Container, Iterator

from prep.errors import InternalError
from prep.model import Exercise
from prep.practice.frameworks import missing
from prep.storage.content import Catalogue

FIRST = "training-loop"  # what everybody knows, and what the tour shows


def propose(catalogue: Catalogue, tried: Container[str]) -> Exercise | None:
    """The first of the easiest untried exercises, those that can run here before the others.

    No more exercises are read than it takes.
    """
    best: tuple[tuple[bool, bool, int], Exercise] | None = None
    for exercise in _untried(catalogue, tried):
        lacking = bool(missing(exercise))
        rank = (lacking, exercise.slug != FIRST, exercise.level)
        if best is None or rank < best[0]:
            best = rank, exercise
        if not lacking and (exercise.slug == FIRST or exercise.level == 1):
            break
    return best[1] if best else None


def _untried(catalogue: Catalogue, tried: Container[str]) -> Iterator[Exercise]:
    """Those of the catalogue that can be read, `FIRST` before the others."""
    folders = {slug: f for slug, f in catalogue.slugs().items() if slug not in tried}
    for slug in sorted(folders, key=lambda slug: slug != FIRST):
        try:
            yield catalogue.read(folders[slug])
        except InternalError:
            continue
