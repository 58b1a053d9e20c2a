from __future__ import annotations

from pathlib import Path

import pytest

from prep.errors import EnvironmentProblemError, ExitCode
from prep.storage.locations import Locations, make_folder, workspace_root


def test_prep_home_moves_all_state() -> None:
    places = Locations.from_env({"PREP_HOME": "/elsewhere/my state", "HOME": "/home/ada"})
    assert places.history == Path("/elsewhere/my state/history.db")
    assert places.config == Path("/elsewhere/my state/config.toml")
    assert places.crash == Path("/elsewhere/my state/crash")
    assert places.run == Path("/elsewhere/my state/run")


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_terminal_users_find_dotfiles_on_both_systems(platform: str) -> None:
    places = Locations.from_env({"HOME": "/home/ada"}, platform)
    assert places.history == Path("/home/ada/.local/share/prep/history.db")
    assert places.config == Path("/home/ada/.config/prep/config.toml")


def test_xdg_folders_win_unless_they_are_relative() -> None:
    env = {"HOME": "/home/ada", "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "relative"}
    places = Locations.from_env(env, "linux")
    assert places.data == Path("/data/prep")
    assert places.settings == Path("/home/ada/.config/prep")


def test_windows_uses_the_platforms_folders() -> None:
    places = Locations.from_env({"HOME": "/home/ada"}, "win32")
    assert places.data.name == "prep"


@pytest.mark.parametrize(
    ("flag", "env", "configured", "expected", "source"),
    [
        ("/flag", {"PREP_WORKSPACE": "/env"}, "/file", "/flag", "flag"),
        (None, {"PREP_WORKSPACE": "/env"}, "/file", "/env", "env"),
        (None, {}, "/file", "/file", "user"),
        (None, {}, None, "/home/ada/prep", "default"),
        (None, {}, "~/ml drills", "/home/ada/ml drills", "user"),
        (None, {}, "ml/drills", "/home/ada/ml/drills", "user"),
        ("~", {}, None, "/home/ada", "flag"),
        ("/a/~/b/../c", {}, None, "/a/~/c", "flag"),
    ],
)
def test_workspace_order(
    flag: str | None, env: dict[str, str], configured: str | None, expected: str, source: str
) -> None:
    found = workspace_root(flag, {"HOME": "/home/ada", **env}, configured)
    assert found == (Path(expected), source)


def test_relative_workspace_becomes_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert workspace_root("here", {}, None)[0] == tmp_path / "here"


def test_no_home_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(EnvironmentProblemError) as caught:
        Locations.from_env({}, "linux")
    assert "PREP_HOME" in caught.value.hint


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(EnvironmentProblemError) as caught:
        make_folder(tmp_path / "home" / "deep", "Choose another.")
    assert caught.value.code is ExitCode.ENVIRONMENT
    assert caught.value.hint == "Choose another."


def test_private_folder_keeps_others_out(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "state", "", private=True)
    assert folder.stat().st_mode & 0o077 == 0
