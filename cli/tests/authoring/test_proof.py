"""The plan, its order and the second chance; a real proof of a tiny exercise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from prep.authoring import proof
from prep.authoring.proof import SEEDS, STRICT_SEEDS, Result
from prep.authoring.worker import Answer, Task
from prep.errors import EnvironmentProblemError, InternalError
from prep.model import Report, Status

from .conftest import Content


class FakeCrew:
    """Answers at once: the last task first, each task as long as `seconds` says."""

    seconds: Sequence[float] = (0.1,)
    asked: list[int]

    def __init__(self, count: int) -> None:
        FakeCrew.asked = []

    def __enter__(self) -> FakeCrew:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def answers(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        FakeCrew.asked.append(len(tasks))
        seconds = self.seconds[min(len(FakeCrew.asked), len(self.seconds)) - 1]
        for number in reversed(range(len(tasks))):
            yield number, Report("add-up", Status.PASSED, (), seconds=seconds)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeCrew]:
    monkeypatch.setattr(proof, "Crew", FakeCrew)
    monkeypatch.setattr(FakeCrew, "seconds", (0.1,))
    return FakeCrew


def test_the_plan(content: Content) -> None:
    labels = [run.label for run in proof.plan(content.exercise, (7, 8))]
    assert labels == [
        "stub, seed 7",
        "stub, examples",
        "reference, examples",
        "reference, seed 7",
        "reference, seed 8",
        "accepted/by_loop, seed 7",
        "accepted/by_loop, seed 8",
        "accepted/fsum, seed 7",
        "accepted/fsum, seed 8",
        "wrong/empty_is_none, seed 7",
        "wrong/empty_is_none, seed 8",
        "wrong/last_left_out, seed 7",
        "wrong/last_left_out, seed 8",
    ]


def test_strict_is_one_seed_more() -> None:
    assert len(set(SEEDS)) == 2
    assert STRICT_SEEDS[:2] == SEEDS
    assert len(set(STRICT_SEEDS)) == 3


def test_results_are_in_the_order_of_the_plan(content: Content, fake: type[FakeCrew]) -> None:
    seen: list[tuple[int, int, str]] = []

    def progress(done: int, total: int, newest: Result) -> None:
        seen.append((done, total, newest.run.label))

    other = content.at("sums", "add-again").fill()
    exercises = [content.exercise, other.exercise]
    results = proof.prove(exercises, seeds=(7,), progress=progress)
    plan = [run for exercise in exercises for run in proof.plan(exercise, (7,))]
    assert [r.run for r in results] == plan
    assert [done for done, _, _ in seen] == list(range(1, 17))
    assert {total for _, total, _ in seen} == {16}
    assert seen[0][2] == "wrong/last_left_out, seed 7"


def test_a_slow_run_has_a_second_chance(content: Content, fake: type[FakeCrew]) -> None:
    fake.seconds = (12.0, 0.2)
    results = proof.prove([content.exercise], seeds=(7,))
    assert fake.asked == [8] + [1] * 8
    assert all(r.seconds == 0.2 for r in results)
    fake.seconds = (12.0,)
    results = proof.prove([content.exercise], seeds=(7,))
    slow = "the run took 12.0 s, over half of the timeout of 20 s"
    told = [p.text for r in results for p in r.problems]
    assert told.count(slow) == 6  # the public examples are not timed


def test_problems_name_the_file_and_the_seed(content: Content, fake: type[FakeCrew]) -> None:
    results = proof.prove([content.exercise], seeds=(7,))
    told = [str(p) for r in results for p in r.problems]
    folder = "exercises/sums/add-up/stub/solution.py"
    assert told[:2] == [
        f"{folder}: seed 7: the stub must be 'not attempted', it is 'passed'",
        f"{folder}: examples: the public examples pass on the stub",
    ]
    assert told[2] == (
        "solutions/sums/add-up/wrong/empty_is_none.py: seed 7:"
        " a wrong file must be 'failed', it is 'passed'"
    )
    assert {p.exercise for r in results for p in r.problems} == {"sums/add-up"}


def test_errors_of_the_machine_are_not_hidden(
    content: Content, fake: type[FakeCrew], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(self: FakeCrew, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        yield 0, EnvironmentProblemError("no temporary folder can be made", "free some space")

    monkeypatch.setattr(FakeCrew, "answers", answers)
    with pytest.raises(EnvironmentProblemError, match="no temporary folder"):
        proof.prove([content.exercise])


def test_an_error_of_the_exercise_is_its_problem(
    content: Content, fake: type[FakeCrew], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(self: FakeCrew, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        yield 3, InternalError("the grader is broken")

    monkeypatch.setattr(FakeCrew, "answers", answers)
    [result] = proof.prove([content.exercise])
    assert result.report is None
    assert result.seconds == 0.0
    assert [str(p) for p in result.problems] == [
        "solutions/sums/add-up/reference.py: seed 7: the grader is broken"
    ]


def test_an_incomplete_exercise_is_not_planned(content: Content) -> None:
    content.remove("solutions/reference.py")
    with pytest.raises(InternalError, match="reference"):
        proof.plan(content.exercise, SEEDS)


def test_a_whole_exercise_is_proved(content: Content) -> None:
    results = proof.prove([content.exercise], jobs=2)
    assert [str(p) for r in results for p in r.problems] == []
    verdicts = [r.report.status.value for r in results if r.report]
    assert verdicts == ["not attempted"] * 2 + ["passed"] * 7 + ["failed"] * 4
    assert [r.report.seed for r in results[3:] if r.report] == list(SEEDS) * 5


def test_a_damaged_exercise_is_found_out(content: Content) -> None:
    content.replace(
        "exercises/stub/solution.py", "raise NotImplementedError", "return sum(numbers)"
    )
    content.replace("solutions/accepted/by_loop.py", "result = 0.0", "result = 1.0")
    content.replace("solutions/wrong/empty_is_none.py", "if numbers:", "if True:")
    content.replace("solutions/wrong/last_left_out.py", '"adds_all", ', "")
    content.write("graders/test_grader.py", content.path("graders/test_grader.py").read_text() + (
        '\n\ndef test_names(solution):\n    """It has one name."""\n'
        '    kit.expect(solution.total.__name__ != "fsum", "a", expected="one", seen="one")\n'
    ))  # fmt: skip
    results = proof.prove([content.exercise], seeds=(20_011,), jobs=2)
    told = {r.run.label: [p.text for p in r.problems] for r in results if r.problems}
    seed = "seed 20011"
    assert list(told) == [
        f"stub, {seed}",
        "stub, examples",
        f"accepted/by_loop, {seed}",
        f"accepted/fsum, {seed}",
        f"wrong/empty_is_none, {seed}",
        f"wrong/last_left_out, {seed}",
    ]
    assert told[f"stub, {seed}"] == ["the stub must be 'not attempted', it is 'passed'"]
    assert told["stub, examples"] == ["the public examples pass on the stub"]
    assert told[f"accepted/by_loop, {seed}"][0].startswith(
        "a right file must be 'passed', it is 'failed' (adds_all: "
    )
    assert "names shows the same as expected and as seen: one" in told[f"accepted/fsum, {seed}"]
    assert told[f"wrong/empty_is_none, {seed}"] == [
        "a wrong file must be 'failed', it is 'passed'",
    ]
    assert told[f"wrong/last_left_out, {seed}"] == [
        "CAUGHT_BY is not what happens: the file also fails adds_all",
        "the learner must read its own diagnosis, not none",
    ]
