"""Verdicts by real runs: right files pass, wrong ones do not, and nothing makes a pass but that.

Every test is run warm (a fork of a parent that waits) and, marked slow, cold (a fresh process).
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from prep.errors import InternalError
from prep.model import Exercise, Outcome, Report, Status
from prep.practice import grading
from prep.sandbox import engine
from prep.storage.content import Catalogue
from prep.storage.learner_files import stub_files

SEED = 7
RIGHT = """\
def mean(batches):
    values = [value for batch in batches for value in batch]
    if not values:
        raise ValueError("no values")
    return sum(values) / len(values)
"""
WRONG = "def mean(batches):\n    return 0.0\n"


LINUX = engine.can_be_warm()
WAYS = ["warm", pytest.param("cold", marks=pytest.mark.slow)] if LINUX else ["cold"]
NEEDS = ("decimal",)  # to the engine any module is a framework, and this one is quick
way = SimpleNamespace(warm=False)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A warm parent of this module's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        if LINUX:
            engine.start(NEEDS)
            deadline = time.monotonic() + 30
            while not engine.parents() and time.monotonic() < deadline:
                time.sleep(0.05)
        yield
        engine.stop_all()


@pytest.fixture(autouse=True, params=WAYS)
def _way(request: pytest.FixtureRequest, parent: None) -> None:
    way.warm = request.param == "warm"


def grade(
    exercise: Exercise, source: str | bytes, *, seed: int = SEED, cold: bool = False, **more: str
) -> Report:
    """Grade `source`; `conftest__py="..."` puts another file beside it."""
    body = source if isinstance(source, bytes) else source.encode()
    files = {**stub_files(exercise), exercise.file: body}
    files |= {name.replace("__", "."): text.encode() for name, text in more.items()}
    return grade_files(exercise, files, seed, warm=way.warm and not cold)


def grade_files(exercise: Exercise, files: grading.Files, seed: int, *, warm: bool) -> Report:
    return grading.grade(exercise._replace(needs=NEEDS), files, seed=seed, warm=warm)


def check(exercise: Exercise, source: str) -> Report:
    files = {**stub_files(exercise), exercise.file: source.encode()}
    return grading.check(exercise._replace(needs=NEEDS), files, warm=way.warm)


def told(report: Report) -> str:
    """All that the learner may read of it."""
    lines = [report.reason, report.diagnosis]
    for result in report.results:
        e = result.evidence
        lines += [result.outcome, e.exception, e.message, e.expected, e.seen]
        lines += [f"{f.file}:{f.line} {f.source}" for f in e.frames]
    return "\n".join(lines)


def outcomes(report: Report) -> dict[str, Outcome]:
    return {result.check.id: result.outcome for result in report.results}


@pytest.mark.skipif(not LINUX, reason="warm runs are for Linux")
def test_the_warm_way_is_warm(mean_of_batches: Exercise) -> None:
    if way.warm:
        assert grade(mean_of_batches, RIGHT).status is Status.PASSED
        deadline = time.monotonic() + 10  # it counts a run when it has reaped it
        while not sum(p.runs for p in engine.parents()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [p.runs > 0 for p in engine.parents()] == [True]


# --- every file of the tiny catalogue


@pytest.mark.parametrize("seed", [7, 20_011])
@pytest.mark.parametrize("slug", ["mean-of-batches", "dearest-items"])
def test_reference_and_accepted_files_pass(tiny_catalogue: Catalogue, slug: str, seed: int) -> None:
    exercise = tiny_catalogue.find(slug)
    suffix = Path(exercise.file).suffix
    paths = [exercise.solution_folder / f"reference{suffix}"]
    paths += sorted((exercise.solution_folder / "accepted").glob(f"*{suffix}"))
    for path in paths:
        report = grade(exercise, path.read_bytes(), seed=seed)
        assert report.status is Status.PASSED, told(report)
        assert (report.diagnosis, report.reason) == ("", "")
        assert report.passed == len(report.results) > 0


@pytest.mark.parametrize("slug", ["mean-of-batches", "dearest-items"])
def test_wrong_files_are_told_their_own_mistake(tiny_catalogue: Catalogue, slug: str) -> None:
    exercise = tiny_catalogue.find(slug)
    for path in sorted((exercise.solution_folder / "wrong").iterdir()):
        report = grade(exercise, path.read_bytes())
        assert report.status is Status.FAILED
        assert report.mistake == path.stem, told(report)


@pytest.mark.parametrize("slug", ["mean-of-batches", "dearest-items"])
def test_the_stub_is_not_attempted(tiny_catalogue: Catalogue, slug: str) -> None:
    exercise = tiny_catalogue.find(slug)
    report = grade_files(exercise, stub_files(exercise), SEED, warm=way.warm)
    assert report.status is Status.NOT_ATTEMPTED
    assert report.reason == f"{exercise.file} is still the stub"
    assert not report.status.recorded


def test_a_renamed_stub_has_nothing_written_in_it(mean_of_batches: Exercise) -> None:
    report = grade(mean_of_batches, "def mean(b):\n    raise NotImplementedError('later')\n")
    assert report.status is Status.NOT_ATTEMPTED
    assert report.reason == "solution.py has nothing written in it yet"


# --- the verdicts and their words


def test_failed_names_behaviour_values_and_line(mean_of_batches: Exercise) -> None:
    report = grade(mean_of_batches, "def mean(b):\n    for x in b:\n        return 1 / 0\n")
    first = report.results[0]
    assert report.status is Status.FAILED
    assert report.status.recorded
    assert first.evidence.exception == "ZeroDivisionError"
    assert first.evidence.frames[-1].line == 3
    assert first.evidence.frames[-1].source == "return 1 / 0"
    assert outcomes(report)["uneven_batches"] is Outcome.WAITING


def test_stopped_names_the_learners_last_line(mean_of_batches: Exercise) -> None:
    source = "import time\n\n\ndef mean(batches):\n    time.sleep(30)\n"
    report = grade(mean_of_batches._replace(timeout=1.0), source)
    assert report.status is Status.STOPPED
    assert report.reason == "stopped at the time limit of 1 s"
    assert report.place is not None
    assert (report.place.file, report.place.line) == ("solution.py", 5)
    assert report.place.source == "time.sleep(30)"
    assert report.results[0].outcome is Outcome.STOPPED
    assert report.results[1].outcome is Outcome.NOT_RUN
    assert report.seconds < 3


def test_a_check_stopped_alone_lets_the_others_go_on(mean_of_batches: Exercise) -> None:
    source = RIGHT.replace("def mean(batches):", "import time\ndef mean(batches):") + (
        "\ninner = mean\n"
        "def mean(batches):\n"
        "    if not isinstance(batches, list): time.sleep(30)\n"
        "    return inner(batches)\n"
    )
    report = grade(mean_of_batches, source)
    assert report.status is Status.STOPPED
    stopped = report.results[2]
    assert stopped.outcome is Outcome.STOPPED
    assert stopped.evidence.message == "no answer for a generator's mean within 1 s"
    assert stopped.evidence.frames[-1].source.endswith("time.sleep(30)")
    assert report.results[3].outcome is Outcome.PASSED


def test_sql_that_cannot_be_run_costs_nothing(dearest_items: Exercise) -> None:
    report = grade(dearest_items, "SELEC name FROM items")
    assert report.status is Status.CANNOT_RUN
    assert "syntax error" in report.reason
    assert report.place is not None
    assert report.place.line == 1
    assert not report.status.recorded


CANNOT_RUN = {
    "def mean(batches:\n    return 1\n": ("SyntaxError: '(' was never closed", 1),
    "def mean(b):\nreturn 1\n": ("IndentationError: expected an indented block", 2),
    "x = 1\nimport no_such_module\n": ("ModuleNotFoundError: No module named 'no_such", 2),
    "\n\ndef f():\n    return {}['key']\n\nf()\n": ("KeyError: 'key'", 4),
    "import sys\nsys.exit(0)\n": ("importing solution.py ends the program (SystemExit)", 2),
    "raise SystemExit\n": ("importing solution.py ends the program (SystemExit)", 1),
    "import pytest\npytest.exit('bye')\n": ("ends the program (pytest.exit)", 2),
    "import pytest\npytest.skip('x', allow_module_level=True)\n": ("(pytest.skip)", 2),
    "raise KeyboardInterrupt\n": ("ends the program (KeyboardInterrupt)", 1),
    "import os\nos._exit(0)\n": ("importing your file ended the Python process (exit status 0)", 0),
    "import os\nos.kill(os.getpid(), 9)\n": ("crashed the Python process (SIGKILL)", 0),
    "import ctypes\nctypes.string_at(0)\n": ("crashed the Python process (SIGSEGV)", 0),
    "exec('a b')\n": ("SyntaxError: invalid syntax", 1),
    "raise SyntaxError('x', (5, 'y', [], {}))\n": ("SyntaxError", 1),
    "raise NotImplementedError('top')\n": ("NotImplementedError: top", 1),
    "def f(): f()\nf()\n": ("RecursionError: maximum recursion depth", 1),
    "x = '\\0'; exec('\\0')\n": ("SyntaxError: source code string cannot contain null bytes", 1),
    "assert False, '\\x1b[2J\\x07boo\\udc80'\n": ("AssertionError: boo?", 1),
}


@pytest.mark.parametrize("source", CANNOT_RUN)
def test_a_file_that_cannot_be_imported(mean_of_batches: Exercise, source: str) -> None:
    reason, line = CANNOT_RUN[source]
    report = grade(mean_of_batches, source)
    assert report.status is Status.CANNOT_RUN, told(report)
    assert not report.status.recorded
    assert reason in report.reason
    assert (report.place.line if report.place else 0) == line
    assert not report.place or report.place.file == "solution.py"


def test_bytes_that_are_no_python(mean_of_batches: Exercise) -> None:
    for body in (b"\xff\xfe\x00", b"x = '\xff'\n", b"# coding: klingon\n", b"a = 1\0\n"):
        report = grade(mean_of_batches, body)
        assert report.status is Status.CANNOT_RUN, body
        assert report.reason.startswith("SyntaxError: ")


def test_a_helper_with_the_syntax_error_is_named(mean_of_batches: Exercise) -> None:
    report = grade(mean_of_batches, "import helper\n", helper__py="\n\ndef (:\n")
    assert report.status is Status.CANNOT_RUN
    assert report.place is not None
    assert (report.place.file, report.place.line) == ("helper.py", 3)


def test_an_endless_import_is_stopped_with_its_line(mean_of_batches: Exercise) -> None:
    report = grade(mean_of_batches._replace(timeout=0.7), "x = 0\nwhile True:\n    x += 1\n")
    assert report.status is Status.STOPPED
    assert report.reason == "stopped at the time limit of 0.7 s while your file was being imported"
    assert report.place is not None
    assert report.place.line in (2, 3)


def test_an_empty_file_lacks_the_name_and_looks_like_no_mistake(
    mean_of_batches: Exercise,
) -> None:
    report = grade(mean_of_batches, "")
    assert report.status is Status.FAILED
    assert "solution.py does not define `mean`" in told(report)
    assert report.diagnosis == ""


# --- no trick makes a pass

TRICKS = {
    "exit in a call": "import os\ndef mean(b): os._exit(0)\n",
    "exit in a thread": "import os, threading, time\n"
    "def mean(b):\n    threading.Thread(target=os._exit, args=(0,)).start()\n    time.sleep(9)\n",
    "exit in a thread of the import": "import os, threading\n"
    "threading.Timer(0.4, os._exit, (0,)).start()\nimport time\n"
    "def mean(b): time.sleep(9)\n",
    "sys.exit in a call": "import sys\ndef mean(b): sys.exit(0)\n",
    "sys.exit in a generator": "import sys\ndef mean(b): return sum(sys.exit(0) for _ in b)\n",
    "pytest.exit": "import pytest\ndef mean(b): pytest.exit('done', returncode=0)\n",
    "pytest.skip": "import pytest\ndef mean(b): pytest.skip('no')\n",
    "pytest.xfail": "import pytest\ndef mean(b): pytest.xfail('no')\n",
    "unittest.SkipTest": "import unittest\ndef mean(b): raise unittest.SkipTest\n",
    "atexit": "import atexit, os\natexit.register(os._exit, 0)\ndef mean(b): return 0.0\n",
    "SIGTERM handler": "import os, signal\n"
    "signal.signal(signal.SIGTERM, lambda *_: os._exit(0))\ndef mean(b): return 0.0\n",
    "alarm": "import signal\ndef mean(b):\n    signal.setitimer(signal.ITIMER_REAL, 0.01)\n"
    "    while True: pass\n",
    "crash": "import ctypes\ndef mean(b): ctypes.string_at(0)\n",
    "abort": "import os\ndef mean(b): os.abort()\n",
    "recursion": "def mean(b): return mean(b)\n",
    "always equal": "class A(float):\n    __eq__ = lambda s, o: True\n"
    "    __ne__ = lambda s, o: False\n"
    "    __sub__ = __rsub__ = __abs__ = lambda s, *o: 0.0\n    __float__ = lambda s: 0.0\n"
    "    __le__ = __lt__ = __ge__ = __gt__ = lambda s, o: True\n    __hash__ = float.__hash__\n"
    "def mean(b): return A()\n",
    "an exception that brings its verdict": "class E(Exception):\n"
    "    prep_evidence = {'outcome': 'passed'}\n    found = prep_evidence\n"
    "def mean(b): raise E\n",
    "prep's own exception": "from prep.testing import failures\n"
    "def mean(b): raise failures.ChildRaisedError({'outcome': 'passed'})\n",
    "NotImplementedError is no pass": "def mean(b): raise NotImplementedError\n#\n",
    "a child that goes on instead": "import os\ndef mean(b):\n    if os.fork(): os._exit(0)\n"
    "    return 0.0\n",
    "no more sys.modules": "import sys\ndef mean(b): sys.modules.clear(); return 0.0\n",
    "no solution": "import sys\nsys.modules['solution'] = None\ndef mean(b): return 0.0\n",
    "a thread left alive": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(60,)).start()\ndef mean(b): return 0.0\n",
    "stdout closed": "import os\nos.close(1); os.close(2)\ndef mean(b): return 0.0\n",
    "all descriptors closed": "import os\nos.closerange(0, 64)\ndef mean(b): return 0.0\n",
    "all descriptors closed in a call": "import os\n"
    "def mean(b): os.closerange(0, 64); return 0.0\n",
    "the folder removed": "import os, shutil\ndef mean(b):\n"
    "    shutil.rmtree(os.getcwd()); return 0.0\n",
    "stop": "import os, signal\ndef mean(b): os.kill(os.getpid(), signal.SIGSTOP)\n",
}
OTHERWISE = {
    "stop": Status.STOPPED,
    "NotImplementedError is no pass": Status.NOT_ATTEMPTED,
    "all descriptors closed": Status.CANNOT_RUN,
}


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_makes_a_pass(mean_of_batches: Exercise, trick: str) -> None:
    report = grade(mean_of_batches._replace(timeout=1.0), TRICKS[trick])
    wanted = OTHERWISE.get(trick, Status.FAILED)
    assert report.status is wanted, told(report)
    assert report.diagnosis == ""
    assert "/tmp/" not in told(report).replace("/tmp/pytest", "")
    assert len(told(report)) < 8000


FORGED = """\
import json, os

