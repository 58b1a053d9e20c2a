"""The verdict fails closed: whatever is missing, doubled or out of order, it is no pass."""

from __future__ import annotations

import copy
import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.model import Check, Exercise, Kind, Mistake, Outcome, Report, Status
from prep.practice.verdict import Subject, judge, not_the_graders_fault
from prep.sandbox import RawRun

Event = dict[str, Any]

EXERCISE = Exercise(
    slug="loop",
    track="pytorch",
    title="The loop",
    kind=Kind.IMPLEMENT,
    level=1,
    minutes=10,
    needs=(),
    topics=(),
    timeout=5.0,
    file="solution.py",
    sources=(),
    forbid=(),
    allow_network=False,
    folder=Path(),
    grader_folder=Path(),
    solution_folder=Path(),
)
CHECKS = (Check("a", "First"), Check("b", "Second", ("a",)))
MISTAKES = (Mistake("both", "Both are wrong.", frozenset("ab")),)
READY, IMPORTED = {"event": "ready"}, {"event": "imported", "seconds": 0.1}
COLLECTED = {"event": "collected", "checks": ["a", "b"]}
END = {"event": "end"}


def begun(check: str) -> Event:
    return {"event": "start", "check": check}


def ended(check: str, outcome: str = "passed", **more: Any) -> Event:
    event = {"event": "result", "check": check, "outcome": outcome, "seconds": 0.5}
    return {**event, "message": "no", "frames": [], **more}


def story(first: Event, second: Event) -> list[Event]:
    return [READY, IMPORTED, COLLECTED, begun("a"), first, begun("b"), second, END]


PASSED = story(ended("a"), ended("b"))


def verdict(events: list[Event], *, untouched: bool = False, **more: Any) -> Report:
    run = RawRun(events=copy.deepcopy(events), **more)
    return judge(run, Subject(EXERCISE, CHECKS, MISTAKES, untouched=untouched, seed=9))


def outcomes(report: Report) -> list[str]:
    return [result.outcome.value for result in report.results]


def test_a_whole_story_is_a_pass() -> None:
    report = verdict(PASSED, seconds=1.5, output="hi")
    assert report.status is Status.PASSED
    assert (report.passed, report.seed, report.seconds, report.output) == (2, 9, 1.5, "hi")
    assert (report.reason, report.diagnosis, report.place) == ("", "", None)
    assert [r.evidence.message for r in report.results] == ["", ""]
    assert [r.seconds for r in report.results] == [0.5, 0.5]


@pytest.mark.parametrize("missing", range(len(PASSED)))
def test_a_missing_event_is_no_pass(missing: int) -> None:
    if PASSED[missing] is not IMPORTED:  # there is none for a query
        assert verdict(PASSED[:missing] + PASSED[missing + 1 :]).status is not Status.PASSED


@pytest.mark.parametrize("doubled", range(len(PASSED)))
def test_a_doubled_event_is_no_pass(doubled: int) -> None:
    if PASSED[doubled] is not IMPORTED:
        report = verdict(PASSED[: doubled + 1] + PASSED[doubled:])
        assert report.status is not Status.PASSED


def test_results_in_another_order_are_no_pass() -> None:
    for events in itertools.permutations(PASSED[3:]):
        report = verdict([*PASSED[:3], *events])
        assert (report.status is Status.PASSED) == (list(events) == PASSED[3:])


@pytest.mark.parametrize(
    "more",
    [
        {"forged": 1},
        {"stopped": "time", "limit": "5 s"},
        {"stopped": "memory", "limit": "4 GB"},
    ],
)
def test_a_run_that_was_tampered_with_or_stopped_is_no_pass(more: dict[str, Any]) -> None:
    assert verdict(PASSED, **more).status in (Status.FAILED, Status.STOPPED)


@pytest.mark.parametrize(
    "extra", [ended("c"), {"event": "collected", "checks": []}, {"event": "broken", "message": "x"}]
)
def test_more_than_was_announced_is_no_pass(extra: Event) -> None:
    for at in range(len(PASSED) + 1):
        events = [*PASSED[:at], extra, *PASSED[at:]]
        assert verdict(events).status is not Status.PASSED


@pytest.mark.parametrize("names", [["a"], ["b", "a"], ["a", "b", "c"], [], None, "ab"])
def test_another_collection_is_no_pass(names: Any) -> None:
    events = copy.deepcopy(PASSED)
    events[2]["checks"] = names
    assert verdict(events).status is not Status.PASSED


def test_no_checks_are_no_pass() -> None:
    run = RawRun(events=[READY, {"event": "collected", "checks": []}, END])
    assert judge(run, Subject(EXERCISE, ())).status is not Status.PASSED


