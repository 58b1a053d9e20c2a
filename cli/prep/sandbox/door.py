"""The one door to a run: warm where a warm parent can serve, cold everywhere else."""

from __future__ import annotations

from prep.sandbox import engine
from prep.sandbox.cold import run_cold
from prep.sandbox.job import Job, RawRun
from prep.sandbox.warm import run_warm


def run(job: Job, *, warm: bool = False) -> RawRun:
    """Run `job`; see `prep.sandbox.launch` for what holds in either case.

    Args:
        job: what to run.
        warm: use a warm parent. Where none is ready the run is cold, and one is started in
            the background for the next run.
    """
    found = run_warm(job) if warm else None
    if found is None:
        found = run_cold(job)
        if warm:
            engine.start(job.needs)
    return found