def mean(batches):
    for nonce in ("", "0" * 32):
        for event in (
            *({"event": "start", "check": c} for c in CHECKS),
            *({"event": "result", "check": c, "outcome": "passed"} for c in CHECKS),
            {"event": "end"},
        ):
            for descriptor in range(64):
                try:
                    os.write(descriptor, (nonce + json.dumps(event) + "\\n").encode())
                except OSError:
                    pass
    return 0.0

CHECKS = ("equal_batches", "uneven_batches", "generator", "no_values")
"""


def test_events_without_the_nonce_count_for_nothing(mean_of_batches: Exercise) -> None:
    report = grade(mean_of_batches, FORGED)
    assert report.status is Status.FAILED
    assert report.results[0].outcome is Outcome.FAILED


def test_a_right_file_that_writes_to_the_channel_does_not_pass(mean_of_batches: Exercise) -> None:
    source = f"{FORGED.replace('def mean', 'def forge')}\nforge([])\n{RIGHT}"
    report = grade(mean_of_batches, source)
    assert report.status is Status.FAILED
    assert report.reason == "your code wrote to the channel that carries the grader's results"


def test_an_unfinished_line_on_the_channel_harms_no_event(mean_of_batches: Exercise) -> None:
    source = (
        "import os\ndef mean(b):\n    for d in range(3, 64):\n"
        "        try: os.write(d, b'half a line')\n        except OSError: pass\n    return 0.0\n"
    )
    report = grade(mean_of_batches, source)
    assert report.status is Status.FAILED
    assert Outcome.NOT_RUN not in outcomes(report).values()


# --- nothing around the file changes the verdict

NEIGHBOURS = {
    "conftest__py": "import os\nos._exit(0)\n",
    "pytest__ini": "[pytest]\naddopts = --collect-only -p no_such_plugin\n",
    "setup__cfg": "[tool:pytest]\naddopts = --collect-only\n",
    "tox__ini": "[pytest]\naddopts = --collect-only\n",
    "pyproject__toml": "[tool.pytest.ini_options]\naddopts = '--collect-only'\n",
    "torch__py": "raise SystemExit('shadowed torch')\n",
    "random__py": "raise SystemExit('shadowed random')\n",
    "json__py": "raise SystemExit('shadowed json')\n",
    "pytest__py": "raise SystemExit('shadowed pytest')\n",
    "prep__py": "raise SystemExit('shadowed prep')\n",
    "sitecustomize__py": "raise SystemExit('sitecustomize')\n",
    "usercustomize__py": "raise SystemExit('usercustomize')\n",
    "grader__py": "raise SystemExit('grader')\n",
    "test_grader__py": "def test_equal_batches(): pass\n",
    "evil__pth": "import os; os._exit(0)\n",
    "matplotlibrc": "backend: no_such\n",
}


@pytest.mark.parametrize(("source", "status"), [(RIGHT, Status.PASSED), (WRONG, Status.FAILED)])
def test_neighbours_of_the_file_change_nothing(
    mean_of_batches: Exercise, source: str, status: Status
) -> None:
    assert grade(mean_of_batches, source, **NEIGHBOURS).status is status


@pytest.mark.parametrize(("source", "status"), [(RIGHT, Status.PASSED), (WRONG, Status.FAILED)])
def test_the_shell_changes_nothing(
    mean_of_batches: Exercise,
    source: str,
    status: Status,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("sitecustomize", "usercustomize", "conftest", "random", "evil", "startup"):
        (tmp_path / f"{name}.py").write_text("import os\nos._exit(0)\n")
    for name, value in {
        "PYTEST_ADDOPTS": "--collect-only -p evil",
        "PYTEST_PLUGINS": "evil",
        "PYTHONPATH": str(tmp_path),
        "PYTHONSTARTUP": str(tmp_path / "startup.py"),
        "PYTHONINSPECT": "1",
        "PYTHONOPTIMIZE": "2",
        "PYTHONWARNINGS": "error",
        "PYTHONHASHSEED": "1",
        "PYTHONIOENCODING": "ascii",
        "PYTHONBREAKPOINT": "evil.run",
        "COVERAGE_PROCESS_START": "evil",
        "LC_ALL": "C",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert grade(mean_of_batches, source, cold=True).status is status


# --- right files pass, in whatever style

STYLES = {
    "a guard": RIGHT + "\n\nif __name__ == '__main__':\n    raise SystemExit(mean([[1]]))\n",
    "prints at import and in calls": "print('hello ' * 99)\n"
    + RIGHT.replace("    if not", "    print(values)\n    if not"),
    "a future import": "from __future__ import annotations\n\n" + RIGHT,
    "an encoding cookie": "# -*- coding: latin-1 -*-\nname = 'gr\u00fc\u00dfe'\n" + RIGHT,
    "CRLF": RIGHT.replace("\n", "\r\n"),
    "old Mac line ends": RIGHT.replace("\n", "\r"),
    "a byte order mark": "\ufeff" + RIGHT,
    "tabs": RIGHT.replace("    ", "\t"),
    "no line end": RIGHT.rstrip(),
    "type hints that are resolved": "import typing\nfrom collections.abc import Iterable\n"
    "from dataclasses import dataclass\n@dataclass\nclass Sum:\n    total: 'float' = 0.0\n"
    "    count: 'typing.Optional[int]' = 0\n"
    "assert typing.get_type_hints(Sum)['total'] is float\n" + RIGHT,
    "pickles its own class": "import pickle\nfrom dataclasses import dataclass\n"
    "@dataclass\nclass Box:\n    value: object\n"
    + RIGHT.replace(
        "    if not", "    values = pickle.loads(pickle.dumps(Box(values))).value\n    if not"
    ),
    "a pool of workers": "import multiprocessing\n"
    + RIGHT.replace(
        "    values = ",
        "    with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "        batches = pool.map(list, batches)\n    values = ",
    ),
    "a thread pool": "from concurrent.futures import ThreadPoolExecutor\n"
    + RIGHT.replace(
        "    values = ",
        "    with ThreadPoolExecutor() as pool:\n"
        "        batches = list(pool.map(list, batches))\n    values = ",
    ),
    "a subprocess": "import subprocess, sys\n"
    "assert subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout\n"
    + RIGHT,
    "asyncio": "import asyncio\n"
    + RIGHT.replace("def mean", "async def slow").replace(
        "    values", "    await asyncio.sleep(0)\n    values"
    )
    + "\ndef mean(batches):\n    return asyncio.run(slow(batches))\n",
    "a class behind the name": "class _Mean:\n    def __call__(self, batches):\n"
    "        return right(batches)\nmean = _Mean()\n" + RIGHT.replace("def mean", "def right"),
    "a module that replaces itself": "import sys\n"
    + RIGHT
    + "\nclass M:\n    mean = staticmethod(mean)\nsys.modules[__name__] = M()\n",
    "temporary files": "import tempfile\nwith tempfile.NamedTemporaryFile('w') as f: f.write('x')\n"
    + RIGHT,
    "reads itself": "import inspect\n" + RIGHT + "\nassert 'no values' in inspect.getsource(mean)\n"
    "assert open(__file__).read()\n",
    "changes folder and mask": "import os\n"
    + RIGHT.replace("    values", "    os.chdir('/'); os.umask(0o777)\n    values", 1),
    "warns": "import warnings\nwarnings.simplefilter('always')\n"
    + RIGHT.replace(
        "    values",
        "    warnings.warn('hm'); warnings.warn('no', DeprecationWarning)\n    values",
        1,
    ),
    "makes warnings errors": "import warnings, threading\nwarnings.simplefilter('error')\n"
    "threading.Thread(target=threading.Event().wait, daemon=True).start()\n" + RIGHT,
    "logs": "import logging\nlogging.basicConfig(level=0)\n"
    + RIGHT.replace("    values", "    logging.info('x')\n    values", 1),
    "seeds": "import random\nrandom.seed(0)\n" + RIGHT,
    "redirects its output": "import contextlib, io\n"
    + RIGHT.replace("def mean", "def inner")
    + "\ndef mean(batches):\n    with contextlib.redirect_stdout(io.StringIO()):\n"
    "        print('x')\n        return inner(batches)\n",
    "replaces stdout": "import sys, io\nsys.stdout = sys.stderr = io.StringIO()\n" + RIGHT,
    "sets stdout to None": "import sys\nsys.stdout = sys.stderr = None\n" + RIGHT,
    "a deep recursion": "import sys\nsys.setrecursionlimit(20_000)\n"
    "def count(n): return n and 1 + count(n - 1)\nassert count(5000) == 5000\n" + RIGHT,
    "a thread left alive": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(60,)).start()\n" + RIGHT,
    "a child left alive": "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\n" + RIGHT,
    "ends its workers": "import multiprocessing, threading\n"
    + RIGHT.replace(
        "    values",
        "    fork = multiprocessing.get_context('fork')\n    lock = threading.Lock()\n"
        "    lock.acquire()\n    worker = fork.Process(target=lock.acquire)\n"
        "    worker.start()\n    worker.terminate()\n    worker.join()\n"
        "    assert worker.exitcode == -15, worker.exitcode\n    values",
        1,
    ),
    "an exit handler": "import atexit, time\natexit.register(time.sleep, 60)\n" + RIGHT,
}


@pytest.mark.parametrize("style", STYLES)
def test_right_files_pass_in_any_style(mean_of_batches: Exercise, style: str) -> None:
    body = STYLES[style].encode("latin-1" if "cookie" in style else "utf-8")
    report = grade(mean_of_batches, body)
    assert report.status is Status.PASSED, told(report) + report.output
    assert report.diagnosis == ""


def test_helpers_beside_the_file_are_found(mean_of_batches: Exercise) -> None:
    files = {
        **stub_files(mean_of_batches),
        "solution.py": b"from helpers.sums import mean\nimport flat\n",
        "helpers/__init__.py": b"",
        "helpers/sums.py": b"from .deep import mean\n",
        "helpers/deep.py": RIGHT.encode(),
        "flat.py": b"",
    }
    report = grade_files(mean_of_batches, files, SEED, warm=way.warm)
    assert report.status is Status.PASSED, told(report)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_started_processes_find_the_learners_functions(
    mean_of_batches: Exercise, method: str
) -> None:
    source = "import multiprocessing\n\ndef total(batch):\n    return sum(batch), len(batch)\n\n"
    source += RIGHT.replace("def mean", "def right") + (
        "\ndef mean(batches):\n    batches = list(batches)\n    right(batches)\n"
        f"    with multiprocessing.get_context({method!r}).Pool(2) as pool:\n"
        "        sums = pool.map(total, batches)\n"
        "    return sum(s for s, _ in sums) / sum(n for _, n in sums)\n"
    )
    exercise = mean_of_batches._replace(timeout=30.0)
    report = grade(exercise, source)
    assert outcomes(report)["equal_batches"] is Outcome.PASSED, told(report)


# --- whose fault it is


@pytest.fixture
def own_copy(tiny_catalogue: Catalogue, tmp_path: Path) -> Exercise:
    """mean-of-batches in a folder of the test's own."""
    shutil.copytree(tiny_catalogue.root, tmp_path / "tiny")
    return Catalogue(tmp_path / "tiny").find("mean-of-batches")


