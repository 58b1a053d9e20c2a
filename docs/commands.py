"""Writes `commands.md`: the help of every command, as prep itself prints it.

    python docs/commands.py

A test compares the file with what this would write.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from prep import app

PAGE = Path(__file__).with_suffix(".md")
_HEAD = """\
# Every command

What `prep COMMAND --help` prints. This page is written by `make docs`; do not edit it.

No argument means the current exercise: the folder you stand in, else the one whose clock runs,
else the one you touched last. A unique prefix of a name is enough.
"""


def page() -> str:
    """The whole text of `commands.md`."""
    return "\n".join([_HEAD, *(_section(path) for path in ["", *paths(get_command(app.build()))])])


def paths(node: Any, path: str = "") -> Iterator[str]:
    """Every command below `node` and every group, as it is typed: `config get`.

    Args:
        node: of typer's private copy of click.
        path: what leads to it.
    """
    for name, child in getattr(node, "commands", {}).items():
        below = f"{path} {name}".strip()
        yield below
        yield from paths(child, below)


def _section(path: str) -> str:
    return f"## {f'prep {path}'.strip()}\n\n```text\n{help_of(path)}```\n"


def help_of(path: str) -> str:
    """What `prep PATH --help` prints on 80 columns."""
    said = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(said):
            code = app.main([*path.split(), "--help"])
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    assert code == 0, said.getvalue()
    return said.getvalue().strip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
