from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.errors import CannotRunError, EnvironmentProblemError, InternalError, NotFoundError
from prep.model import Exercise
from prep.storage import learner_files
from prep.storage.learner_files import is_stub, stub_files
from prep.storage.workspace import Workspace

from .conftest import STUB, make_exercise

ReadOnly = Callable[[Path], AbstractContextManager[None]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "my prep")


@pytest.fixture
def folder(workspace: Workspace, exercise: Exercise) -> Path:
    workspace.create(exercise)
    return workspace.folder(exercise.slug)


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_create_copies_stub_task_and_examples(folder: Path) -> None:
    assert content(folder) == {
        "README.md": "# The training loop\n",
        "solution.py": STUB,
        "test_examples.py": "from solution import train\n",
    }


def test_create_leaves_no_trace_beside_the_folder(workspace: Workspace, folder: Path) -> None:
    assert os.listdir(workspace.root) == [folder.name]


def test_create_adds_what_is_missing_and_touches_nothing_else(
    workspace: Workspace, exercise: Exercise, folder: Path
) -> None:
    (folder / "solution.py").write_text("mine")
    (folder / "README.md").unlink()
    assert workspace.create(exercise)
    assert content(folder)["solution.py"] == "mine"
    assert "README.md" in content(folder)
    assert not workspace.create(exercise)


