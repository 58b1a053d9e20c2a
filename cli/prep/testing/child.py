"""Run a part of a check in a process of its own, with a deadline that always holds.

A DataLoader that hangs cannot be interrupted from inside: its workers wait on locks that no
Python exception reaches. The part runs in a forked child with its own process group; past
the deadline the whole group is killed and the check is stopped, the others go on.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import select
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from prep.testing import evidence
from prep.testing.failures import CheckFailed, CheckStopped, ChildRaisedError, class_name
from prep.testing.session import current

T = TypeVar("T")
_MOST_STACKS = 12  # processes that are asked where they are
_LENGTH = 8  # bytes of the answer's length prefix


def in_child(
    function: Callable[..., T],
    *args: object,
    seconds: float = 5.0,
    what: str = "the answer",
    mistake: str | None = None,
) -> T:
    """Return `function(*args)`, computed in a forked child within `seconds`.

    The result must pickle. What the child raises is shown as if it had been raised here.

    Args:
        seconds: wall-clock limit; generous, the machine may be busy.
        what: what is waited for, a noun phrase: "the first batch".
        mistake: the known mistake that running into the limit means, if only one can.

    Raises:
        CheckStopped: no answer within the limit; the message names the learner's line.
    """
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as stacks:
        pid = _fork()
        if pid == 0:
            os.close(reader)
            _work(function, args, what, writer, stacks.fileno())
        os.close(writer)
        _own_group(pid)
        try:
            answer = _read(reader, pid, time.monotonic() + seconds)
            frames = [] if answer is not None else _where(pid, stacks.fileno())
        finally:
            os.close(reader)
            _end(pid)
    if answer is None:
        message = f"no answer for {what} within {seconds:g} s"
        raise CheckStopped(message, frames=frames, mistake=mistake)
    result: T = _opened(answer, what)
    return result


def _opened(answer: bytes, what: str) -> Any:
    """What the child computed, or raised here what it raised there."""
    if not answer:
        raise CheckFailed(f"the process that computed {what} ended without an answer")
    try:
        ok, value, series = pickle.loads(answer)
    except Exception as error:
        raise _not_sendable(what, error) from error
    current().series.extend(series)
    if not ok:
        raise ChildRaisedError(value)
    return value


def _fork() -> int:
    """Fork, with nothing left in the buffers that both processes would print."""
    _flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # threads are alive beside it: a risk that is taken
        return os.fork()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _work(
    function: Callable[..., Any], args: tuple[object, ...], what: str, out: int, stacks: int
) -> NoReturn:
    """The child: compute, send, vanish without running anybody's exit handlers."""
    status = 1
    try:
        _own_group(0)
        _end_with_the_parent()
        faulthandler.register(signal.SIGUSR1, file=stacks, all_threads=True)
        series = current().series
        series.clear()
        try:
            data = _packed(function(*args), what, series)
        except BaseException as error:
            data = pickle.dumps((False, evidence.describe(error, current().root), series))
        _flush()
        view = memoryview(len(data).to_bytes(_LENGTH, "little") + data)
        while view:
            view = view[os.write(out, view) :]
        status = 0
    finally:
        os._exit(status)


def _packed(value: object, what: str, series: object) -> bytes:
    try:
        return pickle.dumps((True, value, series))
    except Exception as error:
        raise _not_sendable(what, error) from None


def _not_sendable(what: str, error: Exception) -> CheckFailed:
    return CheckFailed(f"{what} cannot be sent from one process to another ({class_name(error)})")


def _end_with_the_parent() -> None:
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGKILL), 0, 0, 0)


def _own_group(pid: int) -> None:
    """Both sides do it, so that neither depends on the other's timing."""
    try:
        os.setpgid(pid, pid)
    except OSError:
        pass  # the other side was first, or the child is gone


def _read(reader: int, pid: int, deadline: float) -> bytes | None:
    """The child's answer; b"" when it died without one, None at the deadline.

    The answer starts with its length: workers that outlive the child hold the pipe open, so
    end of file says nothing.
    """
    data = bytearray()
    gone = False
    while True:
        if len(data) >= _LENGTH and len(data) - _LENGTH >= int.from_bytes(data[:_LENGTH], "little"):
            return bytes(data[_LENGTH:])
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        if select.select([reader], [], [], 0 if gone else min(left, 0.1))[0]:
            part = os.read(reader, 1 << 20)
            if not part:
                return b""
            data += part
        elif gone:
            return b""
        else:
            gone = _gone(pid)  # what it wrote before it went is still in the pipe


def _gone(pid: int) -> bool:
    """Whether the child has ended (it stays a zombie until `_end` reaps it)."""
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, pid, flags) is not None


def _where(pid: int, stacks: int) -> list[tuple[str, int, str]]:
    """Ask every process of the group for its stack; workers inherit the handler.

    One after the other: they write to one file, and dumps that interleave cannot be read.
    """
    patience = 1.5  # seconds; the machine may be busy, and only the first is sure to answer
    for process in _members(pid):
        start = size = os.fstat(stacks).st_size
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGUSR1)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            time.sleep(0.02)
            before, size = size, os.fstat(stacks).st_size
            if size == before and size > start:
                break
        patience = 0.15
    os.lseek(stacks, 0, os.SEEK_SET)
    text = os.read(stacks, 1 << 16).decode("utf-8", "replace")
    frames = evidence.dumped_frames(text, current().root)
    return [(f["file"], f["line"], f["function"]) for f in frames]


def _members(group: int) -> list[int]:
    """Processes of a group, its leader first; only the leader where /proc does not tell."""
    found = [group]
    try:
        others = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return found
    for pid in others:
        try:
            if pid != group and os.getpgid(pid) == group:
                found.append(pid)
        except OSError:
            continue
    return found[:_MOST_STACKS]


def _end(pid: int) -> None:
    """Kill the whole group, and the child, should it have left its group; reap it."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            continue
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass
