"""The clock: what time it is, which study day that is, and how long something took.

A study day starts at 04:00 by default. Its date is computed once, stored in the
event, and never computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from prep.errors import UsageError
from prep.storage.events import Stamp, Stamper

DAY = timedelta(days=1)
NEW_DAY_AFTER_TRAVEL = timedelta(hours=8)


def now(env: Mapping[str, str]) -> datetime:
    """The present moment, aware, in local time; `PREP_NOW` stands in for it in tests.

    Raises:
        UsageError: PREP_NOW is not ISO 8601 with an offset.
    """
    fixed = env.get("PREP_NOW")
    if not fixed:
        return datetime.now().astimezone()
    try:
        moment = datetime.fromisoformat(fixed)
        for edge in (-DAY, DAY):
            (moment + edge).astimezone(UTC)  # at the ends of the calendar there is no day to add
    except (ValueError, OverflowError):
        moment = datetime.min
    if moment.tzinfo is None:
        raise UsageError(
            f"PREP_NOW is not a time with an offset: {fixed!r}.",
            "Write it like 2025-11-20T14:09:00+01:00, or unset it.",
        )
    return moment


def study_date(utc: datetime, offset_minutes: int, day_starts_at: int, last: Stamp | None) -> date:
    """The study day of a moment.

    Args:
        utc: the moment.
        offset_minutes: local time minus UTC, in minutes.
        day_starts_at: hour of the local day, 0-23, before which it is still the day before.
        last: the stamp of the event recorded last.
    """
    local = utc.astimezone(UTC) + timedelta(minutes=offset_minutes)
    computed = (local - timedelta(hours=day_starts_at)).date()
    if last is None or computed == last.study_date:
        return computed
    if computed == last.study_date - DAY:
        # A flight west, or a clock set back a little: the day goes on.
        return last.study_date
    travelled = offset_minutes != last.offset_minutes
    if computed > last.study_date and travelled and utc - last.utc < NEW_DAY_AFTER_TRAVEL:
        return last.study_date
    return computed


def stamper(read: Callable[[], datetime], day_starts_at: int) -> Stamper:
    """Make the function that stamps events.

    Args:
        read: the clock; gives an aware local time.
        day_starts_at: hour at which a study day starts.
    """

    def stamp(last: Stamp | None) -> Stamp:
        moment = read()
        offset = moment.utcoffset() or timedelta()
        minutes = round(offset.total_seconds() / 60)
        utc = moment.astimezone(UTC)
        utc = utc.replace(microsecond=utc.microsecond // 1000 * 1000)
        return Stamp(utc, minutes, study_date(utc, minutes, day_starts_at, last))

    return stamp


def elapsed_seconds(earlier: datetime, later: datetime) -> float:
    """Time between two moments in seconds; 0 when the clock was set back in between."""
    return max(0.0, (later - earlier).total_seconds())