@pytest.mark.parametrize("reason", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left")])
def test_create_is_all_or_nothing(
    workspace: Workspace,
    exercise: Exercise,
    monkeypatch: pytest.MonkeyPatch,
    reason: BaseException,
) -> None:
    fail_at(monkeypatch, Path, "write_bytes", 2, reason)
    with pytest.raises((KeyboardInterrupt, EnvironmentProblemError)):
        workspace.create(exercise)
    assert os.listdir(workspace.root) == []


MAKES_FOLDERS = """
import sys
from dataclasses import replace
from pathlib import Path
from prep.model import Exercise, Kind
from prep.storage.workspace import Workspace

folder = Path(sys.argv[2])
exercise = Exercise("x", "t", "X", Kind.FIX, 1, 1, (), (), 1.0, "solution.py", (), (), False,
                    folder, folder, folder)
print("ready", flush=True)
for number in range(100_000):
    Workspace(Path(sys.argv[1])).create(replace(exercise, slug=f"x{number}"))
"""


@pytest.mark.parametrize("wait", [0.003, 0.02, 0.05])
def test_a_killed_start_never_leaves_half_a_folder(
    workspace: Workspace, exercise: Exercise, wait: float
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", MAKES_FOLDERS, workspace.root, exercise.folder],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(wait)
    process.kill()
    process.communicate()
    whole = {"README.md", "solution.py", "test_examples.py"}
    made = list(workspace.root.glob("x*")) if workspace.root.exists() else []
    assert [set(os.listdir(path)) for path in made] == [whole] * len(made)


def test_caches_of_the_stub_are_not_copied(workspace: Workspace, exercise: Exercise) -> None:
    cache = exercise.folder / "stub" / "__pycache__"
    cache.mkdir()
    (cache / "solution.cpython-311.pyc").write_bytes(b"")
    assert set(stub_files(exercise)) == {"solution.py", "README.md", "test_examples.py"}


def test_stub_in_folders(workspace: Workspace, tmp_path: Path) -> None:
    exercise = make_exercise(tmp_path, "repo", "src/remote/loader.py")
    workspace.create(exercise)
    assert workspace.read(exercise)["src/remote/loader.py"] == STUB.encode()
    kept = workspace.replace("repo", {}, stamp="then")
    assert kept is not None
    assert (kept / "src/remote/loader.py").read_text() == STUB
    assert os.listdir(workspace.folder("repo")) == [".previous"], "no empty folder is left"


def test_incomplete_exercise_is_preps_fault(workspace: Workspace, exercise: Exercise) -> None:
    (exercise.folder / "prompt.md").unlink()
    with pytest.raises(InternalError, match="training-loop"):
        workspace.create(exercise)
    assert not workspace.folder(exercise.slug).exists()


def test_read_gives_the_learners_files(
    workspace: Workspace, exercise: Exercise, folder: Path
) -> None:
    (folder / "helper.py").write_text("x = 1")
    (folder / "sub").mkdir()
    (folder / "sub" / "data.csv").write_text("1,2")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "solution.pyc").write_bytes(b"")
    (folder / ".solution.py.swp").write_bytes(b"")
    (folder / "linked.py").symlink_to(folder / "helper.py")
    (folder / "checkpoint.pt").write_bytes(bytes(learner_files.MAX_BYTES + 1))
    assert set(workspace.read(exercise)) == {
        "README.md",
        "helper.py",
        "solution.py",
        "sub/data.csv",
        "test_examples.py",
    }


def test_code_is_kept_before_data(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner_files, "MAX_FILES", 5)
    for number in range(9):
        (folder / f"a{number}.csv").write_text("1")
    found = list(workspace.collect(folder.name))
    assert found == ["README.md", "a0.csv", "a1.csv", "solution.py", "test_examples.py"]
    monkeypatch.setattr(learner_files, "MAX_TOTAL_BYTES", 10)
    assert len(workspace.collect(folder.name)) < 5


def test_crlf_is_fine(workspace: Workspace, exercise: Exercise, folder: Path) -> None:
    body = STUB.replace("\n", "\r\n").encode()
    (folder / "solution.py").write_bytes(body)
    assert workspace.read(exercise)["solution.py"] == body
    assert is_stub(exercise, workspace.read(exercise))


def test_byte_order_mark_is_fine(workspace: Workspace, exercise: Exercise, folder: Path) -> None:
    (folder / "solution.py").write_bytes(b"\xef\xbb\xbf" + STUB.encode())
    assert is_stub(exercise, workspace.read(exercise))


def spoil_missing(folder: Path) -> None:
    (folder / "solution.py").unlink()


def spoil_renamed(folder: Path) -> None:
    (folder / "solution.py").rename(folder / "answer.py")


def spoil_empty(folder: Path) -> None:
    (folder / "solution.py").write_text("  \n\n")


def spoil_folder(folder: Path) -> None:
    (folder / "solution.py").unlink()
    (folder / "solution.py").mkdir()


def spoil_text(folder: Path) -> None:
    (folder / "solution.py").write_bytes(b"x = 1\n# caf\xe9\n")


def spoil_size(folder: Path) -> None:
    with (folder / "solution.py").open("wb") as file:
        file.truncate(50_000_000)


def spoil_link(folder: Path) -> None:
    (folder / "solution.py").rename(folder / "real.py")
    (folder / "solution.py").symlink_to("real.py")


def spoil_dangling(folder: Path) -> None:
    (folder / "solution.py").unlink()
    (folder / "solution.py").symlink_to("nowhere.py")


def spoil_pipe(folder: Path) -> None:
    (folder / "solution.py").unlink()
    os.mkfifo(folder / "solution.py")


@pytest.mark.parametrize(
    ("spoil", "kind", "sentence"),
    [
        (spoil_missing, NotFoundError, "solution.py is not in {folder}."),
        (
            spoil_renamed,
            NotFoundError,
            "solution.py is not in {folder}, but answer.py is: was it renamed?",
        ),
        (spoil_empty, CannotRunError, "solution.py is empty; nothing was graded."),
        (spoil_folder, CannotRunError, "solution.py is a folder, not a file."),
        (
            spoil_text,
            CannotRunError,
            "solution.py is not UTF-8 text: line 2 holds the byte 0xe9.",
        ),
        (spoil_size, CannotRunError, "solution.py has 50.0 MB; prep reads up to 1 MB."),
        (
            spoil_link,
            CannotRunError,
            "solution.py is a symbolic link, which prep does not follow.",
        ),
        (
            spoil_dangling,
            CannotRunError,
            "solution.py is a symbolic link, which prep does not follow.",
        ),
        (spoil_pipe, CannotRunError, "solution.py is not a regular file."),
    ],
)
def test_bad_file_has_a_sentence_of_its_own_and_reset_helps(
    workspace: Workspace,
    exercise: Exercise,
    folder: Path,
    spoil: Callable[[Path], None],
    kind: type[Exception],
    sentence: str,
) -> None:
    spoil(folder)
    with pytest.raises(kind) as caught:
        workspace.read(exercise)
    assert type(caught.value) is kind
    assert str(caught.value) == sentence.format(folder=folder)
    assert getattr(caught.value, "hint", "")
    workspace.collect(exercise.slug)  # never fails

    stub = stub_files(exercise)
    kept = workspace.replace(exercise.slug, stub, disposable=stub, stamp="then")
    assert workspace.read(exercise)["solution.py"] == STUB.encode()
    assert kept is None or kept.exists()


def test_reset_of_a_bad_file_keeps_it(
    workspace: Workspace, exercise: Exercise, folder: Path
) -> None:
    spoil_folder(folder)
    (folder / "solution.py" / "inner.py").write_text("inner")
    stub = stub_files(exercise)
    kept = workspace.replace(exercise.slug, stub, disposable=stub, stamp="then")
    assert kept is not None
    assert content(kept) == {"solution.py/inner.py": "inner"}


def test_linked_folder_below(workspace: Workspace, tmp_path: Path) -> None:
    exercise = make_exercise(tmp_path, "repo", "src/loader.py")
    workspace.create(exercise)
    folder = workspace.folder("repo")
    (folder / "src").rename(tmp_path / "elsewhere")
    (folder / "src").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotRunError, match="src is a symbolic link"):
        workspace.read(exercise)
    stub = stub_files(exercise)
    workspace.replace("repo", stub, disposable=stub, stamp="then")
    assert workspace.read(exercise)["src/loader.py"] == STUB.encode()
    assert (tmp_path / "elsewhere" / "loader.py").exists()


