"""What goes into a run and what comes out of it, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one run.

    Attributes:
        seconds: wall time from the moment that the frameworks are imported.
        start_seconds: wall time until then; past it the machine is at fault.
        memory_bytes: resident memory of the run's processes together, above the first.
        output_bytes: what stdout and stderr may hold together before the run is stopped.
        file_bytes: the largest file that may be written.
        processes: how many may live at a time.
    """

    seconds: float
    start_seconds: float = 180.0
    memory_bytes: int = 4 << 30
    output_bytes: int = 8 << 20
    file_bytes: int = 256 << 20
    processes: int = 256


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a grader (or of the public examples) on a set of files.

    Attributes:
        files: the workspace, relative path -> content; written to a throwaway folder.
        main: the file to import or to read, one of `files`.
        grader: source text of the grader.
        grader_name: file name shown in its tracebacks (they go to crash files only).
        needs: frameworks to import before the clock starts.
        seed: seed of the hidden data.
        public: whether `grader` is the public examples, whose operands may be shown.
    """

    files: Mapping[str, bytes]
    main: str
    grader: str
    grader_name: str
    needs: tuple[str, ...]
    limits: Limits
    seed: int = 0
    public: bool = False


@dataclass(slots=True)
class RawRun:
    """What a run did, unjudged.

    Attributes:
        events: the child's events in order.
        forged: lines on the private channel without the nonce.
        stopped: which limit ended the run: "time", "memory", "output", "processes", "start"
            (before the learner's code had a say), or "".
        limit: that limit in words: "30 s".
        exit_code: the child's status, negative for a signal; None if it was killed by us.
        stack: the learner's frames at the moment the run was stopped, outermost first.
        output: stdout and stderr, capped, without terminal escapes.
        start_seconds, seconds: wall time until `ready`, and from there.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    forged: int = 0
    stopped: str = ""
    limit: str = ""
    exit_code: int | None = None
    stack: list[dict[str, Any]] = field(default_factory=list)
    output: str = ""
    start_seconds: float = 0.0
    seconds: float = 0.0

    def first(self, name: str) -> dict[str, Any] | None:
        """The first event called `name`."""
        return next((e for e in self.events if e.get("event") == name), None)
