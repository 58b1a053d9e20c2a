"""`prep reset`: put the stub back."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.practice import moves
from prep.views.attempt import move_json, reset_page


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Put the stub back; your old file is kept.

    prep undo brings it back.
    """
    desk = desk_of(context)
    exercise = desk.exercise(name)
    move = moves.reset(desk.session, exercise)
    if json:
        desk.console.json("prep.reset/1", **move_json(move, desk.session.now()))
    else:
        desk.console.show(reset_page(desk.console.page(), exercise, move))
    return 0
