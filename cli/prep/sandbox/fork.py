"""A runner as a fork of a process that has the frameworks in memory."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import types
from pathlib import Path
from typing import Any, NoReturn

from prep.sandbox import interrupts
from prep.sandbox.launch import Process, Request, environment


class Forked:
    """A forked runner, with the face of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        """Wait for the end."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def kill(self) -> None:
        """Kill it."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)


def fork(request: Request, scratch: Path, events: int, stacks: int) -> tuple[Process, int]:
    """Start a runner as a fork of this process; see `prep.sandbox.launch.Started`."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _become_runner(request, scratch, writer, (events, stacks))
        finally:
            os._exit(1)
    os.close(writer)
    return Forked(pid), reader


def _become_runner(request: Request, scratch: Path, output: int, kept: tuple[int, int]) -> NoReturn:
    """Make this fork look like a fresh interpreter, then run the request."""
    os.setsid()
    interrupts.forget()
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, output), (2, output)):
        os.dup2(source, target)
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))
    for descriptor in kept:
        os.set_inheritable(descriptor, True)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - lives as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    for stream in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{stream}__", getattr(sys, stream))
    os.environ.clear()
    os.environ.update(environment(scratch))
    tempfile.tempdir = None
    sys.modules["__main__"] = types.ModuleType("__main__")  # a spawned child must not serve
    _reseed()
    runner: Any = sys.modules["prep.testing.runner"]
    runner.serve(request, *kept)
    raise AssertionError("the runner ends its process")


def _reseed() -> None:
    """Every fork inherits the same generators; give each its own start, as a fresh process has."""
    random.seed()
    seed = int.from_bytes(os.urandom(4), "little")
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)
