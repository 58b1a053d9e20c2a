"""Runs in parallel: a few worker processes, led from one thread."""

from __future__ import annotations

import os
import pickle
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from types import TracebackType

from prep.authoring.worker import Answer, Task
from prep.errors import EnvironmentProblemError, InternalError

PATIENCE = 10.0  # seconds that a worker has to end its run and itself


class Crew:
    """Worker processes; leaving the block ends them with all that they started."""

    def __init__(self, count: int) -> None:
        self._count = max(1, count)
        self._workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.terminate()
        deadline = time.monotonic() + PATIENCE
        for worker in self._workers:
            try:
                worker.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                assert pipe is not None
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass

    def answers(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        """Each task's number and answer, in the order in which they end.

        Raises:
            InternalError: a worker died.
            EnvironmentProblemError: no worker can be started.
        """
        waiting = list(enumerate(tasks))[::-1]
        running: dict[int, tuple[subprocess.Popen[bytes], int]] = {}
        with selectors.DefaultSelector() as selector:
            for worker in self._started(min(self._count, len(tasks))):
                assert worker.stdout is not None
                selector.register(worker.stdout, selectors.EVENT_READ)
                number, task = waiting.pop()
                running[worker.stdout.fileno()] = worker, number
                _give(worker, task)
            while running:
                for key, _ in selector.select():
                    worker, number = running.pop(key.fd)
                    answer = _take(worker, tasks[number])
                    if waiting:
                        following, task = waiting.pop()
                        running[key.fd] = worker, following
                        _give(worker, task)
                    yield number, answer

    def _started(self, count: int) -> list[subprocess.Popen[bytes]]:
        """At least `count` workers. Started from this thread: they end when it does."""
        command = [sys.executable, "-I", "-m", "prep.authoring.worker", str(os.getpid())]
        while len(self._workers) < count:
            try:
                worker = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
            except OSError as error:
                raise EnvironmentProblemError(
                    f"no process can be started: {error.strerror}", "prep dev check -j 1"
                ) from error
            self._workers.append(worker)
        return self._workers[:count]


def _give(worker: subprocess.Popen[bytes], task: Task) -> None:
    assert worker.stdin is not None
    try:
        pickle.dump(task, worker.stdin)
        worker.stdin.flush()
    except BrokenPipeError:
        raise _died(worker, task) from None


def _take(worker: subprocess.Popen[bytes], task: Task) -> Answer:
    assert worker.stdout is not None
    try:
        answer: Answer = pickle.load(worker.stdout)
    except (EOFError, pickle.UnpicklingError):
        raise _died(worker, task) from None
    return answer


def _died(worker: subprocess.Popen[bytes], task: Task) -> InternalError:
    try:
        status = str(worker.wait(1.0))
    except subprocess.TimeoutExpired:
        status = "unknown"
    return InternalError(
        f"a process that ran {task.exercise.slug} died (exit status {status})",
        "prep dev check -j 1   needs less memory",
    )