def rewrite(exercise: Exercise, old: str, new: str) -> None:
    path = exercise.grader_folder / "test_grader.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    return sum(values) / len(values)", "    return 1 / 0", "ZeroDivisionError"),
        ("import random\n", "import random, no_such\n", "ModuleNotFoundError: No module named"),
        ("import random\n", "import random\nraise SystemExit\n", "SystemExit"),
        ("def test_no_values(solution)", "def test_no_values(solution, nothing)", "nothing"),
        ("    kit.raises(ValueError, solution.mean, [], what=", "    kit.no(what=", "no_values"),
        ("    kit.close(\n", "    import os; os._exit(3)\n    kit.close(\n", None),
        ("    of_means =", "    kit.expect(solution)\n    of_means =", "uneven_batches: TypeError"),
    ],
)
@pytest.mark.parametrize("source", [RIGHT, WRONG])
def test_a_grader_that_errs_by_itself_is_broken(
    own_copy: Exercise, old: str, new: str, words: str | None, source: str
) -> None:
    rewrite(own_copy, old, new)
    report = grade(own_copy, source)
    if words is None:  # the process died in a check: nobody can tell whose line it was
        assert report.status is Status.FAILED
        return
    if source == WRONG and words == "uneven_batches: TypeError":
        assert report.status is Status.FAILED  # the check waits and never comes to its bug
        return
    assert report.status is Status.BROKEN, told(report)
    assert not report.status.recorded
    assert words in report.reason


