"""Bad input: one clear sentence, a next step that works, the right exit code, nothing lost."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prep.storage import content, database
from prep.storage.content import Catalogue

SLUG = "sql-top-per-group"
ROOT = content.installed_catalogue().root
REFERENCE = (ROOT / "solutions" / "sql" / SLUG / "reference.sql").read_bytes()
WRONG = (ROOT / "solutions" / "sql" / SLUG / "wrong" / "row_number.sql").read_bytes()
LOOP = (
    "start show open path check grade hint solution pause resume stop reset".split()  # noqa: SIM905
)


def events(prep) -> list[tuple[object, ...]]:
    """Everything ever recorded."""
    path = prep.home / "history.db"
    if not path.is_file():
        return []
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT * FROM events ORDER BY seq").fetchall()
    except sqlite3.OperationalError:
        return []  # opened and never written to
    finally:
        connection.close()


def bodies(folder: Path) -> list[bytes]:
    """The content of every file below a folder, wherever it lies."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def first_command(hint: str) -> list[str]:
    """The first `prep ...` command of a hint."""
    found = re.search(r"\bprep( [a-z][\w./-]*| --?[\w-]+)+|^prep$", hint)
    assert found, hint
    return found[0].split()[1:]


def refused(prep, *argv: str, code: int, says: str) -> str:
    """The command is refused in one sentence, in JSON too; the hint comes back."""
    before = events(prep)
    result = prep(*argv)
    assert (result.code, result.out) == (code, ""), result
    lines = result.err.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("prep") and says in line)
    message, rest = lines[first].removeprefix("prep: "), lines[first + 1 :]
    assert message.endswith((".", "?")), message
    assert not message[0].isalpha() or message[0].isupper() or "-" in message or "." in message
    assert len(rest) == 1, result.err
    assert rest[0].startswith("  ")
    assert "Traceback" not in result.err
    told = prep(*argv, "--json")
    found = json.loads(told.out)
    assert set(found) == {"schema", "code", "message", "hint"}
    assert (found["schema"], found["code"], told.code) == ("prep.error/1", code, code)
    assert found["message"] == message
    assert events(prep) == before
    return rest[0].strip()


class TestNames:
    @pytest.mark.parametrize("command", LOOP)
    def test_unknown(self, prep, command):
        hint = refused(prep, command, "nosuch", code=3, says="No exercise is called 'nosuch'")
        assert prep(*first_command(hint)).code == 0
        assert not prep.home.exists()

    def test_a_slip_of_the_finger_names_the_nearest(self, prep):
        hint = refused(prep, "start", "sql-top-pre-group", code=3, says=f"did you mean {SLUG}?")
        assert prep(*first_command(hint)).code == 0
        assert len(events(prep)) == 1

    def test_the_wrong_track(self, prep):
        refused(prep, "show", f"pytorch/{SLUG}", code=3, says=f"pytorch/{SLUG}")
        refused(prep, "show", "nosuch/x", code=3, says="nosuch/x")

    @pytest.mark.parametrize("name", ["", " ", "/", "..", "*", "a\nb", "é", "-"])
    def test_odd_names(self, prep, name):
        assert prep("show", name).code in (2, 3)
        assert not prep.workspace.exists()

    def test_ambiguous(self, prep):
        says = "'t' could be training-loop or tf-custom-loop"
        hint = refused(prep, "start", "t", code=2, says=says)
        assert prep(*first_command(hint)).code == 0

    def test_an_unknown_command_names_the_nearest(self, prep):
        hint = refused(prep, "gradee", code=2, says="Did you mean 'grade'?")
        assert prep(*first_command(hint)).code == 0

    @pytest.mark.parametrize(
        ("argv", "says"),
        [
            (("grade", "--bogus"), "--bogus"),
            (("grade", "--seed", "x"), "--seed"),
            (("start", "a", "b"), "unexpected extra argument"),
            (("start", "sql", "--time", "soon"), "'soon' is not a time limit"),
            (("start", "sql", "--time", "5m", "--untimed"), "contradict"),
        ],
    )
    def test_usage(self, prep, argv, says):
        refused(prep, *argv, code=2, says=says)

    def test_an_option_without_its_value(self, prep):
        assert prep("start", "sql", "--time").code == 2


