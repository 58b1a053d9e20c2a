"""What `prep doctor` looks at on the machine: Python, folders, editor, terminal, limits."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from prep.sandbox import protections

LEAST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 200 << 20


class Verdict(StrEnum):
    """How one thing is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One thing that was looked at; `fix` is the step that helps when it is not well."""

    name: str
    verdict: Verdict
    text: str
    fix: str = ""


def python() -> Finding:
    """Its version, and which one it is."""
    text = f"{platform.python_version()}, {sys.executable}"
    if sys.version_info < LEAST_PYTHON:
        least = ".".join(map(str, LEAST_PYTHON))
        return Finding("Python", Verdict.FAIL, text, f"install Python {least} or newer")
    return Finding("Python", Verdict.OK, text)


def temporary() -> Finding:
    """The folder that runs are made in."""
    fix = "free some disk space, or set TMPDIR to a folder that can be written"
    try:
        folder = Path(tempfile.gettempdir())
    except OSError as error:
        return Finding("temporary", Verdict.FAIL, str(error.strerror or error), fix)
    return writable("temporary", folder, fix)


def writable(name: str, folder: Path, fix: str) -> Finding:
    """Write a file and remove it: in the folder, or where the folder would be made."""
    place = next(p for p in (folder, *folder.parents) if os.path.lexists(p))
    made = "" if place == folder else " (not made yet)"
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".prep-doctor-") as file:
            file.write(b"prep\n")
            file.flush()
        free = shutil.disk_usage(place).free
    except OSError as error:
        text = f"{folder} cannot be written ({error.strerror or error})"
        return Finding(name, Verdict.FAIL, text, fix)
    if free < LEAST_FREE_BYTES:
        text = f"{folder}{made}: only {free >> 20} MB are free"
        return Finding(name, Verdict.WARN, text, "free some disk space")
    return Finding(name, Verdict.OK, f"{folder}{made} can be written")


def editor(line: str | None) -> Finding:
    """Whether the command that opens a file is there."""
    fix = "prep config set editor NAME"
    if not line:
        return Finding("editor", Verdict.WARN, "none is set; prep open prints the path", fix)
    if shutil.which(_program(line)) is None:
        return Finding("editor", Verdict.WARN, f"'{line}' was not found", fix)
    return Finding("editor", Verdict.OK, line)


def _program(line: str) -> str:
    try:
        return (shlex.split(line) or [""])[0]
    except ValueError:
        return line


def git() -> Finding:
    """Handy, but nothing of the practice needs it."""
    found = shutil.which("git")
    if found is None:
        return Finding("git", Verdict.WARN, "not found; only updates of a checkout need it")
    return Finding("git", Verdict.OK, found)


def terminal() -> Finding:
    """Whether it can show every character."""
    encoding = (sys.stdout.encoding or "unknown").lower()
    if encoding.replace("-", "") == "utf8":
        return Finding("terminal", Verdict.OK, "UTF-8")
    text = f"{encoding}: characters that it lacks are shown as ?"
    return Finding("terminal", Verdict.WARN, text, "set LANG=C.UTF-8")


def limits() -> list[Finding]:
    """Which protections of a run hold here."""
    return [
        Finding(name, Verdict.OK if holds else Verdict.WARN, text)
        for name, holds, text in protections.present()
    ]
