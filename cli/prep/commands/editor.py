"""Open a file in the learner's editor: graphical ones are not waited for."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from prep.commands.desk import Desk
from prep.errors import EnvironmentProblemError, UsageError

_GRAPHICAL = ("code", "codium", "cursor", "subl", "zed", "gedit", "kate", "pycharm", "idea", "mate")


class Editor(NamedTuple):
    """An editor that is there; `words` is its command line without the file."""

    words: tuple[str, ...]

    def open(self, path: Path) -> None:
        """Open `path`; return at once from a graphical editor, else when it was closed.

        Raises:
            EnvironmentProblemError: it cannot be started.
        """
        command = [*self.words, str(path)]
        try:
            if not _graphical(self.words):
                subprocess.run(command, check=False)
                return
            quiet = subprocess.DEVNULL
            started = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
        except OSError as error:
            raise EnvironmentProblemError(
                f"the editor {self.words[0]} could not be started ({error.strerror})",
                "prep config set editor NAME",
            ) from error
        started.returncode = 0  # nobody waits for it, and that is no leak to warn of


def find_editor(desk: Desk, chosen: str | None = None) -> Editor | None:
    """The editor to use; None when none is set, which is said on stderr.

    The order: the flag, PREP_EDITOR, the `editor` setting, VISUAL, EDITOR.

    Raises:
        EnvironmentProblemError: the editor is not found, or has no terminal to run in.
        UsageError: its command line cannot be read.
    """
    env = desk.env
    line = chosen or env.get("PREP_EDITOR") or desk.settings.editor
    line = line or env.get("VISUAL") or env.get("EDITOR")
    if not line:
        desk.console.note("no editor is set: prep config set editor code, or set EDITOR")
        return None
    try:
        words = tuple(shlex.split(line))
    except ValueError as error:
        raise UsageError(
            f"the editor '{line}' cannot be read: {error}", "prep config set editor NAME"
        ) from error
    if not words or shutil.which(words[0]) is None:
        raise EnvironmentProblemError(
            f"the editor '{line}' was not found", "prep config set editor NAME"
        )
    if not _graphical(words) and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise EnvironmentProblemError(
            f"the editor {words[0]} needs a terminal",
            "name one with a window of its own: --editor code",
        )
    return Editor(words)


def _graphical(words: tuple[str, ...]) -> bool:
    return Path(words[0]).stem in _GRAPHICAL


def open_in_editor(desk: Desk, path: Path, *, chosen: str | None = None) -> bool:
    """Find an editor and open `path` in it; False when none is set.

    Raises:
        EnvironmentProblemError, UsageError: as for `find_editor` and `Editor.open`.
    """
    found = find_editor(desk, chosen)
    if found is not None:
        found.open(path)
    return found is not None