@pytest.mark.parametrize("status", [s for s in Status if not s.recorded])
def test_what_does_not_count_is_not_recorded(desk: Any, status: Status) -> None:
    desk.start(desk.loop)
    before = desk.kinds(desk.loop)
    assert not desk.grade(desk.loop, status).recorded
    assert desk.kinds(desk.loop) == before


def test_a_grader_that_is_no_python_is_an_internal_error(own_copy: Exercise) -> None:
    rewrite(own_copy, "import random", "import random random")
    with pytest.raises(InternalError, match="grader of mean-of-batches"):
        grade(own_copy, RIGHT)


def test_a_check_that_is_not_announced_is_no_pass(own_copy: Exercise) -> None:
    rewrite(own_copy, "import random\n", "import random\n\nif True:\n    def test_more(): pass\n")
    report = grade(own_copy, RIGHT)
    assert report.status is not Status.PASSED


JUNK = {
    "None": "None",
    "a string": "'3.0'",
    "a list": "[1.0]",
    "an object": "object()",
    "a class": "float",
    "a generator": "(x for x in ())",
    "NaN": "float('nan')",
    "a bool": "True",
    "a huge int": "10 ** 5000",
    "a complex": "1j",
    "the batches": "b",
}


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_the_learners_failure(mean_of_batches: Exercise, junk: str) -> None:
    report = grade(mean_of_batches, f"def mean(b):\n    return {JUNK[junk]}\n")
    assert report.status is Status.FAILED, told(report)
    assert "has the wrong type" in told(report) or "not finite" in told(report)


