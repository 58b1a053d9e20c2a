"""Settings: values, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prep.storage.settings import Entry, Value
from prep.views.attempt import home
from prep.views.next_steps import next_line
from prep.views.page import BOLD, DIM, PLAIN, Page
from prep.views.table import Row, table

_SOURCES = {"user": "config.toml", "env": "environment", "flag": "option", "default": "default"}
COLUMNS = ("key", "value", "source", "meaning")
"""Header of the piped settings."""


def settings_page(page: Page, entries: Iterable[Entry], path: Path) -> Page:
    """Every key with its value."""
    table(page, ("key", "value", "from", "meaning"), [_row(entry) for entry in entries], least=26)
    page.blank()
    page.text(home(path), label="File     ")
    return next_line(page, "prep config set KEY VALUE", "prep config edit")


def _row(entry: Entry) -> Row:
    value, source = words(entry.value) or "(not set)", source_words(entry)
    return Row(
        cells=(entry.key.name, value, source, entry.key.meaning),
        style=DIM if entry.source == "default" else PLAIN,
        title=f"{entry.key.name} = {value}",
        details=f"from: {source}",
    )


def settings_rows(entries: Iterable[Entry]) -> list[tuple[str, ...]]:
    """The rows of the piped settings."""
    return [(e.key.name, words(e.value), source_words(e), e.key.meaning) for e in entries]


def words(value: Value) -> str:
    """A value as it is typed for `prep config set`."""
    if isinstance(value, list):
        return ",".join(value) or "none"
    return "" if value is None else str(value)


def source_words(entry: Entry) -> str:
    """Where the value comes from; an environment variable by its name."""
    return entry.key.env if entry.source == "env" else _SOURCES[entry.source]


def set_page(page: Page, written: Entry, path: Path, stronger: Entry | None) -> Page:
    """What was written; `stronger` is a value from elsewhere that wins over it."""
    page.line_of(f"{written.key.name} = {words(written.value)}", BOLD)
    page.text(f"Written to {home(path)}.")
    if stronger is not None:
        page.text(f"{source_words(stronger)} is set to {words(stronger.value)} and wins over it.")
    if written.key.name == "workspace":
        page.text("Folders of exercises that you have started stay where they are.")
    return next_line(page, "prep config list", "prep")


def settings_json(entries: Iterable[Entry], path: Path) -> dict[str, Any]:
    """The fields of `prep.config/1`."""
    return {"path": str(path), "settings": [entry_json(entry) for entry in entries]}


def entry_json(entry: Entry) -> dict[str, Any]:
    """One setting."""
    return {
        "key": entry.key.name,
        "value": entry.value,
        "source": entry.source,
        "meaning": entry.key.meaning,
    }


TEMPLATE = "# Settings of prep. Lines without # count; prep config list shows what is in force.\n"


def template(entries: Iterable[Entry]) -> str:
    """A first config.toml: every key, commented out."""
    rows = [TEMPLATE]
    for entry in entries:
        value = entry.key.default
        example = {"workspace": '"~/prep"', "editor": '"code"'}.get(entry.key.name)
        shown = example or (f'"{value}"' if isinstance(value, str) else str(value))
        rows.append(f"# {entry.key.meaning}\n# {entry.key.name} = {shown}\n")
    return "\n".join(rows)
