"""Standard streams as they come: closed, narrow, full, or unable to show a character."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import IO

from prep.views.wrapping import wrap


def usable_streams() -> None:
    """A stream that is closed swallows; one that cannot show a character shows a `?`."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - for the whole process
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def silence(stream: IO[str]) -> None:
    """Let nothing more come out, so that the interpreter's last flush does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def columns(stream: IO[str], env: Mapping[str, str]) -> int:
    """Width of the terminal behind `stream`; COLUMNS wins; 80 where nothing tells."""
    chosen = env.get("COLUMNS", "")
    if chosen.isdecimal() and int(chosen) > 0:
        return int(chosen)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def advise(text: str, stream: IO[str]) -> None:
    """Print lines of advice: wrapped on a terminal, one line each in a pipe."""
    width = columns(stream, os.environ) if stream.isatty() else 0
    for line in text.splitlines():
        margin = " " * (len(line) - len(line.lstrip()) + 2)
        rows = [line]
        if width and len(line) > width:
            rows = wrap(line, max(20, width), margin=margin)
        print("\n".join(rows), file=stream)


def sentence(text: str) -> str:
    """`no such thing` as `No such thing.`; names and paths in front stay as they are."""
    text = " ".join(text.splitlines()).strip()
    first = text.partition(" ")[0]
    if first != "prep" and first.isalpha() and first.islower():
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