@pytest.mark.parametrize(
    "outcome", ["failed", "not_written", "waiting", "stopped", "error", "PASSED", "", None, 1]
)
def test_any_other_outcome_is_no_pass(outcome: Any) -> None:
    assert verdict(story(ended("a"), ended("b", outcome))).status is not Status.PASSED


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = ["check", "checks", "outcome", "message", "expected", "seen", "frames", "mistake", "found"]
odd_event = st.fixed_dictionaries(
    {"event": st.sampled_from(["ready", "start", "result", "import_failed", "broken", "end", 5])},
    optional=dict.fromkeys([*KEYS, "exception", "seconds", "line", "trace"], any_json),
)


@given(st.lists(odd_event | st.sampled_from(PASSED), max_size=12))
def test_events_of_any_shape_are_judged_and_make_no_pass(events: list[Event]) -> None:
    report = verdict(events)
    told = [e for e in events if e != IMPORTED]
    whole = [e for e in PASSED if e != IMPORTED]
    if report.status is Status.PASSED:
        assert [e["event"] for e in told] == [e["event"] for e in whole]
    str(report).encode()


# --- which word


def test_each_status_has_its_case() -> None:
    failed, unwritten, waiting = ended("a", "failed"), ended("a", "not_written"), "waiting"
    assert verdict(story(failed, ended("b"))).status is Status.FAILED
    assert verdict(story(unwritten, ended("b", waiting))).status is Status.NOT_ATTEMPTED
    assert verdict(story(unwritten, ended("b", "not_written"))).status is Status.NOT_ATTEMPTED
    assert verdict(story(unwritten, ended("b"))).status is Status.FAILED
    assert verdict(story(unwritten, ended("b", "failed"))).status is Status.FAILED
    assert verdict(story(ended("a"), ended("b", "stopped"))).status is Status.STOPPED
    assert verdict(story(failed, ended("b", "stopped"))).status is Status.STOPPED
    assert verdict(story(ended("a"), ended("b", "error"))).status is Status.BROKEN
    assert verdict(story(ended("a", "unrunnable", line=4), ended("b"))).status is Status.CANNOT_RUN


def test_what_is_recorded() -> None:
    assert {s for s in Status if s.recorded} == {Status.PASSED, Status.FAILED, Status.STOPPED}


def test_the_untouched_stub_is_not_attempted_whatever_happens_in_it() -> None:
    for events in (
        story(ended("a", "failed"), ended("b")),
        story(ended("a", "stopped"), ended("b")),
        story(ended("a", "unrunnable"), ended("b", "unrunnable")),
        story(ended("a"), ended("b", "not_written")),
    ):
        report = verdict(events, untouched=True)
        assert report.status is Status.NOT_ATTEMPTED
        assert report.reason == "solution.py is still the stub"
        assert report.diagnosis == ""
    cut = [READY, IMPORTED, COLLECTED, begun("a")]
    assert verdict(cut, untouched=True, stopped="time").status is Status.NOT_ATTEMPTED
    assert verdict(PASSED, untouched=True).status is Status.PASSED  # the stub was the answer


@pytest.mark.parametrize(
    ("more", "status", "outcome", "words"),
    [
        ({"stopped": "time", "limit": "5 s"}, Status.STOPPED, "stopped", "time limit of 5 s"),
        ({"stopped": "memory", "limit": "4 GB"}, Status.STOPPED, "stopped", "memory limit of 4 GB"),
        ({"stopped": "output", "limit": "8 MB"}, Status.STOPPED, "stopped", "printed more than 8"),
        ({"stopped": "processes", "limit": "9"}, Status.STOPPED, "stopped", "processes than 9"),
        ({"exit_code": 0}, Status.FAILED, "failed", "ended the Python process (exit status 0)"),
        ({"exit_code": 3}, Status.FAILED, "failed", "ended the Python process (exit status 3)"),
        ({"exit_code": -11}, Status.FAILED, "failed", "crashed the Python process (SIGSEGV)"),
        ({"exit_code": -99}, Status.FAILED, "failed", "crashed the Python process (signal 99)"),
    ],
)
def test_the_check_under_way_takes_the_blame_for_the_end(
    more: dict[str, Any], status: Status, outcome: str, words: str
) -> None:
    stack = [{"file": "solution.py", "line": n, "function": "f", "source": "x"} for n in (3, 7)]
    cut = [READY, IMPORTED, COLLECTED, begun("a"), ended("a"), begun("b")]
    report = verdict(cut, stack=stack, **more)
    assert report.status is status
    assert outcomes(report) == ["passed", outcome]
    assert words in report.reason
    assert words in report.results[1].evidence.message
    assert report.place is not None
    assert report.place.line == 7
    assert report.diagnosis == ""
    first = verdict(cut[:4], stack=stack, **more)
    assert outcomes(first) == [outcome, "not run"]


