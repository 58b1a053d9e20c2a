"""The warm path, seen from the command: hand the job over, wait for what it did."""

from __future__ import annotations

from prep.errors import EnvironmentProblemError
from prep.sandbox import engine, wire
from prep.sandbox.job import Job, RawRun

_GRACE = 20.0  # seconds beyond the job's own limit until the parent is given up


def run_warm(job: Job) -> RawRun | None:
    """What the job did, from a warm parent; None when none can serve it.

    Ctrl-C closes the connection, which ends the run on the other side.

    Raises:
        EnvironmentProblemError: the parent had no room for the run's files.
    """
    if not job.needs or not engine.can_be_warm():
        return None
    folder = engine.run_folder()
    connection = engine.connect(engine.socket_path(folder, job.needs)) if folder else None
    if connection is None:
        return None
    with connection:
        try:
            wire.send(connection, {"op": "run", "job": wire.pack_job(job)})
            answer = wire.receive(connection, job.limits.seconds + _GRACE)
        except (OSError, ValueError, wire.ClosedError):
            return None
    if "problem" in answer:
        raise EnvironmentProblemError(*answer["problem"])
    return wire.unpack_run(answer["run"])
