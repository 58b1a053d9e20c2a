"""`prep` alone: where things stand, and what to do next."""

from __future__ import annotations

from prep.commands.desk import Desk
from prep.practice import days
from prep.practice.proposal import propose
from prep.views.today import Today, newcomer_page, returning_page, today_json


def command(desk: Desk, *, json: bool) -> None:
    """Show today."""
    session, slugs = desk.session, desk.catalogue.slugs()
    attempts = session.attempts()
    known = {slug: attempt for slug, attempt in attempts.items() if slug in slugs}
    current = session.unfinished()
    streak = (
        days.current_streak(session, desk.settings.rest_weekdays)
        if desk.settings.streak_shown
        else None
    )
    last = session.history.read().last()
    proposal = propose(desk.catalogue, attempts)
    today = Today(
        now=session.now(),
        study_date=session.today(),
        current=known.get(current) if current else None,
        attempts=known,
        slugs=tuple(slugs),
        proposal=proposal.slug if proposal else None,
        streak=streak,
        last_study_date=last.stamp.study_date if last else None,
    )
    try:
        if json:
            desk.console.json("prep.today/1", **today_json(today))
        elif not attempts:
            tracks = len({folder.parent.name for folder in slugs.values()})
            desk.console.show(newcomer_page(desk.console.page(), today, tracks))
        else:
            desk.console.show(returning_page(desk.console.page(), today))
    finally:
        desk.close()
