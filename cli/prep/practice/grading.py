"""Grade files: one path for the learner's, the stub's, the reference's and the wrong ones."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import PurePosixPath

from prep import sandbox
from prep.errors import InternalError
from prep.model import Exercise, Report, Status
from prep.practice.frameworks import require_frameworks
from prep.practice.verdict import Subject, judge, not_the_graders_fault
from prep.sandbox import Job, Limits, RawRun, engine
from prep.storage import announced
from prep.storage.learner_files import is_stub, stub_files

Files = Mapping[str, bytes]


def new_seed() -> int:
    """A seed for hidden data: another one for every grading."""
    return secrets.randbelow(1 << 31)


def grade(
    exercise: Exercise, files: Files, *, seed: int | None = None, warm: bool = False
) -> Report:
    """Run the hidden grader on `files` and judge it.

    Args:
        exercise: whose grader.
        files: the learner's folder.
        seed: seed of the hidden data; another one for every grading when None.
        warm: use a warm parent, and start one where none serves yet.

    Raises:
        EnvironmentProblemError: a framework is missing, or no process can be started.
        InternalError: the exercise itself is damaged.
    """
    require_frameworks(exercise)
    source, checks = announced.grader_source(exercise), announced.checks_of(exercise)
    seed = new_seed() if seed is None else seed
    subject = Subject(
        exercise=exercise,
        checks=checks,
        mistakes=announced.mistakes_of(exercise),
        untouched=is_stub(exercise, files),
        seed=seed,
    )
    run = sandbox.run(_job(exercise, files, source, "<grader>", seed), warm=warm)
    report = judge(run, subject)
    if report.status is not Status.BROKEN or run.first("ready") is None:
        return report
    # A grader can stumble over what the learner's code returned (None where a list was due) or
    # did to the process, or over a bug of its own. The reference decides: if it passes on the
    # same seed, the grader works, and what the learner's file did is what it could not use.
    job = _job(exercise, reference_files(exercise), source, "<grader>", seed)
    again = judge(sandbox.run(job, warm=warm), subject._replace(untouched=False))
    return report if again.status is not Status.PASSED else not_the_graders_fault(run, subject)


def warm_up(exercise: Exercise) -> None:
    """Have a warm parent ready by the time that the first grade comes; returns at once."""
    engine.start(exercise.needs)


def check(exercise: Exercise, files: Files, *, warm: bool = False) -> Report:
    """Run the public examples on `files`; the hidden checks are not touched."""
    require_frameworks(exercise)
    source = announced.examples_source(exercise)
    subject = Subject(exercise, announced.checks_in(source), untouched=is_stub(exercise, files))
    name = "test_examples.py"

    def run(files: Files) -> RawRun:
        job = _job(exercise, {**files, name: source.encode()}, source, name, 0, public=True)
        return sandbox.run(job, warm=warm)

    report = judge(run(files), subject)
    if report.status is Status.BROKEN:
        again = judge(run(reference_files(exercise)), subject._replace(untouched=False))
        if again.status is Status.PASSED:
            # The examples work: they stumble over what they were given.
            reason = _import_error(_last_line(report.reason), exercise)
            return report._replace(status=Status.CANNOT_RUN, reason=reason)
    return report


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _import_error(text: str, exercise: Exercise) -> str:
    """The usual one in the learner's words; python's names a path that is gone by now."""
    module = PurePosixPath(exercise.file).stem
    found = re.search(rf"cannot import name '(\w+)' from '{re.escape(module)}'", text)
    if found is None:
        return text
    return f"{exercise.file} does not define {found[1]}, which the examples import"


def _job(
    exercise: Exercise, files: Files, source: str, name: str, seed: int, *, public: bool = False
) -> Job:
    return Job(
        files=files,
        main=exercise.file,
        grader=source,
        grader_name=name,
        needs=exercise.needs,
        limits=Limits(seconds=exercise.timeout),
        seed=seed,
        public=public,
    )


def reference_files(exercise: Exercise) -> dict[str, bytes]:
    """The stub's folder with the reference in place of the file to edit."""
    suffix = "." + exercise.file.rpartition(".")[2]
    path = exercise.solution_folder / f"reference{suffix}"
    try:
        return {**stub_files(exercise), exercise.file: path.read_bytes()}
    except OSError as error:
        raise InternalError(
            f"the reference of {exercise.slug} is missing", f"prep dev check {exercise.slug}"
        ) from error
