"""`prep completion`: scripts that their shells accept and that complete what there is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from prep.app import COMMANDS
from prep.views.completion import SLUGS, Command, Option, script

from .conftest import Prep

SHELLS = ("bash", "zsh", "fish")
SAMPLE = [
    Command(
        "", (Option(("--workspace", "-w"), True, (), "It's a folder"),), (("start", "Go: now"),)
    ),
    Command("start", (Option(("--level",), True, ("easy", "hard"), "How hard"),), ((SLUGS, ""),)),
    Command("streak", (), (("rest", "Rest"),)),
    Command("streak rest", (Option(("--json",), False, (), "JSON"),), ()),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_is_in_it(prep: Prep, tiny: Path, shell: str) -> None:
    found = prep("completion", shell)
    assert found.code == 0 and found.err == ""
    for name in COMMANDS:
        assert name in found.out
    for word in ("config set", "dev check", "require-all", "vision", "write-tests", "passed"):
        assert word in found.out
    assert "--slugs" not in found.out.replace("list --slugs", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_it(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    text = script(shell, SAMPLE)
    done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["prep", ""], "start"),
        (["prep", "st"], "start"),
        (["prep", "start", ""], "add-up fix-mean"),
        (["prep", "start", "f"], "fix-mean"),
        (["prep", "start", "--level", ""], "easy hard"),
        (["prep", "start", "--l"], "--level"),
        (["prep", "-w", "/start", "start", "a"], "add-up"),
        (["prep", "streak", ""], "rest"),
        (["prep", "streak", "rest", ""], ""),
        (["prep", "streak", "rest", "-"], "--json"),
        (["prep", "nonsense", ""], ""),
    ],
)
def test_bash_completes(tmp_path: Path, words: list[str], expected: str) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    fake = tmp_path / "prep"
    fake.write_text("#!/bin/sh\n[ \"$1 $2\" = 'list --slugs' ] && printf 'add-up\\nfix-mean\\n'\n")
    fake.chmod(0o755)
    (tmp_path / "script").write_text(script("bash", SAMPLE))
    ask = (
        'source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prep; echo "${COMPREPLY[*]}"'
    )
    done = subprocess.run(
        [bash, "--norc", "-c", ask, "bash", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    assert done.stdout.strip() == expected and done.stderr == ""


def test_an_unknown_shell(prep: Prep) -> None:
    found = prep("completion", "tcsh")
    assert found.code == 2 and "bash, zsh, fish" in found.err


def test_on_a_terminal_it_says_where_it_goes(prep: Prep, tiny: Path) -> None:
    found = prep.terminal("completion", "bash")
    assert ".bashrc" in found.err
