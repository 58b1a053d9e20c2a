"""`prep hint`: the next hint, or those opened before."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.errors import NotFoundError, UsageError
from prep.practice import work
from prep.storage import announced
from prep.views.hints import hint_json, hint_text, hints_text


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="The hints opened so far, in full.")
    ] = False,
    level: Annotated[int | None, typer.Option(help="Open the hint of this number.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Open the next hint.

    Hints opened before are free to read again.
    """
    desk = desk_of(context)
    exercise = desk.exercise(name)
    hints = announced.hints_of(exercise)
    if not hints:
        raise NotFoundError(f"the exercise {exercise.slug} has no hints", "prep show")
    attempt = desk.session.attempt(exercise.slug)
    opened = attempt.hints if attempt is not None else ()
    if list_:
        if json:
            shown = [hint_json(h, len(hints)) for h in hints if h.number in opened]
            desk.console.json(
                "prep.hint-list/1", exercise=exercise.slug, hints=shown, total=len(hints)
            )
        else:
            desk.console.markdown(hints_text(exercise, hints, opened))
        return 0
    if level is not None and not 1 <= level <= len(hints):
        raise UsageError(
            f"the hints of {exercise.slug} go from 1 to {len(hints)}", "prep hint --list"
        )
    number = level or min(max(opened, default=0) + 1, len(hints))
    hint = hints[number - 1]
    move = work.open_hint(desk.session, exercise.slug, hint)
    if json:
        fields = {**hint_json(hint, len(hints)), "recorded": move.recorded}
        desk.console.json("prep.hint/1", exercise=exercise.slug, **fields)
    else:
        desk.console.markdown(hint_text(hint, len(hints), move))
    return 0