def test_a_grader_that_stumbles_over_junk_is_not_broken(own_copy: Exercise) -> None:
    """It adds to what it should have looked at first; the reference shows that it is sound."""
    rewrite(
        own_copy,
        "    kit.close(\n        solution.mean(batches),",
        "    kit.close(\n        0.0 + solution.mean(batches),",
    )
    source = RIGHT.replace("len(values)\n", "len(values) if len(values) != 9 else None\n")
    report = grade(own_copy, source)
    assert report.status is Status.FAILED
    message = report.results[1].evidence.message
    assert message.startswith("the check could not use what your code returned or left behind (T")


def test_a_wrong_signature_is_the_learners_failure(mean_of_batches: Exercise) -> None:
    report = grade(mean_of_batches, "def mean():\n    return 0.0\n")
    assert report.status is Status.FAILED
    assert "mean() takes 0 positional arguments" in told(report)


def test_a_file_that_breaks_pytest_is_the_learners_failure(mean_of_batches: Exercise) -> None:
    source = "import _pytest.runner as r\nr.call_and_report = None\n" + RIGHT
    report = grade(mean_of_batches, source)
    assert report.status is Status.FAILED
    assert report.reason.startswith("your code broke the run of the grader: ")


# --- the public examples


def test_check_runs_the_examples_only(mean_of_batches: Exercise) -> None:
    report = check(mean_of_batches, RIGHT)
    assert report.status is Status.PASSED
    assert [r.check.title for r in report.results] == [
        "One batch is its own mean",
        "Two batches count by their values",
    ]


