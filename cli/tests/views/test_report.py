"""The screen after a grading, for every verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from prep.model import (
    Check,
    CheckResult,
    Evidence,
    Exercise,
    Frame,
    Kind,
    Outcome,
    Report,
    Status,
)
from prep.views.next_steps import time_against_par
from prep.views.page import Page
from prep.views.report import Clock, check_page, report_json, report_page

NOWHERE = Path("/nowhere")
EXERCISE = Exercise(
    "add-up",
    "sums",
    "Add up",
    Kind.IMPLEMENT,
    1,
    10,
    (),
    ("sums",),
    5.0,
    "solution.py",
    (),
    (),
    False,
    NOWHERE,
    NOWHERE,
    NOWHERE,
)
CLOCK = Clock(active=300.0, par=600.0, limit=600.0)


def result(name: str, outcome: Outcome, **evidence) -> CheckResult:
    check = Check(name, f"{name.capitalize()} holds", tuple(evidence.pop("needs", ())))
    return CheckResult(check, outcome, Evidence(**evidence))


def report(status: Status, *results: CheckResult, **fields) -> Report:
    return Report("add-up", status, results, **fields)


def screen(found: Report, *, width: int = 80, everything: bool = False, clock=CLOCK, crash=None):
    return report_page(Page(width), EXERCISE, found, clock, crash, everything=everything).plain()


def test_passed():
    shown = screen(report(Status.PASSED, *(result(n, Outcome.PASSED) for n in "abcdef")))
    assert shown.splitlines()[0] == "add-up   passed   6 of 6 checks   5:00 on the clock, par 10:00"
    assert shown.count("  ok    ") == 6


class TestFailed:
    FAILED = report(
        Status.FAILED,
        *(result(n, Outcome.PASSED) for n in "abcde"),
        result(
            "f",
            Outcome.FAILED,
            message="the totals differ",
            expected="3.0",
            seen="1.0",
            frames=(
                Frame("solution.py", 1, "total", "outer()"),
                Frame("solution.py", 4, "total", "return x"),
            ),
        ),
        *(result(n, Outcome.FAILED, message=f"message of {n}") for n in "ghi"),
        result("j", Outcome.WAITING, message="f"),
        result("k", Outcome.WAITING, message="f"),
        diagnosis="The last number is left out.",
    )

    def test_three_in_full_the_rest_by_name(self):
        shown = screen(self.FAILED)
        assert "message of h" in shown
        assert "message of i" not in shown
        assert "FAIL  I holds" in shown
        assert "... 5 more ok   prep grade -v shows all" in shown

    def test_expected_seen_and_the_innermost_line_of_the_learner(self):
        lines = [line.strip() for line in screen(self.FAILED).splitlines()]
        start = lines.index("the totals differ")
        assert lines[start + 1 : start + 4] == [
            "expected  3.0",
            "seen      1.0",
            "solution.py:4   return x",
        ]

    def test_what_is_waited_for_is_said_once(self):
        assert screen(self.FAILED).count('waits for "F holds"') == 1

    def test_a_likely_cause_is_marked(self):
        assert "Likely   The last number is left out." in screen(self.FAILED)

    def test_everything(self):
        shown = screen(self.FAILED, everything=True)
        assert "message of i" in shown
        assert shown.count("  ok    ") == 5

    @pytest.mark.parametrize("width", [40, 60, 80])
    def test_fits(self, width):
        assert max(map(len, screen(self.FAILED, width=width).splitlines())) <= width

    def test_long_evidence_is_capped(self):
        long = "\n".join(f"line {n}" for n in range(40))
        shown = screen(report(Status.FAILED, result("a", Outcome.FAILED, message=long)))
        assert "... (28 more lines)" in shown

    def test_advice_of_pytest_is_left_out(self):
        said = "assert 1 == 2\n\nUse -v to get more diff"
        shown = screen(report(Status.FAILED, result("a", Outcome.FAILED, message=said)))
        assert "assert 1 == 2" in shown
        assert "-v" not in shown


def test_not_attempted_shows_no_failure():
    found = report(
        Status.NOT_ATTEMPTED,
        result("a", Outcome.NOT_WRITTEN),
        result("b", Outcome.WAITING, message="a"),
        reason="solution.py is still the stub",
    )
    shown = screen(found)
    assert "solution.py is still the stub: nothing was recorded." in shown
    assert "-  A holds" in shown
    assert "FAIL" not in shown
    assert "waits" not in shown


def test_cannot_run():
    found = report(
        Status.CANNOT_RUN,
        result("a", Outcome.NOT_RUN),
        reason="SyntaxError: '(' was never closed",
        place=Frame("solution.py", 3, "", "return (1"),
    )
    shown = screen(found)
    assert "checks" not in shown.splitlines()[0]
    assert "solution.py:3   return (1" in shown
    assert "Nothing was recorded and the attempt is not used up." in shown


def test_stopped_blames_the_check_that_was_under_way():
    frames = (Frame("solution.py", 3, "total", "while True:"),)
    stopped = result("b", Outcome.STOPPED, message="stopped at the time limit", frames=frames)
    found = report(Status.STOPPED, result("a", Outcome.PASSED), stopped, reason="limit of 5 s")
    shown = screen(found)
    assert "STOP  B holds" in shown
    assert "Last line of yours on the stack:" in shown
    assert "solution.py:3   while True:" in shown
    assert "Limit of 5 s" not in shown


def test_stopped_between_the_checks():
    found = report(Status.STOPPED, result("a", Outcome.NOT_RUN), reason="limit of 5 s")
    assert "Limit of 5 s" in screen(found)


def test_broken_names_the_crash_file():
    found = report(Status.BROKEN, result("a", Outcome.BROKEN), reason="a\nKeyError: 'device'")
    shown = screen(found, crash=Path("/home/crash/x.txt"))
    assert "The grader failed, not your code: KeyError: 'device'" in shown
    assert "Report   /home/crash/x.txt" in shown
    assert "Nothing was recorded." in shown
    assert report_json(found, None, Path("/x"))["crash_file"] == "/x"


def test_time_is_up():
    found = report(Status.PASSED, result("a", Outcome.PASSED))
    assert "time is up (10:00)" in screen(found, clock=Clock(601.0, 600.0, 600.0))
    assert "time is up" not in screen(found, clock=Clock(6000.0, 600.0, None))


class TestExamples:
    def test_never_looks_like_a_pass(self):
        found = report(Status.PASSED, result("a", Outcome.PASSED))
        shown = check_page(Page(), EXERCISE, found, 7).plain()
        assert "1 of 1 public examples pass" in shown
        assert "passed" not in shown
        assert "7 hidden checks not run, nothing recorded." in shown

    def test_output_is_shown_and_capped(self):
        printed = "\n".join(f"step {n}" for n in range(30))
        found = report(Status.PASSED, result("a", Outcome.PASSED), output=printed)
        shown = check_page(Page(), EXERCISE, found, 7).plain()
        assert "Your code printed 30 lines, the last 10 of them:" in shown
        assert "step 29" in shown
        assert "step 19" not in shown
        assert "step 19" in check_page(Page(), EXERCISE, found, 7, everything=True).plain()
        assert "Your code printed 30 lines: prep grade -v" in screen(found)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (580.0, "9:40, par 12:00 (2:20 under)"),
        (0.9, "0:00, par 12:00 (12:00 under)"),
        (800.2, "13:20, par 12:00 (1:20 over)"),
        (720.9, "12:00, par 12:00 (on the second)"),
    ],
)
def test_time_against_par_adds_up(seconds, words):
    assert time_against_par(seconds, 720.0) == words
