"""The three folders of an exercise, found by walking and not by parsing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from prep.storage.content import Catalogue

# folders of `exercises` that hold something else than a track
NOT_TRACKS = ("cards", "plans", "sheets")
PARTS = ("exercises", "graders", "solutions")


class Folders(NamedTuple):
    """Where the parts of one exercise live; the folders need not exist.

    Attributes:
        root: the content root, with `exercises`, `graders` and `solutions`.
    """

    root: Path
    track: str
    slug: str

    @property
    def name(self) -> str:
        return f"{self.track}/{self.slug}"

    @property
    def exercise(self) -> Path:
        return self.root / "exercises" / self.track / self.slug

    @property
    def grader(self) -> Path:
        return self.root / "graders" / self.track / self.slug

    @property
    def solution(self) -> Path:
        return self.root / "solutions" / self.track / self.slug

    @property
    def all(self) -> tuple[Path, Path, Path]:
        return self.exercise, self.grader, self.solution


def found_in(root: Path, part: str = "exercises") -> list[Folders]:
    """Every `track/slug` folder below a part of the content, complete or not, in order."""
    tracks = [track for track in _folders(root / part) if track.name not in NOT_TRACKS]
    return [Folders(root, track.name, one.name) for track in tracks for one in _folders(track)]


def _folders(place: Path) -> list[Path]:
    if not place.is_dir():
        return []
    return sorted(p for p in place.iterdir() if p.is_dir() and not ignored(p.name))


def ignored(name: str) -> bool:
    """Whether a file or folder is a cache that no rule speaks of."""
    return name == "__pycache__" or name.endswith(".pyc")


def select(catalogue: Catalogue, names: Sequence[str]) -> list[Folders]:
    """The exercises that are meant; all of them when none is named.

    Args:
        catalogue: the content to look in.
        names: slugs, unique prefixes, `track/slug`.

    Raises:
        NotFoundError: nothing is called so; the nearest names are suggested.
        UsageError: several slugs start with a name.
    """
    found = found_in(catalogue.root)
    if not names:
        return found
    chosen = {one for name in names for one in _matching(catalogue, found, name)}
    return [one for one in found if one in chosen]


def _matching(catalogue: Catalogue, found: list[Folders], name: str) -> list[Folders]:
    track, _, wanted = name.strip().strip("/").rpartition("/")
    here = [one for one in found if track in ("", one.track)]
    exact = [one for one in here if one.slug == wanted]
    starting = [one for one in here if wanted and one.slug.startswith(wanted)]
    if exact or len(starting) == 1:
        return exact or starting
    exercise = catalogue.find(name)  # has the right words for what is wrong with the name
    return [one for one in found if one.name == f"{exercise.track}/{exercise.slug}"]
