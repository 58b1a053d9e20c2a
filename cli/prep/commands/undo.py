"""`prep undo`: take the last command back."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.practice import undo
from prep.views.attempt import undo_json, undo_list_page, undo_page


def command(
    context: typer.Context,
    list_: Annotated[bool, typer.Option("--list", help="Show what would be undone.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Take the last recorded command back.

    Files come back as they were. Repeat it to go further back.
    """
    desk = desk_of(context)
    if list_:
        commands = undo.undoable(desk.session)
        if json:
            fields = [
                [e.command_name, e.exercise, str(e.utc)] for events in commands for e in events[:1]
            ]
            desk.console.json("prep.undo-list/1", commands=fields)
        else:
            desk.console.show(undo_list_page(desk.console.page(), commands))
        return 0
    undone = undo.undo(desk.session)
    if json:
        desk.console.json("prep.undo/1", **undo_json(undone))
    else:
        attempt = desk.session.attempt(undone.exercise) if undone.exercise else None
        desk.console.show(undo_page(desk.console.page(), undone, attempt, desk.session.now()))
    return 0
