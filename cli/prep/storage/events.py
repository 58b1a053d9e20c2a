"""What the history is made of: events, their stamps, and ids that sort by time.

Plain data are named tuples here and in the practice package: making the class costs
a tenth of what a dataclass costs, and every command pays for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NamedTuple


class Stamp(NamedTuple):
    """When something happened, as it is stored and never recomputed.

    Attributes:
        utc: aware, in UTC, to the millisecond.
        offset_minutes: local time minus UTC, in minutes.
        study_date: the day of practice that it counts for.
    """

    utc: datetime
    offset_minutes: int
    study_date: date

    @property
    def local(self) -> datetime:
        """The time on the learner's wall at that moment."""
        return self.utc.astimezone(timezone(timedelta(minutes=self.offset_minutes)))


Stamper = Callable[[Stamp | None], Stamp]
"""Gives the stamp of now, knowing the stamp of the last event."""


class Event(NamedTuple):
    """One thing that happened; events are only ever added.

    Attributes:
        seq: the order in this history.
        uuid: the same on every machine; sorts in the order of recording.
        command: id shared by all events of one command.
        command_name: e.g. `grade`.
        kind: e.g. `passed`.
        exercise: its slug, or "".
        spent_seconds: active time since the exercise's event before.
        data: plain JSON values.
        snapshot: id of the stored files, or None.
        undone: whether a later `prep undo` took it back.
    """

    seq: int
    uuid: str
    command: str
    command_name: str
    kind: str
    exercise: str
    stamp: Stamp
    spent_seconds: float
    data: Mapping[str, Any]
    snapshot: str | None
    undone: bool = False

    @property
    def utc(self) -> datetime:
        return self.stamp.utc


class DayTotals(NamedTuple):
    """What was done on one study day; undone commands are left out.

    Attributes:
        grades: recorded grades.
        cards: flash cards answered.
        active_seconds: time on the clock.
    """

    study_date: date
    grades: int = 0
    cards: int = 0
    active_seconds: float = 0.0


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, e.g. `2025-11-20T14:09:00.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def next_uuid(moment: datetime, last: str | None) -> str:
    """A version 7 UUID that is larger than `last`, even when the clock was set back.

    The 48 bits of milliseconds and the 12 bits after them count on from `last`,
    so that sorting by uuid keeps the order in which one machine recorded.
    """
    tick = int(moment.timestamp() * 1000) << 12
    if last is not None:
        tick = max(tick, _tick(last) + 1)
    random = int.from_bytes(os.urandom(8), "big") >> 2
    value = tick >> 12 << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | random
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _tick(uuid: str) -> int:
    bits = uuid.replace("-", "")
    return int(bits[:12], 16) << 12 | int(bits[13:16], 16)
