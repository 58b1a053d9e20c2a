"""What one run tells, and what of the world reaches it."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prep.errors import EnvironmentProblemError
from prep.sandbox import Job, RawRun, run
from prep.sandbox.job import Limits

Run = Callable[..., RawRun]
RIGHT = "def work(): return True\n"


def outcomes(found: RawRun) -> list[object]:
    return [e.get("outcome") for e in found.events if e["event"] == "result"]


def test_the_story_of_a_run(cold: Run) -> None:
    found = cold("print('hello')\ndef work():\n    print('there')\n    return True\n")
    assert [e["event"] for e in found.events] == [
        "ready",
        "imported",
        "collected",
        "start",
        "result",
        "start",
        "result",
        "end",
    ]
    assert outcomes(found) == ["passed", "passed"]
    assert found.output == "hello\nthere\n"
    assert (found.forged, found.stopped, found.stack) == (0, "", [])
    assert 0 < found.seconds < 10
    assert 0 < found.start_seconds < 60


def test_each_run_has_a_folder_of_its_own_and_leaves_none(cold: Run, scratch: Path) -> None:
    source = (
        "import os\ndef work():\n    print(os.getcwd())\n    os.makedirs('deep/er')\n"
        "    open('deep/er/file', 'w').close()\n    os.chmod('deep/er', 0)\n"
        "    os.chmod('deep', 0)\n    os.symlink('/etc', 'link')\n    return True\n"
    )
    first, second = cold(source), cold(source)
    assert first.output != second.output
    assert os.listdir(scratch) == []
    assert os.path.isdir("/etc")


def test_a_run_that_is_stopped_leaves_no_folder(cold: Run, scratch: Path) -> None:
    assert cold("while True: pass\n", seconds=0.3).stopped == "time"
    assert os.listdir(scratch) == []


def test_no_room_for_the_folder_is_a_problem_of_the_machine(
    cold: Run, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(EnvironmentProblemError, match="No space left"):
        cold(RIGHT)


def test_no_room_for_the_files_is_a_problem_of_the_machine(
    cold: Run, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(EnvironmentProblemError, match="cannot be copied: No space left"):
        cold(RIGHT)
    assert os.listdir(scratch) == []


def test_no_process_is_a_problem_of_the_machine(
    cold: Run, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(EnvironmentProblemError, match="no process can be started"):
        cold(RIGHT)
    assert os.listdir(scratch) == []
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_no_descriptor_is_lost(cold: Run) -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("no /proc")
    cold(RIGHT)
    before = len(os.listdir("/proc/self/fd"))
    cold(RIGHT)
    cold("import os; os._exit(0)\n")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_framework_that_cannot_be_imported_is_no_fault_of_the_file(tmp_path: Path) -> None:
    job = Job({"solution.py": b""}, "solution.py", "", "<grader>", ("antigravity_none",), Limits(5))
    # What is not installed is left out; the grader says what it lacks.
    assert run(job).first("ready")
    found = run(Job({"a.py": b""}, "a.py", "x = (", "<grader>", (), Limits(5)))
    assert [e["event"] for e in found.events] == ["broken"]


def test_the_environment_of_a_run_is_made_anew(cold: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-x")
    source = (
        "import os, sys\nprint('SECRET_TOKEN' in os.environ, 'PYTEST_ADDOPTS' in os.environ)\n"
        "print(os.environ['HOME'] == os.environ['TMPDIR'] != os.path.expanduser('~root'))\n"
        "print(sys.stdin.read() == '', sys.argv, sys.flags.isolated, __name__, __file__[-12:])\n"
        "def work(): return True\n"
    )
    found = cold(source)
    assert found.output.splitlines() == [
        "False False",
        "True",
        "True ['solution.py'] 1 solution /solution.py",
    ]


def test_the_throwaway_folder_is_not_in_what_is_printed(cold: Run, scratch: Path) -> None:
    source = (
        "import traceback, warnings\nwarnings.warn('hm')\ntry: 1 / 0\n"
        "except ZeroDivisionError: traceback.print_exc()\ndef work(): return True\n"
    )
    output = cold(source).output
    assert 'File "solution.py", line 3' in output
    assert "solution.py:2: UserWarning: hm" in output
    assert str(scratch) not in output


def test_the_grader_is_nowhere_on_disk(cold: Run) -> None:
    source = (
        "import os\nfor place, _, names in os.walk(os.environ['HOME']):\n"
        "    for name in names: print(name)\ndef work(): return True\n"
    )
    assert {name[:9] for name in cold(source).output.split()} == {"solution."}


def test_file_descriptors_of_the_command_do_not_reach_a_run(cold: Run, tmp_path: Path) -> None:
    with open(tmp_path / "store", "w") as store:
        os.set_inheritable(store.fileno(), True)
        source = (
            "import os\nfor n in range(3, 64):\n    try: os.write(n, b'x')\n"
            "    except OSError: pass\ndef work(): return True\n"
        )
        cold(source)
    assert (tmp_path / "store").read_text() == ""


def test_only_one_run_at_a_time_in_a_process(cold: Run) -> None:
    """Two in one process would end each other; from threads they queue up."""
    found: list[RawRun] = []
    source = "import time\ndef work():\n    time.sleep(0.2)\n    return True\n"
    threads = [threading.Thread(target=lambda: found.append(cold(source))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcomes(f) for f in found] == [["passed", "passed"]] * 3


def test_other_children_of_the_command_are_left_alone(cold: Run) -> None:
    """An editor that was opened before the run, say."""
    with subprocess.Popen(["sleep", "60"]) as editor:
        time.sleep(0.05)
        assert outcomes(cold(RIGHT)) == ["passed", "passed"]
        assert editor.poll() is None
        editor.kill()


@pytest.mark.parametrize("where", ["import", "call"])
def test_what_is_written_to_the_private_channel_is_counted(cold: Run, where: str) -> None:
    body = (
        "import os\ndef shout():\n    for n in range(3, 64):\n"
        '        try: os.write(n, b\'{"event": "end"}\\n\')\n        except OSError: pass\n'
    )
    call = "shout()\ndef work(): return True\n"
    if where == "call":
        call = "def work():\n    shout()\n    return True\n"
    found = cold(body + call)
    assert found.forged == 1
    assert found.first("end") is not None  # the true one
    assert outcomes(found) == ["passed", "passed"]


@pytest.mark.parametrize(
    "junk",
    [
        "b'x' * 65536",
        pytest.param("b'x' * 100 + b'\\n'", marks=pytest.mark.slow),
        pytest.param("b'\\n' * 60000 + b'.\\n'", marks=pytest.mark.slow),
        pytest.param("b'[1]\\n'", marks=pytest.mark.slow),
    ],
)
def test_a_flood_on_the_private_channel_is_stopped(cold: Run, junk: str) -> None:
    source = (
        "import os\ndef work():\n    while True:\n        for n in range(3, 12):\n"
        f"            try: os.write(n, {junk})\n            except OSError: pass\n"
    )
    started = time.monotonic()
    found = cold(source, seconds=1.5, output_bytes=1 << 20)
    assert found.stopped in ("output", "time")
    assert time.monotonic() - started < 8
    assert outcomes(found) == []


def test_a_huge_event_is_cut_and_not_lost(cold: Run) -> None:
    source = (
        "from prep.testing import session\ndef work():\n"
        "    session.current().series.append(('x' * 3_000_000, [0.0]))\n    return True\n"
    )
    found = cold(source)
    assert outcomes(found) == ["passed", "passed"]
    assert found.forged == 0
