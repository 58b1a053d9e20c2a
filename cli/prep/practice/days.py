"""Days of practice: the streak as it stands now, and rest that the learner plans."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from prep.errors import UsageError
from prep.practice.session import Session
from prep.practice.streak import Streak, planned_rest, streak


def current_streak(session: Session, rest_weekdays: Collection[int] = ()) -> Streak:
    """The streak of today; `rest_weekdays` are free, Monday is 0."""
    records = session.history.read()
    planned = planned_rest(records.events("", kinds=["rest"]))
    return streak(records.days(), session.today(), planned=planned, rest_weekdays=rest_weekdays)


def plan_rest(session: Session, first: date, last: date) -> None:
    """Declare rest days, future or past; both ends count.

    Raises:
        UsageError: `last` is before `first`.
    """
    if last < first:
        raise UsageError(
            f"The rest would end ({last}) before it begins ({first}).",
            f"prep streak rest {last}..{first}",
        )
    with session.history.transaction("streak rest") as tx:
        tx.append("rest", data={"first": first.isoformat(), "last": last.isoformat()})
