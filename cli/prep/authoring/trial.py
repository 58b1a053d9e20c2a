"""`prep dev try`: grade one of an exercise's own files, or any other, as a learner's would be.

candidate = pick(exercise, wrong="no_zero_grad")
report = run(exercise, candidate)      # shown with the learner's own view
"""

from __future__ import annotations

from pathlib import Path

from prep.authoring.candidates import Candidate, Role, candidates, with_file
from prep.errors import CannotRunError, EnvironmentProblemError, NotFoundError, UsageError
from prep.model import Exercise, Report
from prep.practice import grading
from prep.storage.learner_files import MAX_BYTES


def pick(
    exercise: Exercise,
    *,
    accepted: str | None = None,
    wrong: str | None = None,
    stub: bool = False,
    file: Path | None = None,
) -> Candidate:
    """What to grade; the reference when nothing is asked for.

    Args:
        exercise: the exercise.
        accepted: stem of a file in `accepted`.
        wrong: stem of a file in `wrong`.
        stub: the untouched stub.
        file: any file, put in place of the one that the learner edits.

    Raises:
        UsageError: more than one is asked for, or `file` is a folder.
        NotFoundError: there is no such file; the nearest name is suggested.
        CannotRunError: `file` is too large.
        InternalError: the exercise is not complete.
    """
    asked = [accepted is not None, wrong is not None, stub, file is not None]
    if sum(asked) > 1:
        raise UsageError(
            "only one of --accepted, --wrong, --stub and --file can be tried at a time",
            f"prep dev try {exercise.slug}   tries the reference",
        )
    if file is not None:
        return with_file(exercise, Role.FILE, file, _body(file))
    if stub:
        return _named(exercise, Role.STUB, "")
    if accepted is not None:
        return _named(exercise, Role.ACCEPTED, accepted)
    if wrong is not None:
        return _named(exercise, Role.WRONG, wrong)
    return _named(exercise, Role.REFERENCE, "")


def run(exercise: Exercise, candidate: Candidate, *, seed: int | None = None) -> Report:
    """Grade it; nothing is recorded.

    Raises:
        EnvironmentProblemError: a framework is missing, or no process can be started.
        InternalError: the exercise is damaged.
    """
    return grading.grade(exercise, candidate.files, seed=seed)


def _named(exercise: Exercise, role: Role, name: str) -> Candidate:
    there = {c.name: c for c in candidates(exercise) if c.role is role}
    stem = Path(name).stem
    if stem in there:
        return there[stem]
    from difflib import get_close_matches

    near = get_close_matches(stem, there, n=1, cutoff=0.4) or list(there)[:1]
    raise NotFoundError(
        f"{exercise.slug} has no {role.value} file called '{name}'",
        f"prep dev try {exercise.slug} --{role.value} {near[0]}" if near else "",
    )


def _body(file: Path) -> bytes:
    try:
        body = file.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {file}") from None
    except IsADirectoryError:
        raise UsageError(f"{file} is a folder, not a file") from None
    except OSError as error:
        raise EnvironmentProblemError(f"{file} cannot be read ({error.strerror})") from error
    if len(body) > MAX_BYTES:
        raise CannotRunError(f"{file} has {len(body) / 1e6:.1f} MB; prep reads up to 1 MB")
    return body
