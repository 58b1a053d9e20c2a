"""Several prep processes at once, and one that is killed: nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from prep.storage.history import History

from .conftest import Clock

WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from prep.storage import database
from prep.storage.events import Stamp
from prep.storage.history import History

database.SYNCHRONOUS = "OFF"  # the test is about locks, not about the disk
path, go, name, number = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
now = datetime(2025, 11, 20, tzinfo=UTC)
history = History(path, lambda last: Stamp(now, 0, now.date()))
print("ready", flush=True)
while not go.exists():
    time.sleep(0.001)
for n in range(number):
    with history.transaction("grade") as tx:
        seen = tx.count("shared", "graded")
        data = {"by": name, "n": n, "seen": seen}
        tx.append("graded", "shared", data, files={"a": name.encode()})
    history.read().last()
print("done", history.warnings, flush=True)
"""

KILLED = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from prep.storage.events import Stamp
from prep.storage.history import History

now = datetime(2025, 11, 20, tzinfo=UTC)
history = History(Path(sys.argv[1]), lambda last: Stamp(now, 0, now.date()))
with history.transaction("grade") as tx:
    for n in range(2000):
        tx.append("graded", "half", {"text": "x" * 500}, files={"a": b"%d" % n})
    print("ready", flush=True)
    time.sleep(60)
"""


def run(script: str, *arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_writers_lose_nothing_even_when_they_make_the_file_together(
    tmp_path: Path, history: History
) -> None:
    go, writers, each = tmp_path / "go", 3, 15
    processes = [run(WRITER, history.path, go, f"w{n}", str(each)) for n in range(writers)]
    assert [line(process) for process in processes] == ["ready"] * writers
    go.touch()
    assert [line(process) for process in processes] == ["done []"] * writers
    for process in processes:
        process.communicate(timeout=30)
    events = history.read().events()
    assert [event.seq for event in events] == list(range(1, writers * each + 1))
    assert [event.data["seen"] for event in events] == list(range(writers * each))
    assert [event.uuid for event in events] == sorted(event.uuid for event in events)
    for n in range(writers):
        own = [event.data["n"] for event in events if event.data["by"] == f"w{n}"]
        assert own == list(range(each))
    assert history.read().integrity() == []


def test_writers_that_find_damage_together_keep_it_once(tmp_path: Path, history: History) -> None:
    history.path.parent.mkdir()
    history.path.write_bytes(b"garbage" * 50)
    go = tmp_path / "go"
    processes = [run(WRITER, history.path, go, f"w{n}", "3") for n in range(3)]
    assert [line(process) for process in processes] == ["ready"] * 3
    go.touch()
    for process in processes:
        process.communicate(timeout=30)
    kept = list(history.path.parent.glob("history.damaged-*.db"))
    assert [path.read_bytes() for path in kept] == [b"garbage" * 50]
    assert len(history.read().events()) == 9


def test_kill_in_the_middle_leaves_the_history_whole(history: History, clock: Clock) -> None:
    with history.transaction("start") as tx:
        tx.append("started", "before")
    process = run(KILLED, history.path)
    assert line(process) == "ready"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert [event.exercise for event in history.read().events()] == ["before"]
    assert history.read().integrity() == []
    begun = time.monotonic()
    with history.transaction("start") as tx:
        tx.append("started", "after")
    assert time.monotonic() - begun < 3, "the dead process holds no lock"
    assert [event.exercise for event in history.read().events()] == ["before", "after"]
    assert history.read().integrity() == []
    assert history.warnings == []
