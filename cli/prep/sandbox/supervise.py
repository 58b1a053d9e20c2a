"""Watch one runner: collect its events and output, hold its limits, end its family."""

from __future__ import annotations

import json
import os
import selectors
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prep.sandbox import processes
from prep.sandbox.job import Limits, RawRun
from prep.sandbox.output import Capture

if TYPE_CHECKING:
    from prep.sandbox.launch import Process

_TICK = 0.1  # seconds between two looks at memory


class Supervisor:
    """Supervises one runner from its start to the death of its last process."""

    def __init__(
        self,
        process: Process,
        events: int,
        output: int,
        stacks: int,
        nonce: str,
        limits: Limits,
        cancelled: Callable[[], bool],
    ) -> None:
        self.process, self.limits, self.cancelled = process, limits, cancelled
        self.events, self.stream, self.stacks = events, output, stacks
        self.nonce = nonce.encode()
        self.run = RawRun()
        self.output = Capture()
        self.rest = b""
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
            if self.run.stopped:
                self._ask_where()
        finally:
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
        elif self.output.count > self.limits.output_bytes:
            self._stop("output", f"{self.limits.output_bytes >> 20} MB")
        elif now > self.next_look:
            self.next_look = now + _TICK
            self._look_at_memory()
            if self.cancelled():
                self._stop("cancelled", "")
        return bool(self.run.stopped)

    def _stop(self, which: str, limit: str) -> None:
        self.run.stopped, self.run.limit = which, limit

    def _look_at_memory(self) -> None:
        family = [self.process.pid, *processes.descendants(self.process.pid)]
        used = processes.resident_bytes(family) - self.memory_base
        if used > self.limits.memory_bytes:
            self._stop("memory", f"{self.limits.memory_bytes / (1 << 30):g} GB")

    def _read_all(self) -> None:
        for key in list(self.selector.get_map().values()):
            self._read(key.fd)

    def _read(self, stream: int) -> None:
        """Take what is there; a stream that ended is forgotten."""
        while True:
            try:
                part = os.read(stream, 1 << 16)
            except BlockingIOError:
                return
            if not part:
                self.selector.unregister(stream)
                return
            if stream != self.events:
                self.output.add(part)
                if self.output.count > self.limits.output_bytes:
                    return
            else:
                self._lines(part)

    def _lines(self, part: bytes) -> None:
        *lines, self.rest = (self.rest + part).split(b"\n")
        for line in lines:
            if not line.startswith(self.nonce):
                self.run.forged += 1
                continue
            try:
                event: dict[str, Any] = json.loads(line[len(self.nonce) :])
            except ValueError:
                self.run.forged += 1
                continue
            if event.get("event") == "ready" and self.ready is None:
                self.ready = time.monotonic()
                self.run.start_seconds = self.ready - self.started
                self.memory_base = processes.resident_bytes([self.process.pid])
            self.run.events.append(event)

    def _ask_where(self) -> None:
        """The learner's stack at the limit; workers and threads are asked as well."""
        processes.ask_for_stacks(self.process.pid)
        time.sleep(0.2)
        os.lseek(self.stacks, 0, os.SEEK_SET)
        self.run.stack = [{"dump": os.read(self.stacks, 1 << 16).decode("utf-8", "replace")}]

    def _finish(self) -> None:
        processes.end_all(self.process.pid)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._read_all()
        self.selector.close()
        self.run.output = self.output.text()
        self.run.seconds = time.monotonic() - (self.ready or self.started)
