"""What a command really has in memory at its end: no framework, no pytest, and piped no rich.

The layers (`test_layers.py`) say who may import whom; this is the proof by running.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command

from prep.app import build

HEAVY = {"torch", "tensorflow", "keras", "sklearn", "pandas", "numpy", "pytest", "_pytest"}
ON_TERMINALS_ONLY = {"rich"}

# Every command, in an order in which each has something to do, and the exit code it ends with.
# The slow ones start processes of their own.
QUICK: dict[str, int] = {
    "--version": 0,
    "--help": 0,
    "": 0,
    "list": 0,
    "show sql-top-per-group": 0,
    "start sql-top-per-group": 0,
    "start sql-top-per-group --fresh": 0,
    "path": 0,
    "open": 0,
    "hint": 0,
    "hint --list": 0,
    "pause": 0,
    "resume": 0,
    "log": 0,
    "log --diff": 0,
    "streak": 0,
    "streak rest tomorrow": 0,
    "streak off": 0,
    "streak on": 0,
    "undo --list": 0,
    "undo": 0,
    "reset": 0,
    "stop": 0,
    "solution --give-up": 0,
    "config": 0,
    "config list": 0,
    "config get daily_minutes": 0,
    "config set daily_minutes 30": 0,
    "config edit": 0,
    "config path": 0,
    "completion bash": 0,
    "engine status": 0,
    "engine stop": 0,
    "start no-such-exercise": 3,
}
SLOW: dict[str, int] = {
    "check sql-top-per-group": 1,
    "grade sql-top-per-group": 1,
    "dev try sql-top-per-group": 0,
    "doctor": 0,
    "tour": 0,
    "dev check sql-top-per-group": 0,
}
ELSEWHERE = {"dev new"}  # writes into the checkout; its imports are those of `dev`

_PROBE = """
import json, sys
from prep.app import main
try:
    code = main(sys.argv[2:])
except SystemExit as end:
    code = end.code
with open(sys.argv[1], "w") as file:
    json.dump({"code": code or 0, "modules": sorted(sys.modules)}, file)
"""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    packages: set[str]


class Probe:
    """Runs commands in a process each, all on one throwaway store and workspace."""

    def __init__(self, root: Path) -> None:
        self.found = root / "found.json"
        self.started = False
        self.options: dict[str, Any] = {"cwd": root, "timeout": 300}
        dropped = ("PREP_EDITOR", "VISUAL", "EDITOR", "FORCE_COLOR", "NO_COLOR", "PREP_NOW")
        self.options["env"] = {
            **{name: value for name, value in os.environ.items() if name not in dropped},
            "PREP_HOME": str(root / "home"),
            "PREP_WORKSPACE": str(root / "prep"),
            "PREP_ENGINE": "off",
            "XDG_RUNTIME_DIR": str(root),
            "TERM": "xterm-256color",
        }

    def piped(self, line: str) -> Ended:
        """Run a command line with stdout and stderr piped."""
        self.found.unlink(missing_ok=True)
        command = [sys.executable, "-c", _PROBE, str(self.found), *line.split()]
        done = subprocess.run(
            command, **self.options, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        assert self.found.exists(), done.stderr.decode()
        return self._ended()

    def on_terminal(self, line: str) -> Ended:
        """Run a command line on a pseudo-terminal."""
        self.found.unlink(missing_ok=True)
        command = [sys.executable, "-c", _PROBE, str(self.found), *line.split()]
        ours, theirs = pty.openpty()
        try:
            with subprocess.Popen(
                command,
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                cwd=self.options["cwd"],
                env=self.options["env"],
            ):
                os.close(theirs)
                _drain(ours)
        finally:
            os.close(ours)
        return self._ended()

    def _ended(self) -> Ended:
        said = json.loads(self.found.read_text("utf-8"))
        return Ended(said["code"], {name.partition(".")[0] for name in said["modules"]})


def _drain(descriptor: int) -> None:
    """Read until the other side is closed; Linux tells that by an error."""
    try:
        while os.read(descriptor, 65536):
            pass
    except OSError:
        pass


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    return Probe(tmp_path_factory.mktemp("imports"))


def _leaves(node: Any, path: str = "") -> Iterator[str]:
    """Every command below `node` that can be called."""
    below = getattr(node, "commands", {})
    for name, child in below.items():
        yield from _leaves(child, f"{path} {name}".strip())
    if path and (not below or node.invoke_without_command):
        yield path


def test_no_command_is_left_out() -> None:
    words = {" ".join(line.split()[:n]) for line in (*QUICK, *SLOW) for n in (1, 2)}
    assert set(_leaves(get_command(build()))) - words == ELSEWHERE


@pytest.mark.parametrize(("line", "code"), QUICK.items())
def test_a_piped_command_is_light(probe: Probe, line: str, code: int) -> None:
    ended = probe.piped(line)
    assert ended.code == code
    assert not ended.packages & (HEAVY | ON_TERMINALS_ONLY)


@pytest.mark.slow
@pytest.mark.parametrize(("line", "code"), SLOW.items())
def test_a_piped_command_that_runs_code_is_light(probe: Probe, line: str, code: int) -> None:
    if not probe.started:
        assert probe.piped("start sql-top-per-group").code == 0
        probe.started = True
    ended = probe.piped(line)
    assert ended.code == code
    assert not ended.packages & (HEAVY | ON_TERMINALS_ONLY)


@pytest.mark.parametrize("line", ["", "list", "--help", "show sql-top-per-group"])
def test_a_terminal_needs_no_framework_either(probe: Probe, line: str) -> None:
    ended = probe.on_terminal(line)
    assert ended.code == 0
    assert not ended.packages & HEAVY
