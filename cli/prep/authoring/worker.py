"""One worker of the proof: `python -I -m prep.authoring.worker`.

Reads pickled tasks from standard input and writes a pickled answer for each to standard
output. It is a process of its own, and not a thread or a fork, because a run is ended by
killing everything below the process that started it: two runs in one process would end each
other. It has its own session, so Ctrl-C reaches only the process that leads; SIGTERM, also
sent when that one dies, ends the run under way and everything below it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from prep.errors import InternalError, PrepError
from prep.model import Exercise, Report
from prep.practice import grading
from prep.sandbox import processes


class Task(NamedTuple):
    """One run: the hidden grader, or the public examples, on some files."""

    exercise: Exercise
    files: Mapping[str, bytes]
    seed: int
    public: bool = False
    warm: bool = False


Answer = Report | PrepError


def main() -> None:
    """Answer tasks until standard input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but answers may reach the pipe
    try:
        _end_with_the_leader(int(sys.argv[1]))
        while True:
            try:
                task: Task = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            pickle.dump(_answer(task), answers)
            answers.flush()
    except BrokenPipeError:
        pass  # the leader is gone
    finally:
        _end_everything_below()


def _answer(task: Task) -> Answer:
    try:
        if task.public:
            return grading.check(task.exercise, task.files, warm=task.warm)
        return grading.grade(task.exercise, task.files, seed=task.seed, warm=task.warm)
    except PrepError as error:
        return error
    except Exception as error:
        found = InternalError(f"a run of {task.exercise.slug} failed: {error!r}", "prep doctor")
        found.add_note(traceback.format_exc())
        return found


def _end_with_the_leader(leader: int) -> None:
    signal.signal(signal.SIGTERM, _leave)
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != leader:
            raise SystemExit(1)


def _leave(number: int, frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough; the way out is under way
    raise SystemExit(128 + number)


def _end_everything_below(seconds: float = 5.0) -> None:
    """Finish what an interruption in the middle of a clean-up has left."""
    deadline = time.monotonic() + seconds
    with processes.adopting_orphans():
        while (left := processes.descendants(os.getpid())) and time.monotonic() < deadline:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, os.WNOHANG)
                except (ProcessLookupError, ChildProcessError):
                    continue
            time.sleep(0.002)


if __name__ == "__main__":
    main()
