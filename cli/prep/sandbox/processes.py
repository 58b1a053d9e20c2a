"""The family of processes of a run: adopt, measure, end. Complete on Linux, best effort
elsewhere (the process group)."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PAGE = 4096
_DUMP_SECONDS = 0.03


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """Be the parent of grandchildren whose parent dies, so that none escapes (Linux)."""
    _subreaper(True)
    try:
        yield
    finally:
        _subreaper(False)


def _subreaper(on: bool) -> None:
    if sys.platform == "linux":
        import ctypes

        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, int(on), 0, 0, 0)


def descendants(pid: int) -> list[int]:
    """All living descendants of `pid`; empty where /proc does not tell."""
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        try:
            tasks = os.listdir(f"/proc/{parent}/task")
        except OSError:
            continue
        for task in tasks:
            try:
                with open(f"/proc/{parent}/task/{task}/children") as f:
                    children = [int(p) for p in f.read().split()]
            except OSError:
                children = []
            found += children
            todo += children
    return found


def resident_bytes(pids: list[int]) -> int:
    """Resident memory without what is shared with files and other processes' mappings."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm") as f:
                _, resident, shared, *_ = (int(n) for n in f.read().split())
        except (OSError, ValueError):
            continue
        total += (resident - shared) * _PAGE
    return total


def end_all(pid: int, *, seconds: float = 5.0) -> int:
    """Kill the run's process group and everything else below this process; reap it.

    Freezes first, so that a fork bomb cannot outrun the killing. `pid` itself is left for its
    parent to reap. Returns how many processes besides it were still alive.
    """
    me = os.getpid()
    frozen: set[int] = set()
    for _ in range(100):
        new = set(descendants(me)) - frozen
        if not new:
            break
        for child in new:
            _signal(child, signal.SIGSTOP)
        frozen |= new
    _signal_group(pid, signal.SIGKILL)
    _signal(pid, signal.SIGKILL)
    deadline = time.monotonic() + seconds
    while (left := set(descendants(me)) - {pid}) and time.monotonic() < deadline:
        for child in left:
            _signal(child, signal.SIGKILL)
            _reap(child)
        time.sleep(0.002)
    return len(frozen - {pid})


def _reap(pid: int) -> None:
    """Collect an adopted orphan; somebody else's child is left alone."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except OSError:
        pass


def ask_for_stacks(pid: int) -> None:
    """Have every process of the run write its stack; those without the handler die.

    One after the other: they write to one file, and dumps that interleave cannot be read.
    """
    for process in [pid, *descendants(pid)]:
        _signal(process, signal.SIGUSR1)
        time.sleep(_DUMP_SECONDS)
