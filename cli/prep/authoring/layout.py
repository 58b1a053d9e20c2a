"""The rules of an exercise's folders: what can be told from the files without running them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from prep.authoring import answers, description, documents, grader, names
from prep.authoring.folders import NOT_TRACKS, PARTS, Folders, found_in, ignored
from prep.authoring.problem import Findings, Problem
from prep.storage.content import Catalogue

_EXERCISE = ("exercise.toml", "prompt.md", "hints.md", "examples.py", "stub/")
_GRADER = ("test_grader.py", "data/")


def problems(catalogue: Catalogue, chosen: Sequence[Folders]) -> dict[str, list[Problem]]:
    """The problems of these exercises, by `track/slug`; a list is empty when there are none."""
    slugs = Counter(one.slug for one in found_in(catalogue.root))
    return {one.name: _of_one(catalogue, one, slugs) for one in chosen}


def _of_one(catalogue: Catalogue, folders: Folders, slugs: Counter[str]) -> list[Problem]:
    findings = Findings(folders)
    for text in filter(
        None, (names.track_problem(folders.track), names.slug_problem(folders.slug))
    ):
        findings.add(folders.exercise, text)
    if slugs[folders.slug] > 1:
        findings.add(folders.exercise, f"the slug '{folders.slug}' exists in another track as well")
    file = description.check(findings)
    documents.check(findings)
    checks = grader.check(findings, file)
    answers.check(findings, file, checks)
    _stray(findings, file)
    return findings.problems


def _stray(findings: Findings, file: str) -> None:
    folders, suffix = findings.folders, Path(file).suffix
    solution = (f"reference{suffix}", "notes.md", f"accepted/[!_]*{suffix}", f"wrong/[!_]*{suffix}")
    for folder, allowed in (
        (folders.exercise, _EXERCISE),
        (folders.grader, _GRADER),
        (folders.solution, solution),
    ):
        for path in _files(folder):
            if not _belongs(path.relative_to(folder), allowed):
                findings.add(path, "does not belong to an exercise")
            elif path.is_symlink():
                findings.add(path, "is a symbolic link")


def _belongs(path: Path, allowed: Sequence[str]) -> bool:
    if any(part.startswith(".") for part in path.parts):
        return False
    text = path.as_posix()
    return any(
        text.startswith(one)
        if one.endswith("/")
        else len(path.parts) == one.count("/") + 1 and path.match(one)
        for one in allowed
    )


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, caches left out; a link counts as a file."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if ignored(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path


def general_problems(catalogue: Catalogue) -> list[Problem]:
    """What concerns no single exercise: parts without an exercise, files outside of any."""
    root = catalogue.root
    exercises = {one.name for one in found_in(root)}
    found = []
    for part in PARTS[1:]:
        for one in found_in(root, part):
            if one.name not in exercises:
                found.append(Problem("", f"{part}/{one.name}", "", "belongs to no exercise"))
    for part in PARTS:
        for path in _loose(root / part):
            file = path.relative_to(root).as_posix()
            found.append(Problem("", file, "", "does not belong to an exercise"))
    return found


def _loose(place: Path) -> Iterator[Path]:
    """Files on the level of the tracks or of the slugs."""
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if path.is_file() and not ignored(path.name):
            yield path
        elif path.is_dir() and path.name not in NOT_TRACKS and not ignored(path.name):
            yield from (p for p in sorted(path.iterdir()) if p.is_file() and not ignored(p.name))
