"""When a run is over, none of its processes is left, whatever they did to get away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prep.sandbox import Job, RawRun, processes

Run = Callable[..., RawRun]

pytestmark = pytest.mark.skipif(
    not os.path.exists(f"/proc/self/task/{os.getpid()}/children"), reason="needs /proc"
)

NOTE = """\
import os, signal, sys, time
def note():
    with open({path!r}, "a") as noted:
        noted.write(f"{{os.getpid()}}\\n")
"""
FAMILIES = {
    "the process itself": "note()\n",
    "a child": "if os.fork() == 0:\n    note(); time.sleep(60)\n",
    "a daemon": "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        note(); os.chdir('/'); os.closerange(0, 64); time.sleep(60)\n    os._exit(0)\n",
    "deaf children": "for _ in range(3):\n    if os.fork() == 0:\n"
    "        for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\n"
    "        note()\n        while True: time.sleep(1)\n",
    "a stopped child": "if os.fork() == 0:\n    note(); os.kill(os.getpid(), signal.SIGSTOP)\n",
    "another program": "import subprocess\n"
    "p = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    "open({path!r}, 'a').write(f'{{p.pid}}\\n')\n",
    "a chain": "def chain(n):\n    note()\n    if n and os.fork() == 0: os.setsid(); chain(n - 1)\n"
    "    else: time.sleep(60 if n < 4 else 0)\nif os.fork() == 0: chain(4)\n",
    "a nursery": "if os.fork() == 0:\n    end = time.monotonic() + 60\n"
    "    while time.monotonic() < end:\n        if os.fork() == 0: note(); os._exit(0)\n"
    "        time.sleep(0.01)\n",
    "another group": "if os.fork() == 0:\n    os.setpgid(0, 0); note(); time.sleep(60)\n",
}
ENDINGS = {
    "in order": ("time.sleep(0.1)\ndef work(): return True\n", ""),
    "by itself": ("time.sleep(0.1)\nos._exit(0)\n", ""),
    "at a limit": ("def work(): time.sleep(60)\n", "time"),
}


@pytest.mark.parametrize(
    "ending",
    [pytest.param(name, marks=[] if name == "in order" else pytest.mark.slow) for name in ENDINGS],
)
@pytest.mark.parametrize("family", FAMILIES)
def test_no_process_is_left(cold: Run, nobody_left: Path, family: str, ending: str) -> None:
    last, stopped = ENDINGS[ending]
    source = NOTE.format(path=str(nobody_left)) + FAMILIES[family].replace(
        "{path!r}", repr(str(nobody_left))
    ).replace("{{", "{").replace("}}", "}")
    found = cold(source + last, seconds=0.5)
    assert found.stopped == stopped


def test_two_runs_in_two_processes_do_not_end_each_other(cold: Run, tmp_path: Path) -> None:
    code = (
        "from prep.sandbox import run, Job, Limits\n"
        "source = b'import time, os\\nos.fork()\\ndef work(): return not time.sleep(1.2)'\n"
        "grader = 'def test_work(solution): assert solution.work()'\n"
        "found = run(Job({'a.py': source}, 'a.py', grader, '<g>', (), Limits(10.0)))\n"
        "print(bool(found.first('end')), found.exit_code, found.stopped)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    time.sleep(0.4)
    for _ in range(3):
        found = cold("import os\nos.fork()\ndef work(): os._exit(1)\n", seconds=5)
        assert found.first("end") is None
    out, _ = other.communicate(timeout=20)
    assert out == "True None \n"


def test_without_proc_the_process_group_is_still_ended(
    cold: Run, nobody_left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "children", lambda pid: [])
    source = NOTE.format(path=str(nobody_left)) + "note()\nif os.fork() == 0: note()\n"
    found = cold(source + "def work(): time.sleep(60)\n", seconds=0.5)
    assert found.stopped == "time"
    assert found.stack[-1]["function"] == "work"


def test_without_proc_memory_is_not_measured_and_nothing_breaks(
    cold: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "children", lambda pid: [])
    monkeypatch.setattr(processes, "_upper_bound", lambda pid: 0)
    monkeypatch.setattr(processes, "_proportional", lambda pid: 0)
    assert cold("def work(): return bytearray(1 << 26)\n", memory_bytes=1 << 20).first("end")


def test_what_lives_before_a_run_is_no_member_of_its_family() -> None:
    with subprocess.Popen(["sleep", "60"]) as before:
        family = processes.Family()
        assert family.members() == set()
        with subprocess.Popen(["sleep", "60"]) as after:
            assert family.members() == {after.pid}
            assert family.end(after.pid) == 0
            assert after.wait() == -signal.SIGKILL
        assert before.poll() is None
        before.kill()


CHILD = """\
import sys
from prep.sandbox import run, Job, Limits
source = '''
import os, time
def note():
    with open({path!r}, "a") as noted: noted.write(f"{{os.getpid()}}\\\\n")
note()
if os.fork() == 0:
    os.setsid(); note(); time.sleep(60)
def work():
    open({ready!r}, "w").close()
    time.sleep(60)
'''
grader = "def test_work(solution): assert solution.work()"
try:
    run(Job({{"a.py": source.encode()}}, "a.py", grader, "<g>", (), Limits(50.0)))
except BaseException as error:
    print(type(error).__name__, getattr(error, "code", ""))
    raise SystemExit(9)
"""


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (signal.SIGINT, "KeyboardInterrupt"),
        (signal.SIGTERM, "SystemExit 143"),
        (signal.SIGHUP, "SystemExit 129"),
    ],
)
def test_an_interrupted_command_leaves_nothing(
    tmp_path: Path, scratch: Path, nobody_left: Path, number: int, said: str, times: int
) -> None:
    child = started(tmp_path, nobody_left)
    for _ in range(times):
        child.send_signal(number)
    out, _ = child.communicate(timeout=20)
    assert out.strip() == said
    assert child.returncode == 9
    assert os.listdir(scratch) == []


def test_a_killed_command_takes_the_run_along(tmp_path: Path, nobody_left: Path) -> None:
    """Nothing can be cleaned up then, but the process that ran the file is gone."""
    child = started(tmp_path, nobody_left)
    child.kill()
    child.communicate(timeout=20)
    runner, *others = (int(pid) for pid in nobody_left.read_text().split())
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{runner}") and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in others:
        os.kill(pid, signal.SIGKILL)  # it left its parent's session: out of reach until swept


def started(tmp_path: Path, noted: Path) -> subprocess.Popen[str]:
    """A process whose run is in the middle of its check."""
    ready = tmp_path / "ready"
    code = CHILD.format(path=str(noted), ready=str(ready))
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while not ready.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return child


def test_handlers_that_the_command_has_set_are_kept(cold: Run) -> None:
    def mine(number: int, frame: object) -> None:
        pass

    before = signal.signal(signal.SIGTERM, mine)
    try:
        assert cold("def work(): return True\n").first("end")
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)
    hangup = signal.getsignal(signal.SIGHUP)
    cold("def work(): return True\n")
    assert signal.getsignal(signal.SIGHUP) is hangup


def test_a_run_that_is_called_off_ends(job_of: Callable[..., Job]) -> None:
    from prep.sandbox.cold import _start
    from prep.sandbox.launch import launch

    calls = iter([False, False, True])
    started = time.monotonic()
    found = launch(job_of("while True: pass\n"), _start, lambda: next(calls))
    assert found.stopped == "cancelled"
    assert time.monotonic() - started < 5
