"""The learner's folders: made from the stub, read with care, never overwritten blindly.

Whatever prep replaces is kept in `<workspace>/<slug>/.previous/<stamp>/`, unless it
is the untouched stub.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from prep.errors import NotFoundError
from prep.model import Exercise
from prep.storage import learner_files
from prep.storage.locations import MOVE_WORKSPACE, make_folder
from prep.storage.problems import writing

PREVIOUS = ".previous"
Files = Mapping[str, bytes]
Move = Callable[[Path, Path], None]


class Workspace(NamedTuple):
    """The folder `root` with one folder per exercise, named by its slug."""

    root: Path

    def folder(self, slug: str) -> Path:
        return self.root / slug

    def slug_at(self, place: Path) -> str | None:
        """The exercise whose folder `place` lies in, by the folder's name; or None."""
        try:
            inside = place.resolve().relative_to(self.root.resolve())
        except (OSError, ValueError):
            return None
        first = inside.parts[0] if inside.parts else ""
        return None if not first or first.startswith(".") else first

    def create(self, exercise: Exercise) -> bool:
        """Put what is missing of the stub into the exercise's folder.

        A new folder appears whole or not at all. Files that are there stay as they are.

        Returns:
            Whether anything was put there.

        Raises:
            EnvironmentProblemError: read-only or full; everything is as it was.
        """
        folder, files = self.folder(exercise.slug), learner_files.stub_files(exercise)
        make_folder(self.root, MOVE_WORKSPACE)
        if _taken(folder):
            missing = {path: body for path, body in files.items() if not _taken(folder / path)}
            if missing:
                self.replace(exercise.slug, {**self.collect(exercise.slug), **missing})
            return bool(missing)
        with writing(folder, MOVE_WORKSPACE), _prepared(self.root, files) as fresh:
            os.rename(fresh, folder)
        return True

    def read(self, exercise: Exercise) -> dict[str, bytes]:
        """The learner's files for a grading: path relative to the folder -> bytes.

        Raises:
            NotFoundError: the folder or the file to edit is missing or was renamed.
            CannotRunError: the file to edit is empty, a folder, a link, too large or not text.
            EnvironmentProblemError: it cannot be read.
        """
        folder = self.folder(exercise.slug)
        if not folder.is_dir():
            raise NotFoundError(
                f"{exercise.slug} has no folder in {self.root}.", f"prep start {exercise.slug}"
            )
        main = learner_files.read_main(folder, exercise)
        return {**self.collect(exercise.slug), exercise.file: main}

    def collect(self, slug: str) -> dict[str, bytes]:
        """All files that prep keeps copies of, as far as they can be read; never fails.

        Hidden files, caches, links, and files over the size limit are left out.
        """
        return learner_files.collect(self.folder(slug))

    def replace(
        self, slug: str, files: Files, *, disposable: Files | None = None, stamp: str = "kept"
    ) -> Path | None:
        """Make `files` the content of the folder and keep what was there before.

        Files that prep keeps no copies of (hidden, large) stay where they are.

        Args:
            slug: the exercise.
            files: the new content; path -> bytes.
            disposable: content that need not be kept, e.g. the untouched stub.
            stamp: names the folder of what is kept, e.g. `2025-11-20T1409`.

        Returns:
            Where the files of before are; None when there was nothing worth keeping.

        Raises:
            EnvironmentProblemError: read-only or full; everything is as it was.
        """
        folder = make_folder(self.folder(slug), MOVE_WORKSPACE)
        present = self.collect(slug)
        new = {path: body for path, body in files.items() if present.get(path) != body}
        old = [path for path in present if path not in files or path in new]
        in_the_way = _in_the_way(folder, new, present)
        old = [path for path in old if not _below(path, in_the_way)]
        worthless = {path for path in old if present[path] == (disposable or {}).get(path)}
        kept = _free(folder / PREVIOUS, stamp)
        with writing(folder, MOVE_WORKSPACE), _prepared(folder, new) as fresh, _moves() as move:
            for path in (*in_the_way, *old):
                bin_ = fresh / ".old" if path in worthless else kept
                move(folder / path, bin_ / path)
            for path in new:
                move(fresh / path, folder / path)
        _drop_empty_folders(folder, [*old, *in_the_way])
        return kept if kept.exists() else None

    def bring_back(self, slug: str, kept: Path) -> None:
        """Put back what `replace` had to move and no snapshot holds: links and large files.

        What is in its place by now stays, and so does what is kept.

        Raises:
            EnvironmentProblemError: read-only; everything is as it was.
        """
        folder = self.folder(slug)
        names = sorted(os.listdir(kept)) if kept.is_dir() else []
        missing = [name for name in names if not _taken(folder / name)]
        if missing:
            make_folder(folder, MOVE_WORKSPACE)
            with writing(folder, MOVE_WORKSPACE), _moves() as move:
                for name in missing:
                    move(kept / name, folder / name)


def _taken(path: Path) -> bool:
    return os.path.lexists(path)


def _in_the_way(folder: Path, new: Files, present: Files) -> list[str]:
    """Paths that prep keeps no copy of but has to move: links, folders, large files."""
    found: dict[str, None] = {}
    for path in new:
        for parent in reversed(PurePosixPath(path).parents):
            place = folder / parent
            if parent.name and _taken(place) and (place.is_symlink() or not place.is_dir()):
                found.setdefault(parent.as_posix())
        if path not in present and _taken(folder / path):
            found.setdefault(path)
    return [path for path in found if path not in present and not _below(path, found)]


def _below(path: str, folders: Mapping[str, None] | list[str]) -> bool:
    return any(parent.as_posix() in folders for parent in PurePosixPath(path).parents)


def _free(folder: Path, name: str) -> Path:
    names = itertools.chain([name], (f"{name}-{n}" for n in itertools.count(2)))
    return next(path for one in names if not _taken(path := folder / one))


@contextmanager
def _prepared(parent: Path, files: Files) -> Iterator[Path]:
    """A hidden folder beside the target that holds `files`, gone afterwards."""
    fresh = parent / f".prep-{os.urandom(6).hex()}"
    try:
        fresh.mkdir()
        for path, body in files.items():
            target = fresh / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        yield fresh
    finally:
        if fresh.exists():
            import shutil

            shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _moves() -> Iterator[Move]:
    """Gives a function that moves a path; all moves are taken back when anything fails."""
    done: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        done.append((source, target))
        os.rename(source, target)

    try:
        yield move
    except BaseException:
        for source, target in reversed(done):
            if _taken(target) and not _taken(source):
                os.rename(target, source)
        raise


def _drop_empty_folders(folder: Path, left: list[str]) -> None:
    """Remove folders that the moves left empty, the exercise's own included."""
    parents = {parent for path in left for parent in PurePosixPath(path).parents}
    for parent in sorted(parents, key=lambda p: len(p.parts), reverse=True):
        try:
            (folder / parent).rmdir()
        except OSError:
            continue
