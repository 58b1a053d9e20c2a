"""Time command lines, in turns."""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

Step = Callable[[], object]


class Taken(NamedTuple):
    """Wall time, and processor time with that of the process's children."""

    seconds: float
    processor: float


class Case(NamedTuple):
    """Something to time.

    Attributes:
        name: how it is called in the table.
        run: does it once and tells what it took.
        after: puts things back, untimed.
    """

    name: str
    run: Callable[[], Taken]
    after: Step | None = None


class FailedError(Exception):
    """A command ended otherwise than it should."""


def in_turns(cases: Sequence[Case], rounds: int) -> dict[str, Taken]:
    """Name -> medians; every round runs each case once, starting with another one.

    One round beforehand is not counted: it fills caches and compiles.
    """
    found: dict[str, list[Taken]] = {case.name: [] for case in cases}
    for number in range(rounds + 1):
        first = number % len(cases)
        for case in (*cases[first:], *cases[:first]):
            taken = case.run()
            if case.after is not None:
                case.after()
            if number:
                found[case.name].append(taken)
    return {name: Taken(*map(median, zip(*all_, strict=True))) for name, all_ in found.items()}


class Shell:
    """Runs commands in one folder and one environment."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder, self.env = folder, dict(env)

    def piped(self, *command: str, **env: str) -> Taken:
        """What a command takes whose output is piped.

        Raises:
            FailedError: it did not end with 0.
        """
        started = _now()
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        taken = _since(started)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).decode("utf-8", "replace")
            raise FailedError(f"{' '.join(command)} ended with {done.returncode}:\n{said}")
        return taken

    def on_terminal(self, *command: str) -> Taken:
        """What a command takes on a pseudo-terminal of 80 columns.

        Raises:
            FailedError: it did not end with 0.
        """
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        started = _now()
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**self.env, "TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        try:
            while os.read(ours, 65536):
                pass
        except OSError:
            pass  # Linux tells by an error that the other side is closed
        code = process.wait()
        taken = _since(started)
        os.close(ours)
        if code != 0:
            raise FailedError(f"{' '.join(command)} ended with {code} on a terminal")
        return taken


def _now() -> Taken:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Taken(time.perf_counter(), used.ru_utime + used.ru_stime)


def _since(started: Taken) -> Taken:
    now = _now()
    return Taken(now.seconds - started.seconds, now.processor - started.processor)
