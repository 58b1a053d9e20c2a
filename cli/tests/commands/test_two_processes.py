"""Two prep processes at once: what both record is there, and neither stumbles."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter

import pytest

from prep.storage import content

SLUG = "sql-top-per-group"
SOLUTION = content.installed_catalogue().root / "solutions" / "sql" / SLUG
REFERENCE = (SOLUTION / "reference.sql").read_bytes()
WRONG = (SOLUTION / "wrong" / "row_number.sql").read_bytes()


def at_once(prep, *commands: str) -> list[tuple[int, str, str]]:
    """Run commands side by side; exit code, stdout and stderr of each."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "prep", *command.split()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=prep.home.parent,
        )
        for command in commands
    ]
    found = []
    for process in running:
        out, err = process.communicate(timeout=60)
        found.append((process.returncode, out, err))
    return found


def kinds(prep) -> Counter[str]:
    connection = sqlite3.connect(prep.home / "history.db")
    try:
        (whole,) = connection.execute("PRAGMA integrity_check").fetchone()
        assert whole == "ok"
        return Counter(kind for (kind,) in connection.execute("SELECT kind FROM events"))
    finally:
        connection.close()


def test_two_grades_are_both_recorded(prep):
    prep("start", SLUG)
    prep.file(SLUG, "query.sql").write_bytes(WRONG)
    done = at_once(prep, "grade --json", "grade --json")
    assert [code for code, _, _ in done] == [1, 1]
    assert [err for _, _, err in done] == ["", ""]
    assert all(json.loads(out)["recorded"] for _, out, _ in done)
    assert kinds(prep) == Counter(started=1, graded=2)
    assert prep("--json").json["current"]["grades"] == 2


def test_the_first_starts_ever_make_one_store(prep):
    done = at_once(prep, f"start {SLUG} --json", "start loss-leak --json")
    assert [code for code, _, _ in done] == [0, 0], done
    assert [err for _, _, err in done] == ["", ""]
    found = kinds(prep)
    assert found["started"] == 2
    assert found["paused"] == 1  # only one clock runs
    attempts = {prep("start", slug, "--json").json["attempt"]["number"] for slug in (SLUG, "loss")}
    assert attempts == {1}


def test_the_same_start_twice_is_one_attempt(prep):
    done = at_once(prep, f"start {SLUG} --json", f"start {SLUG} --json")
    assert [code for code, _, _ in done] == [0, 0], done
    assert kinds(prep) == Counter(started=1)
    assert prep.file(SLUG, "query.sql").exists()
    assert not [path for path in prep.workspace.iterdir() if path.name != SLUG]


def test_a_grade_beside_hints_and_resets(prep):
    prep("start", SLUG)
    prep.file(SLUG, "query.sql").write_bytes(REFERENCE)
    done = at_once(prep, "grade --json", "hint --json", "reset --json")
    codes = [code for code, _, _ in done]
    assert codes[1:] == [0, 0], done
    # The grade judged the reference, or the stub if the reset came first.
    assert codes[0] in (0, 1), done
    found = kinds(prep)
    assert found["reset"] == 1
    assert found["passed"] == (1 if codes[0] == 0 else 0)
    kept = list((prep.workspace / SLUG).rglob("query.sql"))
    assert any(path.read_bytes() == REFERENCE for path in kept)


@pytest.mark.slow
def test_many_at_once_lose_nothing(prep):
    prep("start", SLUG)
    prep.file(SLUG, "query.sql").write_bytes(WRONG)
    commands = ["grade", "pause", "resume", "hint", "grade", "start sql", "undo --list", "list"]
    done = at_once(prep, *commands)
    assert all(code in (0, 1) for code, _, _ in done), done
    assert not any("Traceback" in err for _, _, err in done)
    found = kinds(prep)
    assert found["graded"] == 2
    assert found["hint"] == 1
    at_once(prep, "undo", "undo", "undo")
    assert kinds(prep)["undone"] == 3
