"""`dev check` as a whole: files first, then runs, and what is left out is told."""

from __future__ import annotations

from typing import Any

import pytest

from prep.authoring import inspection, proof
from prep.authoring.inspection import inspect
from prep.authoring.proof import Result
from prep.errors import NotFoundError
from prep.model import Exercise, Report, Status

from .conftest import Content

TOML = "exercises/exercise.toml"


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """What `proof.prove` was asked for; it finds nothing."""
    asked = []

    def prove(exercises: list[Exercise], **options: Any) -> tuple[Result, ...]:
        asked.append(([e.slug for e in exercises], options))
        return tuple(
            Result(run, Report(e.slug, Status.PASSED, (), seconds=number), ())
            for e in exercises
            for number, run in enumerate(proof.plan(e, (7,)))
        )

    monkeypatch.setattr(inspection.proof, "prove", prove)
    return asked


def test_a_real_check(content: Content) -> None:
    seen = []
    found = inspect(
        content.catalogue,
        ["add-up"],
        seeds=(7,),
        jobs=2,
        progress=lambda done, total, newest: seen.append((done, total)),
    )
    assert found.problems == ()
    assert found.ok(require_all=True)
    [verdict] = found.verdicts
    assert verdict.name == "sums/add-up"
    assert len(verdict.results) == 8
    assert 0 < verdict.seconds < 20
    assert seen == [(n, 8) for n in range(1, 9)]


def test_options_reach_the_proof(content: Content, proved: list[Any]) -> None:
    inspect(content.catalogue, seeds=(1, 2, 3), jobs=5)
    [(slugs, options)] = proved
    assert slugs == ["add-up"]
    assert (options["seeds"], options["jobs"]) == ((1, 2, 3), 5)


def test_only_the_files(content: Content, proved: list[Any]) -> None:
    found = inspect(content.catalogue, runs=False)
    assert found.ok()
    assert proved == []
    assert found.verdicts[0].results == ()


def test_results_go_to_their_exercise(content: Content, proved: list[Any]) -> None:
    content.at("sums", "add-again").fill()
    found = inspect(content.catalogue)
    assert [v.name for v in found.verdicts] == ["sums/add-again", "sums/add-up"]
    for verdict in found.verdicts:
        assert {r.run.exercise.slug for r in verdict.results} == {verdict.name.partition("/")[2]}
        assert verdict.seconds == 7.0


def test_a_missing_framework_is_told_and_fails_on_demand(
    content: Content, proved: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "missing", lambda exercise: exercise.needs)
    other = content.at("deep", "torch-sums").fill()
    other.replace(TOML, "needs = []", 'needs = ["torch"]')
    found = inspect(content.catalogue)
    assert proved[0][0] == ["add-up"]
    assert [(v.name, v.needs, v.results) for v in found.unchecked] == [
        ("deep/torch-sums", ("torch",), ())
    ]
    assert found.ok()
    assert not found.ok(require_all=True)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (TOML, "level ="),
        (TOML, 'title = "x"'),
        ("solutions/reference.py", None),
        ("graders/test_grader.py", None),
        ("graders/test_grader.py", "def test_x(:"),
        ("exercises/examples.py", "def test_x(:"),
        ("exercises/prompt.md", None),
        ("solutions/wrong/last_left_out.py", "x = 1\n"),
        ("solutions/wrong/last_left_out.py", "def total(:\n"),
        ("solutions/wrong/last_left_out.py", b"\xff"),
    ],
)
def test_what_cannot_be_run_is_told_once(
    content: Content, proved: list[Any], path: str, text: str | bytes | None
) -> None:
    content.at("sums", "whole").fill()
    if text is None:
        content.remove(path)
    else:
        content.write(path, text)
    found = inspect(content.catalogue)
    assert [slugs for slugs, _ in proved] == [["whole"]]
    damaged, whole = found.verdicts
    assert damaged.problems
    assert not whole.problems
    assert any(p.file.endswith(path.partition("/")[2]) for p in damaged.problems)
    assert not found.ok()


def test_a_fault_in_the_prompt_does_not_keep_it_from_running(
    content: Content, proved: list[Any]
) -> None:
    content.write("exercises/prompt.md", "no title\n")
    found = inspect(content.catalogue)
    assert proved[0][0] == ["add-up"]
    assert [p.key for p in found.problems] == ["line 1"]


def test_the_rest_of_the_content_is_looked_at_only_as_a_whole(
    content: Content, proved: list[Any]
) -> None:
    content.at("sums", "gone").write("solutions/reference.py", "x = 1\n")
    assert [str(p) for p in inspect(content.catalogue).general] == [
        "solutions/sums/gone: belongs to no exercise"
    ]
    assert inspect(content.catalogue, ["add-up"]).ok()


def test_an_unknown_name(content: Content) -> None:
    with pytest.raises(NotFoundError, match="did you mean add-up"):
        inspect(content.catalogue, ["add-upp"])
