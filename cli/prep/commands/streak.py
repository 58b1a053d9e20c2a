"""`prep streak`: days of practice, and days of rest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer

from prep.commands.desk import Desk, desk_of
from prep.errors import UsageError
from prep.practice import days
from prep.practice.streak import planned_rest
from prep.storage.settings_file import set_value
from prep.views import streak as view

app = typer.Typer(
    invoke_without_command=True, help="Show the streak: days of practice, rest days, the last 30."
)
_MOST_DAYS = 366
_WORDS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.callback()
def show(context: typer.Context, json: _Json = False) -> int:
    """Show the streak: days of practice, rest days, the last 30."""
    if context.invoked_subcommand is not None:
        return 0
    desk = desk_of(context)
    session, weekdays = desk.session, desk.settings.rest_weekdays
    found = days.current_streak(session, weekdays)
    planned = planned_rest(session.history.read().events("", kinds=["rest"]))
    shown = desk.settings.streak_shown
    if json:
        fields = view.streak_json(found, planned, weekdays, shown=shown)
        desk.console.json("prep.streak/1", **fields)
    elif not shown:
        desk.console.show(view.off_page(desk.console.page()))
    else:
        page = view.streak_page(desk.console.page(), found, session.today(), planned, weekdays)
        desk.console.show(page)
    return 0


@app.command()
def rest(
    context: typer.Context,
    span: Annotated[
        str, typer.Argument(metavar="FROM..TO", help="Days like 2025-12-24..2026-01-01; or one.")
    ],
    json: _Json = False,
) -> int:
    """Plan days of rest, also afterwards.

    They never break the streak and never count for it; `prep undo` takes them back. Days are
    written 2025-12-24; today, tomorrow and yesterday are understood.
    """
    desk = desk_of(context)
    first, last = days_of(span, desk.session.today())
    days.plan_rest(desk.session, first, last)
    found = days.current_streak(desk.session, desk.settings.rest_weekdays)
    if json:
        ends = {"first": first.isoformat(), "last": last.isoformat()}
        desk.console.json("prep.streak-rest/1", **ends, streak=found._asdict())
    else:
        shown = found if desk.settings.streak_shown else None
        desk.console.show(view.rest_page(desk.console.page(), first, last, shown))
    return 0


@app.command("on")
def switch_on(context: typer.Context, json: _Json = False) -> int:
    """Show the streak again."""
    return _switch(desk_of(context), on=True, json=json)


@app.command("off")
def switch_off(context: typer.Context, json: _Json = False) -> int:
    """Show no streak anywhere."""
    return _switch(desk_of(context), on=False, json=json)


def _switch(desk: Desk, *, on: bool, json: bool) -> int:
    set_value(desk.locations.config, "streak", "on" if on else "off")
    if json:
        desk.console.json("prep.streak-switch/1", shown=on)
    else:
        desk.console.show(view.switched_page(desk.console.page(), on=on))
    return 0


def days_of(span: str, today: date) -> tuple[date, date]:
    """First and last day of `FROM..TO`, or of one day.

    Raises:
        UsageError: not two days, or too many of them.
    """
    first, dots, last = span.partition("..")
    ends = _day(first, today), _day(last if dots else first, today)
    if (ends[1] - ends[0]).days >= _MOST_DAYS:
        raise UsageError(f"{span} is longer than a year", "prep streak off")
    return ends


def _day(text: str, today: date) -> date:
    text = text.strip().lower()
    if text in _WORDS:
        return today + timedelta(days=_WORDS[text])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is not a day like {today.isoformat()}",
            f"prep streak rest {today}..{today + timedelta(days=2)}",
        ) from None