def test_check_shows_the_operands_of_an_example(mean_of_batches: Exercise) -> None:
    report = check(mean_of_batches, "def mean(b):\n    return 3.0 + len(b) - 1\n")
    assert report.status is Status.FAILED
    assert "assert 4.0 == 3.0" in report.results[1].evidence.message


@pytest.mark.parametrize(
    ("source", "status", "words"),
    [
        ("def mean(b): return None + 1\n", Status.FAILED, "TypeError"),
        ("def mean(): pass\n", Status.FAILED, "takes 0 positional arguments"),
        ("def meen(b): pass\n", Status.CANNOT_RUN, "solution.py does not define mean"),
        ("def mean(b) pass\n", Status.CANNOT_RUN, "SyntaxError"),
        ("import os\ndef mean(b): os._exit(0)\n", Status.FAILED, "ended the Python process"),
        ("def mean(b): raise NotImplementedError\n#\n", Status.NOT_ATTEMPTED, "nothing written"),
    ],
)
def test_check_never_blames_the_examples(
    mean_of_batches: Exercise, source: str, status: Status, words: str
) -> None:
    report = check(mean_of_batches, source)
    assert report.status is status, told(report)
    assert words in told(report)
    assert "/tmp" not in told(report)


def test_examples_with_pytest_raises_fail_and_do_not_break(own_copy: Exercise) -> None:
    path = own_copy.folder / "examples.py"
    path.write_text(
        "import pytest\nfrom solution import mean\n\n\ndef test_empty():\n"
        '    """Nothing"""\n    with pytest.raises(ValueError):\n        mean([])\n'
    )
    report = check(own_copy, WRONG)
    assert report.status is Status.FAILED
    assert "DID NOT RAISE" in told(report)


