"""The files of an exercise that can stand where the learner's file stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from prep.errors import InternalError
from prep.model import Exercise
from prep.storage.learner_files import stub_files


class Role(StrEnum):
    """What a graded file is to its exercise."""

    STUB = "stub"
    REFERENCE = "reference"
    ACCEPTED = "accepted"
    WRONG = "wrong"
    FILE = "file"  # an author's own, from anywhere


class Candidate(NamedTuple):
    """A file to grade, with the learner's folder around it.

    Attributes:
        name: stem of the file in `accepted` or `wrong`; empty for stub and reference.
        path: where it lies.
        files: the whole folder, relative path -> content.
    """

    role: Role
    name: str
    path: Path
    files: Mapping[str, bytes]

    @property
    def label(self) -> str:
        """`reference`, `wrong/no_zero_grad`."""
        return f"{self.role.value}/{self.name}" if self.name else self.role.value

    @property
    def right(self) -> bool:
        """Whether it must pass."""
        return self.role in (Role.REFERENCE, Role.ACCEPTED)


def candidates(exercise: Exercise) -> list[Candidate]:
    """Stub, reference, accepted and wrong files, in this order and then by name.

    Raises:
        InternalError: stub or reference is missing, or a file cannot be read.
    """
    around = stub_files(exercise)
    stub = Candidate(Role.STUB, "", exercise.folder / "stub" / exercise.file, around)
    found = [stub]
    for role, path in _paths(exercise):
        try:
            body = path.read_bytes()
        except OSError as error:
            raise InternalError(
                f"{path} cannot be read: {error.strerror}", f"prep dev check {exercise.slug}"
            ) from error
        found.append(with_file(exercise, role, path, body, around=around))
    return found


def _paths(exercise: Exercise) -> Iterator[tuple[Role, Path]]:
    folder, suffix = exercise.solution_folder, Path(exercise.file).suffix
    yield Role.REFERENCE, folder / f"reference{suffix}"
    for role in (Role.ACCEPTED, Role.WRONG):
        for path in sorted((folder / role.value).glob(f"[!_.]*{suffix}")):
            yield role, path


def with_file(
    exercise: Exercise,
    role: Role,
    path: Path,
    body: bytes,
    *,
    around: Mapping[str, bytes] | None = None,
) -> Candidate:
    """The stub's folder with `body` in place of the file that the learner edits."""
    folder = stub_files(exercise) if around is None else around
    name = "" if role is Role.REFERENCE else path.stem
    return Candidate(role, name, path, {**folder, exercise.file: body})
