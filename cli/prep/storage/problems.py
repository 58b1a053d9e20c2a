"""Turn errors of the operating system into one sentence and the step that helps."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prep.errors import EnvironmentProblemError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def environment_problem(error: OSError, path: Path, hint: str) -> EnvironmentProblemError:
    """Describe why `path` could not be used.

    Args:
        error: what the system said.
        path: the file or folder that the person knows.
        hint: the step that helps when the place itself is at fault.
    """
    if error.errno in _FULL:
        return EnvironmentProblemError(
            f"The disk is full: {path} could not be written.",
            "Free some space, then run the command again; nothing was lost.",
        )
    if error.errno in _FORBIDDEN:
        return EnvironmentProblemError(f"{path} cannot be written ({error.strerror}).", hint)
    reason = error.strerror or str(error)
    return EnvironmentProblemError(f"{path} cannot be used ({reason}).", hint)


@contextmanager
def writing(path: Path, hint: str) -> Iterator[None]:
    """Let an OSError inside the block come out as an environment problem of `path`."""
    try:
        yield
    except OSError as error:
        raise environment_problem(error, path, hint) from error