# --- what the learner reads


def test_nothing_of_the_grader_is_shown(mean_of_batches: Exercise) -> None:
    """Neither its source, nor its operands, nor the reference."""
    for source in (WRONG, "def mean(b): return None\n", "def mean(b): raise ValueError\n"):
        report = grade(mean_of_batches, source)
        for secret in ("_drawn", "uniform", "test_grader", "kit.", "of_means", "total +="):
            assert secret not in told(report) + report.output


def test_output_is_kept_clean_and_capped(mean_of_batches: Exercise) -> None:
    source = (
        "import os, sys\nos.write(1, b'\\xff\\xfe raw\\n')\nprint('\\x1b[31mred\\x1b[0m\\x07')\n"
        "print('to stderr', file=sys.stderr)\nprint('x' * 200_000)\n" + RIGHT
    )
    report = grade(mean_of_batches, source)
    assert report.status is Status.PASSED
    assert report.output.startswith("\ufffd\ufffd raw\nred\n") or "red\n" in report.output
    assert "to stderr" in report.output
    assert "\x1b" not in report.output
    assert len(report.output) < 70_000


def test_messages_are_harmless_and_short(mean_of_batches: Exercise) -> None:
    source = (
        "class E(Exception):\n    def __str__(self): return '\\x1b[2J' + 'y' * 10**7 + '\\udc80'\n"
        "def mean(b): raise E\n"
    )
    report = grade(mean_of_batches, source)
    evidence = report.results[0].evidence
    assert evidence.exception == "E"
    assert len(evidence.message) < 2000
    assert evidence.message.startswith("yyy")
    assert evidence.message.endswith("?")


