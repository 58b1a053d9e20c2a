"""`prep resume`: let the clock run again."""

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
    """Let the clock run again."""
    desk = desk_of(context)
    move = moves.resume(desk.session, desk.exercise(name, unfinished=True).slug)
    if json:
        desk.console.json("prep.resume/1", **move_json(move, desk.session.now()))
    else:
        desk.console.show(move_page(desk.console.page(), move, desk.session.now()))
    return 0
