"""The warm path judges as the cold one does, leaves nothing behind and is never stale."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from prep.sandbox import Job, Limits, RawRun, engine, run, warm
from prep.sandbox.cold import run_cold

pytestmark = pytest.mark.skipif(not engine.can_be_warm(), reason="warm runs are for Linux")

# Any importable module is a framework to the engine; a light one keeps these tests quick.
NEEDS = ("decimal",)
GRADER = '''
from prep import testing as kit

def test_doubles(solution):
    """double doubles"""
    kit.close(solution.double(4), 8, "double(4)")

def test_zero(solution):
    """double of zero is zero"""
    kit.close(solution.double(0), 0, "double(0)")
'''
RIGHT = "def double(x):\n    return 2 * x\n"


def job(source: str, *, seconds: float = 10.0, needs: tuple[str, ...] = NEEDS) -> Job:
    files = {"solution.py": source.encode()}
    return Job(files, "solution.py", GRADER, "<grader>", needs, Limits(seconds), seed=3)


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder of the test's own, with a short path: socket names are limited."""
    folder = Path(f"/tmp/prep-test-{os.getpid()}-{time.monotonic_ns() % 10**6}")
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder / "prep"
    engine.stop_all()
    wait_for(lambda: not servers(folder))
    folder.rmdir()


