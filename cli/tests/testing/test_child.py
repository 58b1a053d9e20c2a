"""`kit.in_child`: an answer, an exception or a stop, and never a process that stays."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prep.testing import CheckFailed, CheckStopped, evidence, in_child, record, session
from prep.testing.failures import ChildRaisedError
from prep.testing.solution import load_module

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Iterator[Path]:
    """A grading under way in a folder of the test's own."""
    session.begin(str(tmp_path), "solution.py", 0)
    yield tmp_path
    session.begin("", "solution.py", 0)


@pytest.fixture
def learners(root: Path) -> Iterator[Callable[[str], Any]]:
    """The module made from a learner's source."""
    before = list(sys.path)

    def load(source: str) -> Any:
        (root / "solution.py").write_text(source)
        return load_module(root, "solution.py")

    yield load
    sys.path[:] = before
    sys.modules.pop("solution", None)


def described(error: BaseException, root: Path) -> dict[str, Any]:
    return evidence.describe(error, str(root))


def test_the_answer_comes_from_another_process() -> None:
    assert in_child(os.getpid) != os.getpid()
    assert in_child(lambda a, b: {"sum": a + b}, 1, 2) == {"sum": 3}
    assert in_child(lambda: None) is None


def test_the_process_here_is_not_changed() -> None:
    box = [1]

    def change() -> int:
        box.append(2)
        os.environ["CHANGED"] = "1"
        return len(box)

    assert in_child(change) == 2
    assert box == [1]
    assert "CHANGED" not in os.environ


def test_a_huge_answer_comes_whole_and_soon() -> None:
    started = time.monotonic()
    assert len(in_child(lambda: bytes(150 << 20), seconds=30)) == 150 << 20
    assert time.monotonic() - started < 15


def test_an_answer_that_comes_with_the_end_of_the_child_is_not_lost() -> None:
    for _ in range(20):
        assert in_child(lambda: "x") == "x"


def test_objects_of_the_learners_classes_come_back(learners: Callable[[str], Any]) -> None:
    module = learners("class Box:\n    def __init__(self, x): self.x = x\n")
    assert in_child(lambda: module.Box(3)).x == 3


def test_an_exception_brings_the_learners_frames(
    learners: Callable[[str], Any], root: Path
) -> None:
    module = learners("def work():\n    return inner()\ndef inner():\n    return 1 / 0\n")
    with pytest.raises(ChildRaisedError) as caught:
        in_child(module.work)
    found = described(caught.value, root)
    assert (found["outcome"], found["exception"]) == ("failed", "ZeroDivisionError")
    assert [(f["function"], f["line"]) for f in found["frames"]] == [("work", 2), ("inner", 4)]
    assert found["frames"][1]["source"] == "return 1 / 0"


def test_what_is_not_written_is_still_not_written(
    learners: Callable[[str], Any], root: Path
) -> None:
    module = learners("def work():\n    raise NotImplementedError\n")
    with pytest.raises(ChildRaisedError) as caught:
        in_child(module.work)
    assert described(caught.value, root)["outcome"] == "not_written"


def test_a_failed_check_is_carried_over(root: Path) -> None:
    def check() -> None:
        raise CheckFailed("no", expected=1, seen=2, mistake="m")

    with pytest.raises(ChildRaisedError) as caught:
        in_child(check)
    found = described(caught.value, root)
    assert {k: found[k] for k in ("outcome", "message", "expected", "seen", "mistake")} == {
        "outcome": "failed",
        "message": "no",
        "expected": "1",
        "seen": "2",
        "mistake": "m",
    }


@pytest.mark.parametrize("ending", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_an_exit_in_the_child_ends_the_check_only(ending: Any, root: Path) -> None:
    def leave() -> None:
        raise ending

    with pytest.raises(ChildRaisedError) as caught:
        in_child(leave)
    assert described(caught.value, root)["outcome"] in ("failed", "error")


@pytest.mark.parametrize("death", ["_exit", "kill"])
def test_a_child_that_dies_has_no_answer(death: str) -> None:
    def die() -> None:
        if death == "_exit":
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)

    started = time.monotonic()
    with pytest.raises(CheckFailed, match="computed the sum ended without an answer") as caught:
        in_child(die, what="the sum", seconds=20)
    assert type(caught.value) is CheckFailed
    assert time.monotonic() - started < 10


