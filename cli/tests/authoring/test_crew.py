"""Worker processes: what they answer, how they end, and that nothing outlives them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prep.authoring.crew import Crew
from prep.authoring.worker import Task
from prep.errors import EnvironmentProblemError, InternalError, PrepError
from prep.model import Report, Status
from prep.sandbox.processes import descendants
from prep.storage.learner_files import stub_files

from .conftest import Content

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
SLEEPER = """\
import subprocess, sys, time

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
time.sleep(60)


def total(numbers):
    return 0.0
"""
LEADER = """\
import sys
from pathlib import Path
from prep.authoring import inspection
from prep.storage.content import Catalogue

try:
    inspection.inspect(Catalogue(Path(sys.argv[1])), jobs=2)
except KeyboardInterrupt:
    sys.exit(130)
"""


def task(content: Content, body: str, *, seed: int = 7, public: bool = False) -> Task:
    exercise = content.exercise
    files = {**stub_files(exercise), exercise.file: body.encode()}
    return Task(exercise, files, seed, public)


def test_answers_carry_their_number(content: Content) -> None:
    right = "def total(numbers):\n    return float(sum(numbers))\n"
    wrong = "def total(numbers):\n    return 1.0\n"
    tasks = [task(content, right), task(content, wrong), task(content, right, public=True)]
    with Crew(2) as crew:
        found = dict(crew.answers(tasks))
        again = list(crew.answers(tasks[1:2]))
    statuses = [a.status for _, a in sorted(found.items()) if isinstance(a, Report)]
    assert statuses == [Status.PASSED, Status.FAILED, Status.PASSED]
    assert [(number, type(a)) for number, a in again] == [(0, Report)]


def test_more_workers_than_tasks_and_none_at_all(content: Content) -> None:
    with Crew(8) as crew:
        assert list(crew.answers([])) == []
        [(_, answer)] = crew.answers([task(content, "def total(n):\n    return 0.0\n")])
        assert isinstance(answer, Report)
        assert len(crew._workers) == 1


def test_what_the_learner_prints_reaches_no_pipe(content: Content) -> None:
    body = "import os\nos.write(1, b'out' * 99)\nprint('x')\n\n\ndef total(n):\n    return 0.0\n"
    with Crew(1) as crew:
        [(_, answer)] = crew.answers([task(content, body)])
    assert isinstance(answer, Report)
    assert "x" in answer.output


def test_errors_come_back_whole(content: Content) -> None:
    good = task(content, "def total(n):\n    return 0.0\n")
    long_name = good._replace(files={**good.files, "a" * 300: b""})
    lacking = good._replace(exercise=good.exercise._replace(needs=("nosuchframework",)))
    broken = good._replace(exercise=content.at("sums", "broken").fill().exercise)
    content.at("sums", "broken").write("graders/test_grader.py", "def test_x(:\n")
    with Crew(1) as crew:
        found = [answer for _, answer in crew.answers([long_name, lacking, broken])]
    assert [type(answer) for answer in found[:2]] == [EnvironmentProblemError] * 2
    assert "cannot be copied" in str(found[0])
    assert "nosuchframework" in str(found[1])
    assert isinstance(found[0], PrepError) and found[0].hint
    assert isinstance(found[2], InternalError)
    assert "the grader of broken" in found[2].message


def test_a_fault_of_prep_is_an_internal_error(content: Content) -> None:
    odd: Any = {"solution.py": None}
    with Crew(1) as crew:
        [(_, answer)] = crew.answers([task(content, "")._replace(files=odd)])
    assert isinstance(answer, InternalError)
    assert "a run of add-up failed" in answer.message
    assert any("Traceback" in note for note in answer.__notes__)


class Bomb:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def test_a_dead_worker_is_told(content: Content) -> None:
    bomb: Any = Bomb()
    with (
        Crew(1) as crew,
        pytest.raises(InternalError, match=r"ran add-up died \(exit status 3\)"),
    ):
        list(crew.answers([task(content, "")._replace(files=bomb)]))


def ended(pids: list[int], seconds: float = 10.0) -> bool:
    """Whether none of these processes is left; a zombie counts as gone."""
    deadline = time.monotonic() + seconds
    while any(_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def family(pid: int, least: int) -> list[int]:
    """All below a process, once there are at least so many."""
    deadline = time.monotonic() + 30
    while len(found := descendants(pid)) < least:
        assert time.monotonic() < deadline, f"only {len(found)} processes"
        time.sleep(0.05)
    return found


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where the runs put their files."""
    place = tmp_path / "scratch"
    place.mkdir()
    return place


@pytest.fixture
def leader(content: Content, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A check in a process of its own whose runs hang and start a process each."""
    content.replace("exercises/exercise.toml", "timeout = 20", "timeout = 60")
    for path in ("exercises/stub/solution.py", "solutions/reference.py"):
        content.write(path, SLEEPER)
    command = [sys.executable, "-c", LEADER, str(content.root)]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, start_new_session=True, env=environment
    ) as process:
        yield process
        process.kill()


@linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_an_interrupted_check(
    leader: subprocess.Popen[bytes], scratch: Path, how: signal.Signals
) -> None:
    # per worker: itself, its run, what the run has started
    pids = family(leader.pid, 6)
    assert len(list(scratch.iterdir())) == 2
    os.killpg(leader.pid, how)  # as the terminal does
    _, errors = leader.communicate(timeout=20)
    assert leader.returncode == (130 if how is signal.SIGINT else -how)
    assert errors == b""
    assert ended(pids)
    assert list(scratch.iterdir()) == []


@linux
def test_leaving_the_block_ends_a_run(content: Content) -> None:
    me = os.getpid()
    before = set(descendants(me))
    with Crew(1) as crew:
        answers = crew.answers([task(content, SLEEPER)])
        worker_only = crew._started(1)
        assert len(worker_only) == 1
        with pytest.raises(KeyboardInterrupt):
            _interrupted(answers, worker_only[0].pid)
        pids = family(worker_only[0].pid, 2)
    assert ended(pids)
    assert set(descendants(me)) <= before


def _interrupted(answers: Iterator[object], worker: int) -> None:
    """Ask for an answer and be interrupted once the run has started its own process."""
    watcher = "import os, sys, time\n" + (
        "from prep.sandbox.processes import descendants\n"
        "while len(descendants(int(sys.argv[1]))) < 2: time.sleep(0.05)\n"
        "os.kill(int(sys.argv[2]), 2)\n"
    )
    with subprocess.Popen([sys.executable, "-c", watcher, str(worker), str(os.getpid())]):
        next(answers)
