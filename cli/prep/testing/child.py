"""Run a part of a check in a process of its own, with a deadline that always holds.

A DataLoader that hangs cannot be interrupted from inside: its workers wait on locks that no
Python exception reaches. The part runs in a forked child with its own process group; past
the deadline the whole group is killed and the check is stopped, the others go on.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import select
import signal
import tempfile
import time
from collections.abc import Callable
from typing import Any, TypeVar

from prep.testing import evidence
from prep.testing.failures import CheckStopped
from prep.testing.session import current

T = TypeVar("T")
_DUMP_SECONDS = 0.05
_LENGTH = 8  # bytes of the answer's length prefix


class ChildRaisedError(AssertionError):
    """An exception of the child, carried over as evidence."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__(str(found.get("message", "")))
        self.prep_evidence = found


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
    root = current().root
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as stacks:
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _work(function, args, writer, stacks.fileno(), root)
        os.close(writer)
        _own_group(pid)
        try:
            answer = _read(reader, pid, time.monotonic() + seconds)
            frames = [] if answer is not None else _where(pid, stacks.fileno(), root)
        finally:
            os.close(reader)
            _end(pid)
    if answer is None:
        raise CheckStopped(
            f"no answer for {what} within {seconds:g} s",
            frames=[(f["file"], f["line"], f["function"]) for f in frames],
            mistake=mistake,
        )
    if not answer:
        raise ChildRaisedError(
            {
                "outcome": "failed",
                "message": f"the process that computed {what} ended without an answer",
                "frames": [],
            }
        )
    ok, value = pickle.loads(answer)
    if ok:
        result: T = value
        return result
    raise ChildRaisedError(value)


def _work(
    function: Callable[..., Any], args: tuple[object, ...], out: int, stacks: int, root: str
) -> None:
    """The child: compute, send, vanish without running anybody's exit handlers."""
    status = 1
    try:
        _own_group(0)
        faulthandler.register(signal.SIGUSR1, file=stacks, all_threads=True)
        try:
            answer = (True, function(*args))
            data = pickle.dumps(answer)
        except BaseException as error:
            data = pickle.dumps((False, evidence.describe(error, root)))
        view = memoryview(len(data).to_bytes(_LENGTH, "little") + data)
        while view:
            view = view[os.write(out, view) :]
        status = 0
    finally:
        os._exit(status)


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
    data = b""
    while True:
        if len(data) >= _LENGTH and len(data) - _LENGTH >= int.from_bytes(data[:_LENGTH], "little"):
            return data[_LENGTH:]
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        if select.select([reader], [], [], min(left, 0.1))[0]:
            part = os.read(reader, 1 << 16)
            if not part:
                return b""
            data += part
        elif _gone(pid):
            return b""


def _gone(pid: int) -> bool:
    """Whether the child has ended (it stays a zombie until `_end` reaps it)."""
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, pid, flags) is not None


def _where(pid: int, stacks: int, root: str) -> list[dict[str, Any]]:
    """Ask every process of the group for its stack; workers inherit the handler.

    One after the other: they write to one file, and dumps that interleave cannot be read.
    """
    for process in _members(pid):
        try:
            os.kill(process, signal.SIGUSR1)
        except OSError:
            continue
        time.sleep(_DUMP_SECONDS)
    os.lseek(stacks, 0, os.SEEK_SET)
    text = os.read(stacks, 1 << 16).decode("utf-8", "replace")
    return evidence.dumped_frames(text, root)


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
    return found


def _end(pid: int) -> None:
    """Kill the whole group and reap the child."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass
