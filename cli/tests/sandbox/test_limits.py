"""A run ends at its limits, with the learner's last line, and takes everything with it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prep.sandbox import RawRun

Run = Callable[..., RawRun]
linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")


def place(found: RawRun) -> tuple[str, int]:
    """The innermost line of the learner's at the stop."""
    assert found.stack, found.output
    return str(found.stack[-1]["function"]), int(found.stack[-1]["line"])


HANGS = {
    "a loop": ("def work():\n    while True:\n        x = 1\n", {2, 3}),
    "a sleep": ("import time\ndef work():\n    time.sleep(60)\n", {3}),
    "a lock": (
        "import threading\ndef work():\n    threading.Lock().acquire(); 1\n"
        "    lock = threading.Lock(); lock.acquire()\n    lock.acquire()\n",
        {5},
    ),
    "a call in C": ("def work():\n    return sum(iter(int, 1))\n", {2}),
    "an event": ("import threading\ndef work():\n    threading.Event().wait()\n", {3}),
    "a pipe": ("import os\ndef work():\n    r, w = os.pipe()\n    os.read(r, 1)\n", {4}),
    "deaf to signals": (
        "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "import faulthandler; faulthandler.unregister(signal.SIGUSR1)\n"
        "def work():\n    while True: pass\n",
        set(),
    ),
    "catches everything": (
        "def work():\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass\n",
        {4},
    ),
    "stops itself": (
        "import os, signal\ndef work():\n    os.kill(os.getpid(), signal.SIGSTOP); x = 1\n"
        "    while True: pass\n",
        {3, 4},
    ),
}


QUICK = ("a loop", "a sleep", "a call in C", "stops itself")


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[] if kind in QUICK else pytest.mark.slow) for kind in HANGS],
)
def test_a_hang_ends_at_the_time_limit_with_its_line(cold: Run, kind: str) -> None:
    source, lines = HANGS[kind]
    started = time.monotonic()
    found = cold(source, seconds=0.4)
    assert (found.stopped, found.limit) == ("time", "0.4 s")
    assert time.monotonic() - started < 6
    assert found.exit_code is None
    assert found.first("end") is None
    if lines:
        assert place(found)[1] in lines
        assert found.stack[-1]["file"] == "solution.py"
        assert found.stack[-1]["source"]
    else:
        assert found.stack == []


def test_the_stack_is_the_learners_and_outermost_first(cold: Run) -> None:
    source = "def inner():\n    while True: pass\ndef work():\n    inner()\n"
    found = cold(source, seconds=0.3)
    assert [(f["function"], f["line"]) for f in found.stack] == [("work", 4), ("inner", 2)]


def test_a_thread_that_hangs_is_shown_as_well(cold: Run) -> None:
    source = (
        "import threading\ndef spin():\n    while True: pass\ndef work():\n"
        "    t = threading.Thread(target=spin)\n    t.start()\n    t.join()\n"
    )
    found = cold(source, seconds=0.4)
    assert {("spin", 3), ("work", 7)} <= {(f["function"], f["line"]) for f in found.stack}


def test_an_import_that_hangs_has_its_line(cold: Run) -> None:
    found = cold("import time\nx = 1\ntime.sleep(60)\n", seconds=0.3)
    assert found.first("imported") is None
    assert place(found) == ("module", 3)


def test_a_start_that_takes_too_long_is_no_fault_of_the_file(cold: Run) -> None:
    found = cold("x = 1\n", start_seconds=0.0)
    assert (found.stopped, found.limit) == ("start", "0 s")
    assert found.first("ready") is None


@linux
def test_memory_is_limited(cold: Run) -> None:
    source = "def work():\n    x = []\n    while True:\n        x.append(bytearray(1 << 20))\n"
    found = cold(source, memory_bytes=100 << 20)
    assert (found.stopped, found.limit) == ("memory", "0.0976562 GB")
    assert place(found)[1] in (3, 4)
    assert found.seconds < 5


