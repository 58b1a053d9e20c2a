"""`prep config`: values, where they come from, and a file that stays the person's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from prep.storage.settings import load

from .conftest import Prep


def test_list_says_where_each_value_comes_from(prep: Prep) -> None:
    prep("config", "set", "day_starts_at", "5")
    rows = {row["key"]: row for row in prep("config").rows}
    assert rows["day_starts_at"]["value"] == "5"
    assert rows["day_starts_at"]["source"] == "config.toml"
    assert rows["workspace"]["value"] == str(prep.workspace)
    assert rows["workspace"]["source"] == "PREP_WORKSPACE"
    assert rows["editor"]["value"] == "" and rows["editor"]["source"] == "default"
    assert prep("config", "list").rows == prep("config").rows


def test_the_workspace_flag_wins(prep: Prep) -> None:
    found = prep("-w", "/elsewhere", "config", "get", "workspace", "--json").json
    assert found["value"] == "/elsewhere" and found["source"] == "flag"


@pytest.mark.parametrize("width", [30, 40, 80])
def test_on_a_terminal(prep: Prep, width: int) -> None:
    found = prep.terminal("config", width=width)
    assert found.code == 0
    for word in (
        "workspace",
        "editor",
        "rest_weekdays",
        "none",
        "default",
        "hour",
        "PREP_WORKSPACE",
    ):
        assert word in found.out.split(), word
    assert "Next   prep config set KEY VALUE" in found.out


def test_get_prints_the_value_alone(prep: Prep) -> None:
    prep("config", "set", "rest_weekdays", "sat, Sunday")
    found = prep("config", "get", "rest_weekdays")
    assert found.out == "sat,sun\n" and "config.toml" in found.err
    assert prep("config", "get", "streak").out == "on\n"


def test_get_of_something_that_is_not_set(prep: Prep) -> None:
    found = prep("config", "get", "editor")
    assert found.code == 3 and found.out == "" and "'editor' is not set" in found.err
    assert prep("config", "get", "editor", "--json").json["value"] is None


def test_set_leaves_every_other_line_alone(prep: Prep) -> None:
    path = prep.home / "config.toml"
    path.parent.mkdir()
    path.write_text('# mine\neditor = "vi"  # old\nday_starts_at = 3\n')
    found = prep("config", "set", "editor", "code -w")
    assert found.code == 0 and "editor = code -w" in found.out
    assert path.read_text() == '# mine\neditor = "code -w"\nday_starts_at = 3\n'


def test_set_tells_what_wins_over_it(prep: Prep, tmp_path: Path) -> None:
    found = prep("config", "set", "workspace", str(tmp_path / "other"))
    assert "PREP_WORKSPACE is set to" in found.out and "wins" in found.out
    assert prep("config", "set", "workspace", "~/x", "--json").json["in_force"] is False


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["set", "editr", "code"], "Did you mean editor?"),
        (["get", "day-starts-at"], "Did you mean day_starts_at?"),
        (["set", "day_starts_at", "25"], "an hour from 0 to 23"),
        (["set", "streak", "maybe"], '"on" or "off"'),
        (["set", "rest_weekdays", "someday"], "days like"),
        (["set", "editor"], "value"),
        (["lst"], "lst"),
    ],
)
def test_bad_input(prep: Prep, argv: list[str], says: str) -> None:
    found = prep("config", *argv)
    assert found.code == 2 and says in found.err and "prep config" in found.err
    assert not (prep.home / "config.toml").exists()


def test_unknown_keys_in_the_file_are_told(prep: Prep) -> None:
    prep.home.mkdir()
    (prep.home / "config.toml").write_text("editr = 'x'\n")
    found = prep("config")
    assert found.code == 0 and "editr" in found.err and "editor" in found.err


def test_path(prep: Prep) -> None:
    assert prep("config", "path").out == f"{prep.home / 'config.toml'}\n"
    found = prep("config", "path", "--json").json
    assert found["history"] == str(prep.home / "history.db")
    assert found["workspace"] == str(prep.workspace)


def test_edit_makes_a_file_of_comments(prep: Prep) -> None:
    found = prep("config", "edit")
    path = prep.home / "config.toml"
    assert found.code == 0 and found.out == f"{path}\n" and "no editor is set" in found.err
    assert load(path, {}).warnings == ()
    written = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
    assert written == []
    bare = "\n".join(
        line.removeprefix("# ") for line in path.read_text().splitlines() if " = " in line
    )
    path.write_text(bare)
    assert load(path, {}).warnings == (), "every example in it is valid"


def test_a_broken_file_can_be_mended_with_edit(
    prep: Prep, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prep.home.mkdir()
    path = prep.home / "config.toml"
    path.write_text("editor = [\n")
    assert prep("config").code == 4 and "prep config edit" in prep("config").err
    assert prep("config", "edit").code == 4 and str(path) in prep("config", "edit").err
    editor = tmp_path / "code"  # a graphical one, by its name
    editor.write_text("#!/bin/sh\n")
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    opened = prep("config", "edit", "--json")
    assert opened.code == 0 and opened.json["opened"] and opened.err == ""
