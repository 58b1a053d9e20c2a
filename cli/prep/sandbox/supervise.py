"""Watch one runner: collect its events and output, hold its limits, end its family."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prep.sandbox import processes
from prep.sandbox.interrupts import undisturbed
from prep.sandbox.job import Limits, RawRun
from prep.sandbox.output import Capture

if TYPE_CHECKING:
    from prep.sandbox.launch import Process

_TICK = 0.1  # seconds between two looks at memory
_PART = 1 << 16  # bytes of one read
_PARTS = 32  # reads in a row from one stream: a flood must not keep the clock from being read
_LONGEST = 4 << 20  # bytes; an event's line is shorter


class Supervisor:
    """Supervises one runner from its start to the death of its last process."""

    def __init__(
        self,
        process: Process,
        family: processes.Family,
        events: int,
        output: int,
        stacks: int,
        nonce: str,
        limits: Limits,
        cancelled: Callable[[], bool],
    ) -> None:
        self.process, self.family = process, family
        self.limits, self.cancelled = limits, cancelled
        self.events, self.stream, self.stacks = events, output, stacks
        self.nonce = nonce.encode()
        self.run = RawRun()
        self.output = Capture()
        self.rest = b""
        self.noise = 0  # bytes on the private channel that are no event
        self.started = time.monotonic()
        self.ready: float | None = None
        self.memory_base = 0
        self.next_look = 0.0
        self.selector = selectors.DefaultSelector()

    def watch(self) -> RawRun:
        """Return when the run is over, by itself or at a limit."""
        for stream in (self.events, self.stream):
            os.set_blocking(stream, False)
            self.selector.register(stream, selectors.EVENT_READ)
        try:
            while not self._over():
                for key, _ in self.selector.select(_TICK):
                    self._read(key.fd)
            if self.run.stopped not in ("", "start", "cancelled"):
                self._ask_where()
        finally:
            with undisturbed():
                self._finish()
        return self.run

    def _over(self) -> bool:
        if self.run.stopped or self.run.first("end") or self.run.first("import_failed"):
            return True
        if self.process.poll() is not None:
            self._read_all()
            self.run.exit_code = self.process.returncode
            return True
        now = time.monotonic()
        if self.ready is None:
            if now - self.started > self.limits.start_seconds:
                self._stop("start", f"{self.limits.start_seconds:g} s")
        elif now - self.ready > self.limits.seconds:
            self._stop("time", f"{self.limits.seconds:g} s")
        elif self.output.count + self.noise > self.limits.output_bytes:
            self._stop("output", f"{self.limits.output_bytes >> 20} MB")
        if now > self.next_look and not self.run.stopped:
            self.next_look = now + _TICK
            self._look_around()
        return bool(self.run.stopped)

    def _stop(self, which: str, limit: str) -> None:
        self.run.stopped, self.run.limit = which, limit

    def _look_around(self) -> None:
        """What cannot be noticed by waiting: memory, processes, a client that went away."""
        if self.cancelled():
            self._stop("cancelled", "")
        elif self.ready is not None:
            family = self.family.members()
            most = self.limits.memory_bytes
            base = self.memory_base
            if processes.used_bytes(family, most + base) - base > most:
                self._stop("memory", f"{most / (1 << 30):g} GB")
            elif len(family) > self.limits.processes:
                self._stop("processes", f"{self.limits.processes}")

    def _read_all(self) -> None:
        """Take what the ended run has left in the pipes."""
        for key in list(self.selector.get_map().values()):
            while self._read(key.fd):
                if self.output.count + self.noise > self.limits.output_bytes:
                    break

    def _read(self, stream: int) -> bool:
        """Take a part of what is there; False when that was all. An ended stream is forgotten."""
        for _ in range(_PARTS):
            try:
                part = os.read(stream, _PART)
            except BlockingIOError:
                return False
            if not part:
                self.selector.unregister(stream)
                return False
            if stream == self.events:
                self._lines(part)
            else:
                self.output.add(part)
        return True

    def _lines(self, part: bytes) -> None:
        *lines, self.rest = (self.rest + part).split(b"\n")
        for line in lines:
            if line:
                self._line(line)
        if len(self.rest) > _LONGEST:
            self._forged(self.rest)
            self.rest = b""

    def _line(self, line: bytes) -> None:
        event: Any = None
        if line.startswith(self.nonce):
            with contextlib.suppress(ValueError):
                event = json.loads(line[len(self.nonce) :])
        if not isinstance(event, dict):
            self._forged(line)
            return
        if event.get("event") == "ready" and self.ready is None:
            self.ready = time.monotonic()
            self.run.start_seconds = self.ready - self.started
            self.memory_base = processes.proportional_bytes([self.process.pid])
        self.run.events.append(event)

    def _forged(self, line: bytes) -> None:
        self.run.forged += 1
        self.noise += len(line)

    def _ask_where(self) -> None:
        """The learner's stack at the limit; workers and threads are asked as well."""
        leader = self.process.pid
        found = processes.stacks([leader, *processes.descendants(leader)], self.stacks)
        self.run.stack = [{"dump": found}]

    def _finish(self) -> None:
        self.family.end(self.process.pid)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._read_all()
        if self.rest:
            self._forged(self.rest)
        self.selector.close()
        self.run.output = self.output.text()
        self.run.seconds = time.monotonic() - (self.ready or self.started)