def test_unreadable_file(open_folder: Path, tmp_path: Path, read_only: ReadOnly) -> None:
    workspace, exercise = Workspace(open_folder / "prep"), make_exercise(open_folder)
    workspace.create(exercise)
    main = workspace.folder(exercise.slug) / "solution.py"
    with read_only(exercise.folder):
        os.seteuid(os.getuid())
        main.chmod(0)
        if os.getuid() == 0:
            os.seteuid(65534)
        with pytest.raises(EnvironmentProblemError, match="cannot be read"):
            workspace.read(exercise)


def test_no_folder(workspace: Workspace, exercise: Exercise) -> None:
    with pytest.raises(NotFoundError) as caught:
        workspace.read(exercise)
    assert caught.value.hint == "prep start training-loop"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (STUB, True),
        (STUB + "\n\n", True),
        (STUB.replace("\n", "  \r\n"), True),
        (STUB.rstrip(), True),
        (STUB + "x = 1\n", False),
        (STUB.replace("raise", "  raise"), False),
        ("", False),
    ],
)
def test_unchanged_stub(exercise: Exercise, body: str, expected: bool) -> None:
    assert is_stub(exercise, {"solution.py": body.encode()}) is expected


def test_stub_without_its_file_or_with_more_files(exercise: Exercise) -> None:
    assert not is_stub(exercise, {})
    assert is_stub(exercise, {"solution.py": STUB.encode(), "notes.txt": b"more"})


def test_replace_keeps_what_was_there(workspace: Workspace, folder: Path) -> None:
    (folder / "solution.py").write_text("mine")
    (folder / "helper.py").write_text("help")
    kept = workspace.replace(folder.name, {"solution.py": b"new"}, stamp="2025-11-20T1409")
    assert kept == folder / ".previous" / "2025-11-20T1409"
    assert content(kept) == {
        "README.md": "# The training loop\n",
        "helper.py": "help",
        "solution.py": "mine",
        "test_examples.py": "from solution import train\n",
    }
    assert workspace.collect(folder.name) == {"solution.py": b"new"}
    again = workspace.replace(folder.name, {"solution.py": b"x"}, stamp="2025-11-20T1409")
    assert again == folder / ".previous" / "2025-11-20T1409-2"


def test_replace_keeps_only_what_is_worth_it(
    workspace: Workspace, exercise: Exercise, folder: Path
) -> None:
    stub = stub_files(exercise)
    assert workspace.replace(folder.name, stub, disposable=stub) is None
    (folder / "solution.py").write_text("mine")
    kept = workspace.replace(folder.name, stub, disposable=stub)
    assert kept is not None
    assert content(kept) == {"solution.py": "mine"}
    assert workspace.replace(folder.name, {}, disposable=stub) is None
    assert workspace.collect(folder.name) == {}


def test_replace_with_nothing_removes_the_empty_folder(
    workspace: Workspace, exercise: Exercise, folder: Path
) -> None:
    assert workspace.replace(folder.name, {}, disposable=stub_files(exercise)) is None
    assert not folder.exists()


def test_large_and_hidden_files_stay_where_they_are(workspace: Workspace, folder: Path) -> None:
    (folder / "checkpoint.pt").write_bytes(bytes(learner_files.MAX_BYTES + 1))
    (folder / ".env").write_text("hidden")
    workspace.replace(folder.name, {"solution.py": b"new"})
    assert (folder / "checkpoint.pt").exists()
    assert (folder / ".env").exists()


