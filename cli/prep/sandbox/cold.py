"""The cold path: a fresh interpreter for every run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from prep.errors import EnvironmentProblemError
from prep.sandbox.job import Job, RawRun
from prep.sandbox.launch import Process, Request, environment, launch


def run_cold(job: Job) -> RawRun:
    """Run `job` in a process of its own and return what it did.

    Nothing of the learner's environment reaches the run but the files of the job: not
    PYTEST_ADDOPTS, not PYTHONPATH, not a conftest.py.

    Raises:
        EnvironmentProblemError: no process or no temporary folder could be made.
    """
    return launch(job, _start)


def _start(request: Request, scratch: Path, events: int, stacks: int) -> tuple[Process, int]:
    # -I: no PYTHON* variable, no user site, no current folder on the path.
    command = [sys.executable, "-I", "-m", "prep.testing.runner", str(events), str(stacks)]
    reader, writer = os.pipe()
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=writer,
            stderr=writer,
            pass_fds=(events, stacks),
            env=environment(scratch),
            cwd=scratch,
            start_new_session=True,
        )
    except OSError as error:
        os.close(reader)
        raise EnvironmentProblemError(
            f"no process can be started: {error.strerror}", "prep doctor"
        ) from error
    finally:
        os.close(writer)
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it died at once; the supervisor will see that
    return process, reader
