"""The family of processes of a run: adopt, measure, end. Complete on Linux, best effort
elsewhere (the process group)."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


_MOST_STACKS = 12


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


class Family:
    """The processes of one run: all that are below this one and were not before.

    Make it before the run starts. While the run lasts, nobody else in this process may start
    a process: it would be taken for one of the run's.
    """

    def __init__(self) -> None:
        self._others = frozenset(children(os.getpid()))

    def members(self) -> set[int]:
        """Those that live (or wait to be reaped); empty where /proc does not tell."""
        mine = [pid for pid in children(os.getpid()) if pid not in self._others]
        return {*mine, *(pid for child in mine for pid in descendants(child))}

    def end(self, leader: int | None, *, seconds: float = 5.0) -> int:
        """Kill them all and the process group of `leader`, and reap the orphans.

        Freezes first, so that a fork bomb cannot outrun the killing. `leader` itself is left
        for its parent to reap. Returns how many processes besides it were still there.
        """
        frozen: set[int] = set()
        for _ in range(100):
            new = self.members() - frozen
            if not new:
                break
            for pid in new:
                _signal(pid, signal.SIGSTOP)
            frozen |= new
        if leader is not None:
            _signal_group(leader, signal.SIGKILL)
        deadline = time.monotonic() + seconds
        while True:
            left = self.members()
            for pid in left:
                _signal(pid, signal.SIGKILL)
                if pid != leader:
                    _reap(pid)
            if not left - {leader} or time.monotonic() > deadline:
                return len(frozen - {leader})
            time.sleep(0.002)


def children(pid: int) -> list[int]:
    """The direct children of `pid`; empty where /proc does not tell."""
    found = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
    for task in tasks:
        try:
            with open(f"/proc/{pid}/task/{task}/children") as f:
                found += [int(p) for p in f.read().split()]
        except OSError:
            continue
    return found


def descendants(pid: int) -> list[int]:
    """All living descendants of `pid`; empty where /proc does not tell."""
    found, todo = [], [pid]
    while todo:
        below = children(todo.pop())
        found += below
        todo += below
    return found


def resident_bytes(pids: Iterable[int]) -> int:
    """Resident memory; what processes share counts once for each of them, files do not."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm") as f:
                _, resident, shared, *_ = (int(n) for n in f.read().split())
        except (OSError, ValueError):
            continue
        total += (resident - shared) * _PAGE
    return total


def used_bytes(pids: Iterable[int], enough: int) -> int:
    """Memory that the processes use together, at least as far as telling if it is `enough`.

    A cheap upper bound first; only if that reaches `enough`, the proportional share, in which
    a page that forked workers have in common counts once.
    """
    pids = list(pids)
    bound = sum(map(_upper_bound, pids))
    return bound if bound < enough else proportional_bytes(pids)


def proportional_bytes(pids: Iterable[int]) -> int:
    """Memory that is no file's, each page divided among the processes that share it."""
    return sum(map(_proportional, pids))


def _upper_bound(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as f:
            return int(f.read().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            facts = dict(line.split(":", 1) for line in f if ":" in line)
        return sum(int(facts[name].split()[0]) << 10 for name in ("Pss_Anon", "Pss_Shmem"))
    except (OSError, ValueError, KeyError):
        return resident_bytes([pid])


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


def stacks(pids: Iterable[int], file: int) -> str:
    """Have processes write their stacks to the file that they share; those that cannot die.

    One after the other: dumps that interleave cannot be read.
    """
    patience = 1.5  # seconds; the machine may be busy, and only the first is sure to answer
    for pid in list(pids)[:_MOST_STACKS]:
        start = size = os.fstat(file).st_size
        _signal(pid, signal.SIGUSR1)
        _signal(pid, signal.SIGCONT)  # one that has stopped itself answers too
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            time.sleep(0.02)
            before, size = size, os.fstat(file).st_size
            if size == before and size > start:
                break
        patience = 0.15
    os.lseek(file, 0, os.SEEK_SET)
    return os.read(file, 1 << 16).decode("utf-8", "replace")
