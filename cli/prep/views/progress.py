"""How far a long command is: one line that is written over, or a few lines in a log."""

from __future__ import annotations

from typing import IO

_STEPS = 10  # lines of a log from start to end


class Progress:
    """Shows "12 of 143 runs" on a stream.

    Args:
        out: stderr.
        noun: what is counted, in the plural.
        terminal: whether a line can be written over.
        width: columns of the terminal.
    """

    def __init__(self, out: IO[str], noun: str, *, terminal: bool, width: int = 80) -> None:
        self._out, self._noun, self._terminal, self._width = out, noun, terminal, width
        self._told = 0
        self._used = 0

    def show(self, done: int, total: int, label: str) -> None:
        """Say that `done` of `total` are done; `label` names the newest."""
        text = f"{done} of {total} {self._noun}"
        if self._terminal:
            line = f"{text}   {label}"[: self._width - 1]
            print(f"\r{line:<{self._used}}", end="", file=self._out, flush=True)
            self._used = len(line)
        elif done * _STEPS // total > self._told or done == total:
            self._told = done * _STEPS // total
            print(text, file=self._out, flush=True)

    def close(self) -> None:
        """Leave an empty line where the count was."""
        if self._used:
            print(f"\r{'':<{self._used}}\r", end="", file=self._out, flush=True)
        self._used = 0
