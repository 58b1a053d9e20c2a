"""Which known mistake a set of results points at, and when none may be named."""

from __future__ import annotations

import pytest

from prep.model import Check, CheckResult, Evidence, Mistake, Outcome
from prep.practice.diagnosis import diagnose, not_held

P, F, S, W = Outcome.PASSED, Outcome.FAILED, Outcome.STOPPED, Outcome.WAITING
NOT_RUN, NOT_WRITTEN = Outcome.NOT_RUN, Outcome.NOT_WRITTEN

ALL = Mistake("all", "All of it is wrong.", frozenset("abc"))
ONE = Mistake("one", "The first is wrong.", frozenset("a"))
TWO = Mistake("two", "The last two are wrong.", frozenset("bc"))
TWIN = Mistake("twin", "Another cause of the same.", frozenset("bc"))
ALIKE = Mistake("alike", "The last two are wrong.", frozenset("bc"))


def results(*outcomes: Outcome, **evidence: Evidence) -> list[CheckResult]:
    return [
        CheckResult(Check(name, name), outcome, evidence.get(name, Evidence("no")))
        for name, outcome in zip("abc", outcomes, strict=True)
    ]


def named(found: list[CheckResult], *mistakes: Mistake) -> str | None:
    mistake = diagnose(found, mistakes)
    return mistake.name if mistake else None


@pytest.mark.parametrize(
    ("outcomes", "name"),
    [
        ((F, F, F), "all"),
        ((F, P, P), "one"),
        ((P, F, F), "two"),
        ((P, F, W), "two"),
        ((P, F, S), "two"),
        ((P, S, W), "two"),
        ((P, F, P), None),
        ((F, F, P), None),
        ((P, P, P), None),
        ((F, NOT_RUN, NOT_RUN), None),
        ((S, NOT_RUN, NOT_RUN), None),
        ((P, F, NOT_RUN), None),
        ((P, F, NOT_WRITTEN), None),
        ((NOT_WRITTEN, F, F), None),
        ((NOT_WRITTEN, W, W), None),
    ],
)
def test_the_set_of_checks_decides_if_it_is_whole(
    outcomes: tuple[Outcome, ...], name: str | None
) -> None:
    assert named(results(*outcomes), ALL, ONE, TWO) == name


def test_two_mistakes_with_one_set_leave_it_open() -> None:
    assert named(results(P, F, F), TWO, TWIN) is None
    assert named(results(P, F, F), TWO, ALIKE) == "two"


def test_a_value_decides_before_the_set() -> None:
    value = Evidence("no", mistake="twin")
    assert named(results(P, F, F, b=value), TWO, TWIN) == "twin"
    assert named(results(P, F, P, b=value), TWO, TWIN) == "twin"
    assert named(results(P, F, NOT_WRITTEN, b=value), TWO, TWIN) == "twin"
    assert named(results(P, F, NOT_RUN, b=value), TWO, TWIN) == "twin"
    assert named(results(P, S, W, b=value), TWO, TWIN) == "twin"


def test_the_first_value_wins() -> None:
    both = {"b": Evidence("no", mistake="twin"), "c": Evidence("no", mistake="two")}
    assert named(results(P, F, F, **both), TWO, TWIN) == "twin"


def test_a_value_of_a_check_that_passed_or_is_unknown_says_nothing() -> None:
    value = Evidence("no", mistake="twin")
    assert named(results(P, F, P, a=value), TWO, TWIN) is None
    assert named(results(P, F, P, b=Evidence("no", mistake="gone")), TWO) is None


@pytest.mark.parametrize(
    "slip", ["NameError", "UnboundLocalError", "AttributeError", "ModuleNotFoundError"]
)
def test_a_slip_looks_like_no_mistake(slip: str) -> None:
    typo = Evidence("name 'lss' is not defined", exception=slip)
    assert named(results(F, F, F, a=typo, b=typo, c=typo), ALL) is None
    assert named(results(F, W, W, a=typo), ALL) is None
    assert named(results(F, F, F, a=typo, b=typo), ALL) == "all"


def test_no_mistakes_no_diagnosis() -> None:
    assert named(results(F, F, F)) is None


def test_not_held_counts_all_that_did_not_pass() -> None:
    assert not_held(results(P, F, W)) == {"b", "c"}
    assert not_held(results(S, NOT_RUN, NOT_WRITTEN)) == {"a", "b"}
