"""`prep tour`: the whole loop in half a minute, on a throwaway workspace and store."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from prep.commands.desk import Desk, Flags, desk_of
from prep.errors import EnvironmentProblemError, InternalError
from prep.practice import tour as tours
from prep.practice.shelf import readable
from prep.practice.tour import Put, Stop, Taken, Tour
from prep.views import tour as view

_LAST_WORDS = 10.0  # seconds that an interrupted command has to tidy up


def command(
    context: typer.Context,
    fast: Annotated[bool, typer.Option("--fast", help="Do not wait between the steps.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """See the whole loop in half a minute.

    Real commands and real grading, in a throwaway workspace and store; nothing of yours is
    touched.
    """
    desk = desk_of(context)
    tour = tours.plan(readable(desk.catalogue)[0])
    with _throwaway() as folder:
        if json:
            taken = [_take(desk, folder, tour, stop) for stop in tour.stops]
            desk.console.json("prep.tour/1", **view.tour_json(tour, taken))
        else:
            waits = desk.may_ask and desk.console.terminal and not fast
            _guide(desk, folder, tour, waits=waits)
    return 0


@contextmanager
def _throwaway() -> Iterator[Path]:
    """A folder for the tour's workspace and store, gone afterwards whatever happens."""
    try:
        place = tempfile.TemporaryDirectory(prefix="prep-tour-", ignore_cleanup_errors=True)
    except OSError as error:
        raise EnvironmentProblemError(
            f"no temporary folder can be made: {error.strerror}", "prep doctor"
        ) from error
    with place as folder:
        yield Path(folder)


def _guide(desk: Desk, folder: Path, tour: Tour, *, waits: bool) -> None:
    """Show the tour step by step."""
    console = desk.console
    console.show(view.opening_page(console.page(), tour))
    for number, stop in enumerate(tour.stops, 1):
        if waits and not _goes_on(desk):
            console.show(view.left_page(console.page(), tour))
            return
        console.show(view.stop_page(console.page(), tour, number, stop))
        taken = _take(desk, folder, tour, stop, shown=console.terminal)
        if not console.terminal:
            console.line(taken.output.rstrip("\n"))
        console.out.flush()
    console.show(view.closing_page(console.page(), tour))


def _goes_on(desk: Desk) -> bool:
    """Wait for Enter; False when the person has seen enough."""
    print("\nEnter goes on, q ends the tour: ", end="", file=desk.console.err, flush=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        print(file=desk.console.err)
    return bool(answer) and not answer.strip().lower().startswith("q")


def _take(desk: Desk, folder: Path, tour: Tour, stop: Stop, *, shown: bool = False) -> Taken:
    """Run one step and hold it to what was announced.

    Args:
        desk: where the tour is given.
        folder: the throwaway place.
        tour: the tour.
        stop: the step.
        shown: the command prints to the terminal by itself.

    Raises:
        InternalError: it ended otherwise.
    """
    workspace = folder / "prep"
    env = tours.surroundings(dict(desk.env), folder / "state", workspace)
    if stop.put is not Put.NOTHING:
        shutil.copyfile(
            tour.file_for(stop.put), workspace / tour.exercise.slug / tour.exercise.file
        )
    desk.console.out.flush()
    code, output = _run([sys.executable, "-m", "prep", *stop.command], env, folder, shown=shown)
    there = Desk(env, folder, Flags(), desk.console)
    wrong = tours.verdict(stop, code, there.session)
    if wrong:
        desk.console.note(output)
        raise InternalError(f"the tour did not go as announced: {wrong}", "prep doctor")
    return Taken(stop, code, output)


def _run(command: list[str], env: dict[str, str], folder: Path, *, shown: bool) -> tuple[int, str]:
    """Exit code and output of one command; when it is interrupted, it ends first."""
    pipe = None if shown else subprocess.PIPE
    with subprocess.Popen(
        command,
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=None if shown else subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            output, _ = process.communicate()
        except KeyboardInterrupt:
            _end(process)
            raise
    return process.returncode, output or ""


def _end(process: subprocess.Popen[str]) -> None:
    """Let it end what it started; Ctrl-C in a terminal has reached it as well."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_LAST_WORDS)
    except subprocess.TimeoutExpired:
        process.kill()