def test_before_the_first_check() -> None:
    stopped = {"stopped": "time", "limit": "5 s"}
    cases = [
        ([], {"exit_code": 1, "output": "boom"}, Status.BROKEN, "boom\nthe run did not start"),
        ([], {"stopped": "start", "limit": "180 s"}, Status.BROKEN, "did not start (180 s)"),
        ([READY], {"exit_code": 0}, Status.CANNOT_RUN, "importing your file ended the Python"),
        ([READY], {"exit_code": -9}, Status.CANNOT_RUN, "importing your file crashed"),
        ([READY], stopped, Status.STOPPED, "5 s while your file was being imported"),
        ([READY, IMPORTED], {"exit_code": 0}, Status.CANNOT_RUN, "before the first check"),
        ([READY, IMPORTED], stopped, Status.STOPPED, "5 s before the first check"),
        ([{"event": "broken", "message": "why"}], {}, Status.BROKEN, "why"),
        ([READY, {"event": "broken", "message": "why"}, END], {}, Status.BROKEN, "why"),
    ]
    for events, more, status, words in cases:
        report = verdict(events, **more)
        assert report.status is status
        assert words in report.reason
        assert outcomes(report) == ["not run", "not run"]


def failed_import(**found: Any) -> Report:
    return verdict([READY, {"event": "import_failed", "found": found}])


def test_a_failed_import_has_its_reason_and_its_line() -> None:
    frames = [{"file": "solution.py", "line": n, "source": "x"} for n in (1, 2)]
    report = failed_import(exception="KeyError", message="'x'", frames=frames)
    assert report.status is Status.CANNOT_RUN
    assert report.reason == "KeyError: 'x'"
    assert report.place is not None
    assert report.place.line == 2

    syntax = {"file": "helper.py", "line": 4, "text": "def (", "message": "invalid syntax"}
    report = failed_import(exception="SyntaxError", message="...", frames=frames, syntax=syntax)
    assert report.reason == "SyntaxError: invalid syntax"
    assert report.place is not None
    assert (report.place.file, report.place.line, report.place.source) == ("helper.py", 4, "def (")

    report = failed_import(ends="SystemExit", message="...", frames=frames)
    assert report.reason == "importing solution.py ends the program (SystemExit)"
    assert failed_import(exception="E").reason == "E"
    assert failed_import().status is Status.CANNOT_RUN


def test_an_unrunnable_query_names_its_line() -> None:
    report = verdict(story(ended("a", "unrunnable", line=4), ended("b", "unrunnable")))
    assert report.reason == "no"
    assert report.place is not None
    assert (report.place.file, report.place.line) == ("solution.py", 4)
    assert verdict(story(ended("a", "unrunnable"), ended("b"))).place is None


def test_a_diagnosis_is_for_failures_only() -> None:
    both = story(ended("a", "failed"), ended("b", "waiting"))
    assert verdict(both).diagnosis == "Both are wrong."
    assert verdict(both).mistake == "both"
    assert verdict(both, untouched=True).diagnosis == ""
    assert verdict(story(ended("a", "error"), ended("b", "failed"))).diagnosis == ""
    assert verdict(story(ended("a", "failed"), ended("b"))).diagnosis == ""


def test_a_broken_grader_says_what_in_one_last_line() -> None:
    event = ended("b", "error", exception="TypeError", message="no\nway", trace="grader:7 in x\n")
    report = verdict(story(ended("a"), event))
    assert report.status is Status.BROKEN
    assert report.reason == "grader:7 in x\nb: TypeError: no way"


def test_text_is_harmless_and_numbers_are_numbers() -> None:
    event = ended(
        "a",
        "failed",
        message="\x1b[2Jno\udc80",
        expected="\x07 1",
        seen=5,
        seconds=float("nan"),
        frames=[{"file": "a\x1b[1m.py", "line": "7", "function": None}, "junk"],
    )
    found = verdict(story(event, ended("b", "waiting"))).results[0]
    assert (found.evidence.message, found.evidence.expected, found.evidence.seen) == (
        "no?",
        " 1",
        "",
    )
    assert [(f.file, f.line) for f in found.evidence.frames] == [("a.py", 0)]
    assert found.seconds == 0.0


# --- when the reference has shown that the grader is sound


def settled(events: list[Event], **more: Any) -> Report:
    run = RawRun(events=events, **more)
    return not_the_graders_fault(run, Subject(EXERCISE, CHECKS, MISTAKES))


def test_an_error_becomes_the_learners_failure() -> None:
    event = ended("b", "error", exception="TypeError", message="no len()")
    report = settled(story(ended("a"), event))
    assert report.status is Status.FAILED
    assert outcomes(report) == ["passed", "failed"]
    assert "(TypeError: no len())" in report.results[1].evidence.message
    assert report.reason == ""


def test_a_broken_run_becomes_the_learners_failure() -> None:
    broken = {"event": "broken", "message": "trace\nAttributeError: gone"}
    for events in ([READY, IMPORTED, broken, END], story(ended("a"), broken)):
        report = settled(events)
        assert report.status is Status.FAILED
        assert report.reason == "your code broke the run of the grader: AttributeError: gone"


def test_doubled_reports_become_the_learners_failure() -> None:
    report = settled([*PASSED[:5], *PASSED[3:]])
    assert report.status is Status.FAILED
    assert report.results[0].outcome is Outcome.BROKEN or report.passed < 2
