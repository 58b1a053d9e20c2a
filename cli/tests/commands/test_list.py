"""`prep list`: what is shown, what it is narrowed to, and what it says when nothing fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import RIGHT, Prep, write_exercise


def slugs(prep: Prep, *argv: str) -> list[str]:
    return [row["slug"] for row in prep("list", *argv).rows]


def test_piped_is_tab_separated_with_a_header(prep: Prep, tiny: Path) -> None:
    found = prep("list")
    assert found.code == 0
    assert [row["slug"] for row in found.rows] == ["add-up", "fix-mean", "far-away"]
    first, _, last = found.rows
    assert first["track"] == "sums" and first["status"] == "new" and first["par_minutes"] == "5"
    assert last["missing"] == "nosuchframework"
    assert not prep.home.exists(), "reading never creates anything"


def test_status_follows_the_newest_attempt(prep: Prep, tiny: Path) -> None:
    prep("start", "add-up")
    assert prep("list", "add").rows[0]["status"] == "running"
    prep("pause")
    assert prep("list", "add").rows[0]["status"] == "paused"
    prep.file("add-up").write_text(RIGHT)
    prep("grade")
    assert prep("list", "add").rows[0]["status"] == "passed"
    assert prep("list", "add").rows[0]["best"] == "2/2"
    prep("start", "add-up")
    prep("stop")
    found = prep("list", "add", "--json").json["exercises"][0]
    assert found["status"] == "stopped" and found["passed_before"] and found["attempts"] == 2


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["DRIFTS"], ["fix-mean"]),
        (["mean"], ["fix-mean"]),
        (["vision"], ["far-away"]),
        (["sums", "up"], ["add-up"]),
        (["--track", "sums"], ["add-up", "fix-mean"]),
        (["--kind", "fix"], ["fix-mean"]),
        (["--level", "hard"], ["fix-mean"]),
        (["--level", "1,2"], ["add-up", "far-away"]),
        (["--level", "easy", "--level", "3"], ["add-up", "fix-mean"]),
        (["--status", "new,passed"], ["add-up", "fix-mean", "far-away"]),
    ],
)
def test_narrowing(prep: Prep, tiny: Path, argv: list[str], expected: list[str]) -> None:
    assert slugs(prep, *argv) == expected


@pytest.mark.parametrize(
    ("option", "value", "named", "nearest"),
    [
        ("--track", "sum", "sums, vision", "sums"),
        ("--kind", "implment", "implement, fix", "implement"),
        ("--status", "passd", "new, running, paused, passed, stopped", "passed"),
        ("--level", "harrd", "easy, medium, hard", "hard"),
    ],
)
def test_unknown_value_names_the_valid_ones(
    prep: Prep, tiny: Path, option: str, value: str, named: str, nearest: str
) -> None:
    found = prep("list", option, value)
    assert found.code == 2
    assert named in found.err and f"prep list {option} {nearest}" in found.err
    assert found.out == ""


def test_nothing_found(prep: Prep, tiny: Path) -> None:
    found = prep("list", "meen")
    assert found.code == 3
    assert "'meen'" in found.err and "prep list mean" in found.err
    assert prep("list", "zzz").err.splitlines()[-1] == "  prep list   shows all 3"
    assert "with these filters" in prep("list", "add", "--kind", "fix").err
    error = prep("list", "zzz", "--json").json
    assert error["schema"] == "prep.error/1" and error["code"] == 3


def test_on_a_terminal(prep: Prep, tiny: Path) -> None:
    prep("start", "add-up")
    found = prep.terminal("list")
    assert "needs nosuchframework" in found.out and "running" in found.out
    assert found.out.splitlines()[-1].startswith("Next   prep grade")
    assert found.widest <= 80


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_no_word_is_lost_on_a_narrow_terminal(prep: Prep, tiny: Path, width: int) -> None:
    found = prep.terminal("list", width=width)
    assert found.widest <= width
    for word in ("add-up", "sums", "implement", "easy", "5", "new", "needs", "nosuchframework"):
        assert word in found.out.replace(",", " ").split(), word


def test_a_broken_exercise_is_left_out_and_named(prep: Prep, tiny: Path) -> None:
    (tiny / "exercises/sums/fix-mean/exercise.toml").write_text("titel = 'x'\n")
    found = prep("list")
    assert found.code == 0 and [row["slug"] for row in found.rows] == ["add-up", "far-away"]
    assert "fix-mean" in found.err and "titel" in found.err


def test_an_empty_catalogue_says_so(prep: Prep, tiny: Path) -> None:
    import shutil

    shutil.rmtree(tiny / "exercises")
    found = prep("list")
    assert found.code == 3 and "prep doctor" in found.err


def test_slugs_for_completion(prep: Prep, tiny: Path) -> None:
    write_exercise(tiny, "vision", "broken", level=9)
    assert prep("list", "--slugs").out.split() == ["add-up", "fix-mean", "broken", "far-away"]


def test_the_installed_catalogue_in_a_real_pipe(prep: Prep) -> None:
    found = prep.process("list")
    assert found.code == 0 and found.err == ""
    assert "sql-top-per-group" in [row["slug"] for row in found.rows]
