"""Child processes that run the learner's code: one door, `run`, for every kind of run."""

from prep.sandbox.door import run
from prep.sandbox.job import Job, Limits, RawRun

__all__ = ["Job", "Limits", "RawRun", "run"]
