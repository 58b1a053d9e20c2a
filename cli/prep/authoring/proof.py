"""The proof that an exercise works: every one of its files is graded, as a learner's would be.

The stub is not attempted. The reference and the accepted files pass with every seed. Each wrong
file fails exactly the checks that it names, and the learner reads its own diagnosis. The public
examples pass on the reference and not on the stub.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

from prep.authoring.candidates import Candidate, candidates
from prep.authoring.crew import Crew
from prep.authoring.judgement import Facts, complaints, too_slow
from prep.authoring.problem import Problem
from prep.authoring.worker import Answer, Task
from prep.errors import EnvironmentProblemError, PrepError
from prep.model import Exercise, Report
from prep.storage import announced

# arbitrary, but the same everywhere, so that a proof can be repeated
SEEDS = (7, 20_011)
STRICT_SEEDS = (*SEEDS, 1_900_000_123)


class Run(NamedTuple):
    """One planned run.

    Attributes:
        exercise: of which it is part.
        candidate: what is graded.
        seed: seed of the hidden data.
        public: the public examples are run, not the hidden grader.
    """

    exercise: Exercise
    candidate: Candidate
    seed: int = 0
    public: bool = False

    @property
    def label(self) -> str:
        """`wrong/no_zero_grad, seed 7`."""
        return f"{self.candidate.label}, {'examples' if self.public else f'seed {self.seed}'}"


class Result(NamedTuple):
    """One run that was made.

    Attributes:
        report: what the learner would see; None when the exercise is too damaged for that.
        problems: what is wrong with it.
    """

    run: Run
    report: Report | None
    problems: tuple[Problem, ...]

    @property
    def seconds(self) -> float:
        return self.report.seconds if self.report is not None else 0.0


# called after each run: how many are done, of how many, and the newest
Progress = Callable[[int, int, Result], None]


def plan(exercise: Exercise, seeds: Sequence[int]) -> list[Run]:
    """The runs that prove an exercise, in the order of the results.

    Raises:
        InternalError: it is not complete.
    """
    stub, reference, *others = candidates(exercise)
    first = seeds[:1]
    return [
        *(Run(exercise, stub, seed) for seed in first),
        *(Run(exercise, one, public=True) for one in (stub, reference)),
        *(Run(exercise, one, seed) for one in (reference, *others) for seed in seeds),
    ]


def prepare(exercise: Exercise) -> Facts:
    """Read all that the runs of an exercise need.

    Raises:
        InternalError: it is not complete.
        SyntaxError, ValueError: a file of it is not the Python that it should be.
    """
    announced.checks_in(announced.grader_source(exercise))
    announced.checks_in(announced.examples_source(exercise))
    candidates(exercise)
    return Facts.of(exercise)


def prove(
    exercises: Sequence[Exercise],
    *,
    seeds: Sequence[int] = SEEDS,
    jobs: int | None = None,
    progress: Progress | None = None,
    warm: bool = False,
) -> tuple[Result, ...]:
    """Make all the runs and judge them; the results are in the order of the plan.

    Args:
        exercises: whose frameworks are installed.
        seeds: each file is graded once per seed.
        jobs: runs at a time; one per processor if None.
        progress: called after every run.
        warm: use warm parents; the verdicts are the same.

    Raises:
        InternalError: an exercise is not complete, or a process died.
        SyntaxError, ValueError: a file of it is not the Python that it should be.
        EnvironmentProblemError: the machine does not let runs be made.
    """
    runs = [run for exercise in exercises for run in plan(exercise, seeds)]
    facts = {exercise.folder: prepare(exercise) for exercise in exercises}
    found: dict[int, Result] = {}
    with Crew(jobs or os.cpu_count() or 1) as crew:
        for number, answer in crew.answers([_task(run, warm) for run in runs]):
            found[number] = _result(runs[number], answer, facts[runs[number].exercise.folder])
            if progress is not None:
                progress(len(found), len(runs), found[number])
        for number in sorted(found):
            if too_slow(found[number].run.exercise, found[number].report):
                # Was it the neighbours? Alone on the machine it has a second chance.
                [(_, answer)] = crew.answers([_task(runs[number], warm)])
                facts_here = facts[runs[number].exercise.folder]
                found[number] = _result(runs[number], answer, facts_here)
    return tuple(found[number] for number in sorted(found))


def _task(run: Run, warm: bool) -> Task:
    return Task(run.exercise, run.candidate.files, run.seed, run.public, warm)


def _result(run: Run, answer: Answer, facts: Facts) -> Result:
    if isinstance(answer, EnvironmentProblemError):
        raise answer
    if isinstance(answer, PrepError):
        return Result(run, None, (_problem(run, answer.message),))
    told = complaints(run.candidate, answer, facts, public=run.public)
    return Result(run, answer, tuple(_problem(run, text) for text in told))


def _problem(run: Run, text: str) -> Problem:
    exercise = run.exercise
    root = exercise.folder.parents[2]
    file = run.candidate.path.relative_to(root).as_posix()
    key = "examples" if run.public else f"seed {run.seed}"
    return Problem(f"{exercise.track}/{exercise.slug}", file, key, text)