class TestNothingStarted:
    @pytest.mark.parametrize("command", [c for c in LOOP if c != "start"])
    def test_no_exercise_is_under_way(self, prep, command):
        hint = refused(prep, command, code=3, says="No exercise is under way")
        assert prep(*first_command(hint)).code == 0
        assert not prep.home.exists()

    @pytest.mark.parametrize("command", ["grade", "check", "pause", "stop", "reset", "solution"])
    def test_this_one_was_not_started(self, prep, command):
        hint = refused(prep, command, SLUG, code=3, says=SLUG)
        assert prep(*first_command(hint)).code == 0

    def test_undo(self, prep):
        hint = refused(prep, "undo", code=3, says="nothing to undo")
        assert prep(*first_command(hint)).code == 0


class TestMissingFramework:
    @pytest.fixture
    def lacking(self, monkeypatch):
        """Pretend that torch is not installed."""
        from prep.practice import frameworks, grading

        found = frameworks.find_spec

        def find_spec(name: str):
            return None if name == "torch" else found(name)

        monkeypatch.setattr(frameworks, "find_spec", find_spec)
        monkeypatch.setattr(grading, "find_spec", find_spec, raising=False)

    def test_start_names_the_pip_line(self, prep, lacking):
        hint = refused(prep, "start", "training-loop", code=4, says="needs torch")
        assert hint.startswith('python -m pip install "torch>=2.')
        assert not prep.workspace.exists()

    def test_a_framework_that_nobody_knows(self, prep, tiny):
        hint = refused(prep, "start", "far-away", code=4, says="nosuchframework")
        assert hint == 'python -m pip install "nosuchframework"'

    def test_grade_after_it_was_uninstalled(self, prep, tiny):
        toml = tiny / "exercises" / "sums" / "add-up" / "exercise.toml"
        prep("start", "add-up")
        toml.write_text(toml.read_text().replace("needs = []", 'needs = ["nosuchframework"]'))
        for command in ("grade", "check"):
            refused(prep, command, code=4, says="needs nosuchframework")

    def test_reading_and_other_tracks_go_on(self, prep, lacking):
        assert prep("show", "training-loop").code == 0
        assert prep("list").code == 0
        assert prep("start", SLUG).code == 0
        prep.file(SLUG, "query.sql").write_bytes(REFERENCE)
        assert prep("grade").code == 0


def deleted(path: Path) -> None:
    path.unlink()


def renamed(path: Path) -> None:
    path.rename(path.with_name("mine.sql"))


def empty(path: Path) -> None:
    path.write_bytes(b" \n\n")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "notes.txt").write_bytes(WRONG)


def latin(path: Path) -> None:
    path.write_bytes(b"SELECT 1;\n-- caf\xe9\n")


def utf16(path: Path) -> None:
    path.write_bytes("SELECT 1;\n".encode("utf-16"))


def huge(path: Path) -> None:
    path.write_bytes(b"-- " + b"x" * 50_000_000)


def link(path: Path) -> None:
    path.rename(path.with_name("real.sql"))
    path.symlink_to("real.sql")


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("gone.sql")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


