"""The private channel: events as JSON lines that start with the nonce of the run."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from prep.testing.session import current

Emit = Callable[[dict[str, Any]], None]

_LONGEST = 1 << 20  # characters; the supervisor gives up on a line that does not end


def emitter(descriptor: int, nonce: str) -> Emit:
    """A writer of events; the learner's output up to an event is flushed before it.

    It keeps what it uses: nothing that the learner's file puts in place of it later counts.
    """
    write, dumps, streams = os.write, json.dumps, (sys.stdout, sys.stderr)

    def emit(event: dict[str, Any]) -> None:
        for stream in streams:
            with contextlib.suppress(Exception):
                stream.flush()
        text = dumps(event, default=str)
        if len(text) > _LONGEST:
            text = dumps({**event, "message": "(too long to show)", "series": [], "frames": []})
        # Starts a line of its own, whatever else was written to the descriptor before.
        view = memoryview(f"\n{nonce}{text}\n".encode())
        while view:
            view = view[write(descriptor, view) :]

    return emit


def emit_broken(emit: Emit, error: BaseException) -> None:
    """Say that the run itself failed.

    The whole trace is for the crash file; its last line says what happened.
    """
    text = "".join(traceback.format_exception(error)).replace(current().root + os.sep, "")
    emit({"event": "broken", "message": text.strip()[-4000:]})
