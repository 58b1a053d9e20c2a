"""Write one key of `config.toml` and leave every other line as the person wrote it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from prep.errors import UsageError
from prep.storage.locations import MOVE_HOME, make_folder
from prep.storage.problems import writing
from prep.storage.settings import Entry, Value, parse


def set_value(path: Path, name: str, text: str) -> Entry:
    """Set a key as typed on the command line.

    Raises:
        UsageError: the key or the value is not known, or the file is written in a way
            that a single line cannot change.
        EnvironmentProblemError: the file cannot be written; it is as it was.
    """
    import tomllib

    entry = parse(name, text)
    make_folder(path.parent, MOVE_HOME, private=True)
    with writing(path, MOVE_HOME):
        before = path.read_text("utf-8") if path.exists() else ""
        after = _with_line(before, name, f"{name} = {_toml(entry.value)}")
        try:
            understood = tomllib.loads(after).get(name) == entry.value
        except tomllib.TOMLDecodeError:
            understood = False
        if not understood:
            raise UsageError(f"{path} cannot be changed line by line.", "prep config edit")
        fresh = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
        try:
            fresh.write_text(after, "utf-8")
            os.replace(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    return entry


def _with_line(text: str, name: str, line: str) -> str:
    """Replace the top-level line of a key, or add one before the first table."""
    lines = text.splitlines()
    top = next((n for n, one in enumerate(lines) if one.lstrip().startswith("[")), len(lines))
    for number in range(top):
        if lines[number].split("=")[0].strip() == name:
            lines[number] = line
            break
    else:
        lines.insert(top, line)
    return "\n".join(lines) + "\n"


def _toml(value: Value) -> str:
    # JSON strings, numbers and lists of these are valid TOML as they stand.
    return json.dumps(value, ensure_ascii=False)
