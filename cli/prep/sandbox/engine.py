"""Where warm parents live, which one serves a framework set, and how they are started.

A parent is found by its key alone, a digest of everything that it would otherwise serve stale:
the interpreter, the installed packages, prep's own code, the frameworks. After an upgrade the
key is another one; the old parent is never asked again and ends by itself.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from prep.sandbox import wire
from prep.sandbox.launch import environment

IDLE_SECONDS = 900.0
MOST_KEPT = 2  # parents; an idle torch is 300 MB, TensorFlow 800 MB
# Forks and leaves, so that the parent belongs to nobody: neither to a wait nor to a run's end.
_DETACH = "import os, sys; os.fork() and os._exit(0); os.execv(sys.argv[1], sys.argv[1:])"


class Parent(NamedTuple):
    """A warm parent that answers.

    Attributes:
        needs: its frameworks.
        pid: its process.
        idle_seconds: time since its last run.
        resident_bytes: its memory.
        runs: how many it has served.
    """

    needs: tuple[str, ...]
    pid: int
    idle_seconds: float
    resident_bytes: int
    runs: int


def can_be_warm() -> bool:
    """Whether forking a process that has imported frameworks is safe here: Linux only."""
    return sys.platform == "linux"


def run_folder(env: Mapping[str, str] = os.environ) -> Path | None:
    """The private folder of sockets; None where it cannot be private or made."""
    base = env.get("XDG_RUNTIME_DIR")
    folder = (
        Path(base) / "prep"
        if base and Path(base).is_dir()
        else Path(tempfile.gettempdir()) / f"prep-{os.getuid()}"
    )
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(facts.st_mode) and not facts.st_mode & 0o077
    return folder if private and facts.st_uid == os.getuid() else None


def key_of(needs: tuple[str, ...]) -> str:
    """The digest that names the parent for `needs`."""
    digest = hashlib.blake2b(digest_size=10)
    digest.update(repr((sys.executable, sys.version, sys.prefix, sorted(needs))).encode())
    for place in sys.path:
        if place.endswith(("site-packages", "dist-packages")) and os.path.isdir(place):
            digest.update(repr((place, os.stat(place).st_mtime_ns)).encode())
    package = Path(__file__).resolve().parents[1]
    for part in ("sandbox", "testing"):
        for path in sorted((package / part).glob("*.py")):
            facts = path.stat()
            digest.update(repr((path.name, facts.st_mtime_ns, facts.st_size)).encode())
    return digest.hexdigest()


def socket_path(folder: Path, needs: tuple[str, ...]) -> Path:
    """Where the parent for `needs` listens."""
    return folder / f"{key_of(needs)}.sock"


def connect(path: Path) -> socket.socket | None:
    """A connection to the parent that listens there; None where none does."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection


def start(needs: tuple[str, ...], *, idle_seconds: float = IDLE_SECONDS) -> bool:
    """Start a parent for `needs` in the background, if none runs; returns at once.

    Two that start at the same time agree by a lock: one of them leaves.
    """
    folder = run_folder()
    if folder is None or not needs or not can_be_warm():
        return False
    path = socket_path(folder, needs)
    connection = connect(path)
    if connection is not None:
        connection.close()
        return True
    command = [sys.executable, "-I", "-m", "prep.sandbox.server", str(path), str(idle_seconds)]
    command.append(tempfile.gettempdir())
    home = path.with_suffix(".home")  # frameworks make cache folders while they are imported
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        with open(folder / "engine.log", "ab") as log:
            subprocess.run(
                [sys.executable, "-I", "-S", "-c", _DETACH, *command, *needs],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(home),
                cwd="/",
                start_new_session=True,
            )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def parents() -> list[Parent]:
    """The warm parents of this user that answer, old versions' too."""
    found = []
    folder = run_folder() if can_be_warm() else None
    for path in sorted(folder.glob("*.sock")) if folder else ():
        answer = ask(path, {"op": "status"})
        if answer is not None:
            answer["needs"] = tuple(answer["needs"])
            found.append(Parent(**answer))
    return found


def stop_all() -> int:
    """End every warm parent of this user and remove what they left; returns how many."""
    folder = run_folder() if can_be_warm() else None
    stopped = 0
    for path in sorted(folder.glob("*.sock")) if folder else ():
        stopped += ask(path, {"op": "stop"}) is not None
        path.unlink(missing_ok=True)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    return stopped


def ask(path: Path, message: dict[str, Any]) -> dict[str, Any] | None:
    """One question to a parent; None when it does not answer within two seconds."""
    connection = connect(path)
    if connection is None:
        return None
    with connection:
        try:
            wire.send(connection, message)
            return wire.receive(connection, 2.0)
        except (OSError, ValueError, wire.ClosedError):
            return None