class TestLearnersFile:
    @pytest.mark.parametrize(
        ("spoil", "code", "says"),
        [
            (deleted, 3, "query.sql is not in"),
            (renamed, 3, "but mine.sql is: was it renamed?"),
            (empty, 5, "query.sql is empty"),
            (folder, 5, "query.sql is a folder"),
            (latin, 5, "not UTF-8 text: line 2 holds the byte 0xe9"),
            (utf16, 5, "not UTF-8 text"),
            (huge, 5, "50.0 MB"),
            (link, 5, "symbolic link"),
            (dangling, 5, "symbolic link"),
            (pipe, 5, "not a regular file"),
        ],
        ids=lambda value: getattr(value, "__name__", ""),
    )
    def test_is_named_and_nothing_is_lost(self, prep, spoil, code, says):
        prep("start", SLUG)
        path = prep.file(SLUG, "query.sql")
        path.write_bytes(WRONG)
        spoil(path)
        kept = bodies(path.parent)
        for command in ("grade", "check"):
            hint = refused(prep, command, code=code, says=says)
        assert sorted(bodies(path.parent)) == sorted(kept)
        assert prep("reset").code == 0
        assert all(body in bodies(path.parent) for body in kept)
        assert hint
        assert prep("undo").code == 0
        assert refused(prep, "grade", code=code, says=says) == hint

    @pytest.mark.parametrize("spoil", [deleted, renamed, empty, folder, dangling])
    def test_the_step_that_is_named_helps(self, prep, spoil):
        prep("start", SLUG)
        spoil(prep.file(SLUG, "query.sql"))
        hint = refused(prep, "grade", code=prep("grade").code, says="query.sql")
        assert prep(*first_command(hint)).code == 0
        assert prep("show").code == 0
        assert b"-- The two highest values" in prep.file(SLUG, "query.sql").read_bytes()

    def test_the_whole_folder_is_gone(self, prep):
        prep("start", SLUG)
        shutil.rmtree(prep.workspace)
        hint = refused(prep, "grade", code=3, says="has no folder")
        assert prep(*first_command(hint)).code == 0
        assert prep("grade").code == 1

    @pytest.mark.parametrize(
        "change",
        [
            lambda body: body.replace(b"\n", b"\r\n"),
            lambda body: b"\xef\xbb\xbf" + body.replace(b"\n", b"\r\n"),
            lambda body: body.rstrip(b"\n"),
            lambda body: body + "-- größer, 東京\n".encode(),
        ],
        ids=["crlf", "crlf and bom", "no last newline", "not ASCII"],
    )
    def test_what_editors_do_is_fine(self, prep, change):
        prep("start", SLUG)
        path = prep.file(SLUG, "query.sql")
        path.write_bytes(change(path.read_bytes()))
        if change(b"") == b"\xef\xbb\xbf":
            assert "not attempted" in prep("grade").out
            path.write_bytes(change(REFERENCE))
            assert prep("check").code == 0
        path.write_bytes(change(REFERENCE))
        assert prep("grade").code == 0
        assert path.read_bytes() == change(REFERENCE)
        assert prep("solution", "--diff").code == 0

    def test_what_editors_do_is_fine_in_python_too(self, prep, tiny):
        prep("start", "add-up")
        body = "def total(numbers):\n    return float(sum(numbers))\n".encode("utf-8-sig")
        prep.file("add-up").write_bytes(body.replace(b"\n", b"\r\n"))
        assert prep("check").code == 0
        assert prep("grade").code == 0

    def test_a_file_in_the_place_of_the_folder(self, prep):
        prep.workspace.mkdir()
        (prep.workspace / SLUG).write_text("mine")
        result = prep("start", SLUG)
        assert result.code == 4
        assert (prep.workspace / SLUG).read_text() == "mine"
        assert events(prep) == []


def forbid(monkeypatch, number: int, *names: str) -> None:
    """Let functions of `os` fail as a read-only or full disk does."""

    def fail(*args: object, **keywords: object) -> None:
        raise OSError(number, os.strerror(number))

    for name in names:
        monkeypatch.setattr(os, name, fail)


