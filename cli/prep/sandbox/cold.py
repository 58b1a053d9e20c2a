"""The cold path: a fresh interpreter for every run."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from prep.errors import EnvironmentProblemError
from prep.sandbox import processes
from prep.sandbox.job import Job, RawRun
from prep.sandbox.supervise import Supervisor

_DUMPED = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<function>\S+)')


def run(job: Job) -> RawRun:
    """Run `job` in a process of its own and return what it did.

    Nothing of the learner's environment reaches the run but the files of the job: not
    PYTEST_ADDOPTS, not PYTHONPATH, not a conftest.py. When this returns, no process of the run
    is left and its folder is gone.

    Raises:
        EnvironmentProblemError: no process or no temporary folder could be made.
    """
    processes.adopt_orphans()
    try:
        scratch = Path(tempfile.mkdtemp(prefix="prep-"))
    except OSError as error:
        raise EnvironmentProblemError(
            f"no temporary folder can be made: {error.strerror}",
            "free some disk space or set TMPDIR to a folder that can be written",
        ) from error
    try:
        return _run_in(Path(os.path.realpath(scratch)), job)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run_in(scratch: Path, job: Job) -> RawRun:
    root, private = scratch / "work", scratch / "private"
    root.mkdir()
    private.mkdir()
    try:
        for name, content in job.files.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise EnvironmentProblemError(
            f"the files to grade cannot be copied: {error.strerror}",
            "free some disk space or set TMPDIR to a folder that can be written",
        ) from error
    nonce = secrets.token_hex(16)
    reader, writer = os.pipe()
    with tempfile.TemporaryFile(dir=scratch) as stacks:
        try:
            process = _start(job, scratch, writer, stacks.fileno())
            os.close(writer)
            _send(process, _request(job, root, private, nonce))
            found = Supervisor(process, reader, stacks.fileno(), nonce, job.limits).watch()
        finally:
            os.close(reader)
    found.stack = _frames(found, root, job)
    return found


def _start(job: Job, scratch: Path, writer: int, stacks: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-m", "prep.testing.runner", str(writer), str(stacks)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(writer, stacks),
        env=environment(scratch),
        cwd=scratch,
        start_new_session=True,
    )


def _send(process: subprocess.Popen[bytes], request: dict[str, object]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it died at once; the supervisor will see that


def _request(job: Job, root: Path, private: Path, nonce: str) -> dict[str, object]:
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
    kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "OPENBLAS_CORETYPE")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
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
            name = str(Path(match["file"]).relative_to(root))
        except ValueError:
            continue
        if name in job.files:
            line = int(match["line"])
            source = job.files[name].decode("utf-8", "replace").splitlines()[line - 1 : line]
            frame: dict[str, object] = {
                "file": name,
                "line": line,
                "function": match["function"].strip("<>"),
                "source": source[0].strip()[:200] if source else "",
            }
            if frame not in frames:
                frames.append(frame)
    return frames[:20][::-1]
