"""Open a file in the learner's editor: graphical ones are not waited for."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from prep.commands.desk import Desk
from prep.errors import EnvironmentProblemError, UsageError

_GRAPHICAL = ("code", "codium", "cursor", "subl", "zed", "gedit", "kate", "pycharm", "idea", "mate")


def open_in_editor(desk: Desk, path: Path, *, chosen: str | None = None) -> bool:
    """Open `path`; False when no editor is set, which is said with the path.

    The order: the flag, PREP_EDITOR, the `editor` setting, VISUAL, EDITOR.

    Raises:
        EnvironmentProblemError: the editor is not found.
        UsageError: its command line cannot be read.
    """
    env = desk.env
    line = chosen or env.get("PREP_EDITOR") or desk.settings.editor
    line = line or env.get("VISUAL") or env.get("EDITOR")
    if not line:
        desk.console.note(f"no editor is set; the file is {path}")
        desk.console.note("  prep config set editor code   (or set EDITOR)")
        return False
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"the editor '{line}' cannot be read: {error}", "prep config") from error
    if not words or shutil.which(words[0]) is None:
        raise EnvironmentProblemError(
            f"the editor '{line}' was not found", "prep config set editor NAME"
        )
    if Path(words[0]).stem in _GRAPHICAL:
        subprocess.Popen(
            [*words, str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    elif sys.stdin.isatty():
        subprocess.run([*words, str(path)], check=False)
    else:
        raise EnvironmentProblemError(
            f"{words[0]} needs a terminal", f"open {path} yourself, or name a graphical editor"
        )
    return True