def servers(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in command:
                found.append(int(entry.name))
    return found


@pytest.fixture
def parent(runtime: Path) -> engine.Parent:
    """A parent that serves."""
    assert engine.start(NEEDS)
    wait_for(engine.parents)
    return engine.parents()[0]


def story(found: RawRun) -> list[object]:
    """What a run did, without its timings and its nonce."""
    return [
        (e["event"], e.get("check"), e.get("outcome"), e.get("message"), e.get("expected"))
        for e in found.events
    ] + [found.stopped, found.forged, found.output.replace("\n", " ")[:40]]


@pytest.mark.parametrize(
    "source",
    [
        RIGHT,
        "def double(x):\n    return x * x\n",
        "def double(x):\n    raise NotImplementedError\n",
        "def double(x):\n    return None\n",
        "import os\nos._exit(0)\n",
        "raise SystemExit(0)\n",
        "def double(x) return\n",
        "print('hello')\ndef double(x):\n    print(x)\n    return 2 * x\n",
        "import atexit, os\natexit.register(os._exit, 0)\ndef double(x):\n    return 1\n",
        "import pickle\nclass A: pass\ndef double(x):\n    pickle.dumps(A())\n    return 2 * x\n",
        "import multiprocessing as m\ndef f(x):\n    return 2 * x\n"
        "def double(x):\n    with m.get_context('fork').Pool(1) as p:\n"
        "        return p.map(f, [x])[0]\n",
    ],
)
def test_warm_and_cold_tell_the_same_story(parent: engine.Parent, source: str) -> None:
    found = warm.run_warm(job(source))
    assert found is not None
    assert story(found) == story(run_cold(job(source)))


def test_run_without_a_parent_is_cold_and_starts_one(runtime: Path) -> None:
    assert warm.run_warm(job(RIGHT)) is None
    assert run(job(RIGHT), warm=True).first("end")
    wait_for(engine.parents)
    assert warm.run_warm(job(RIGHT)) is not None


def test_a_run_that_asks_for_cold_starts_nothing(runtime: Path) -> None:
    assert run(job(RIGHT)).first("end")
    assert engine.parents() == []


def test_no_frameworks_means_no_parent(runtime: Path) -> None:
    assert not engine.start(())
    assert warm.run_warm(job(RIGHT, needs=())) is None


def test_the_socket_is_private(parent: engine.Parent, runtime: Path) -> None:
    assert stat.S_IMODE(runtime.stat().st_mode) == 0o700
    for path in runtime.glob("*.sock"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_others_can_read_is_not_used(runtime: Path) -> None:
    runtime.mkdir(mode=0o755)
    runtime.chmod(0o755)
    assert engine.run_folder() is None
    assert not engine.start(NEEDS)
    runtime.chmod(0o700)


def test_two_starts_make_one_parent(runtime: Path) -> None:
    for _ in range(3):
        engine.start(NEEDS)
    wait_for(engine.parents)
    wait_for(lambda: len(servers(runtime.parent)) == 1)


def test_a_stopped_run_ends_at_its_limit_with_nothing_left(parent: engine.Parent) -> None:
    source = "import os, time\ndef double(x):\n    os.fork()\n    while True: time.sleep(0.1)\n"
    found = warm.run_warm(job(source, seconds=1.0))
    assert found is not None
    assert found.stopped == "time"
    assert found.stack[-1]["line"] == 4
    wait_for(lambda: children(parent.pid) == [])


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_the_parent_survives_children_that_die_in_any_way(parent: engine.Parent) -> None:
    for death in ("os.kill(os.getpid(), 9)", "os.abort()", "os.kill(os.getppid(), 9)"):
        found = warm.run_warm(job(f"import os\ndef double(x):\n    {death}\n"))
        assert found is None or not found.first("end")
    found = warm.run_warm(job(RIGHT))
    assert found is not None
    assert found.first("end")
    assert engine.parents()[0].pid == parent.pid


def test_eight_at_once(parent: engine.Parent) -> None:
    found: list[RawRun | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(warm.run_warm(job(RIGHT)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f is not None and f.first("end") for f in found)
    assert len(found) == 8


def test_a_client_that_goes_away_ends_its_run(parent: engine.Parent, runtime: Path) -> None:
    code = (
        "import sys; from prep.sandbox import warm\n"
        "from prep.sandbox.job import Job, Limits\n"
        f"files = {{'solution.py': b'import time\\nwhile True: time.sleep(1)\\n'}}\n"
        f"warm.run_warm(Job(files, 'solution.py', '', '<grader>', {NEEDS!r}, Limits(60.0)))\n"
    )
    client = subprocess.Popen([sys.executable, "-c", code])
    wait_for(lambda: children(parent.pid))
    client.send_signal(signal.SIGKILL)
    client.wait()
    wait_for(lambda: children(parent.pid) == [], 5.0)


def test_idle_parents_leave_and_take_their_files_along(runtime: Path) -> None:
    assert engine.start(NEEDS, idle_seconds=0.5)
    wait_for(engine.parents)
    wait_for(lambda: not servers(runtime.parent))
    assert [p.name for p in runtime.iterdir()] == ["engine.log"]


def test_stop_ends_all_and_removes_the_folder(parent: engine.Parent, runtime: Path) -> None:
    assert engine.stop_all() == 1
    wait_for(lambda: not servers(runtime.parent))
    assert not runtime.exists()


def test_a_killed_parent_is_replaced(parent: engine.Parent, runtime: Path) -> None:
    os.kill(parent.pid, signal.SIGKILL)
    wait_for(lambda: not servers(runtime.parent))
    assert engine.parents() == []
    assert run(job(RIGHT), warm=True).first("end")
    wait_for(engine.parents)
    assert engine.parents()[0].pid != parent.pid


def test_an_upgrade_is_never_served_by_an_old_parent(
    parent: engine.Parent, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = engine.key_of(NEEDS)
    monkeypatch.setattr(sys, "version", "another one")
    assert engine.key_of(NEEDS) != before
    assert warm.run_warm(job(RIGHT)) is None


def test_a_parent_whose_key_is_outdated_leaves(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(engine, "key_of", lambda needs: "outdated")
        engine.start(NEEDS)
        wait_for(engine.parents)
    wait_for(lambda: not servers(runtime.parent))
    assert list(runtime.glob("*.sock")) == []


def test_at_most_two_parents_are_kept(runtime: Path) -> None:
    for module in ("decimal", "fractions", "statistics"):
        engine.start((module,))
        wait_for(partial(serves, module))
        time.sleep(0.05)
    wait_for(lambda: len(engine.parents()) == engine.MOST_KEPT)
    assert {p.needs[0] for p in engine.parents()} == {"fractions", "statistics"}


def serves(module: str) -> bool:
    return any(parent.needs == (module,) for parent in engine.parents())


def test_junk_on_the_socket_harms_nobody(parent: engine.Parent, runtime: Path) -> None:
    path = engine.socket_path(runtime, NEEDS)
    for junk in (b"", b"\xff" * 8, b"\x02" + b"\0" * 7 + b"[]", b"\x05" + b"\0" * 7 + b"hello"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(junk)
    found = warm.run_warm(job(RIGHT))
    assert found is not None
    assert found.first("end")


def test_asking_for_the_state_does_not_count_as_a_run(parent: engine.Parent) -> None:
    warm.run_warm(job(RIGHT))
    wait_for(lambda: engine.parents()[0].runs == 1)
    assert engine.parents()[0].runs == 1
