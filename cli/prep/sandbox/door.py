"""The one door to a run: warm where a warm parent can serve, cold everywhere else."""

from __future__ import annotations

from prep.sandbox.cold import run_cold
from prep.sandbox.job import Job, RawRun


def run(job: Job) -> RawRun:
    """Run `job`; see `prep.sandbox.launch` for what holds in either case."""
    return run_cold(job)
