"""Whether a fork of this process can compute, tried before a warm parent says that it is ready."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any, NoReturn

_SECONDS = 60.0


def canary() -> bool:
    """Fork once and run an operation on two threads: a parent whose child hangs must not serve."""
    pid = os.fork()
    if pid == 0:
        _work()
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def _work() -> NoReturn:
    try:
        torch: Any = sys.modules.get("torch")
        if torch is not None:
            torch.set_num_threads(2)
            a = torch.randn(400, 400, requires_grad=True)
            (a @ a).exp().mean().backward()
        tensorflow: Any = sys.modules.get("tensorflow")
        if tensorflow is not None:
            tensorflow.matmul(tensorflow.ones((300, 300)), tensorflow.ones((300, 300))).numpy()
        os._exit(0)
    finally:
        os._exit(1)
