"""The log: what was recorded, the newest first, and what changed between two versions."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from prep.practice.step import Move
from prep.practice.versions import Version, holds_files
from prep.storage.events import Event
from prep.views.attempt import home
from prep.views.next_steps import next_line
from prep.views.page import BOLD, DIM, GOOD, PLAIN, Page, Span, minutes
from prep.views.solution import diff_lines
from prep.views.table import Row, table

_LEAST_WHAT = 12
_MARK = "*"


def log_page(page: Page, events: Sequence[Event], slug: str | None, now: datetime) -> Page:
    """Events, the newest first; `slug` when all of them are about one exercise."""
    if not events:
        page.text(f"Nothing of {slug} is recorded." if slug else "Nothing is recorded yet.")
        return next_line(page, f"prep start {slug or 'NAME'}", "prep list")
    if slug:
        page.line_of(slug, BOLD).blank()
    named = ("exercise",) if not slug else ()
    rows = [_row(event, now, named=not slug) for event in events]
    header = ("no", "when", *named, "score", "clock", "what")
    table(page, header, rows, least=_LEAST_WHAT)
    page.blank()
    kept = [event for event in events if holds_files(event)]
    if not kept:
        return next_line(page, "prep grade", "prep list")
    page.text(f"{_MARK} your files of that moment are kept.", style=DIM)
    number = kept[min(1, len(kept) - 1)].seq
    return next_line(page, "prep log --diff", f"prep log --restore {number}", "prep undo")


def _row(event: Event, now: datetime, *, named: bool) -> Row:
    number = f"{event.seq}{_MARK if holds_files(event) else ''}"
    when, score, clock = _when(event, now), _score(event), _clock(event)
    facts = (
        event.exercise if named else "",
        f"score {score}" if score else "",
        f"on the clock {clock}" if clock else "",
    )
    own = (event.exercise or "-",) if named else ()
    return Row(
        cells=(number, when, *own, score, clock, what(event)),
        style=DIM if event.undone else GOOD if event.kind == "passed" else PLAIN,
        title=f"{number}  {when}",
        details=", ".join(fact for fact in facts if fact),
    )


def _when(event: Event, now: datetime) -> str:
    """Local time of that moment; the year only when it is another one."""
    local = event.stamp.local
    return f"{local:%a %d %b %H:%M}" if local.year == now.year else f"{local:%d %b %Y %H:%M}"


def _score(event: Event) -> str:
    data = event.data
    return f"{data.get('score', 0)}/{data['total']}" if "total" in data else ""


def _clock(event: Event) -> str:
    active = event.data.get("active_seconds")
    return minutes(float(active)) if active is not None else ""


def what(event: Event) -> str:
    """What happened, in words."""
    describe = _WHAT.get(event.kind)
    words = describe(event.data) if describe else event.kind
    return f"{words}, undone" if event.undone else words


def _started(data: Data) -> str:
    number = int(data.get("attempt", 1))
    return "started" if number == 1 else f"started, attempt {number}"


def _graded(data: Data) -> str:
    status = "stopped at a limit" if data.get("status") == "stopped" else "failed"
    return f"{status}: {data['mistake']}" if data.get("mistake") else status


def _passed(data: Data) -> str:
    return "passed again" if data.get("after_pass") else "passed"


def _paused(data: Data) -> str:
    return f"paused for {data['for']}" if data.get("for") else "paused"


def _timed(data: Data) -> str:
    limit = data.get("limit_seconds")
    return f"limit {minutes(float(limit))}" if limit is not None else "no limit"


def _rest(data: Data) -> str:
    first, last = data.get("first"), data.get("last")
    return f"rest {first}" if first == last else f"rest {first} to {last}"


Data = Any
_WHAT: dict[str, Callable[[Data], str]] = {
    "started": _started,
    "graded": _graded,
    "passed": _passed,
    "paused": _paused,
    "timed": _timed,
    "rest": _rest,
    "hint": lambda data: f"hint {data.get('number', '?')}",
    "solution": lambda data: "reference opened",
    "stopped": lambda data: "ended without a pass",
    "reset": lambda data: "reset to the stub",
    "restored": lambda data: "older files brought back",
    "undone": lambda data: "undo",
    "away": lambda data: f"away {minutes(float(data.get('seconds', 0)))}, not counted",
}

COLUMNS = ("number", "when", "exercise", "what", "score", "max", "clock_s", "run_s", "files")
"""Header of the piped log."""


def log_rows(events: Sequence[Event]) -> list[tuple[object, ...]]:
    """The rows of the piped log; times in seconds, `files` says whether files are kept."""
    return [
        (
            event.seq,
            event.stamp.local.isoformat(timespec="seconds"),
            event.exercise,
            what(event),
            event.data.get("score", ""),
            event.data.get("total", ""),
            event.data.get("active_seconds", ""),
            event.data.get("run_seconds", ""),
            "kept" if holds_files(event) else "",
        )
        for event in events
    ]


def log_json(events: Sequence[Event], slug: str | None) -> dict[str, Any]:
    """The fields of `prep.log/1`."""
    return {"exercise": slug, "events": [_event_json(event) for event in events]}


def _event_json(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "number": event.seq,
        "uuid": event.uuid,
        "when": event.stamp.local.isoformat(timespec="seconds"),
        "study_date": event.stamp.study_date.isoformat(),
        "command": event.command_name,
        "kind": event.kind,
        "exercise": event.exercise or None,
        "what": what(event),
        "status": data.get("status"),
        "score": data.get("score"),
        "max": data.get("total"),
        "mistake": data.get("mistake") or None,
        "clock_s": data.get("active_seconds"),
        "run_s": data.get("run_seconds"),
        "files_kept": holds_files(event),
        "undone": event.undone,
    }


def changes(old: Version, new: Version) -> list[str]:
    """A unified diff over all files of two versions."""
    rows: list[str] = []
    for path in sorted({*old.files, *new.files}):
        rows += difflib.unified_diff(
            _lines(old, path),
            _lines(new, path),
            f"{old.label}/{path}",
            f"{new.label}/{path}",
            lineterm="",
        )
    return rows


def _lines(version: Version, path: str) -> list[str]:
    return version.files.get(path, b"").decode("utf-8", "replace").splitlines()


def changes_page(page: Page, slug: str, old: Version, new: Version) -> Page:
    """What changed from one version to another."""
    page.flow(Span(slug, BOLD), f"from {old.label} to {new.label}").blank()
    diff_lines(page, changes(old, new)).blank()
    return next_line(page, "prep grade", f"prep log {slug}")


def changes_json(slug: str, old: Version, new: Version) -> dict[str, Any]:
    """The fields of `prep.log-diff/1`."""
    return {
        "exercise": slug,
        "old": old.label,
        "new": new.label,
        "diff": changes(old, new),
    }


def restored_page(page: Page, number: int, move: Move) -> Page:
    """What came back, and where the files of before are."""
    page.text(f"The files of number {number} are back in {home(move.folder)}/")
    if move.kept is not None:
        page.text(f"What was there until now is kept in {home(move.kept)}/")
    return next_line(page, "prep grade", "prep log --diff", "prep undo")
