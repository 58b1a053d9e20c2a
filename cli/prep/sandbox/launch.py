"""What a cold and a warm run have in common: the throwaway folder, the channel, the watch.

They differ in one thing only, how the runner's process comes into being: as a fresh
interpreter, or as a fork of one that has the frameworks in memory.
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from prep.errors import EnvironmentProblemError
from prep.sandbox import processes
from prep.sandbox.interrupts import orderly_end, undisturbed
from prep.sandbox.job import Job, RawRun
from prep.sandbox.supervise import Supervisor

Request = dict[str, object]
_DUMPED = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<function>\S+)')
_ESCAPED = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
# What a run inherits of the environment.
_KEPT = "PATH USER LOGNAME SYSTEMROOT LD_LIBRARY_PATH CUDA_VISIBLE_DEVICES OPENBLAS_CORETYPE"
_one_at_a_time = threading.Lock()  # a run ends everything that was started since it began
_NO_ROOM = "free some disk space or set TMPDIR to a folder that can be written"


class Process(Protocol):
    """A runner that was started; `subprocess.Popen` is one."""

    pid: int

    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self) -> int: ...
    def kill(self) -> None: ...


class Started(Protocol):
    """A way to start a runner.

    Called with the request, the throwaway folder, the descriptor for events and the one for
    stacks; returns the process and the descriptor of its output.
    """

    def __call__(
        self, request: Request, scratch: Path, events: int, stacks: int
    ) -> tuple[Process, int]: ...


def launch(job: Job, start: Started, cancelled: Callable[[], bool] = lambda: False) -> RawRun:
    """Run `job` in a process that `start` makes, and return what it did.

    When this returns, no process of the run is left and its folder is gone.

    Args:
        job: what to run.
        start: makes the process.
        cancelled: asked ten times a second; True ends the run.

    Raises:
        EnvironmentProblemError: no process or no temporary folder could be made.
    """
    with (
        _one_at_a_time,
        orderly_end(),
        processes.adopting_orphans(),
        _scratch_folder() as scratch,
        _family() as family,
    ):
        root, private = scratch / "work", scratch / "private"
        _write_files(job, root, private)
        nonce = secrets.token_hex(16)
        with ExitStack() as open_files, tempfile.TemporaryFile(dir=scratch) as stacks:
            reader, writer = os.pipe()
            open_files.callback(os.close, reader)
            request = _request(job, root, private, nonce)
            try:
                process, output = start(request, scratch, writer, stacks.fileno())
            finally:
                os.close(writer)
            open_files.callback(os.close, output)
            found = Supervisor(
                process, family, reader, output, stacks.fileno(), nonce, job.limits, cancelled
            ).watch()
        found.stack = _frames(found, root, job)
        found.output = found.output.replace(f"{root}{os.sep}", "")  # the folder is gone by now
        return found


@contextmanager
def _family() -> Iterator[processes.Family]:
    """What is still alive when the block ends, by whatever way, is ended."""
    family = processes.Family()
    try:
        yield family
    finally:
        with undisturbed():
            family.end(None)


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    try:
        scratch = Path(os.path.realpath(tempfile.mkdtemp(prefix="prep-")))
    except OSError as error:
        raise EnvironmentProblemError(
            f"no temporary folder can be made: {error.strerror}", _NO_ROOM
        ) from error
    try:
        yield scratch
    finally:
        with undisturbed():
            _remove(scratch)


def _remove(folder: Path) -> None:
    """Also what the learner's code has made unreadable."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for place, folders, _ in os.walk(folder):
            for path in (os.path.join(place, name) for name in folders):
                if not os.path.islink(path):
                    with suppress(OSError):
                        os.chmod(path, 0o700)
        shutil.rmtree(folder, ignore_errors=True)


def _write_files(job: Job, root: Path, private: Path) -> None:
    try:
        root.mkdir()
        private.mkdir()
        for name, content in job.files.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise EnvironmentProblemError(
            f"the files to grade cannot be copied: {error.strerror}", _NO_ROOM
        ) from error


def _request(job: Job, root: Path, private: Path, nonce: str) -> Request:
    return {
        "nonce": nonce,
        "root": str(root),
        "private": str(private),
        "file": job.main,
        "seed": job.seed,
        "needs": [n for n in job.needs if importlib.util.find_spec(n) is not None],
        "grader": job.grader,
        "grader_name": job.grader_name,
        "grader_file": str(root / job.grader_name) if job.public else job.grader_name,
        "public": job.public,
        "parent": os.getpid(),
        "file_bytes": job.limits.file_bytes,
    }


def environment(scratch: Path) -> dict[str, str]:
    """The environment of a run: nothing inherited that could change what it does.

    Kernels run on one thread: on nets as small as an exercise's that is faster than two.
    """
    return {
        **{name: os.environ[name] for name in _KEPT.split() if name in os.environ},
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "HF_HUB_OFFLINE": "1",
    }


def _frames(found: RawRun, root: Path, job: Job) -> list[dict[str, object]]:
    """The learner's frames in the dump that the supervisor asked for, outermost first."""
    text = "".join(str(part.get("dump", "")) for part in found.stack)
    frames: list[dict[str, object]] = []
    for match in _DUMPED.finditer(text):
        try:
            name = Path(_unescaped(match["file"])).relative_to(root).as_posix()
        except ValueError:
            continue
        if name in job.files:
            line = int(match["line"])
            source = job.files[name].decode("utf-8", "replace").splitlines()[line - 1 : line]
            frame: dict[str, object] = {
                "file": name,
                "line": line,
                "function": _unescaped(match["function"]).strip("<>")[:80],
                "source": source[0].strip()[:200] if source else "",
            }
            if frame not in frames:
                frames.append(frame)
    return frames[:20][::-1]


def _unescaped(text: str) -> str:
    """What `faulthandler` wrote: it escapes every character beyond ASCII."""
    return _ESCAPED.sub(lambda match: chr(int(match[0][2:], 16)), text)
