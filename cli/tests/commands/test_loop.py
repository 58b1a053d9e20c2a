"""The practice loop from end to end, on the SQL exercise: no framework, a fifth of a second."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from prep.commands.start import seconds_of
from prep.errors import UsageError
from prep.storage import content
from prep.storage.content import Catalogue

SLUG = "sql-top-per-group"
ROOT = content.installed_catalogue().root
SOLUTION = ROOT / "solutions" / "sql" / SLUG
STUB = (ROOT / "exercises" / "sql" / SLUG / "stub" / "query.sql").read_bytes()
REFERENCE = (SOLUTION / "reference.sql").read_bytes()
ROW_NUMBER = (SOLUTION / "wrong" / "row_number.sql").read_bytes()
LIMIT_TWO = (SOLUTION / "wrong" / "limit_two.sql").read_bytes()


def write(prep, body: bytes) -> None:
    prep.file(SLUG, "query.sql").write_bytes(body)


def state(prep) -> dict[str, bytes]:
    """Every file of the store and the workspace."""
    found = {}
    for root in (prep.home, prep.workspace):
        for path in sorted(root.rglob("*")) if root.exists() else ():
            if path.is_file():
                found[str(path)] = path.read_bytes()
    return found


def kinds(prep) -> list[str]:
    """Kinds of all events ever recorded, undone ones too."""
    if not (prep.home / "history.db").exists():
        return []
    connection = sqlite3.connect(prep.home / "history.db")
    try:
        return [kind for (kind,) in connection.execute("SELECT kind FROM events ORDER BY seq")]
    finally:
        connection.close()


class TestStory:
    def test_from_the_stub_to_the_pass_and_back(self, prep):
        prep.at("2025-11-20T14:00:00+01:00")
        start = prep("start", "sql")
        assert start.code == 0
        assert "Clock started" in start.out
        assert prep.file(SLUG, "query.sql").read_bytes() == STUB
        assert prep.file(SLUG, "README.md").exists()
        assert prep.file(SLUG, "test_examples.py").exists()

        untouched = prep("grade")
        assert untouched.code == 1
        assert "not attempted" in untouched.out
        assert "nothing was recorded" in untouched.out
        assert "FAIL" not in untouched.out
        assert kinds(prep) == ["started"]

        prep.at("2025-11-20T14:03:00+01:00")
        write(prep, ROW_NUMBER)
        wrong = prep("grade")
        assert wrong.code == 1
        assert "failed   5 of 8 checks" in wrong.out
        assert "Likely" in wrong.out
        assert "DENSE_RANK" in wrong.out
        assert "expected" in wrong.out
        assert "seen" in wrong.out

        hint = prep("hint")
        assert hint.code == 0
        assert "Hint 1 of 4" in hint.out
        assert kinds(prep)[-1] == "hint"

        prep.at("2025-11-20T14:09:40+01:00")
        write(prep, REFERENCE)
        passed = prep("grade")
        assert passed.code == 0
        assert "passed   8 of 8 checks" in passed.out
        assert "9:40, par 12:00 (2:20 under)" in passed.out
        assert "2 recorded grades, 1 hint" in passed.out
        assert "1 day, 1 of the last 30" in passed.out

        reference = prep("solution", "--diff")
        assert reference.code == 0
        assert "No difference" in reference.out

        undo = prep("undo")
        assert undo.code == 0
        assert f"Now {SLUG} is running. 9:40 used of 12:00." in undo.out
        assert prep("solution").code == 2
        again = prep("grade")
        assert again.code == 0
        assert kinds(prep) == ["started", "graded", "hint", "passed", "undone", "passed"]

    def test_log_keeps_every_version(self, prep):
        prep("start", SLUG)
        for body in (ROW_NUMBER, LIMIT_TWO, REFERENCE):
            write(prep, body)
            prep("grade")
        connection = sqlite3.connect(prep.home / "history.db")
        rows = connection.execute(
            "SELECT f.blob FROM events e JOIN snapshot_files f ON f.snapshot = e.snapshot"
            " WHERE f.path = 'query.sql' ORDER BY e.seq"
        ).fetchall()
        connection.close()
        assert len(set(rows)) == 3
        prep("reset")
        numbers = [row["number"] for row in prep("log").rows if row["files"]]
        assert prep("log", "--restore", numbers[-1]).code == 0
        assert prep.file(SLUG, "query.sql").read_bytes() == ROW_NUMBER

    def test_every_known_mistake_is_named_in_the_screen(self, prep):
        prep("start", SLUG)
        write(prep, LIMIT_TWO)
        result = prep("grade")
        first_line = LIMIT_TWO.decode().splitlines()[0].removeprefix("-- ")[:40]
        assert first_line in " ".join(result.out.split())
        assert 'waits for "Every category' in result.out

    def test_streak_grows_by_the_day_of_a_grade(self, prep):
        prep.at("2025-11-20T14:00:00+01:00")
        prep("start", SLUG)
        assert prep("--json").json["streak"]["length"] == 0
        write(prep, ROW_NUMBER)
        prep("grade")
        assert prep("--json").json["streak"]["length"] == 1
        prep.at("2025-11-21T09:00:00+01:00")
        prep("grade")
        assert prep("--json").json["streak"]["length"] == 2


class TestStart:
    def test_an_open_attempt_is_resumed(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER)
        prep("pause")
        again = prep("start", SLUG)
        assert again.code == 0
        assert "Resumed" in again.out
        assert prep.file(SLUG, "query.sql").read_bytes() == ROW_NUMBER
        running = prep("start", SLUG, "--json").json
        assert (running["news"], running["recorded"]) == ("running", False)

    def test_fresh_keeps_the_old_file_and_says_where(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER)
        fresh = prep("start", SLUG, "--fresh", "--json").json
        assert prep.file(SLUG, "query.sql").read_bytes() == STUB
        kept = Path(fresh["kept"])
        assert (kept / "query.sql").read_bytes() == ROW_NUMBER
        assert fresh["attempt"]["number"] == 2
        write(prep, LIMIT_TWO)
        assert str(prep.workspace) in prep("start", SLUG, "--fresh").out

    def test_fresh_can_be_undone(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER)
        prep("start", SLUG, "--fresh")
        assert prep("undo").code == 0
        assert prep.file(SLUG, "query.sql").read_bytes() == ROW_NUMBER

    def test_only_one_clock_runs(self, prep, tiny):
        prep("start", "add-up")
        second = prep("start", "fix-mean")
        assert "add-up was running and is paused now (prep resume add-up)" in second.out
        assert prep("resume", "add-up").code == 0
        assert prep("start", "fix-mean", "--json").json["paused"] == ["add-up"]

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [("25m", 1500), ("25", 1500), ("1h", 3600), ("1h30m", 5400), ("1h30", 5400), (" 5m ", 300)],
    )
    def test_times(self, text, seconds):
        assert seconds_of(text) == seconds

    @pytest.mark.parametrize("text", ["", "junk", "0", "0m", "-5m", "25h", "1.5h", "m", "5s", "٥m"])
    def test_junk_times(self, text):
        with pytest.raises(UsageError):
            seconds_of(text)

    def test_limits(self, prep):
        limit = prep("start", SLUG, "--time", "5m", "--json").json["attempt"]["limit_s"]
        assert limit == 300
        untimed = prep("start", SLUG, "--untimed", "--json").json["attempt"]
        assert untimed["limit_s"] is None
        assert "no limit" in prep("start", SLUG).out

    def test_time_up_locks_nothing(self, prep):
        prep.at("2025-11-20T14:00:00+01:00")
        prep("start", SLUG, "--time", "5m")
        prep.at("2025-11-20T14:06:00+01:00")
        assert "Time is up; keep going if you like." in " ".join(prep().out.split())
        write(prep, REFERENCE)
        assert "time is up (5:00)" in prep("grade").out
        assert prep("grade", "--json").json["clock"]["over"] is True

    def test_without_a_name_goes_on_or_proposes(self, prep):
        proposed = prep("start")
        assert proposed.code == 3
        assert "prep start training-loop" in proposed.err
        prep("start", SLUG)
        assert prep("start", "--json").json["exercise"] == SLUG

    def test_case_and_slashes_do_not_matter(self, prep):
        for name in ("SQL-Top", f"sql/{SLUG}", f"{SLUG}/", "sql/sql-"):
            assert prep("show", name, "--json").json["exercise"] == SLUG

    def test_a_found_folder_without_history_is_adopted(self, prep):
        prep.file(SLUG, "query.sql").parent.mkdir(parents=True)
        write(prep, ROW_NUMBER)
        result = prep("start", SLUG)
        assert "they are untouched" in result.out
        assert prep.file(SLUG, "query.sql").read_bytes() == ROW_NUMBER


class TestEditor:
    @pytest.fixture
    def editor(self, tmp_path) -> Path:
        """A stand-in for `code` that writes down what it was called with."""
        script = tmp_path / "bin" / "code"
        script.parent.mkdir()
        script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/called"\n')
        script.chmod(0o755)
        return script

    def wait_for(self, path: Path) -> str:
        import time

        for _ in range(200):
            if path.exists() and path.read_text():
                break
            time.sleep(0.01)
        return path.read_text()

    def test_start_opens_the_file(self, prep, editor, tmp_path):
        result = prep("start", SLUG, "--editor", f"{editor} --reuse")
        assert result.code == 0
        called = self.wait_for(tmp_path / "called").split("\n")
        assert called[:2] == ["--reuse", str(prep.file(SLUG, "query.sql"))]

    def test_a_missing_editor_starts_nothing(self, prep):
        for argv in (("--editor", "nosuch"), ("--open", "--editor", "nosuch", "--json")):
            result = prep("start", SLUG, *argv)
            assert result.code == 4
            assert kinds(prep) == []
        assert result.json["schema"] == "prep.error/1"

    def test_an_editor_of_the_terminal_needs_one(self, prep, monkeypatch):
        monkeypatch.setenv("EDITOR", "vi")
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
        prep("start", SLUG)
        result = prep("open")
        assert result.code == 4
        assert "editor vi needs a terminal" in result.err

    def test_open_without_an_editor_prints_the_path(self, prep):
        prep("start", SLUG)
        result = prep("open")
        assert result.code == 0
        assert result.out.strip() == str(prep.file(SLUG, "query.sql"))
        assert "prep config set editor" in result.err
        assert prep("open", "--json").json["opened"] is False

    def test_a_command_line_that_cannot_be_read(self, prep):
        prep("start", SLUG)
        assert prep("open", "--editor", "code '").code == 2


class TestCheck:
    def test_is_never_recorded(self, prep):
        prep("start", SLUG)
        write(prep, REFERENCE)
        before = state(prep)
        right = prep("check")
        assert right.code == 0
        assert "3 of 3 public examples pass" in right.out
        assert "8 hidden checks not run, nothing recorded" in right.out
        assert state(prep) == before
        write(prep, LIMIT_TWO)
        before = state(prep)
        assert prep("check").code == 1
        assert state(prep) == before

    def test_shows_what_was_printed(self, prep, tiny):
        prep("start", "add-up")
        prep.file("add-up").write_text("def total(n):\n    print('got', n)\n    return 3.0\n")
        result = prep("check")
        assert "Your code printed 1 line:" in result.out
        assert "got [1.0, 2.0]" in result.out
        graded = prep("grade")
        assert "prep grade -v" in graded.out
        assert "got []" in prep("grade", "-v").out

    def test_an_error_in_an_example_is_the_learners(self, prep):
        prep("start", SLUG)
        write(prep, b"SELECT category FORM items\n")
        result = prep("check")
        assert result.code == 1
        assert "syntax error" in result.out

    def test_a_name_that_is_not_there(self, prep, tiny):
        prep("start", "add-up")
        prep.file("add-up").write_text("def sum_up(n):\n    return 3.0\n")
        result = prep("check")
        assert result.code == 5
        assert "solution.py does not define total, which the examples import" in result.out

    def test_knows_a_file_that_cannot_run(self, prep, tiny):
        prep("start", "add-up")
        prep.file("add-up").write_text("def total(n)\n    return 3.0\n")
        result = prep("check")
        assert result.code == 5
        assert "solution.py:1" in result.out
        assert prep("check", "--json").json["status"] == "cannot run"


class TestVerdicts:
    def test_a_file_that_cannot_run_costs_nothing(self, prep, tiny):
        prep("start", "add-up")
        prep.file("add-up").write_text("import os\ndef total(n):\n    return (n\n")
        result = prep("grade")
        assert result.code == 5
        assert "cannot run" in result.out
        assert "SyntaxError" in result.out
        assert "solution.py:3" in result.out
        assert "the attempt is not used up" in result.out
        assert kinds(prep) == ["started"]

    def test_stopped_at_the_limit_names_the_last_line(self, prep, tiny):
        toml = tiny / "exercises" / "sums" / "add-up" / "exercise.toml"
        toml.write_text(toml.read_text().replace("timeout = 5", "timeout = 0.3"))
        prep("start", "add-up")
        prep.file("add-up").write_text("def total(n):\n    while True:\n        n = n\n")
        result = prep("grade")
        assert result.code == 6
        assert "stopped" in result.out
        assert "solution.py:" in result.out
        assert "0.3 s" in result.out
        assert kinds(prep) == ["started", "graded"]

    def test_a_broken_grader_is_the_fault_of_prep(self, prep, tiny):
        grader = tiny / "graders" / "sums" / "add-up" / "test_grader.py"
        prep("start", "add-up")
        prep.file("add-up").write_text("def total(n):\n    return float(sum(n))\n")
        grader.write_text('def test_all(solution):\n    """All."""\n    raise KeyError("device")\n')
        result = prep("grade")
        assert result.code == 70
        assert "The grader failed, not your code" in result.out
        assert "Nothing was recorded" in result.out
        crash = prep("grade", "--json").json["crash_file"]
        assert "device" in Path(crash).read_text()
        assert kinds(prep) == ["started"]
        (shown,) = [w for w in result.out.split() if "crash" in w and "/" in w]
        assert Path(shown).exists()

    def test_broken_examples_are_the_fault_of_prep(self, prep, tiny):
        prep("start", "add-up")
        prep.file("add-up").write_text("def total(n):\n    return 3.0\n")
        examples = tiny / "exercises" / "sums" / "add-up" / "examples.py"
        examples.write_text("1 / 0\n")
        result = prep("check", "--json")
        assert result.code == 70
        assert Path(result.json["crash_file"]).exists()

    def test_a_failing_grade_after_the_pass_changes_nothing_of_it(self, prep):
        prep("start", SLUG)
        write(prep, REFERENCE)
        prep("grade")
        write(prep, LIMIT_TWO)
        result = prep("grade")
        assert result.code == 1
        assert "This attempt has passed before, and that stays." in result.out
        assert "prep stop" not in result.out
        assert prep("--json").json["passed"] == [SLUG]

    def test_partly_written_is_not_the_stub(self, prep, tiny):
        prep("start", "add-up")
        prep.file("add-up").write_text("def total(n):\n    # soon\n    raise NotImplementedError\n")
        result = prep("grade")
        assert result.code == 1
        assert "solution.py has nothing written in it yet" in result.out


class TestHints:
    def test_one_by_one_and_free_again(self, prep):
        prep("start", SLUG)
        assert "counts as hard at best" in prep("hint").out
        assert "Hint 2 of 4" in prep("hint").out
        seen = prep("hint", "--level", "1", "--json").json
        assert (seen["number"], seen["recorded"]) == (1, False)
        listed = prep("hint", "--list").out
        assert "Hint 1 of 4" in listed
        assert "Hint 2 of 4" in listed
        assert "2 hints not opened yet" in listed
        assert kinds(prep) == ["started", "hint", "hint"]

    def test_list_opens_nothing(self, prep):
        assert prep("hint", SLUG, "--list").code == 0
        prep("start", SLUG)
        before = state(prep)
        result = prep("hint", "--list")
        assert "No hint" in result.out
        assert prep("hint", "--list", "--json").json["hints"] == []
        assert state(prep) == before

    def test_the_last_one_says_what_it_costs(self, prep):
        prep("start", SLUG)
        assert "counts as not recalled" in prep("hint", "--level", "4").out
        result = prep("hint", "--level", "9")
        assert result.code == 2
        assert "from 1 to 4" in result.err

    def test_after_the_end_they_are_free(self, prep):
        prep("start", SLUG)
        prep("stop")
        before = state(prep)
        assert "free: the attempt is over" in prep("hint").out
        assert state(prep) == before

    def test_an_exercise_without_hints(self, prep, tiny):
        (tiny / "exercises" / "sums" / "add-up" / "hints.md").write_text("none\n")
        prep("start", "add-up")
        assert prep("hint").code == 3


class TestSolution:
    def test_giving_up_ends_the_attempt(self, prep):
        prep("start", SLUG)
        refused = prep("solution")
        assert refused.code == 2
        assert "prep solution --give-up" in refused.err
        shown = prep("solution", "--give-up")
        assert shown.code == 0
        assert "DENSE_RANK" in shown.out
        assert prep("grade").code == 3
        assert kinds(prep) == ["started", "solution"]

    def test_what_cannot_be_shown_does_not_end_the_attempt(self, prep):
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").unlink()
        assert prep("solution", "--give-up", "--diff").code == 3
        assert kinds(prep) == ["started"]

    def test_diff(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER.replace(b"\n", b"\r\n"))
        result = prep("solution", "--give-up", "--diff")
        assert "--- yours/query.sql" in result.out
        assert "+           DENSE_RANK()" in result.out
        assert "DENSE_RANK" in prep("solution", "--diff", "--json").json["diff"]

    def test_before_a_start(self, prep):
        assert prep("solution", SLUG).code == 3


class TestClockCommands:
    def test_pause_and_resume(self, prep):
        prep.at("2025-11-20T14:00:00+01:00")
        prep("start", SLUG)
        prep.at("2025-11-20T14:05:00+01:00")
        assert "is paused. 5:00 used of 12:00" in prep("pause").out
        prep.at("2025-11-20T16:05:00+01:00")
        assert "already paused" in prep("pause").out
        assert "is running. 5:00 used of 12:00" in prep("resume").out
        assert "already running" in prep("resume").out
        assert kinds(prep) == ["started", "paused", "resumed"]

    def test_stop_and_what_comes_after(self, prep):
        prep("start", SLUG)
        result = prep("stop")
        assert "ended without a pass" in result.out
        assert prep("stop").code == 3
        assert prep("grade").code == 3
        assert prep("undo").code == 0
        assert prep("grade").code == 1

    def test_pause_means_an_attempt_that_can_be_paused(self, prep, tiny):
        prep("start", "add-up")
        prep("start", "fix-mean")
        prep.file("fix-mean").write_text("def total(n): return float(sum(n))\n")
        prep("grade")
        assert "add-up is already paused" in prep("pause").out
        assert "add-up ended" in prep("stop").out

    def test_the_clock_runs_again_with_work(self, prep):
        prep("start", SLUG)
        prep("pause")
        assert "the clock runs again" in prep("hint").out
        prep("pause")
        write(prep, LIMIT_TWO)
        assert "The clock runs again." in prep("grade").out
        assert prep("--json").json["current"]["state"] == "running"


class TestReset:
    def test_keeps_and_undo_brings_back(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER)
        result = prep("reset", "--json").json
        assert prep.file(SLUG, "query.sql").read_bytes() == STUB
        assert (Path(result["kept"]) / "query.sql").read_bytes() == ROW_NUMBER
        assert "again as they were" in prep("undo").out
        assert prep.file(SLUG, "query.sql").read_bytes() == ROW_NUMBER

    @pytest.mark.parametrize(
        ("before", "words"),
        [(None, "the clock goes on"), ("pause", "stays paused"), ("stop", "the attempt is over")],
    )
    def test_says_what_the_clock_does(self, prep, before, words):
        prep("start", SLUG)
        if before:
            prep(before)
        assert words in " ".join(prep("reset").out.split())


class TestUndo:
    def test_all_the_way_back(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER)
        prep("grade")
        listed = prep("undo", "--list")
        assert listed.out.index("grade") < listed.out.index("start")
        assert prep("undo", "--list", "--json").json["commands"][0][0] == "grade"
        assert prep("undo", "--json").json["command"] == "grade"
        assert f"Now {SLUG} is not started" in prep("undo").out
        assert prep("undo").code == 3
        assert prep("undo", "--list").code == 0


class TestReading:
    COMMANDS = (
        (),
        ("--json",),
        ("list",),
        ("log",),
        ("streak",),
        ("show", SLUG),
        ("hint", SLUG, "--list"),
        ("undo", "--list"),
        ("config", "list"),
        ("config", "path"),
        ("--version",),
        ("--help",),
        ("grade", "-h"),
        ("help",),
        ("help", "grade"),
    )

    @pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
    def test_makes_no_store(self, prep, argv):
        assert prep(*argv).code == 0
        assert not prep.home.exists()
        assert not prep.workspace.exists()

    def test_changes_no_state(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER)
        prep("grade")
        before = state(prep)
        for argv in (*self.COMMANDS, ("path",), ("open",), ("check",), ("show",)):
            prep(*argv)
            assert state(prep) == before, argv


class TestCurrent:
    def test_the_folder_wins_over_the_running_one(self, prep, tiny, monkeypatch):
        prep("start", "add-up")
        prep("start", "fix-mean")
        monkeypatch.chdir(prep.workspace / "add-up")
        assert prep("path", "--json").json["exercise"] == "add-up"
        monkeypatch.chdir(prep.workspace)
        assert prep("path").out.strip() == str(prep.workspace / "fix-mean")

    def test_after_the_pass_it_is_still_the_one(self, prep):
        prep("start", SLUG)
        write(prep, REFERENCE)
        prep("grade")
        assert prep("solution", "--diff").code == 0


class TestToday:
    def test_newcomer(self, prep):
        result = prep()
        assert "prep start training-loop" in result.out
        assert "prep tour" in result.out
        assert "prep doctor" in result.out

    def test_a_newcomer_without_torch_begins_with_what_runs(self, prep, monkeypatch):
        lacking = ("torch", "tensorflow", "sklearn", "pandas")
        monkeypatch.setattr(
            "prep.practice.frameworks.find_spec", lambda name: None if name in lacking else name
        )
        assert f"prep start {SLUG}" in prep().out
        assert f"prep start {SLUG}" in prep("start").err

    def test_what_is_under_way_and_what_is_next(self, prep):
        prep.at("2025-11-20T14:00:00+01:00")
        prep("start", SLUG)
        prep.at("2025-11-20T14:02:30+01:00")
        result = prep()
        assert f"Now    {SLUG}   2:30 used of 12:00." in result.out
        assert "prep grade | prep hint | prep pause" in result.out
        prep("pause")
        assert "paused, 2:30" in prep().out
        assert "prep resume" in prep().out
        prep("stop")
        assert "prep start training-loop" in prep().out

    def test_welcome_back(self, prep):
        prep.at("2025-11-01T14:00:00+01:00")
        prep("start", SLUG)
        write(prep, REFERENCE)
        prep("grade")
        prep.at("2025-11-20T14:00:00+01:00")
        shown = " ".join(prep().out.split())
        assert "Welcome back; the last time was 19 days ago. Nothing is lost." in shown

    def test_all_passed(self, prep, tiny):
        for slug in ("add-up", "fix-mean"):
            prep("start", slug)
            prep.file(slug).write_text("def total(n): return float(sum(n))\n")
            prep("grade")
        shutil.rmtree(tiny / "exercises" / "vision")
        result = prep()
        assert "2 of 2 exercises" in result.out
        assert prep("start").code == 3


class TestJson:
    """One object, its schema named and versioned, for every command of the loop."""

    STORY = (
        (("show", SLUG), "prep.show/1"),
        (("start", SLUG), "prep.start/1"),
        (("path",), "prep.path/1"),
        (("open",), "prep.open/1"),
        (("check",), "prep.check/1"),
        (("grade",), "prep.grade/1"),
        (("hint",), "prep.hint/1"),
        (("hint", "--list"), "prep.hint-list/1"),
        (("pause",), "prep.pause/1"),
        (("resume",), "prep.resume/1"),
        ((), "prep.today/1"),
        (("reset",), "prep.reset/1"),
        (("undo", "--list"), "prep.undo-list/1"),
        (("undo",), "prep.undo/1"),
        (("stop",), "prep.stop/1"),
        (("solution",), "prep.solution/1"),
        (("solution", "--diff"), "prep.solution/1"),
        (("grade",), "prep.error/1"),
        (("grade", "--bogus"), "prep.error/1"),
        (("nonsense",), "prep.error/1"),
    )

    def test_one_object_each(self, prep):
        for argv, schema in self.STORY:
            result = prep(*argv, "--json")
            found = json.loads(result.out)
            assert found["schema"] == schema, argv
            assert result.out.count("\n") == 1, argv
            if schema == "prep.error/1":
                assert found["code"] == result.code
                assert set(found) == {"schema", "code", "message", "hint"}

    def test_in_front_of_the_command_it_is_refused(self, prep):
        result = prep("--json", "grade")
        assert result.code == 2
        assert result.json["hint"] == "prep grade --json"

    def test_grade_tells_all(self, prep):
        prep("start", SLUG)
        write(prep, ROW_NUMBER)
        found = prep("grade", "--json", "--seed", "7").json
        assert found["status"] == "failed"
        assert found["recorded"] is True
        assert (found["score"], found["max"], found["seed"]) == (5, 8, 7)
        assert found["likely"].startswith("A tie was cut off")
        failed = [check for check in found["checks"] if check["status"] == "failed"]
        assert all(check["message"] and check["title"] for check in failed)


def test_the_catalogue_of_a_wheel_is_read_as_well(prep, tmp_path, monkeypatch):
    """The content lies inside the package there; nothing but its root differs."""
    inside = tmp_path / "site" / "prep" / "_content"
    for part in ("exercises", "graders", "solutions"):
        shutil.copytree(ROOT / part / "sql", inside / part / "sql")
    monkeypatch.setattr(content, "installed_catalogue", lambda: Catalogue(inside))
    prep("start", "sql")
    write(prep, REFERENCE)
    assert prep("grade").code == 0
