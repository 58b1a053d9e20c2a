"""`prep dev check`: the rules of the folders, then the proof, exercise by exercise.

found = inspect(catalogue, ["training-loop"], progress=show)
for verdict in found.verdicts: ...
exit 0 if found.ok(require_all=...) else 1
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from prep.authoring import layout, proof
from prep.authoring.folders import Folders, select
from prep.authoring.problem import Problem
from prep.authoring.proof import Progress, Result
from prep.errors import InternalError
from prep.model import Exercise
from prep.practice.frameworks import missing
from prep.storage.content import Catalogue


class Verdict(NamedTuple):
    """What was found about one exercise.

    Attributes:
        name: `track/slug`.
        problems: what has to be mended; first the files, then the runs.
        results: the runs, in a fixed order; empty when none could be made or was asked for.
        needs: frameworks that are not installed; if any, it was "not checked here".
    """

    name: str
    problems: tuple[Problem, ...]
    results: tuple[Result, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the slowest run took."""
        return max((r.seconds for r in self.results), default=0.0)


class Inspection(NamedTuple):
    """What `dev check` found.

    Attributes:
        verdicts: one per exercise, by track and slug.
        general: problems that belong to no single exercise: stray and orphaned folders.
    """

    verdicts: tuple[Verdict, ...]
    general: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return (*self.general, *(p for v in self.verdicts for p in v.problems))

    @property
    def unchecked(self) -> tuple[Verdict, ...]:
        """Exercises whose runs were left out because a framework is missing."""
        return tuple(v for v in self.verdicts if v.needs)

    def ok(self, *, require_all: bool = False) -> bool:
        """Whether nothing is wrong; with `require_all`, nothing was left out either."""
        return not self.problems and not (require_all and self.unchecked)


def inspect(
    catalogue: Catalogue,
    names: Sequence[str] = (),
    *,
    seeds: Sequence[int] = proof.SEEDS,
    jobs: int | None = None,
    runs: bool = True,
    progress: Progress | None = None,
    warm: bool = False,
) -> Inspection:
    """Check exercises; all of the catalogue when none is named.

    Args:
        catalogue: the content.
        names: slugs, unique prefixes, `track/slug`.
        seeds: `proof.SEEDS`, or `proof.STRICT_SEEDS` for `--strict`.
        jobs: runs at a time; one per processor if None.
        runs: False checks the files only.
        progress: called in this process after every run, in the order in which they end.
        warm: use warm parents; the verdicts are the same.

    Raises:
        NotFoundError, UsageError: a name that is none.
        EnvironmentProblemError: the machine does not let runs be made (a full disk).
    """
    chosen = select(catalogue, names)
    problems = layout.problems(catalogue, chosen)
    general = () if names else layout.general_problems(catalogue)
    exercises = _readable(catalogue, chosen) if runs else []
    lacking = {_name(e): missing(e) for e in exercises}
    able = [e for e in exercises if not lacking[_name(e)]]
    results: tuple[Result, ...] = ()
    if able:
        results = proof.prove(able, seeds=seeds, jobs=jobs, progress=progress, warm=warm)
    verdicts = []
    for folders in chosen:
        own = tuple(r for r in results if _name(r.run.exercise) == folders.name)
        told = (*problems[folders.name], *(p for r in own for p in r.problems))
        verdicts.append(Verdict(folders.name, told, own, lacking.get(folders.name, ())))
    return Inspection(tuple(verdicts), tuple(general))


def _readable(catalogue: Catalogue, chosen: Sequence[Folders]) -> list[Exercise]:
    """The exercises of which runs can be planned; of the others the layout has told why."""
    found = []
    for folders in chosen:
        try:
            exercise = catalogue.read(folders.exercise)
            proof.prepare(exercise)
        except (InternalError, OSError, SyntaxError, ValueError):
            continue
        found.append(exercise)
    return found


def _name(exercise: Exercise) -> str:
    return f"{exercise.track}/{exercise.slug}"
