"""What is said of one run; reports are made by hand, nothing is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from prep.authoring.candidates import Candidate, candidates
from prep.authoring.judgement import Facts, complaints, too_slow
from prep.model import Check, CheckResult, Evidence, Outcome, Report, Status

from .conftest import Content

SECRET = "return float(sum(numbers, start=0.0))"  # a line of the reference


@pytest.fixture
def facts(content: Content) -> Facts:
    return Facts.of(content.exercise)


def report(
    status: Status,
    outcomes: str = "..",
    *,
    evidence: Evidence | None = None,
    mistake: str = "",
    diagnosis: str = "",
    seconds: float = 0.1,
    reason: str = "",
) -> Report:
    """`outcomes`: one letter per check, `.` passed, F failed, W waiting, S stopped, B broken."""
    letters = {
        ".": Outcome.PASSED,
        "F": Outcome.FAILED,
        "W": Outcome.WAITING,
        "S": Outcome.STOPPED,
        "B": Outcome.BROKEN,
    }
    results = tuple(
        CheckResult(
            Check(name, name),
            letters[letter],
            Evidence() if letter == "." else evidence or Evidence("it is 3", "4", "3"),
        )
        for name, letter in zip(("adds_all", "empty"), outcomes, strict=True)
    )
    return Report("add-up", status, results, diagnosis, mistake, reason, seconds=seconds)


def judged(content: Content, label: str, found: Report, *, public: bool = False) -> list[str]:
    [one] = [c for c in candidates(content.exercise) if c.label == label]
    return complaints(one, found, Facts.of(content.exercise), public=public)


def own(facts: Facts, name: str = "last_left_out") -> dict[str, str]:
    return {"mistake": name, "diagnosis": facts.mistakes[name].diagnosis}


def test_candidates_come_in_a_fixed_order(content: Content) -> None:
    labels = [c.label for c in candidates(content.exercise)]
    assert labels == [
        "stub",
        "reference",
        "accepted/by_loop",
        "accepted/fsum",
        "wrong/empty_is_none",
        "wrong/last_left_out",
    ]


def test_a_candidate_is_the_stub_with_its_own_file(content: Content) -> None:
    content.write("exercises/stub/helper.py", "x = 1\n")
    stub, reference, *_ = candidates(content.exercise)
    assert sorted(stub.files) == ["README.md", "helper.py", "solution.py", "test_examples.py"]
    body = content.path("solutions/reference.py").read_bytes()
    assert reference.files == {**stub.files, "solution.py": body}


def test_the_stub(content: Content) -> None:
    assert judged(content, "stub", report(Status.NOT_ATTEMPTED, "FF")) == []
    for status in (Status.PASSED, Status.FAILED, Status.CANNOT_RUN, Status.BROKEN):
        [told] = judged(content, "stub", report(status))
        assert told.startswith(f"the stub must be 'not attempted', it is '{status.value}'")


@pytest.mark.parametrize("label", ["reference", "accepted/fsum"])
def test_right_files(content: Content, label: str) -> None:
    assert judged(content, label, report(Status.PASSED)) == []
    [told] = judged(content, label, report(Status.FAILED, ".F"))
    assert told == (
        "a right file must be 'passed', it is 'failed' (empty: it is 3 (expected 4, seen 3))"
    )
    [told] = judged(content, label, report(Status.STOPPED, "..", reason="stopped at 5 s"))
    assert told == "a right file must be 'passed', it is 'stopped' (stopped at 5 s)"


def test_a_right_file_is_not_diagnosed(content: Content, facts: Facts) -> None:
    found = report(Status.FAILED, "FF", **own(facts))
    assert "a right file is diagnosed as last_left_out" in judged(content, "reference", found)


@pytest.mark.parametrize("outcomes", ["FF", "FW"])
def test_a_wrong_file(content: Content, facts: Facts, outcomes: str) -> None:
    found = report(Status.FAILED, outcomes, **own(facts))
    assert judged(content, "wrong/last_left_out", found) == []


def test_a_wrong_file_may_be_stopped_by_a_check(content: Content, facts: Facts) -> None:
    label = "wrong/last_left_out"
    assert judged(content, label, report(Status.STOPPED, "SW", **own(facts))) == []
    [told] = judged(content, label, report(Status.STOPPED, "FF", **own(facts)))
    assert told.startswith("a wrong file must be 'failed', it is 'stopped'")


@pytest.mark.parametrize(
    "status", [Status.PASSED, Status.NOT_ATTEMPTED, Status.CANNOT_RUN, Status.BROKEN]
)
def test_a_wrong_file_must_fail(content: Content, status: Status) -> None:
    [told] = judged(content, "wrong/last_left_out", report(status))
    assert told.startswith(f"a wrong file must be 'failed', it is '{status.value}'")


def test_a_wrong_file_fails_exactly_what_it_names(content: Content, facts: Facts) -> None:
    told = judged(content, "wrong/last_left_out", report(Status.FAILED, "F.", **own(facts)))
    assert told == ["CAUGHT_BY is not what happens: the file does not fail empty"]
    empty = own(facts, "empty_is_none")
    told = judged(content, "wrong/empty_is_none", report(Status.FAILED, "F.", **empty))
    assert told == [
        "CAUGHT_BY is not what happens: the file also fails adds_all and does not fail empty"
    ]


def test_a_wrong_file_shows_its_own_diagnosis(content: Content, facts: Facts) -> None:
    label = "wrong/last_left_out"
    [told] = judged(content, label, report(Status.FAILED, "FF"))
    assert told == "the learner must read its own diagnosis, not none"
    other = report(Status.FAILED, "FF", **own(facts, "empty_is_none"))
    [told] = judged(content, label, other)
    assert told == "the learner must read its own diagnosis, not the one of empty_is_none"


def test_two_files_may_share_a_diagnosis(content: Content) -> None:
    sentence = "The last number is left out: the slice ends one too early."
    text = content.path("solutions/wrong/empty_is_none.py").read_text("utf-8")
    first = text.partition("\n")[0]
    content.write("solutions/wrong/empty_is_none.py", text.replace(first, f'"""{sentence}"""'))
    found = report(Status.FAILED, ".F", mistake="last_left_out", diagnosis=sentence)
    assert judged(content, "wrong/empty_is_none", found) == []


def test_expected_and_seen_differ(content: Content, facts: Facts) -> None:
    evidence = Evidence("it is wrong", "4.0", " 4.0")
    found = report(Status.FAILED, "F.", evidence=evidence)
    told = judged(content, "wrong/last_left_out", found)
    assert "adds_all shows the same as expected and as seen: 4.0" in told


@pytest.mark.parametrize("field", ["message", "expected", "seen"])
def test_no_line_of_the_reference_is_shown(content: Content, facts: Facts, field: str) -> None:
    evidence = Evidence("it is wrong")._replace(**{field: f"write {SECRET}!"})
    found = report(Status.FAILED, "FF", evidence=evidence, **own(facts))
    told = judged(content, "wrong/last_left_out", found)
    assert f"adds_all shows a line of the reference: {SECRET}" in told


@pytest.mark.parametrize(
    "path", ["exercises/prompt.md", "exercises/examples.py", "solutions/wrong/last_left_out.py"]
)
def test_what_the_learner_has_read_may_be_shown(content: Content, path: str) -> None:
    text = content.path(path).read_text("utf-8")
    content.write(path, f"{text}\n# {SECRET}\n")
    facts = Facts.of(content.exercise)
    found = report(Status.FAILED, "FF", evidence=Evidence(SECRET), **own(facts))
    assert judged(content, "wrong/last_left_out", found) == []


def test_a_short_line_is_no_secret(facts: Facts) -> None:
    assert facts.secret == (SECRET,)


def test_half_of_the_timeout(content: Content) -> None:
    exercise = content.exercise
    assert judged(content, "reference", report(Status.PASSED, seconds=10.0)) == []
    slow = report(Status.PASSED, seconds=10.1)
    [told] = judged(content, "reference", slow)
    assert told == "the run took 10.1 s, over half of the timeout of 20 s"
    assert too_slow(exercise, slow)
    assert not too_slow(exercise, report(Status.STOPPED, "SW", seconds=20.0))
    assert not too_slow(exercise, None)


def test_public_examples(content: Content) -> None:
    def told(label: str, status: Status) -> list[str]:
        return judged(content, label, report(status), public=True)

    assert told("reference", Status.PASSED) == []
    assert told("stub", Status.NOT_ATTEMPTED) == []
    assert told("stub", Status.PASSED) == ["the public examples pass on the stub"]
    assert told("stub", Status.BROKEN) == ["the public examples break on the stub: 'broken'"]
    assert told("reference", Status.CANNOT_RUN) == [
        "the public examples do not pass on the reference: 'cannot run'"
    ]


def test_what_is_broken_comes_before_what_failed(content: Content) -> None:
    [told] = judged(content, "wrong/last_left_out", report(Status.BROKEN, "FB"))
    assert "'broken' (empty: it is 3" in told


def test_a_long_reason_is_cut(content: Content) -> None:
    found = report(Status.FAILED, "F.", evidence=Evidence("very " * 100))
    [told] = judged(content, "reference", found)
    assert len(told) < 340
    assert told.endswith("...")


def test_candidates_of_sql(content: Content) -> None:
    content.replace("exercises/exercise.toml", "level = 1", 'level = 1\nfile = "query.sql"')
    content.write("exercises/stub/query.sql", "-- none\n")
    content.write("solutions/reference.sql", "SELECT 1\n")
    content.write("solutions/wrong/two.sql", "SELECT 2\n")
    found: list[Candidate] = candidates(content.exercise)
    assert [c.label for c in found] == ["stub", "reference", "wrong/two"]
    assert [c.path.name for c in found] == ["query.sql", "reference.sql", "two.sql"]
    assert found[1].path == Path(content.path("solutions/reference.sql"))
