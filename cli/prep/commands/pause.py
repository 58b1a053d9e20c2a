"""`prep pause`: stop the clock."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.practice import moves
from prep.views.attempt import move_json, move_page


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Stop the clock until you resume."""
    desk = desk_of(context)
    move = moves.pause(desk.session, desk.exercise(name, unfinished=True).slug)
    if json:
        desk.console.json("prep.pause/1", **move_json(move, desk.session.now()))
    else:
        desk.console.show(move_page(desk.console.page(), move, desk.session.now()))
    return 0