def test_a_child_that_dies_while_its_worker_holds_the_pipe_has_no_answer() -> None:
    def die() -> None:
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)

    started = time.monotonic()
    with pytest.raises(CheckFailed, match="without an answer"):
        in_child(die, seconds=20)
    assert time.monotonic() - started < 10


def test_an_answer_does_not_wait_for_workers_that_stay(tmp_path: Path) -> None:
    def work() -> int:
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
        return pid

    started = time.monotonic()
    pid = in_child(work, seconds=20)
    assert time.monotonic() - started < 10
    wait_until_gone(pid)


def test_the_deadline_stops_everything_with_the_learners_line(
    learners: Callable[[str], Any], root: Path
) -> None:
    module = learners(
        "import os, time\ndef work(noted):\n    pid = os.fork()\n"
        "    with open(noted, 'a') as f: f.write(f'{os.getpid()}\\n')\n"
        "    time.sleep(60)\n"
    )
    noted = root / "pids"
    started = time.monotonic()
    with pytest.raises(CheckStopped) as caught:
        in_child(module.work, str(noted), seconds=0.5, what="an epoch", mistake="hang")
    assert time.monotonic() - started < 6
    assert caught.value.message == "no answer for an epoch within 0.5 s"
    assert caught.value.mistake == "hang"
    found = described(caught.value, root)
    assert found["outcome"] == "stopped"
    assert (found["frames"][-1]["line"], found["frames"][-1]["file"]) == (5, "solution.py")
    assert found["frames"][-1]["source"] == "time.sleep(60)"
    pids = noted.read_text().split()
    assert len(pids) == 2
    for pid in pids:
        wait_until_gone(int(pid))


def test_a_child_that_is_deaf_and_left_its_group_is_stopped_too() -> None:
    group = os.getpgid(0)

    def hide() -> None:
        for number in (signal.SIGUSR1, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        os.setpgid(0, group)
        time.sleep(60)

    started = time.monotonic()
    with pytest.raises(CheckStopped) as caught:
        in_child(hide, seconds=0.3)
    assert caught.value.frames == []
    assert time.monotonic() - started < 8


def test_an_answer_that_cannot_be_sent_is_a_failure(root: Path) -> None:
    with pytest.raises(ChildRaisedError) as caught:
        in_child(lambda: lambda: 1, what="the model")
    found = described(caught.value, root)
    assert found["outcome"] == "failed"
    assert "the model cannot be sent from one process to another" in found["message"]

    with pytest.raises(CheckFailed, match="the box cannot be sent from one process to another"):
        in_child(OneWay, what="the box")


class OneWay:
    """Can be pickled and not be read again."""

    def __reduce__(self) -> Any:
        return (int, ("no number",))


def test_series_that_the_child_records_are_kept() -> None:
    record("here", [1])
    in_child(lambda: record("there", [2.5]))
    assert session.current().series == [("here", [1.0]), ("there", [2.5])]


def test_what_the_child_prints_comes_once(capfd: pytest.CaptureFixture[str]) -> None:
    sys.stdout.write("before ")
    in_child(lambda: sys.stdout.write("inside "))
    sys.stdout.write("after")
    sys.stdout.flush()
    assert capfd.readouterr().out == "before inside after"


def test_warnings_that_are_errors_do_not_break_it() -> None:
    import threading
    import warnings

    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert in_child(lambda: 1) == 1
    finally:
        stop.set()
        thread.join()


def test_children_inside_children() -> None:
    assert in_child(lambda: in_child(lambda: in_child(lambda: 3) + 1) + 1, seconds=20) == 5


def wait_until_gone(pid: int) -> None:
    """Until there is no such process; a zombie that init has not reaped yet counts as gone."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except OSError:
            return
        time.sleep(0.02)
    raise AssertionError(f"{pid} is alive")
