"""`python -m benchmarks`: two tables, commands beside Python and grades beside pytest."""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import prep
from benchmarks.timing import Case, FailedError, Shell, in_turns
from prep.model import Exercise
from prep.practice.frameworks import missing
from prep.sandbox.launch import environment
from prep.storage.content import installed_catalogue

# One for each framework; they are small, so prep's own cost weighs most.
GRADED = ("training-loop", "tf-custom-loop", "pipeline-leakage", "groupby-agg", "sql-top-per-group")
PREP = str(Path(sys.executable).with_name("prep"))
PLAIN = "python -c pass"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--only", choices=("start", "grade"), help="one table only")
    parser.add_argument("--rounds", type=int, help="of each case [20 commands, 5 grades]")
    chosen = parser.parse_args()
    compileall.compile_dir(str(Path(prep.__file__).parent), quiet=1)
    with tempfile.TemporaryDirectory(prefix="prep-bench-") as folder:
        shell = Shell(Path(folder), _environment(Path(folder)))
        print(f"prep {prep.__version__}, Python {platform.python_version()}, {os.cpu_count()} CPUs")
        try:
            if chosen.only != "grade":
                commands(shell, chosen.rounds or 20)
            if chosen.only != "start":
                grades(shell, chosen.rounds or 5)
        except FailedError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            shell.piped(PREP, "engine", "stop")
    return 0


def _environment(folder: Path) -> dict[str, str]:
    """A store, a workspace and warm processes of our own; compiled files are used and written."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "PREP_"))}
    for name in ("NO_COLOR", "FORCE_COLOR", "EDITOR", "VISUAL", "PYTEST_ADDOPTS"):
        kept.pop(name, None)
    places = {"PREP_HOME": "state", "PREP_WORKSPACE": "prep", "XDG_RUNTIME_DIR": "run"}
    (folder / "run").mkdir(mode=0o700)
    return {**kept, **{name: str(folder / place) for name, place in places.items()}}


def commands(shell: Shell, rounds: int) -> None:
    """What a command costs beside the start of Python."""
    shell.piped(PREP, "start", GRADED[-1], PREP_ENGINE="off")
    cases = (
        Case(PLAIN, lambda: shell.piped(sys.executable, "-c", "pass")),
        Case("prep --version", lambda: shell.piped(PREP, "--version")),
        Case("prep list | cat", lambda: shell.piped("sh", "-c", '"$0" list | cat', PREP)),
        Case(
            "prep hint",
            lambda: shell.piped(PREP, "hint"),
            after=lambda: shell.piped(PREP, "undo"),
        ),
        Case("prep, on a terminal", lambda: shell.on_terminal(PREP)),
        Case("prep list, on a terminal", lambda: shell.on_terminal(PREP, "list")),
    )
    aims = ("", "8", "8", "8", "14", "14")
    found = in_turns(cases, rounds)
    print(f"\nCommands, medians of {rounds} rounds in turns\n")
    plain = found[PLAIN]
    rows = []
    for case, aim in zip(cases, aims, strict=True):
        taken = found[case.name]
        wall = f"{taken.seconds * 1000:.0f}", ratio(taken.seconds, plain.seconds)
        used = f"{taken.processor * 1000:.0f}", ratio(taken.processor, plain.processor)
        rows.append((case.name, *wall, aim, *used))
    print_table(("command", "ms", "ratio", "aim", "CPU ms", "ratio"), rows)


def grades(shell: Shell, rounds: int) -> None:
    """What a grade costs beside plain pytest on the same grader and the same file."""
    print(f"\nGrading the reference, seconds, medians of {rounds} rounds in turns\n")
    rows = []
    for exercise in map(installed_catalogue().find, GRADED):
        lacking = missing(exercise)
        if lacking:
            print(f"{exercise.slug} is left out: {' and '.join(lacking)} is not installed\n")
        else:
            rows.append((exercise.slug, *_graded(shell, exercise, rounds)))
    header = ("exercise", "pytest", "same env", "cold", "ratio", "to same", "warm", "ratio")
    print_table(header, rows)
    print(
        "\npytest    python -m pytest, as typed"
        "\nsame env  the same with the variables that prep gives a run (one thread, quiet logs)"
        "\ncold      prep grade --cold; the aim is 1.15 of pytest"
        "\nwarm      prep grade with the framework in memory; SQL needs none"
    )


def _graded(shell: Shell, exercise: Exercise, rounds: int) -> tuple[str, ...]:
    """The cells of one exercise."""
    plain = shell.folder / f"plain-{exercise.slug}"
    plain.mkdir()
    graders = plain / "graders"
    shutil.copytree(exercise.grader_folder, graders, ignore=shutil.ignore_patterns("__pycache__"))
    suffix = Path(exercise.file).suffix
    reference = exercise.solution_folder / f"reference{suffix}"
    shell.piped(PREP, "start", exercise.slug)
    folders = (plain / "workspace", Path(shell.env["PREP_WORKSPACE"]) / exercise.slug)
    shutil.copytree(exercise.folder / "stub", folders[0])
    for folder in folders:
        shutil.copyfile(reference, folder / exercise.file)
    pytest = (
        *(sys.executable, "-m", "pytest", "-p", "prep.testing.plugin"),
        *("--workspace", str(folders[0]), "--solution-file", exercise.file),
        str(graders / "test_grader.py"),
    )
    dropped = ("PATH", "HOME", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
    given = {name: v for name, v in environment(plain).items() if name not in dropped}
    medians = in_turns(
        (
            Case("pytest", lambda: shell.piped(*pytest)),
            Case("same", lambda: shell.piped(*pytest, **given)),
            Case("cold", lambda: shell.piped(PREP, "grade", exercise.slug, "--cold")),
            Case("warm", lambda: shell.piped(PREP, "grade", exercise.slug)),
        ),
        rounds,
    )
    shell.piped(PREP, "engine", "stop")
    found = {name: taken.seconds for name, taken in medians.items()}
    said = {name: f"{seconds:.2f}" for name, seconds in found.items()}
    cold = (ratio(found["cold"], found["pytest"]), ratio(found["cold"], found["same"]))
    warm = ratio(found["warm"], found["pytest"])
    return said["pytest"], said["same"], said["cold"], *cold, said["warm"], warm


def ratio(seconds: float, base: float) -> str:
    """`1.08x`."""
    return f"{seconds / base:.2f}x"


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns, the first one to the left and the others to the right."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        first, *others = (
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join((first, *others)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
