"""The documents are held to what prep does: commands, options, exit codes, settings, pictures."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from prep.app import COMMANDS, build
from prep.errors import ExitCode
from prep.model import Kind
from prep.storage import content

ROOT = Path(__file__).parents[2]
if not (ROOT / "CONTRIBUTING.md").exists():
    pytest.skip("the documents are part of a checkout", allow_module_level=True)
README, CONTRIBUTING, CHANGELOG = (
    (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
)
PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")
WRITTEN = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING, "CHANGELOG.md": CHANGELOG}

_CODE = re.compile(r"(?ms)^ *```\w*$.*?^ *```$|`[^`\n]+(?:\n[^`\n]+)?`")
_PREP = re.compile(r"(?:^|[`$|] ?|\n)prep(?P<rest>(?: +[^\s`|#)]+)*)")


def commands(node: Any = None, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and node of prep itself, every group and every command."""
    node = node or get_command(build())
    yield path, node
    for name, child in getattr(node, "commands", {}).items():
        yield from commands(child, f"{path} {name}".strip())


ALL = dict(commands())


def options(path: str) -> list[Any]:
    return [p for p in ALL[path].params if p.param_type_name == "option" and not p.hidden]


def section(path: str) -> str:
    """The part of docs/commands.md about one command."""
    heading = f"## {f'prep {path}'.strip()}\n"
    assert heading in PAGE, "run: make docs"
    return PAGE.split(heading, 1)[1].split("\n## ", 1)[0]


def table(text: str, heading: str) -> dict[str, str]:
    """First column -> second column of the first table below a heading."""
    lines = text[text.index(heading) :].splitlines()
    below = dropwhile(lambda line: not line.startswith("|"), lines)
    rows = [line.split("|") for line in takewhile(lambda line: line.startswith("|"), below)]
    return {cells[1].strip(): cells[2].strip() for cells in rows[2:]}


def test_the_page_of_commands_is_up_to_date() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "commands.py"))["page"]
    assert page() == PAGE, "run: make docs"


@pytest.mark.parametrize("path", ALL)
def test_every_command_says_what_it_does(path: str) -> None:
    assert ALL[path].help
    assert section(path)
    for parameter in ALL[path].params:
        assert getattr(parameter, "hidden", False) or parameter.help, parameter.name


@pytest.mark.parametrize("path", ALL)
def test_every_option_is_documented(path: str) -> None:
    text = section(path)
    for option in options(path):
        for name in option.opts:
            assert re.search(rf"(?m)^ +(-\w, )?{name}\b", text), name


def test_the_readme_or_the_guide_for_authors_names_every_command() -> None:
    told = README + CONTRIBUTING
    assert [name for name in COMMANDS if not re.search(rf"`prep {name}\b", told)] == []


@pytest.mark.parametrize("file", WRITTEN)
def test_every_command_line_in_the_documents_exists(file: str) -> None:
    lines = list(_command_lines(WRITTEN[file]))
    assert lines
    for line in lines:
        _understood(line)


def _command_lines(text: str) -> Iterator[list[str]]:
    """The words behind each `prep` in code; a leading environment variable may stand before."""
    for code in _CODE.findall(text):
        for found in _PREP.finditer(code):
            yield found["rest"].split()


def _understood(words: list[str]) -> None:
    path = ""
    while words and f"{path} {words[0]}".strip() in ALL:
        path = f"{path} {words.pop(0)}".strip()
    assert path or not words or words[0].startswith("-") or words == ["COMMAND"], words
    known = {name for option in options(path) for name in option.opts} | {"-h", "--help"}
    assert {word for word in words if word.startswith("-")} <= known, (path, words)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("`prep list`, `prep start X --fresh`", [["list"], ["start", "X", "--fresh"]]),
        ("```sh\nprep grade   # go\n```", [["grade"]]),
        ("```text\n$ prep hint\n```", [["hint"]]),
        ("Next is prep somewhere", []),
    ],
)
def test_the_reader_of_command_lines_finds_them(text: str, lines: list[list[str]]) -> None:
    assert list(_command_lines(text)) == lines


def test_the_exit_codes_are_those_of_the_program() -> None:
    rows = table(README, "## Exit codes")
    assert rows == {str(code.value): code.meaning for code in ExitCode}


def test_the_keys_of_an_exercise_are_those_that_are_read() -> None:
    rows = table(CONTRIBUTING, "### exercise.toml")
    assert [key.strip("`") for key in rows] == list(content._KEYS)
    assert re.findall(r"`([\w-]+)`", rows["`kind`"]) == list(Kind)


def test_the_extras_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = set(project["optional-dependencies"])
    listed = re.findall(r"`([\w-]+)`", " ".join(table(README, "Each track has its own extra.")))
    assert set(listed) == extras - {"torch", "dev"}
    tracks = {folder.parent.name for folder in content.installed_catalogue().slugs().values()}
    assert tracks <= extras


def test_every_environment_variable_is_documented() -> None:
    source = "".join(p.read_text("utf-8") for p in (ROOT / "cli" / "prep").rglob("*.py"))
    names = set(re.findall(r"\bPREP_[A-Z]+\b", source))
    assert names
    assert names == set(re.findall(r"\bPREP_[A-Z]+\b", README + CONTRIBUTING))


@pytest.mark.parametrize("file", WRITTEN)
def test_links_lead_somewhere(file: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", WRITTEN[file]):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z][\w-]*):(?!=)", makefile))
    named = re.findall(r"(?:`|\n|^# )make ([a-z]+)", README + CONTRIBUTING + makefile)
    assert named
    assert set(named) <= targets


@pytest.mark.parametrize("file", WRITTEN)
def test_the_changelog_and_the_others_name_exercises_that_exist(file: str) -> None:
    slugs = content.installed_catalogue().slugs()
    for words in _command_lines(WRITTEN[file]):
        if words[:1] == ["start"] and len(words) > 1 and words[1].islower():
            assert words[1] in slugs


@pytest.mark.slow
def test_the_picture_is_what_prep_prints(tmp_path: Path) -> None:
    """Numbers and emphasis aside, every line of it; `...` stands for lines left out."""
    pytest.importorskip("torch")
    done = subprocess.run(
        [sys.executable, "-m", "prep", "tour"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PREP_HOME": str(tmp_path), "PREP_ENGINE": "off"},
        cwd=tmp_path,
        timeout=300,
        check=True,
    )
    picture = README.split("## What it looks like\n", 1)[1].split("```")[1]
    printed = [_plain(line) for line in done.stdout.splitlines()]
    lines = [line for line in picture.splitlines()[1:] if line != "..."]
    assert [line for line in lines if _plain(line) not in printed] == []


def _plain(line: str) -> str:
    """A line without numbers and Markdown's marks."""
    return re.sub(r"\d+(?:[.:]\d+)?|\*\*|^## |`", "", line)
