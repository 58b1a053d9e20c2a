"""What a grader can do, seen from outside: fixtures, seeds, waiting, series, broken graders."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

from prep.sandbox import Job, Limits, RawRun, run

Grade = Callable[..., dict[str, dict[str, Any]]]


def start(
    grader: str,
    source: str = "",
    *,
    files: dict[str, bytes] | None = None,
    main: str = "solution.py",
    seed: int = 3,
    public: bool = False,
    needs: tuple[str, ...] = (),
) -> RawRun:
    files = {"solution.py": source.encode(), **(files or {})}
    head = "from prep import testing as kit\nimport pytest\n"
    text = grader if public else head + grader
    name = "test_examples.py" if public else "<grader>"
    if public:
        files[name] = text.encode()
    return run(Job(files, main, text, name, needs, Limits(20.0), seed=seed, public=public))


def results(found: RawRun) -> dict[str, dict[str, Any]]:
    return {e["check"]: e for e in found.events if e["event"] == "result"}


def outcomes(found: RawRun) -> dict[str, str]:
    return {name: str(event["outcome"]) for name, event in results(found).items()}


def test_fixtures() -> None:
    found = start(
        "def test_all(solution, workspace, seed):\n"
        "    assert solution.x == 5 and seed == 3\n"
        "    assert (workspace / 'deep' / 'data.csv').read_text() == '1,2'\n"
        "    assert (workspace / 'solution.py').exists()\n"
        "def test_none(): pass\n",
        "x = 5\n",
        files={"deep/data.csv": b"1,2"},
    )
    assert outcomes(found) == {"all": "passed", "none": "passed"}


def test_a_file_that_is_no_python_is_not_imported() -> None:
    found = start(
        "def test_read(solution, workspace):\n"
        "    assert solution is None and (workspace / 'query.sql').read_text() == 'SELECT 1'\n",
        files={"query.sql": b"SELECT 1"},
        main="query.sql",
    )
    assert outcomes(found) == {"read": "passed"}
    assert found.first("imported") is None


def test_the_solution_is_imported_once() -> None:
    found = start(
        "import sys\ndef test_a(solution): assert solution.count == [1]\n"
        "def test_b(solution):\n    import solution as again\n"
        "    assert again.count is solution.count\n",
        "import builtins\ncount = getattr(builtins, 'count', [])\ncount.append(1)\n"
        "builtins.count = count\n",
    )
    assert outcomes(found) == {"a": "passed", "b": "passed"}


@pytest.mark.parametrize("removed", ["", "import sys; del sys.modules['solution']\n"])
def test_a_module_that_hides_itself_is_still_the_one(removed: str) -> None:
    found = start("def test_a(solution): assert solution.x == 1\n", f"x = 1\n{removed}")
    assert outcomes(found) == {"a": "passed"}


SEEDED = """
import random
def drawn(): return [random.random() for _ in range(3)]
def test_a(seed): kit.record("a", drawn())
def test_b(seed, solution): solution.mess(); kit.record("b", drawn())
def test_c(seed): kit.record("c", drawn())
"""


def series(found: RawRun) -> dict[str, list[float]]:
    return {name: values for e in results(found).values() for name, values in e["series"]}


def test_the_same_seed_draws_the_same_data_in_any_order() -> None:
    calm = "def mess(): pass\n"
    wild = "import random\nrandom.seed(99)\ndef mess(): random.seed(1)\n"
    first = series(start(SEEDED, calm))
    assert len({tuple(v) for v in first.values()}) == 3
    again = series(start(SEEDED, wild))
    assert (again["a"], again["c"]) == (first["a"], first["c"])
    assert again["b"] != first["b"]  # what the check itself did counts, of course
    assert series(start(SEEDED, calm, seed=4))["a"] != first["a"]
    head, a, b, c = SEEDED.strip().partition("def test_a")[0], *SEEDED.split("\ndef test_")[1:]
    turned = head + "".join(f"\ndef test_{part}\n" for part in (c, b, a))
    assert series(start(turned, calm)) == first


def test_the_seed_of_a_check_is_its_name_and_the_runs() -> None:
    """So that an author can draw the same data in a shell."""
    number = int.from_bytes(hashlib.blake2b(b"3:test_a", digest_size=4).digest(), "little")
    numbers = random.Random(number)
    found = series(start(SEEDED, "def mess(): pass\n"))
    assert found["a"] == [numbers.random() for _ in range(3)]


@pytest.mark.slow
def test_every_library_is_seeded_before_every_check() -> None:
    grader = (
        "import numpy, torch, random\n"
        "def drawn(): return [random.random(), numpy.random.rand(), torch.rand(1).item()]\n"
        "def test_a(solution): kit.record('a', drawn())\n"
        "def test_b(solution): kit.record('b', drawn())\n"
    )
    if find_spec("torch") is None:
        pytest.skip("torch is not installed")
    calm = start(grader, needs=("torch",))
    wild = "import numpy, torch, random\ntorch.rand(9); numpy.random.rand(9); random.random()\n"
    assert outcomes(calm) == {"a": "passed", "b": "passed"}
    assert series(start(grader, wild, needs=("torch",))) == series(calm)


@pytest.mark.slow
def test_keras_draws_the_same_in_any_order() -> None:
    if find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    head = (
        "import keras, tensorflow as tf\ndef drawn():\n"
        "    layer = keras.layers.Dense(1); layer.build((None, 1))\n"
        "    drop = keras.layers.Dropout(0.5)(tf.ones(50), training=True)\n"
        "    return [tf.random.normal(()), layer.kernel[0, 0], keras.random.normal(()),\n"
        "            tf.reduce_sum(drop), keras.random.shuffle(tf.range(10.0))[0]]\n"
    )
    checks = [f"def test_{name}(): kit.record('{name}', drawn())\n" for name in "ab"]
    first = series(start(head + "".join(checks), needs=("tensorflow",)))
    assert len(first) == 2
    assert series(start(head + "".join(checks[::-1]), needs=("tensorflow",))) == first


def test_a_check_waits_for_what_it_needs() -> None:
    found = start(
        "def test_a(): kit.fail('no')\n"
        "def test_b(): pass\n"
        "@kit.needs('a')\ndef test_c(): raise SystemExit\n"
        "@kit.needs('b')\ndef test_d(): pass\n"
        "@kit.needs('b', 'c')\ndef test_e(): raise SystemExit\n"
        "@kit.needs('no_such')\ndef test_f(): raise SystemExit\n"
    )
    assert outcomes(found) == {
        "a": "failed",
        "b": "passed",
        "c": "waiting",
        "d": "passed",
        "e": "waiting",
        "f": "waiting",
    }
    assert results(found)["e"]["message"] == "c"
    assert "no_such" in results(found)["f"]["message"]


def test_series_belong_to_their_check() -> None:
    found = start(
        "def test_a(): kit.record('loss', [3, 2.5, float('nan')]); kit.fail('no')\n"
        "def test_b(): pass\n"
        "def test_c():\n    for n in range(30): kit.record('n', range(1000))\n"
    )
    told = results(found)
    assert told["a"]["series"][0][1][:2] == [3.0, 2.5]
    assert told["b"]["series"] == []
    assert len(told["c"]["series"]) == 20
    assert len(told["c"]["series"][0][1]) == 500


def test_each_check_starts_in_the_workspace() -> None:
    found = start(
        "import os\ndef test_a(solution): solution.leave()\n"
        "def test_b(workspace): assert os.getcwd() == str(workspace)\n",
        "import os\ndef leave(): os.chdir('/')\n",
    )
    assert outcomes(found) == {"a": "passed", "b": "passed"}


OUTCOMES = {
    "assert 1 == 2": "failed",
    "assert 1 == 2, 'why'": "failed",
    "kit.fail('no')": "failed",
    "kit.expect(False, 'no')": "failed",
    "pytest.fail('no')": "failed",
    "pytest.skip('no')": "failed",
    "pytest.xfail('no')": "failed",
    "pytest.exit('no')": "failed",
    "raise SystemExit(0)": "failed",
    "raise KeyboardInterrupt": "failed",
    "raise kit.Unrunnable('no', 3)": "unrunnable",
    "raise ValueError": "error",
    "kit.expect(1, 'no')": "error",
    "raise NotImplementedError": "error",
    "return 5": "passed",
}


def test_how_a_check_can_end() -> None:
    grader = "".join(f"def test_{n}():\n    {line}\n" for n, line in enumerate(OUTCOMES))
    found = start(grader)
    assert dict(zip(OUTCOMES, outcomes(found).values(), strict=True)) == OUTCOMES
    assert found.first("end")  # none of them ended the session
    told = results(found)
    assert told["0"]["message"] == ""  # the operands of a hidden check are not shown
    assert told["1"]["message"] == "why"
    assert told["10"]["line"] == 3


BROKEN = {
    "import no_such_module": "No module named 'no_such_module'",
    "1 / 0": "ZeroDivisionError: division by zero",
    "raise SystemExit(0)": "SystemExit",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "pytest.skip('no', allow_module_level=True)": "Skipped: no",
    "def test_a(no_such_fixture): pass": "",
    "from solution import *": "",
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_grader_that_cannot_be_used_is_never_a_pass(line: str) -> None:
    found = start(f"{line}\ndef test_b(): pass\n")
    broken = found.first("broken")
    if BROKEN[line]:
        assert broken is not None
        assert BROKEN[line] in str(broken["message"]).splitlines()[-1]
    elif "fixture" in line:
        assert outcomes(found) == {"a": "error", "b": "passed"}
    else:
        assert outcomes(found) == {"b": "passed"}  # it is the learner's module, and empty


def test_unusual_checks_are_collected_as_pytest_does() -> None:
    """They are not what is announced, so the judge refuses the run."""
    found = start(
        "class TestX:\n    def test_a(self): pass\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_b(n): pass\n"
        "@pytest.mark.skip\ndef test_c(): pass\n"
        "@pytest.mark.xfail\ndef test_d(): assert False\n"
    )
    collected = found.first("collected")
    assert collected is not None
    assert collected["checks"] == ["a", "b[1]", "b[2]", "c", "d"]
    assert outcomes(found)["c"] != "passed"
    assert outcomes(found)["d"] != "passed"


def test_a_yield_fixture_that_fails_at_the_end_is_an_error() -> None:
    found = start("@pytest.fixture\ndef f():\n    yield 1\n    1 / 0\ndef test_a(f): pass\n")
    assert outcomes(found) == {"a": "error"}


def test_public_examples_show_their_operands_and_blame_nobody_else() -> None:
    found = start(
        "import pytest\nfrom solution import one\n"
        "def test_a(): assert one() == 2\n"
        "def test_b(): assert one() + None\n"
        "def test_c():\n    with pytest.raises(ValueError): one()\n"
        "def test_d(): assert one() == 1\n",
        "def one(): return 1\n",
        public=True,
    )
    assert outcomes(found) == {"a": "failed", "b": "failed", "c": "failed", "d": "passed"}
    told = results(found)
    assert "assert 1 == 2" in told["a"]["message"]
    assert told["b"]["exception"] == "TypeError"
    assert "DID NOT RAISE" in told["c"]["message"]


def test_public_examples_without_the_name_are_told_in_one_line() -> None:
    found = start("from solution import one\ndef test_a(): pass\n", "x = 1\n", public=True)
    broken = found.first("broken")
    assert broken is not None
    last = str(broken["message"]).splitlines()[-1]
    assert last.startswith("ImportError: cannot import name 'one' from 'solution'")
    assert "/tmp" not in last


def test_the_kit_serves_plain_pytest_too(tmp_path: Any) -> None:
    """An author can run a grader by hand, with pytest's own reports."""
    import subprocess
    import sys

    (tmp_path / "solution.py").write_text("def one(): return 1\n")
    (tmp_path / "test_grader.py").write_text(
        "def test_a(solution, workspace, seed):\n"
        "    assert (solution.one(), workspace.name, seed) == (1, 'w', 5)\n"
    )
    (tmp_path / "w").mkdir()
    (tmp_path / "solution.py").rename(tmp_path / "w" / "solution.py")
    arguments = ["--workspace", "w", "--grader-seed", "5", "test_grader.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "prep.testing.plugin", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