class TestWorkspaceThatCannotBeWritten:
    def test_below_a_file(self, prep, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("mine")
        monkeypatch.setenv("PREP_WORKSPACE", str(tmp_path / "file" / "prep"))
        hint = refused(prep, "start", SLUG, code=4, says=str(tmp_path / "file"))
        assert "prep config set workspace" in hint
        assert (tmp_path / "file").read_text() == "mine"
        assert prep("list").code == 0

    @pytest.mark.parametrize(
        ("number", "says"), [(errno.EROFS, "Read-only"), (errno.ENOSPC, "disk is full")]
    )
    def test_start_leaves_nothing_behind(self, prep, monkeypatch, number, says):
        with monkeypatch.context() as patch:
            forbid(patch, number, "rename")
            refused(prep, "start", SLUG, code=4, says=says)
        assert list(prep.workspace.rglob("*")) == []
        assert prep("start", SLUG).code == 0

    def test_reset_and_undo_leave_the_file(self, prep, monkeypatch):
        prep("start", SLUG)
        path = prep.file(SLUG, "query.sql")
        path.write_bytes(WRONG)
        with monkeypatch.context() as patch:
            forbid(patch, errno.ENOSPC, "rename")
            refused(prep, "reset", code=4, says="disk is full")
        assert path.read_bytes() == WRONG
        prep("reset")
        with monkeypatch.context() as patch:
            forbid(patch, errno.EROFS, "rename")
            refused(prep, "undo", code=4, says="Read-only")
        assert prep("undo").code == 0
        assert path.read_bytes() == WRONG

    def test_grade_needs_no_room_in_it(self, prep, monkeypatch):
        """The graded copy lies in a temporary folder, the snapshot in the store."""
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").write_bytes(REFERENCE)
        forbid(monkeypatch, errno.EROFS, "rename", "replace")
        assert prep("grade").code == 0

    def test_no_temporary_folder(self, prep, monkeypatch, tmp_path):
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").write_bytes(REFERENCE)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nosuch"))
        hint = refused(prep, "grade", code=4, says="temporary folder")
        assert "TMPDIR" in hint


class TestHomeThatCannotBeWritten:
    @pytest.mark.parametrize("below", ["", "state"])
    def test_a_file_in_its_place(self, prep, tmp_path, monkeypatch, below):
        (tmp_path / "file").write_text("mine")
        monkeypatch.setenv("PREP_HOME", str(tmp_path / "file" / below))
        hint = refused(prep, "start", SLUG, code=4, says=str(tmp_path / "file"))
        assert "PREP_HOME" in hint
        assert (tmp_path / "file").read_text() == "mine"
        assert not prep.workspace.exists()
        assert prep("--version").code == 0
        assert prep("show", SLUG).code in (0, 4)

    def test_read_only(self, prep, monkeypatch):
        def fail(self: Path, *args: object, **keywords: object) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

        monkeypatch.setattr(Path, "mkdir", fail)
        hint = refused(prep, "start", SLUG, code=4, says="Read-only")
        assert "PREP_HOME" in hint
        assert prep("list").code == 0
        assert prep().code == 0

    @pytest.mark.parametrize("number", [13, 8, 10])  # FULL, READONLY, IOERR of SQLite
    def test_the_disk_fails_while_a_grade_is_recorded(self, prep, monkeypatch, number):
        from prep.storage import schema

        prep("start", SLUG)
        path = prep.file(SLUG, "query.sql")
        path.write_bytes(REFERENCE)
        command = "grade" if number == 13 else "hint"

        def fail(*args: object) -> None:
            error = sqlite3.OperationalError("disk")
            error.sqlite_errorcode = number
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(schema, "count_event", fail)
            refused(prep, command, code=4, says="nothing was recorded")
        assert path.read_bytes() == REFERENCE
        assert prep(command).code == 0