@linux
def test_memory_of_daemons_counts(cold: Run) -> None:
    source = (
        "import os, time\ndef work():\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork(): os._exit(0)\n        x = bytearray(200 << 20)\n"
        "        for i in range(0, len(x), 4096): x[i] = 1\n        time.sleep(60)\n"
        "    time.sleep(60)\n"
    )
    assert cold(source, memory_bytes=100 << 20).stopped == "memory"


@linux
def test_shared_memory_counts(cold: Run) -> None:
    source = (
        "import mmap, time\ndef work():\n    m = mmap.mmap(-1, 200 << 20)\n"
        "    for i in range(0, len(m), 4096): m[i] = 1\n    time.sleep(60)\n"
    )
    assert cold(source, memory_bytes=100 << 20).stopped == "memory"


@linux
def test_pages_that_workers_share_count_once(cold: Run) -> None:
    source = (
        "import os, time\nx = bytearray(60 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\n"
        "def work():\n    for _ in range(6):\n        if os.fork() == 0:\n"
        "            time.sleep(60)\n    time.sleep(0.5)\n    return True\n"
    )
    found = cold(source, memory_bytes=150 << 20)
    assert found.stopped == ""
    assert found.first("end")


def test_memory_that_is_only_reserved_does_not_count(cold: Run) -> None:
    source = (
        "import mmap, time\nm = mmap.mmap(-1, 1 << 33)\n"
        "def work():\n    time.sleep(0.3)\n    return True\n"
    )
    assert cold(source, memory_bytes=100 << 20).first("end")


@linux
def test_a_bomb_of_processes_is_stopped(cold: Run, nobody_left: Path) -> None:
    source = (
        f"import os, time\nnoted = open({str(nobody_left)!r}, 'a')\ndef work():\n"
        "    while True:\n        if os.fork() == 0:\n"
        "            noted.write(f'{os.getpid()}\\n'); noted.flush()\n            time.sleep(60)\n"
    )
    found = cold(source, processes=40)
    assert (found.stopped, found.limit) == ("processes", "40")


@pytest.mark.parametrize(
    "flood",
    [
        "print()",
        pytest.param("print('x' * 10_000)", marks=pytest.mark.slow),
        pytest.param("sys.stderr.write('x' * 10_000)", marks=pytest.mark.slow),
        "os.write(1, b'\\xff' * 65536)",
    ],
)
def test_output_is_limited(cold: Run, flood: str) -> None:
    source = f"import os, sys\ndef work():\n    while True:\n        {flood}\n"
    found = cold(source, output_bytes=2 << 20)
    assert (found.stopped, found.limit) == ("output", "2 MB")
    assert len(found.output) <= 66_000
    assert found.seconds < 8


def test_a_flood_from_a_child_that_outlives_its_parent_ends(cold: Run) -> None:
    source = (
        "import os\nif os.fork() == 0:\n    while True: os.write(1, b'x' * 65536)\nos._exit(0)\n"
    )
    started = time.monotonic()
    found = cold(source, output_bytes=2 << 20)
    assert found.exit_code == 0 or found.stopped == "output"
    assert time.monotonic() - started < 6


def test_a_huge_file_is_refused_with_the_learners_line(cold: Run) -> None:
    source = (
        "def work():\n    with open('big', 'wb') as f:\n"
        "        for _ in range(20): f.write(bytes(1 << 20))\n"
    )
    found = cold(source, file_bytes=4 << 20)
    result = next(e for e in found.events if e["event"] == "result")
    assert result["exception"] == "OSError"
    assert "File too large" in result["message"]
    assert result["frames"][-1]["line"] in (2, 3)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGTERM", "SIGALRM"])
def test_a_death_by_signal_is_told(cold: Run, name: str) -> None:
    found = cold(f"import os, signal\ndef work(): os.kill(os.getpid(), signal.{name})\n")
    assert found.exit_code == -getattr(signal, name)
    assert found.events[-1] == {"event": "start", "check": "work"}


def test_an_exit_that_waits_for_threads_does_not_wait(cold: Run) -> None:
    source = (
        "import atexit, threading, time\natexit.register(time.sleep, 60)\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\ndef work(): return True\n"
    )
    found = cold(source)
    assert found.first("end")
    assert found.seconds < 5
