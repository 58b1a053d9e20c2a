"""Which frameworks exercises need, and whether they are installed. None is ever imported."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

from prep.errors import EnvironmentProblemError
from prep.model import Exercise


class Framework(NamedTuple):
    """A framework that exercises use.

    Attributes:
        module: its import name.
        requirement: what pip installs.
        distributions: names that it may be installed under, the usual one first.
    """

    module: str
    requirement: str
    distributions: tuple[str, ...]


FRAMEWORKS = {
    framework.module: framework
    for framework in (
        Framework("torch", "torch>=2.10", ("torch",)),
        Framework(
            "tensorflow", "tensorflow-cpu>=2.18", ("tensorflow", "tensorflow-cpu", "tf-nightly")
        ),
        Framework("sklearn", "scikit-learn>=1.5", ("scikit-learn",)),
        Framework("pandas", "pandas>=2.2", ("pandas",)),
    )
}


def missing(exercise: Exercise) -> tuple[str, ...]:
    """Frameworks that the exercise needs and that are not installed."""
    return tuple(name for name in exercise.needs if not installed(name))


def installed(module: str) -> bool:
    """Whether `import module` would find something."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def pip_line(modules: tuple[str, ...]) -> str:
    """The command that installs these frameworks."""
    known = [FRAMEWORKS[m].requirement if m in FRAMEWORKS else m for m in modules]
    return "python -m pip install " + " ".join(f'"{name}"' for name in known)


def require_frameworks(exercise: Exercise) -> None:
    """Refuse an exercise that cannot be run here.

    Raises:
        EnvironmentProblemError: names the pip line.
    """
    lacking = missing(exercise)
    if lacking:
        which = "which is" if len(lacking) == 1 else "which are"
        raise EnvironmentProblemError(
            f"{exercise.slug} needs {' and '.join(lacking)}, {which} not installed",
            pip_line(lacking),
        )


def version(module: str) -> str | None:
    """The installed version; None where no distribution tells."""
    from importlib import metadata

    known = FRAMEWORKS.get(module)
    for name in known.distributions if known else (module,):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def too_old(module: str, found: str) -> bool:
    """Whether a version is below the one that the exercises are tested with."""
    known = FRAMEWORKS.get(module)
    return known is not None and _numbers(found) < _numbers(known.requirement.partition(">=")[2])


def _numbers(text: str) -> tuple[int, ...]:
    """`2.13.0+cpu` as (2, 13)."""
    parts = text.split("+")[0].split(".")[:2]
    return tuple(int(part) for part in parts if part.isdecimal())
