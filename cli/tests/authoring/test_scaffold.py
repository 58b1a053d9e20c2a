"""`dev new`: what it makes is whole, and what it refuses leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prep.authoring import scaffold
from prep.authoring.inspection import inspect
from prep.errors import EnvironmentProblemError, UsageError
from prep.model import Kind
from prep.storage.content import Catalogue


def tree(root: Path) -> set[str]:
    return {p.relative_to(root).as_posix() for p in root.rglob("*")}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_whole(catalogue: Catalogue, kind: Kind) -> None:
    made = scaffold.new(catalogue, "toys/first-toy", kind=kind)
    found = inspect(catalogue, runs=False)
    assert found.problems == ()
    exercise = catalogue.find("first-toy")
    assert (exercise.kind, exercise.title) == (kind, "First toy")
    assert exercise.file == ("query.sql" if kind is Kind.QUERY else "solution.py")
    assert made.folders.name == "toys/first-toy"
    assert {p.relative_to(catalogue.root).as_posix() for p in made.files} == {
        path for path in tree(catalogue.root) if (catalogue.root / path).is_file()
    }
    assert not any("@" in path.read_text("utf-8").replace("@kit.needs", "") for path in made.files)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "file"),
    [(Kind.IMPLEMENT, "package/loop.py"), (Kind.FIX, None), (Kind.QUERY, "answer.sql")],
)
def test_it_passes_the_check_at_once(catalogue: Catalogue, kind: Kind, file: str | None) -> None:
    scaffold.new(catalogue, "toys/first-toy", kind=kind, file=file)
    found = inspect(catalogue)
    assert [str(p) for p in found.problems] == []
    assert all(v.results for v in found.verdicts)


def test_files_come_in_the_order_in_which_one_edits_them(catalogue: Catalogue) -> None:
    made = scaffold.new(catalogue, "toys/first-toy")
    paths = [p.relative_to(catalogue.root).as_posix().split("/") for p in made.files]
    assert ["/".join(p[:1] + p[3:4]) for p in paths] == [
        "exercises/exercise.toml",
        "exercises/prompt.md",
        "exercises/stub",
        "solutions/reference.py",
        "graders/test_grader.py",
        *["solutions/accepted"] * 2,
        *["solutions/wrong"] * 5,
        "exercises/examples.py",
        "exercises/hints.md",
        "solutions/notes.md",
    ]


def test_files_and_tracks_of_ones_own(catalogue: Catalogue) -> None:
    scaffold.new(catalogue, "toys/one", file="loop.py")
    scaffold.new(catalogue, "toys/two", file="answer.sql", kind=Kind.FIX)
    scaffold.new(catalogue, "/games/three/")
    assert catalogue.find("one").file == "loop.py"
    assert "from loop import" in (catalogue.find("one").folder / "examples.py").read_text()
    assert catalogue.find("two").kind is Kind.FIX
    assert inspect(catalogue, runs=False).problems == ()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("first-toy", "'first-toy' names no track"),
        ("toys/First", "'First' must be words of a-z and 0-9"),
        ("toys/a/b", "'a/b' must be words"),
        ("toys/", "'toys/' names no track"),
        ("cards/first", "'cards' is not a folder for exercises"),
        ("toys/torch", "'torch' is the name of a Python module"),
        ("../first", "'..' must be words"),
        ("", "'' names no track"),
    ],
)
def test_bad_names(catalogue: Catalogue, name: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold.new(catalogue, name)
    assert caught.value.message.startswith(told)
    assert "prep dev new" in caught.value.hint
    assert tree(catalogue.root) == set()


@pytest.mark.parametrize("file", ["../x.py", "x.txt", "random.py", "test_examples.py"])
def test_bad_files(catalogue: Catalogue, file: str) -> None:
    with pytest.raises(UsageError, match=f"--file: '{Path(file).stem}|--file: '{file}"):
        scaffold.new(catalogue, "toys/first", file=file)
    assert tree(catalogue.root) == set()


def test_a_taken_slug(catalogue: Catalogue) -> None:
    scaffold.new(catalogue, "toys/first")
    before = tree(catalogue.root)
    with pytest.raises(UsageError, match="the slug 'first' is taken: exercises/toys/first"):
        scaffold.new(catalogue, "games/first")
    assert tree(catalogue.root) == before
    (catalogue.root / "solutions/toys/second").mkdir()
    with pytest.raises(UsageError, match="the slug 'second' is taken: solutions/toys/second"):
        scaffold.new(catalogue, "toys/second")


def test_a_wheel_is_not_written_to(tmp_path: Path) -> None:
    root = tmp_path / "prep" / "_content"
    root.mkdir(parents=True)
    with pytest.raises(UsageError, match="installed from a wheel"):
        scaffold.new(Catalogue(root), "toys/first")
    assert tree(root) == set()


def test_all_of_it_or_nothing(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    scaffold.new(catalogue, "toys/first")
    before = tree(catalogue.root)
    rename, calls = os.rename, []

    def failing(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", failing)
        with pytest.raises(EnvironmentProblemError, match="disk is full"):
            scaffold.new(catalogue, "games/second")
    assert calls[-1] == catalogue.root / "exercises/games/second"
    assert tree(catalogue.root) == before


def test_a_place_that_cannot_be_written(catalogue: Catalogue) -> None:
    (catalogue.root / "graders").write_text("a file")
    with pytest.raises(EnvironmentProblemError, match="cannot be used"):
        scaffold.new(catalogue, "toys/first")
    assert tree(catalogue.root) == {"graders"}
