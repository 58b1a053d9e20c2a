"""What is wrong with an exercise: where, and in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from prep.authoring.folders import Folders


class Problem(NamedTuple):
    """One thing that an author has to mend.

    Attributes:
        exercise: `track/slug`; empty when it concerns no single exercise.
        file: path below the content root, with `/`.
        key: the place in that file: a key, a check, `line 12`; may be empty.
        text: what is wrong, a phrase without a full stop.
    """

    exercise: str
    file: str
    key: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.text) if part)


class Findings:
    """Collects the problems of one exercise while its files are read."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.problems: list[Problem] = []

    def add(self, path: Path, text: str, key: str = "") -> None:
        """Note a problem of the file or folder `path`."""
        file = path.relative_to(self.folders.root).as_posix()
        self.problems.append(Problem(self.folders.name, file, key, text))

    def read(self, path: Path) -> str:
        """The text of a file that must be there; empty, and a problem, when it is not."""
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            self.add(path, "is missing")
        except UnicodeDecodeError as error:
            self.add(path, "is not UTF-8 text", f"byte {error.start}")
        except OSError as error:
            self.add(path, f"cannot be read ({error.strerror})")
        else:
            if not text.strip():
                self.add(path, "is empty")
            return text
        return ""
