from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.errors import EnvironmentProblemError, UsageError
from prep.storage.settings import KEYS, Settings, load, parse
from prep.storage.settings_file import set_value


def read(path: Path, **env: str) -> Settings:
    return load(path, env)


def test_defaults_without_a_file(tmp_path: Path) -> None:
    found = read(tmp_path / "config.toml")
    assert found.workspace is None
    assert found.editor is None
    assert found.day_starts_at == 4
    assert found.streak_shown
    assert found.rest_weekdays == frozenset()
    assert found.daily_minutes == 60
    assert found.new_per_day == 1
    assert {entry.source for entry in found.entries.values()} == {"default"}
    assert found.warnings == ()


def test_flag_before_env_before_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('editor = "nano"\nday_starts_at = 5\n')
    entry = load(path, {"PREP_EDITOR": "vim"}, {"editor": "code"}).entries["editor"]
    assert (entry.value, entry.source) == ("code", "flag")
    entry = load(path, {"PREP_EDITOR": "vim"}).entries["editor"]
    assert (entry.value, entry.source) == ("vim", "env")
    entry = load(path, {"PREP_EDITOR": ""}).entries["editor"]
    assert (entry.value, entry.source) == ("nano", "user")
    assert load(path, {}).day_starts_at == 5


def test_unknown_key_is_a_warning_with_the_nearest_one(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("day_start_at = 5\n")
    found = read(path)
    assert found.day_starts_at == 4
    (warning,) = found.warnings
    assert "day_start_at" in warning
    assert "Did you mean day_starts_at?" in warning


@pytest.mark.parametrize(
    "line",
    [
        "day_starts_at = 24",
        "day_starts_at = true",
        'day_starts_at = "soon"',
        'streak = "maybe"',
        'rest_weekdays = ["someday"]',
        "rest_weekdays = [6]",
        "daily_minutes = 0",
        "daily_minutes = 1.5",
        'editor = ""',
        "workspace = 7",
    ],
)
def test_bad_value_is_a_warning_and_the_default_holds(tmp_path: Path, line: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(line + "\n")
    found = read(path)
    name = line.split(" = ")[0]
    assert found.entries[name].value == KEYS[name].default
    assert len(found.warnings) == 1
    assert name in found.warnings[0]


def test_rest_weekdays_are_numbers_from_monday(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('rest_weekdays = ["Sunday", "sat"]\n')
    assert read(path).rest_weekdays == {5, 6}


def test_broken_toml_names_the_file_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("editor = \n")
    with pytest.raises(EnvironmentProblemError) as caught:
        read(path)
    assert str(path) in caught.value.message
    assert "line 1" in caught.value.message
    path.write_bytes(b"editor = '\xff'")
    with pytest.raises(EnvironmentProblemError):
        read(path)


def test_config_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(EnvironmentProblemError):
        read(tmp_path / "config.toml")


def test_set_keeps_comments_and_tables(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('# mine\neditor = "vim"  # old\n\n[later]\nx = 1\n')
    set_value(path, "editor", "code -g")
    set_value(path, "streak", "off")
    assert path.read_text() == '# mine\neditor = "code -g"\n\nstreak = "off"\n[later]\nx = 1\n'
    assert read(path).editor == "code -g"
    assert not read(path).streak_shown


def test_set_makes_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    entry = set_value(path, "rest_weekdays", "sat, sun")
    assert entry.value == ["sat", "sun"]
    assert [p.name for p in path.parent.iterdir()] == ["config.toml"]
    set_value(path, "rest_weekdays", "none")
    assert read(path).rest_weekdays == frozenset()


def test_set_refuses_what_it_would_garble(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('rest_weekdays = [\n  "sat",\n]\n')
    with pytest.raises(UsageError) as caught:
        set_value(path, "rest_weekdays", "sun")
    assert caught.value.hint == "prep config edit"
    assert read(path).rest_weekdays == {5}


@pytest.mark.parametrize(("name", "text"), [("editr", "vim"), ("day_starts_at", "noon")])
def test_set_refuses_unknown_keys_and_values(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        set_value(tmp_path / "config.toml", name, text)
    assert name in caught.value.message
    assert list(tmp_path.iterdir()) == []


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\n" not in text))
def test_any_text_survives_the_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("config") / "config.toml"
    try:
        set_value(path, "editor", text)
    except UsageError:
        assert not path.exists()
    else:
        assert tomllib.loads(path.read_text("utf-8"))["editor"] == text


def test_parse_reads_what_is_typed() -> None:
    assert parse("daily_minutes", "45").value == 45
    with pytest.raises(UsageError):
        parse("daily_minutes", "")


def test_a_folder_typed_here_means_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse("workspace", "drills").value == str(tmp_path / "drills")
    assert parse("workspace", "~/drills").value == "~/drills"
    with pytest.raises(UsageError):
        parse("workspace", "")
