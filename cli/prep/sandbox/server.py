"""A warm parent: `python -I -m prep.sandbox.server SOCKET IDLE_SECONDS FOLDER FRAMEWORK...`.

Below FOLDER the runs make theirs.

It imports what graders need and runs nothing: an operation on several threads before a fork
leaves locks that the child can never take. For every connection it forks a warden, which
supervises one run exactly as the cold path does, with a forked runner instead of a fresh one.
The parent itself never reads a request.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from prep.errors import PrepError
from prep.sandbox import engine, processes, wire
from prep.sandbox.canary import canary
from prep.sandbox.fork import fork
from prep.sandbox.launch import launch

# What the first use of a framework imports lazily; imported here once instead of in every run.
_LAZY = {
    "torch": ("torch._dynamo", "torch.utils.data", "torch.testing", "torch.nn.utils.rnn"),
    "tensorflow": ("keras",),
    "sklearn": (
        "sklearn.compose",
        "sklearn.datasets",
        "sklearn.dummy",
        "sklearn.ensemble",
        "sklearn.feature_selection",
        "sklearn.impute",
        "sklearn.linear_model",
        "sklearn.metrics",
        "sklearn.model_selection",
        "sklearn.naive_bayes",
        "sklearn.neighbors",
        "sklearn.pipeline",
        "sklearn.preprocessing",
        "sklearn.svm",
        "sklearn.tree",
    ),
    "pandas": ("pandas.testing",),
}
_LOOK_SECONDS = 5.0
_RAN, _ASKED = 0, 3  # how a warden tells its parent what it did


def main() -> None:
    """Serve until idle, replaced or told to stop."""
    path, idle, scratch, needs = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4:]
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another one is starting or serving
    preload(needs)
    # Sockets below a run's folder have short names only: not below this parent's own home.
    tempfile.tempdir = scratch
    if not canary():
        print(f"prep engine: a fork of {needs} hangs here; staying cold", flush=True)
        return
    _make_room(path)
    Parent(path, idle, tuple(needs)).serve()


def preload(needs: Sequence[str]) -> None:
    """Import the runner and the frameworks; no operation, no second thread."""
    gc.disable()
    importlib.import_module("prep.testing.runner")
    for name in needs:
        importlib.import_module(name)
        if name == "torch":
            sys.modules["torch"].set_num_threads(1)
        for lazy in _LAZY.get(name, ()):
            try:
                importlib.import_module(lazy)
            except ImportError:
                continue  # moved in another version; the run imports it itself
    gc.enable()
    gc.collect()
    gc.freeze()  # forked children would copy every page that the collector touches


def _make_room(path: Path) -> None:
    """End the parents that were used longest ago, beyond the number that is kept."""
    others = [p for p in path.parent.glob("*.sock") if p != path]
    others.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[engine.MOST_KEPT - 1 :]:
        engine.ask(old, {"op": "stop"})
        old.unlink(missing_ok=True)


class Parent:
    """The serving loop: accept, fork, reap."""

    def __init__(self, path: Path, idle: float, needs: tuple[str, ...]) -> None:
        self.path, self.idle, self.needs = path, idle, needs
        self.children: set[int] = set()
        self.runs = 0
        self.last = time.monotonic()
        self.next_look = self.last + _LOOK_SECONDS
        self.listener = self._listen()
        self.identity = self.path.stat().st_ino

    def _listen(self) -> socket.socket:
        """Bind under another name and rename, so that the socket is never half there."""
        listener = socket.socket(socket.AF_UNIX)
        fresh = self.path.with_suffix(f".{os.getpid()}")
        mask = os.umask(0o177)
        try:
            listener.bind(str(fresh))
        finally:
            os.umask(mask)
        listener.listen(16)
        fresh.rename(self.path)
        return listener

    def serve(self) -> None:
        """Until idle, told to stop, or the socket is somebody else's."""
        signal.signal(signal.SIGTERM, _leave)
        try:
            while self._wanted():
                if select.select([self.listener], [], [], 1.0)[0]:
                    self._accept()
                self._reap()
        finally:
            if self._still_ours():
                self.path.unlink(missing_ok=True)
                self.path.with_suffix(".lock").unlink(missing_ok=True)
            shutil.rmtree(self.path.with_suffix(".home"), ignore_errors=True)

    def _wanted(self) -> bool:
        if not self._still_ours() or (not self.children and self._outdated()):
            return False
        return bool(self.children) or time.monotonic() - self.last < self.idle

    def _outdated(self) -> bool:
        """Whether prep or a package changed since: nobody will ask this parent again."""
        now = time.monotonic()
        if now < self.next_look:
            return False
        self.next_look = now + _LOOK_SECONDS
        return engine.key_of(self.needs) != self.path.stem

    def _still_ours(self) -> bool:
        try:
            return self.path.stat().st_ino == self.identity
        except OSError:
            return False

    def _reap(self) -> None:
        """Only a run keeps the parent alive; a question about its state does not."""
        for pid in list(self.children):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                self.children.discard(pid)
                if os.waitstatus_to_exitcode(status) != _ASKED:
                    self.runs += 1
                    self.last = time.monotonic()

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            if struct.unpack("3i", credentials)[1] != os.getuid():
                return
            pid = os.fork()
            if pid == 0:
                self._warden(connection)
            self.children.add(pid)

    def _warden(self, connection: socket.socket) -> NoReturn:
        """In a forked child: answer one request and vanish."""
        code = _ASKED
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self.listener.close()
            os.setsid()
            message = wire.receive(connection, 10.0)
            code = _RAN if message["op"] == "run" else _ASKED
            self._answer(connection, message)
        except (wire.ClosedError, OSError):
            pass  # the client went away
        finally:
            os._exit(code)

    def _answer(self, connection: socket.socket, message: dict[str, Any]) -> None:
        parent = os.getppid()
        if message["op"] == "stop":
            wire.send(connection, {"stopping": parent})
            os.kill(parent, signal.SIGTERM)
        elif message["op"] == "status":
            status = engine.Parent(
                needs=self.needs,
                pid=parent,
                idle_seconds=round(time.monotonic() - self.last, 1),
                resident_bytes=processes.resident_bytes([parent]),
                runs=self.runs,
            )
            wire.send(connection, status._asdict())
        else:
            os.utime(self.path)
            wire.send(connection, _run(connection, message["job"]))


def _run(connection: socket.socket, packed: dict[str, Any]) -> dict[str, Any]:
    try:
        run = launch(wire.unpack_job(packed), fork, lambda: _hung_up(connection))
    except PrepError as error:
        return {"problem": [error.message, error.hint]}
    return {"run": wire.pack_run(run)}


def _hung_up(connection: socket.socket) -> bool:
    """The client sends nothing more, so readable means gone."""
    return bool(select.select([connection], [], [], 0)[0])


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