class TestStore:
    def test_locked_by_another(self, prep, monkeypatch):
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
        prep("start", SLUG)
        path = prep.file(SLUG, "query.sql")
        path.write_bytes(REFERENCE)
        other = sqlite3.connect(prep.home / "history.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for command in ("hint", "pause", "stop"):
            hint = refused(prep, command, code=4, says="Another program holds")
        assert prep("grade").code == 4
        assert path.read_bytes() == REFERENCE
        assert "again" in hint
        assert prep("show").code == 0
        other.execute("ROLLBACK")
        other.close()
        assert prep("grade").code == 0

    @pytest.mark.parametrize(
        "damage",
        [
            lambda body: b"junk" * 5000,
            lambda body: body[: len(body) // 3],
            lambda body: body[:8192] + b"\xff" * 20000 + body[28192:],
        ],
        ids=["junk", "cut off", "scribbled on"],
    )
    def test_damaged_is_kept_aside_and_practice_goes_on(self, prep, damage):
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").write_bytes(WRONG)
        prep("hint")
        path = prep.home / "history.db"
        path.write_bytes(damage(path.read_bytes()))
        spoilt = path.read_bytes()
        for argv in ((), ("list",), ("log",)):
            result = prep(*argv)
            assert "Traceback" not in result.err
            assert path.read_bytes() == spoilt
        result = prep("start", SLUG)
        if result.code == 4:  # damage deep inside shows only in use
            result = prep("start", SLUG)
        assert result.code == 0
        assert any(p.read_bytes() == spoilt for p in prep.home.glob("history.damaged-*"))
        assert prep.file(SLUG, "query.sql").read_bytes() == WRONG
        assert prep("hint").code == 0

    def test_damaged_is_told_on_stderr_and_in_json_too(self, prep):
        prep.home.mkdir()
        (prep.home / "history.db").write_bytes(b"junk" * 500)
        result = prep("--json")
        assert result.json["schema"] == "prep.today/1"
        assert "is damaged and is left as it is" in result.err
        assert "kept, byte for byte" in prep("start", SLUG, "--json").err

    def test_newer_is_left_untouched(self, prep):
        prep("start", SLUG)
        path = prep.home / "history.db"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 999")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.close()
        newer = path.read_bytes()
        result = prep("start", SLUG)
        assert result.code == 0
        assert "written by a newer prep" in result.err
        prep.file(SLUG, "query.sql").write_bytes(REFERENCE)
        assert prep("grade").code == 0
        assert "passed" in prep("log").out
        assert path.read_bytes() == newer

    def test_the_settings_file_is_broken(self, prep):
        prep.home.mkdir()
        (prep.home / "config.toml").write_text("editor = \n")
        hint = refused(prep, "start", SLUG, code=4, says="not valid TOML")
        assert first_command(hint) == ["config", "edit"]


class TestClock:
    def test_set_back(self, prep):
        prep.at("2025-11-20T14:00:00+01:00")
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").write_bytes(WRONG)
        prep.at("2025-11-20T14:05:00+01:00")
        prep("grade")
        prep.at("2025-11-20T13:00:00+01:00")
        assert "5:00 used of 12:00" in prep().out
        prep.file(SLUG, "query.sql").write_bytes(REFERENCE)
        passed = prep("grade", "--json")
        assert passed.code == 0
        assert passed.json["clock"]["active_s"] == 300
        prep.at("2025-11-10T13:00:00+01:00")
        assert prep().code == 0
        assert prep("log").code == 0
        assert prep("streak").code == 0
        assert prep("undo").code == 0
        utc = [row[6] for row in events(prep)]
        assert len(utc) == 4

    @pytest.mark.parametrize(
        "now",
        [
            "junk",
            "2025-11-20",
            "2025-11-20T14:00:00",
            "9999",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
        ],
    )
    def test_junk(self, prep, now):
        prep.at(now)
        for argv in ((), ("start", SLUG)):
            hint = refused(prep, *argv, code=2, says="PREP_NOW is not a time with an offset")
            assert "2025-11-20T14:09:00+01:00" in hint
        assert events(prep) == []
        assert not prep.workspace.exists()


class TestBrokenExercise:
    @pytest.fixture
    def root(self, prep, tiny) -> Path:
        prep("start", "add-up")
        prep.file("add-up").write_text("def total(n): return float(sum(n))\n")
        return tiny

    def toml(self, root: Path) -> Path:
        return root / "exercises" / "sums" / "fix-mean" / "exercise.toml"

    def others_work(self, prep) -> None:
        assert prep().code == 0
        assert "add-up" in prep("list").out
        assert prep("grade", "add-up").code == 0
        assert prep("start", "add-up", "--fresh").code == 0

    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda text: "title = \n", "not valid TOML"),
            (lambda text: text + "timeuot = 3\n", "unknown key 'timeuot', did you mean 'timeout'?"),
            (lambda text: text.replace("level = 3", "level = 7"), "'level' is 7"),
            (lambda text: text.replace("level = 3\n", ""), "the key 'level' is missing"),
            (lambda text: text.replace("minutes = 5", 'minutes = "5"'), "'minutes' has the wrong"),
            (lambda text: text.replace('kind = "fix"', 'kind = "guess"'), "'kind' is 'guess'"),
        ],
    )
    def test_bad_toml(self, prep, root, spoil, says):
        path = self.toml(root)
        path.write_text(spoil(path.read_text()))
        hint = refused(prep, "start", "fix-mean", code=70, says=says)
        assert str(path) in prep("show", "fix-mean").err
        assert hint.startswith("prep dev check fix-mean   report: ")
        assert Path(hint.partition("report: ")[2]).exists()
        told = prep("dev", "check", "fix-mean")
        assert told.code == 1
        assert "exercise.toml" in told.out
        assert says.split("'")[-2 if "'" in says else 0] in told.out
        left_out = prep("list")
        assert left_out.code == 0
        assert "fix-mean" in left_out.err
        self.others_work(prep)

    def test_not_text(self, prep, root):
        self.toml(root).write_bytes(b"\xff\xfe")
        refused(prep, "start", "fix-mean", code=70, says="not valid TOML")
        self.others_work(prep)

    def test_a_folder_in_its_place(self, prep, root):
        self.toml(root).unlink()
        self.toml(root).mkdir()
        refused(prep, "start", "fix-mean", code=70, says="cannot be read")
        self.others_work(prep)

    @pytest.mark.parametrize(
        ("part", "argv"),
        [
            ("graders/sums/fix-mean/test_grader.py", ("start", "fix-mean")),
            ("exercises/sums/fix-mean/hints.md", ("start", "fix-mean")),
            ("exercises/sums/fix-mean/prompt.md", ("show", "fix-mean")),
            ("exercises/sums/fix-mean/examples.py", ("start", "fix-mean")),
            ("exercises/sums/fix-mean/stub/solution.py", ("start", "fix-mean")),
        ],
    )
    def test_a_part_is_missing(self, prep, root, part, argv):
        (root / part).unlink()
        hint = refused(prep, *argv, code=70, says="fix-mean")
        told = prep(*first_command(hint))
        assert told.code == 1, told
        assert Path(part).name in told.out
        assert not (prep.workspace / "fix-mean").exists()
        self.others_work(prep)

    def test_a_part_goes_missing_while_it_runs(self, prep, root):
        prep("start", "fix-mean")
        (root / "graders/sums/fix-mean/test_grader.py").unlink()
        refused(prep, "grade", code=70, says="test_grader.py cannot be read")
        (root / "solutions/sums/fix-mean/notes.md").unlink()
        refused(prep, "solution", "--give-up", code=70, says="notes.md cannot be read")
        self.others_work(prep)

    def test_a_grader_that_is_not_python(self, prep, root):
        (root / "graders/sums/fix-mean/test_grader.py").write_text("def test_(:\n")
        refused(prep, "start", "fix-mean", code=70, says="grader of fix-mean")
        self.others_work(prep)

    def test_an_exercise_that_left_the_catalogue(self, prep, root):
        shutil.rmtree(root / "exercises" / "sums" / "add-up")
        assert prep().code == 0
        assert prep("grade").code == 3
        assert prep("log").code == 0
        assert prep("undo").code == 0

    def test_an_empty_catalogue(self, prep, tmp_path, monkeypatch):
        monkeypatch.setattr(content, "installed_catalogue", lambda: Catalogue(tmp_path / "none"))
        assert prep().code == 0
        assert prep("start").code == 3
        assert prep("start", "x").code == 3