BAD_EXCEPTIONS = {
    "str raises": "class E(Exception):\n    def __str__(self): raise ValueError\n",
    "str exits": "class E(Exception):\n    def __str__(self): raise SystemExit\n",
    "str is no str": "class E(Exception):\n    def __str__(self): return 5\n",
    "str of a subclass": "class S(str):\n    def replace(self, *a): raise SystemExit\n"
    "class E(Exception):\n    def __str__(self): return S('text')\n",
    "traceback is a property": "class E(Exception):\n"
    "    @property\n    def __traceback__(self): raise SystemExit\n",
    "class is a lie": "from prep.testing import CheckFailed, Unrunnable\n"
    "class E(Exception):\n    __class__ = CheckFailed\n",
    "message is no text": "from prep.testing import CheckFailed\n"
    "class E(CheckFailed):\n    def __init__(self): self.message = self.seen = 5\n",
    "a metaclass": "class M(type):\n    @property\n    def __name__(cls): raise SystemExit\n"
    "class E(Exception, metaclass=M): pass\n",
    "Unrunnable": "from prep.testing import Unrunnable\n"
    "class E(Unrunnable):\n    def __init__(self): self.message, self.line = {}, 'x'\n",
    "junk frames": "from prep.testing.failures import ChildRaisedError as E_\n"
    "def E(): return E_({'outcome': 'failed', 'frames': [1, {'line': 'x'}, None], 'message': 5})\n",
    "a group": "def E(): return ExceptionGroup('many', [ValueError(1), TypeError(2)])\n",
    "a base exception": "class E(BaseException): pass\n",
}


@pytest.mark.parametrize("kind", BAD_EXCEPTIONS)
def test_exceptions_that_misbehave_are_failures(mean_of_batches: Exercise, kind: str) -> None:
    report = grade(mean_of_batches, f"{BAD_EXCEPTIONS[kind]}def mean(b):\n    raise E()\n")
    assert report.status is Status.FAILED, told(report)
    assert report.diagnosis == ""


def test_a_traceback_that_was_taken_away_still_has_the_raising_line(
    mean_of_batches: Exercise,
) -> None:
    source = (
        "def mean(b):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n"
        "        e.__traceback__ = None\n        raise e.with_traceback(None)\n"
    )
    report = grade(mean_of_batches, source)
    assert report.results[0].evidence.frames[-1].line == 6


def test_the_seed_is_reported_and_repeats(mean_of_batches: Exercise) -> None:
    seen = set()
    for seed in (1, 1, 2):
        report = grade(mean_of_batches, WRONG, seed=seed)
        assert report.seed == seed
        seen.add(report.results[0].evidence.expected)
    assert len(seen) == 2


def test_a_path_with_spaces_and_umlauts(
    mean_of_batches: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mit Leerzeichen \u00fcber alles"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    source = (
        "import time\ndef gr\u00f6\u00dfe():\n    time.sleep(30)\ndef mean(b): gr\u00f6\u00dfe()\n"
    )
    report = grade(mean_of_batches._replace(timeout=0.7), source, cold=True)
    assert report.status is Status.STOPPED
    assert report.place is not None
    assert (report.place.line, report.place.function) == (3, "gr\u00f6\u00dfe")
    assert os.listdir(folder) == []
