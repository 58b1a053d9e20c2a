"""Rules of `exercise.toml`."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from prep.authoring import names
from prep.authoring.problem import Findings
from prep.practice.frameworks import FRAMEWORKS
from prep.storage import content

DEFAULT_FILE = "solution.py"
_KEY = re.compile(r"'(\w+)'")


def check(findings: Findings) -> str:
    """Find what is wrong with the description.

    Returns:
        The file that the learner edits, as far as that can be known.
    """
    path = findings.folders.exercise / "exercise.toml"
    written = findings.read(path)
    if not written.strip():
        return DEFAULT_FILE
    try:
        data = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        findings.add(path, f"is not valid TOML: {error}")
        return DEFAULT_FILE
    for text in content.problems_in(data):
        quoted = _KEY.search(text)
        findings.add(path, text, quoted[1] if quoted else "")
    for key, text in _more(data):
        findings.add(path, text, key)
    file = data.get("file", DEFAULT_FILE)
    return file if isinstance(file, str) and not names.file_problem(file) else DEFAULT_FILE


def _more(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What the catalogue can live with and a learner cannot."""
    found = []
    for key in ("topics", "sources"):
        if data.get(key) == []:
            found.append((key, "must not be empty"))
    for name in data.get("needs", ()) if isinstance(data.get("needs"), list) else ():
        if name not in FRAMEWORKS:
            found.append(("needs", f"'{name}' is none of {', '.join(FRAMEWORKS)}"))
    file = data.get("file")
    if isinstance(file, str) and (text := names.file_problem(file)):
        found.append(("file", text))
    title = data.get("title")
    if isinstance(title, str) and not title.strip():
        found.append(("title", "must not be empty"))
    return found