def test_file_where_a_folder_must_be(workspace: Workspace, folder: Path) -> None:
    (folder / "data").write_text("a file")
    kept = workspace.replace(folder.name, {"data/train.csv": b"1"})
    assert (folder / "data/train.csv").read_bytes() == b"1"
    assert kept is not None
    assert (kept / "data").read_text() == "a file"


@pytest.mark.parametrize("reason", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left")])
@pytest.mark.parametrize("at", range(1, 9))
def test_replace_is_all_or_nothing(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    at: int,
    reason: BaseException,
) -> None:
    (folder / "solution.py").write_text("mine")
    (folder / "helper.py").write_text("help")
    before = content(folder)
    with monkeypatch.context() as patch:
        fail_at(patch, os, "rename", at, reason)
        try:
            workspace.replace(folder.name, {"solution.py": b"new", "new.py": b"", "README.md": b""})
        except (KeyboardInterrupt, EnvironmentProblemError):
            assert content(folder) == before
        else:
            assert at > 7


def fail_at(
    patch: pytest.MonkeyPatch, owner: object, name: str, at: int, reason: BaseException
) -> None:
    """Let the call number `at` of a function fail."""
    real, calls = getattr(owner, name), 0

    def wrapped(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == at:
            raise reason
        return real(*arguments, **options)

    patch.setattr(owner, name, wrapped)


def test_read_only_workspace(open_folder: Path, read_only: ReadOnly) -> None:
    workspace, exercise = Workspace(open_folder / "prep"), make_exercise(open_folder)
    workspace.create(exercise)
    folder = workspace.folder(exercise.slug)
    (folder / "solution.py").write_text("mine")
    before = content(folder)
    other = make_exercise(open_folder, "other")
    with read_only(workspace.root):
        assert workspace.read(exercise)["solution.py"] == b"mine"
        for use in (
            lambda: workspace.replace(exercise.slug, stub_files(exercise)),
            lambda: workspace.create(other),
        ):
            with pytest.raises(EnvironmentProblemError) as caught:
                use()
            assert "cannot be written" in caught.value.message
            assert "prep config set workspace" in caught.value.hint
    assert content(folder) == before
    assert os.listdir(workspace.root) == [exercise.slug]


def test_workspace_below_a_read_only_folder(open_folder: Path, read_only: ReadOnly) -> None:
    workspace, exercise = Workspace(open_folder / "home" / "prep"), make_exercise(open_folder)
    (open_folder / "home").mkdir()
    with (
        read_only(open_folder / "home"),
        pytest.raises(EnvironmentProblemError, match="cannot be written"),
    ):
        workspace.create(exercise)


def test_workspace_that_is_a_file(tmp_path: Path, exercise: Exercise) -> None:
    (tmp_path / "prep").write_text("")
    with pytest.raises(EnvironmentProblemError):
        Workspace(tmp_path / "prep").create(exercise)


def test_folder_that_is_a_file(workspace: Workspace, exercise: Exercise) -> None:
    workspace.root.mkdir()
    (workspace.root / exercise.slug).write_text("in the way")
    with pytest.raises(EnvironmentProblemError):
        workspace.create(exercise)
    with pytest.raises(NotFoundError):
        workspace.read(exercise)
    assert workspace.collect(exercise.slug) == {}
    assert (workspace.root / exercise.slug).read_text() == "in the way"


def test_where_a_person_stands(workspace: Workspace, folder: Path, tmp_path: Path) -> None:
    (folder / "sub").mkdir()
    assert workspace.slug_at(folder) == folder.name
    assert workspace.slug_at(folder / "sub") == folder.name
    assert workspace.slug_at(folder / "deleted") == folder.name
    assert workspace.slug_at(workspace.root) is None
    assert workspace.slug_at(tmp_path) is None
    assert workspace.slug_at(workspace.root / ".hidden") is None
    (tmp_path / "link").symlink_to(folder)
    assert workspace.slug_at(tmp_path / "link") == folder.name


@given(
    before=st.dictionaries(
        st.sampled_from(["a.py", "b/c.py", "b/d.py", "e"]), st.binary(max_size=3)
    ),
    after=st.dictionaries(st.sampled_from(["a.py", "b/c.py", "b/e", "e/f"]), st.binary(max_size=3)),
)
def test_replace_makes_exactly_the_files_and_loses_none(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    assert workspace.replace("x", before) is None
    kept = workspace.replace("x", after)
    assert workspace.collect("x") == after
    gone = {path: body for path, body in before.items() if after.get(path) != body}
    assert gone == ({} if kept is None else learner_files.collect(kept))