def process(prep, *argv: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "prep", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=prep.home.parent,
        **options,  # type: ignore[call-overload]
    )


def alive_below(folder: Path) -> list[int]:
    """Processes that run in a folder or were told of it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd").startswith(str(folder)) or (
                f"={folder}".encode() in (entry / "environ").read_bytes()
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
class TestInterrupt:
    FOREVER = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT 'a' AS category, x AS id, x AS value, x AS rank FROM n WHERE x < 0\n"
    )

    def wait_for(self, condition) -> None:
        for _ in range(1000):
            if condition():
                return
            time.sleep(0.01)
        raise AssertionError("never happened")

    @pytest.mark.parametrize("argv", [("grade",), ("check",), ("grade", "--json")])
    def test_grade(self, prep, tmp_path, argv):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        prep("start", SLUG)
        path = prep.file(SLUG, "query.sql")
        path.write_text(self.FOREVER)
        before = events(prep)
        env = {**os.environ, "TMPDIR": str(scratch)}
        run = process(prep, *argv, env=env)
        self.wait_for(lambda: any(pid != run.pid for pid in alive_below(scratch)))
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=30)
        assert run.returncode == 130
        assert "Traceback" not in err
        told = json.loads(out)["message"] if "--json" in argv else err
        assert "nterrupted; nothing of this command was recorded" in told
        assert alive_below(scratch) == []
        assert list(scratch.iterdir()) == []
        assert events(prep) == before
        assert path.read_text() == self.FOREVER
        assert prep().code == 0
        path.write_bytes(REFERENCE)
        assert prep("grade").code == 0

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_the_terminal_is_closed(self, prep, tmp_path, number):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").write_text(self.FOREVER)
        run = process(prep, "grade", env={**os.environ, "TMPDIR": str(scratch)})
        self.wait_for(lambda: any(pid != run.pid for pid in alive_below(scratch)))
        run.send_signal(number)
        _, err = run.communicate(timeout=30)
        assert run.returncode == 128 + number
        assert err == ""
        assert alive_below(scratch) == []
        assert list(scratch.iterdir()) == []
        assert len(events(prep)) == 1

    def test_twice_leaves_nothing_running(self, prep, tmp_path):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").write_text(self.FOREVER)
        run = process(prep, "grade", env={**os.environ, "TMPDIR": str(scratch)})
        self.wait_for(lambda: any(pid != run.pid for pid in alive_below(scratch)))
        time.sleep(0.3)
        for _ in range(6):
            run.send_signal(signal.SIGINT)
            time.sleep(0.002)
        run.communicate(timeout=30)
        self.wait_for(lambda: alive_below(scratch) == [])
        assert run.returncode in (130, -signal.SIGINT)

    def test_start(self, prep):
        prep("start", SLUG)
        before = events(prep)
        other = sqlite3.connect(prep.home / "history.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        run = process(prep, "start", "loss-leak", "--untimed")
        held = str(prep.home / "history.db")

        def waits() -> bool:
            try:
                links = list(Path(f"/proc/{run.pid}/fd").glob("*"))
                return any(os.readlink(link) == held for link in links)
            except FileNotFoundError:  # closed since
                return False

        self.wait_for(waits)
        time.sleep(0.2)
        run.send_signal(signal.SIGINT)
        time.sleep(0.1)
        other.execute("ROLLBACK")
        other.close()
        _, err = run.communicate(timeout=30)
        assert run.returncode == 130
        assert "Traceback" not in err
        assert events(prep) == before
        assert prep().code == 0
        assert prep("start", "loss-leak").code == 0


class TestStreams:
    @pytest.fixture
    def started(self, prep):
        prep("start", SLUG)
        prep.file(SLUG, "query.sql").write_bytes(REFERENCE)
        return prep

    def shell(self, prep, script: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", 'prep() { "$PYTHON" -m prep "$@"; }; ' + script],
            capture_output=True,
            encoding="utf-8",
            cwd=prep.home.parent,
            env={**os.environ, "PYTHON": sys.executable, **env},
            check=False,
            timeout=60,
        )

    @pytest.mark.parametrize("command", ["list", "grade"])
    def test_the_reader_leaves_at_once(self, started, command):
        """As `| head` does, but surely before the first byte."""
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-m", "prep", *command.split()],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
        os.close(writer)
        assert done.returncode == 141
        assert done.stderr == b""

    def test_head(self, started):
        done = self.shell(started, "prep list | head -1; exit ${PIPESTATUS[0]}")
        assert done.returncode in (0, 141)
        assert done.stdout.count("\n") == 1
        assert done.stderr == ""

    def test_a_long_answer_whose_reader_leaves(self, prep, tiny):
        """More than fits into a buffer: it breaks inside the command."""
        prompt = tiny / "exercises" / "sums" / "add-up" / "prompt.md"
        prompt.write_text("# Long\n\n" + "word " * 100_000)
        script = (
            "import sys; from pathlib import Path; from prep import app; "
            "from prep.storage import content; "
            f"content.installed_catalogue = lambda: content.Catalogue(Path({str(tiny)!r})); "
            "sys.exit(app.main(['show', 'add-up']))"
        )
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-c", script], stdout=writer, stderr=subprocess.PIPE, check=False
        )
        os.close(writer)
        assert (done.returncode, done.stderr) == (141, b"")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_no_room_for_the_answer(self, started):
        done = self.shell(started, "prep grade > /dev/full")
        assert done.returncode == 4
        assert "could not be written" in done.stderr
        assert "Traceback" not in done.stderr
        assert "passed" in started("log").out

    def test_closed_streams(self, started):
        assert self.shell(started, "prep start <&-").returncode == 0
        assert self.shell(started, "prep grade <&- >&-").returncode == 0
        assert self.shell(started, "prep start nosuch 2>&-").returncode == 3

    def test_no_terminal_asks_nothing(self, prep):
        done = self.shell(prep, "prep start < /dev/null")
        assert done.returncode == 3
        assert "prep start training-loop" in done.stderr

    @pytest.mark.skipif(
        not (sys.prefix + str(ROOT)).isascii(),
        reason="in an ASCII locale Python itself cannot start from such a place",
    )
    def test_ascii_locale(self, tmp_path, prep, monkeypatch):
        place = tmp_path / "prép räume"
        names = {
            "LC_ALL": "C",
            "PYTHONIOENCODING": "ascii",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "PREP_HOME": str(place / "état"),
            "PREP_WORKSPACE": str(place / "übungen"),
        }
        script = "prep start sql && prep show; prep path; prep grade"
        done = self.shell(prep, script, **names)
        assert "Traceback" not in done.stderr
        assert done.stderr == ""
        assert (done.stdout + done.stderr).isascii()
        assert (place / "übungen" / SLUG / "query.sql").exists()

    def test_the_folder_we_stand_in_was_deleted(self, started):
        script = "mkdir gone && cd gone && rmdir ../gone && prep grade && prep list"
        done = self.shell(started, script)
        assert done.returncode == 0
        assert done.stderr == ""

    def test_home_is_unset(self, started):
        done = self.shell(started, "unset HOME; prep && prep grade && prep path")
        assert done.returncode == 0
        assert done.stderr == ""


@pytest.mark.parametrize("name", ["with space", "größe-東京", "'quoted'", "-dash", "a;b$c"])
def test_paths_of_every_kind(prep, tmp_path, monkeypatch, name):
    monkeypatch.setenv("PREP_HOME", str(tmp_path / name / "state"))
    monkeypatch.setenv("PREP_WORKSPACE", str(tmp_path / name / "my prep"))
    assert prep("start", SLUG).code == 0
    assert prep("path").out == f"{tmp_path / name / 'my prep' / SLUG}\n"
    assert prep("open").out.strip().endswith("query.sql")
    (tmp_path / name / "my prep" / SLUG / "query.sql").write_bytes(REFERENCE)
    assert prep("grade").code == 0
    assert prep("reset").code == 0
    assert prep("undo").code == 0


def test_an_unexpected_error_leaves_a_crash_file(prep, monkeypatch):
    from prep.practice import moves

    def fail(*args: object, **keywords: object) -> None:
        raise KeyError("device")

    monkeypatch.setattr(moves, "start", fail)
    hint = refused(prep, "start", SLUG, code=70, says="prep itself failed (KeyError)")
    crash = Path(hint.partition("report: ")[2])
    assert "KeyError: 'device'" in crash.read_text()
    assert f"command: prep start {SLUG}" in crash.read_text()
