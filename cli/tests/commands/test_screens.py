"""Every screen fits: 80 columns, 40 columns, no colours, a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import sys
import termios
from pathlib import Path

import pytest

from prep.storage import content

SLUG = "sql-top-per-group"
ROOT = content.installed_catalogue().root
SOLUTION = ROOT / "solutions" / "sql" / SLUG
REFERENCE = (SOLUTION / "reference.sql").read_bytes()
ROW_NUMBER = (SOLUTION / "wrong" / "row_number.sql").read_bytes()
LIMIT_TWO = (SOLUTION / "wrong" / "limit_two.sql").read_bytes()
_STYLE = re.compile(r"\x1b\[[0-9;]*m")

# What is done to the file, and the command whose screen is looked at.
STORY: tuple[tuple[bytes | None, str], ...] = (
    (None, ""),
    (None, "list"),
    (None, "streak"),
    (None, "show sql"),
    (None, "hint sql --list"),
    (None, "undo --list"),
    (None, "start sql"),
    (None, ""),
    (None, "show"),
    (None, "grade"),
    (None, "hint"),
    (None, "hint --list"),
    (ROW_NUMBER, "grade"),
    (LIMIT_TWO, "grade"),
    (LIMIT_TWO, "check"),
    (b"SELECT category\nFORM items\n", "grade"),
    (b"SELECT category\nFORM items\n", "check"),
    (None, "pause"),
    (None, ""),
    (None, "start loss-leak"),
    (None, "start sql --fresh"),
    (None, "resume"),
    (None, "reset"),
    (None, "undo"),
    (REFERENCE, "grade"),
    (None, "list"),
    (None, "log"),
    (None, "log sql"),
    (None, "streak"),
    (None, ""),
    (None, "solution"),
    (ROW_NUMBER, "solution --diff"),
    (None, "undo --list"),
    (None, "stop loss-leak"),
    (None, "undo"),
    (None, "config list"),
    (None, "--help"),
    (None, "start --help"),
)


def lines_of(text: str) -> list[str]:
    return [_STYLE.sub("", line) for line in text.splitlines()]


def is_path(line: str) -> bool:
    """A path is never broken: it could not be copied."""
    return any("/" in word and len(word) > 20 for word in line.split())


@pytest.mark.parametrize("width", [80, 40])
def test_every_screen_fits_and_says_what_comes_next(prep, width, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", str(width))  # for the help of typer
    proposed = set()
    for body, command in STORY:
        if body is not None:
            prep.file(SLUG, "query.sql").write_bytes(body)
        result = prep.terminal(*command.split(), width=width)
        assert result.code in (0, 1, 5), (command, result)
        assert result.err == "", command
        lines = lines_of(result.out.rstrip())
        is_code = command == "solution --diff" or (command == "solution" and width < 80)
        for line in lines:
            assert len(line) <= width or is_path(line) or is_code, (command, line)
        if "-h" not in command:
            assert any("prep " in line for line in lines[-2:]), (command, result.out)
        proposed |= set(re.findall(r"(?<=[|`] )?prep [a-z]+(?: --[a-z-]+)?", "\n".join(lines[-2:])))
    assert {"prep grade", "prep hint", "prep undo", "prep solution --diff"} <= proposed
    for command in proposed:
        assert prep(*command.replace("--restore", "").split()[1:], "-h").code == 0, command


def on_a_terminal(prep, *argv: str, columns: int, rows: int = 24, **env: str) -> tuple[int, str]:
    """Run a command on a real terminal of that size."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.environ.update(env)
            os.environ.pop("COLUMNS", None)
            os.chdir(prep.home.parent)
            os.execv(sys.executable, [sys.executable, "-m", "prep", *argv])
        finally:
            os._exit(127)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    parts = []
    while True:
        try:
            part = os.read(terminal, 1 << 16)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), b"".join(parts).decode().replace("\r\n", "\n")


@pytest.fixture
def started(prep):
    prep("start", SLUG)
    prep.file(SLUG, "query.sql").write_bytes(ROW_NUMBER)
    return prep


class TestRealTerminal:
    @pytest.mark.parametrize("command", ["", "show", "grade", "start nosuchthingatall"])
    def test_40_columns(self, started, command):
        code, out = on_a_terminal(started, *command.split(), columns=40, TERM="xterm")
        assert code in (0, 1, 3)
        # What a line hides behind itself does not count: the note while a grade runs.
        lines = [line.rpartition("\r")[2] for line in lines_of(out)]
        assert max(map(len, lines)) <= 40, out
        if command.startswith("start"):
            assert "prep: No exercise is called\n  'nosuchthingatall'." in out

    @pytest.mark.parametrize("quiet", [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}])
    def test_without_colours(self, started, quiet):
        for command in ("", "show"):
            _, out = on_a_terminal(started, *command.split(), columns=80, **quiet)
            styles = set(re.findall(r"\x1b\[([0-9;]*)m", out))
            assert not {s for s in styles if re.search(r"(^|;)[349]\d", s)}, (command, styles)
            if quiet["TERM"] == "dumb":
                assert "\x1b" not in out, command

    def test_colour_says_nothing_alone(self, started):
        _, out = on_a_terminal(started, "grade", columns=80, TERM="xterm-256color")
        assert "\x1b[" in out
        assert "FAIL" in _STYLE.sub("", out)

    @pytest.mark.skipif(
        not (sys.prefix + str(ROOT)).isascii(),
        reason="in an ASCII locale Python itself cannot start from such a place",
    )
    def test_ascii_terminal(self, started):
        ascii_only = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "TERM": "xterm"}
        for command in ("show", "grade", "list"):
            code, out = on_a_terminal(started, *command.split(), columns=80, **ascii_only)
            assert code in (0, 1)
            assert out.isascii()
            assert "Traceback" not in out

    def test_a_terminal_of_no_size(self, started):
        code, out = on_a_terminal(started, columns=0, rows=0, TERM="xterm")
        assert code == 0
        assert SLUG in out

    def test_start_asks_and_takes_no_for_an_answer(self, prep):
        pid, terminal = pty.fork()
        if pid == 0:
            try:
                os.chdir(prep.home.parent)
                os.execv(sys.executable, [sys.executable, "-m", "prep", "start"])
            finally:
                os._exit(127)
        shown = b""
        while b"[Y/n]" not in shown:
            shown += os.read(terminal, 1 << 16)
        os.write(terminal, b"n\n")
        try:
            while part := os.read(terminal, 1 << 16):
                shown += part
        except OSError:
            pass
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 3
        assert b"Start training-loop (" in shown
        assert not Path(prep.home).exists()

    def test_ctrl_c_at_the_question(self, prep):
        pid, terminal = pty.fork()
        if pid == 0:
            try:
                os.chdir(prep.home.parent)
                os.execv(sys.executable, [sys.executable, "-m", "prep", "start"])
            finally:
                os._exit(127)
        shown = b""
        while b"[Y/n]" not in shown:
            shown += os.read(terminal, 1 << 16)
        os.write(terminal, b"\x03")
        try:
            while part := os.read(terminal, 1 << 16):
                shown += part
        except OSError:
            pass
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 130
        assert b"Traceback" not in shown
