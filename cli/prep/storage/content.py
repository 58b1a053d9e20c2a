"""The catalogue: exercises on disk, found by name and read without running anything."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from prep.errors import InternalError, NotFoundError, UsageError
from prep.model import Exercise, Kind

# key of exercise.toml -> (type, whether it must be there)
_KEYS: dict[str, tuple[type | tuple[type, ...], bool]] = {
    "title": (str, True),
    "kind": (str, True),
    "level": (int, True),
    "minutes": (int, True),
    "needs": (list, True),
    "topics": (list, True),
    "timeout": ((int, float), True),
    "sources": (list, True),
    "file": (str, False),
    "forbid": (list, False),
    "allow_network": (bool, False),
}


class Catalogue(NamedTuple):
    """All exercises below one content root (`exercises`, `graders`, `solutions`)."""

    root: Path

    def slugs(self) -> dict[str, Path]:
        """Slug -> folder, in the order of tracks and slugs; nothing is parsed."""
        folders = sorted(p.parent for p in self.root.glob("exercises/*/*/exercise.toml"))
        return {folder.name: folder for folder in folders}

    def all(self) -> list[Exercise]:
        """Every exercise, by track and slug."""
        return [self.read(folder) for folder in self.slugs().values()]

    def find(self, name: str) -> Exercise:
        """The exercise called `name`, or whose slug alone starts with it.

        `track/slug` is understood as well.

        Raises:
            NotFoundError: nothing is called so; the nearest names are suggested.
            UsageError: several slugs start with `name`.
        """
        slugs = self.slugs()
        track, _, wanted = name.strip().strip("/").lower().rpartition("/")
        if track:
            slugs = {slug: path for slug, path in slugs.items() if path.parent.name == track}
        if wanted in slugs:
            return self.read(slugs[wanted])
        starting = [slug for slug in slugs if wanted and slug.startswith(wanted)]
        if len(starting) == 1:
            return self.read(slugs[starting[0]])
        if starting:
            raise UsageError(
                f"'{name}' could be {_either(starting[:5])}", f"prep show {starting[0]}"
            )
        near = _nearest(wanted, self.slugs(), most=2, cutoff=0.5)
        raise NotFoundError(
            f"no exercise is called '{name}'"
            + (f"; did you mean {_either(near)}?" if near else ""),
            f"prep start {near[0]}" if near else "prep list",
        )

    def read(self, folder: Path) -> Exercise:
        """Parse one `exercise.toml`.

        Raises:
            InternalError: it cannot be parsed, lacks a key or has an unknown one.
        """
        path = folder / "exercise.toml"
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InternalError(
                f"{path}: not valid TOML: {error}", f"prep dev check {folder.name}"
            ) from error
        except OSError as error:
            raise InternalError(
                f"{path} cannot be read ({error.strerror})", f"prep dev check {folder.name}"
            ) from error
        problems = list(problems_in(data))
        if problems:
            raise InternalError(f"{path}: {problems[0]}", f"prep dev check {folder.name}")
        track, slug = folder.parent.name, folder.name
        return Exercise(
            slug=slug,
            track=track,
            title=data["title"],
            kind=Kind(data["kind"]),
            level=data["level"],
            minutes=data["minutes"],
            needs=tuple(data["needs"]),
            topics=tuple(data["topics"]),
            timeout=float(data["timeout"]),
            file=data.get("file", "solution.py"),
            sources=tuple(data["sources"]),
            forbid=tuple(data.get("forbid", ())),
            allow_network=data.get("allow_network", False),
            folder=folder,
            grader_folder=self.root / "graders" / track / slug,
            solution_folder=self.root / "solutions" / track / slug,
        )


def problems_in(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the keys and values of an exercise.toml, in words."""
    for key in data:
        if key not in _KEYS:
            near = _nearest(key, _KEYS)
            yield f"unknown key '{key}'" + (f", did you mean '{near[0]}'?" if near else "")
    for key, (kind, required) in _KEYS.items():
        if key not in data:
            if required:
                yield f"the key '{key}' is missing"
            continue
        value = data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            yield f"'{key}' has the wrong type: {value!r}"
        elif isinstance(value, list) and not all(isinstance(v, str) and v for v in value):
            yield f"'{key}' must be a list of strings"
    yield from _value_problems(data)


def _value_problems(data: dict[str, Any]) -> Iterator[str]:
    kind, level = data.get("kind"), data.get("level")
    if isinstance(kind, str) and kind not in set(Kind):
        yield f"'kind' is '{kind}', it must be one of {', '.join(Kind)}"
    if isinstance(level, int) and not 1 <= level <= 3:
        yield f"'level' is {level}, it must be 1, 2 or 3"
    for key in ("minutes", "timeout"):
        value = data.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
            yield f"'{key}' must be positive"


def _nearest(word: str, names: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    from difflib import get_close_matches  # 2 ms that only a slip of the finger pays for

    return get_close_matches(word, list(names), n=most, cutoff=cutoff)


def _either(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def installed_catalogue() -> Catalogue:
    """The content that came with this prep: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_content"
    return Catalogue(inside if (inside / "exercises").is_dir() else package.parents[1])
