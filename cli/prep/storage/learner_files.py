"""Read files of a learner's folder: small regular text files, and a clear word otherwise."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from prep.errors import CannotRunError, EnvironmentProblemError, InternalError, NotFoundError
from prep.model import Exercise

MAX_BYTES = 1_000_000
MAX_FILES = 300
MAX_TOTAL_BYTES = 10_000_000
README = "README.md"
EXAMPLES = "test_examples.py"

_CODE = (".py", ".sql", ".md", ".toml")
_CACHES = {"__pycache__", "node_modules", "venv"}
_NO_FOLLOW = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_MOVE_AWAY = "prep reset   keeps it aside and puts the stub back"
_LINK_ERRORS = {errno.ELOOP, getattr(errno, "EMLINK", errno.ELOOP)}


def stub_files(exercise: Exercise) -> dict[str, bytes]:
    """What a new folder of this exercise holds: stub, task and public examples.

    Raises:
        InternalError: the exercise is not complete.
    """
    stub = exercise.folder / "stub"
    try:
        files = {path: (stub / path).read_bytes() for path in _walk(stub)}
        files[README] = (exercise.folder / "prompt.md").read_bytes()
        files[EXAMPLES] = (exercise.folder / "examples.py").read_bytes()
    except OSError as error:
        raise InternalError(
            f"The exercise {exercise.slug} is not complete: {error.filename} cannot be read.",
            f"prep dev check {exercise.slug}",
        ) from error
    if exercise.file not in files:
        raise InternalError(
            f"The exercise {exercise.slug} is not complete: its stub has no {exercise.file}.",
            f"prep dev check {exercise.slug}",
        )
    return files


def is_stub(exercise: Exercise, files: Mapping[str, bytes]) -> bool:
    """Whether every file of the stub is as it was, line ends and trailing blanks aside."""
    own = {README, EXAMPLES}
    return all(
        path in files and _plain(files[path]) == _plain(body)
        for path, body in stub_files(exercise).items()
        if path not in own
    )


def _plain(body: bytes) -> list[bytes]:
    lines = [line.rstrip() for line in body.removeprefix(b"\xef\xbb\xbf").splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def collect(folder: Path) -> dict[str, bytes]:
    """All files of a folder that prep keeps copies of, sorted by path; never fails.

    Hidden files, caches, links, files over `MAX_BYTES`, and what exceeds `MAX_FILES`
    or `MAX_TOTAL_BYTES` are left out, data before code.
    """
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(_walk(folder), key=lambda path: not path.endswith(_CODE)):
        try:
            body = _read_regular(folder / path)
        except (OSError, CannotRunError):
            continue
        total += len(body)
        if len(files) >= MAX_FILES or total > MAX_TOTAL_BYTES:
            break
        files[path] = body
    return dict(sorted(files.items()))


def _walk(folder: Path) -> Iterator[str]:
    """Relative paths, with /, of visible files below `folder`, sorted."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _CACHES and _visible(name)]
        below = Path(place).relative_to(folder)
        found += [(below / name).as_posix() for name in names if _visible(name)]
    return iter(sorted(found))


def _visible(name: str) -> bool:
    return not name.startswith(".") and not name.endswith(".pyc") and name.isprintable()


def read_main(folder: Path, exercise: Exercise) -> bytes:
    """The file that the learner edits.

    Raises:
        NotFoundError: it is missing or was renamed.
        CannotRunError: it is empty, a folder, a link, too large or not UTF-8 text.
        EnvironmentProblemError: the system does not let prep read it.
    """
    name, reset = exercise.file, f"prep reset {exercise.slug}   puts the stub back"
    if linked := _linked_folder(folder, name):
        raise CannotRunError(f"{linked} is a symbolic link, which prep does not follow.", reset)
    try:
        body = _read_regular(folder / name)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(folder, exercise, reset) from None
    except OSError as error:
        if error.errno in _LINK_ERRORS:
            raise CannotRunError(
                f"{name} is a symbolic link, which prep does not follow.",
                f"Put the file itself into {folder}, or: {reset}",
            ) from None
        raise EnvironmentProblemError(
            f"{folder / name} cannot be read ({error.strerror}).", f"chmod u+r {folder / name}"
        ) from error
    if not body.strip():
        raise CannotRunError(f"{name} is empty; nothing was graded.", reset)
    _require_text(name, body)
    return body


def _read_regular(path: Path) -> bytes:
    """Read a small regular file without following a link or waiting on a pipe."""
    descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise CannotRunError(f"{path.name} is a folder, not a file.", _MOVE_AWAY)
        if not stat.S_ISREG(status.st_mode):
            raise CannotRunError(f"{path.name} is not a regular file.", _MOVE_AWAY)
        with open(descriptor, "rb", closefd=False) as file:
            body = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(body) > MAX_BYTES:
        size = max(status.st_size, len(body)) / 1e6
        raise CannotRunError(
            f"{path.name} has {size:.1f} MB; prep reads up to {MAX_BYTES / 1e6:.0f} MB.",
            "Move data and results into files of their own.",
        )
    return body


def _linked_folder(folder: Path, name: str) -> str | None:
    parents = [p.as_posix() for p in PurePosixPath(name).parents if p.name]
    return next((p for p in parents if (folder / p).is_symlink()), None)


def _missing(folder: Path, exercise: Exercise, reset: str) -> NotFoundError:
    name = exercise.file
    own = set(stub_files(exercise))
    others = [p for p in collect(folder) if p.endswith(PurePosixPath(name).suffix) and p not in own]
    if others:
        return NotFoundError(
            f"{name} is not in {folder}, but {others[0]} is: was it renamed?",
            f"Rename it to {name}, or: {reset}",
        )
    return NotFoundError(f"{name} is not in {folder}.", reset)


def _require_text(name: str, body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise CannotRunError(
            f"{name} is not UTF-8 text: line {line} holds the byte 0x{body[error.start]:02x}.",
            "Save it as UTF-8 in your editor, then grade again.",
        ) from None
