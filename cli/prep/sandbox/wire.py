"""Messages between prep and a warm parent: a length, then JSON. Never pickle."""

from __future__ import annotations

import base64
import json
import socket
import time
from typing import Any

from prep.sandbox.job import Job, Limits, RawRun

_LENGTH = 8
_MOST = 256 << 20  # bytes; a workspace is far smaller


class ClosedError(Exception):
    """The other side went away, or spoke something else."""


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Send one message."""
    data = json.dumps(message).encode()
    connection.sendall(len(data).to_bytes(_LENGTH, "little") + data)


def receive(connection: socket.socket, seconds: float) -> dict[str, Any]:
    """The next message.

    Raises:
        ClosedError: it did not come whole within `seconds`.
    """
    deadline = time.monotonic() + seconds
    size = int.from_bytes(_exactly(connection, _LENGTH, deadline), "little")
    if size > _MOST:
        raise ClosedError
    message = json.loads(_exactly(connection, size, deadline))
    if not isinstance(message, dict):
        raise ClosedError
    return message


def _exactly(connection: socket.socket, size: int, deadline: float) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ClosedError
        connection.settimeout(left)
        try:
            part = connection.recv(min(1 << 20, size - len(parts)))
        except OSError as error:
            raise ClosedError from error
        if not part:
            raise ClosedError
        parts += part
    return bytes(parts)


def pack_job(job: Job) -> dict[str, Any]:
    """A job as JSON values."""
    limits = job.limits
    return {
        "files": {n: base64.b64encode(c).decode() for n, c in job.files.items()},
        "main": job.main,
        "grader": job.grader,
        "grader_name": job.grader_name,
        "needs": list(job.needs),
        "seed": job.seed,
        "public": job.public,
        "limits": {name: getattr(limits, name) for name in Limits.__slots__},
    }


def unpack_job(data: dict[str, Any]) -> Job:
    """The job that `pack_job` packed."""
    return Job(
        files={n: base64.b64decode(c) for n, c in data["files"].items()},
        main=data["main"],
        grader=data["grader"],
        grader_name=data["grader_name"],
        needs=tuple(data["needs"]),
        limits=Limits(**data["limits"]),
        seed=data["seed"],
        public=data["public"],
    )


def pack_run(run: RawRun) -> dict[str, Any]:
    """What a run did, as JSON values."""
    return {name: getattr(run, name) for name in RawRun.__slots__}


def unpack_run(data: dict[str, Any]) -> RawRun:
    """The run that `pack_run` packed."""
    return RawRun(**data)
