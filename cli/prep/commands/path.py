"""`prep path`: where the exercise's folder is."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.errors import NotFoundError


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Print the folder, as in: cd "$(prep path)"."""
    desk = desk_of(context)
    exercise = desk.exercise(name)
    folder = desk.session.workspace.folder(exercise.slug)
    if not folder.is_dir():
        raise NotFoundError(f"{exercise.slug} was not started yet", f"prep start {exercise.slug}")
    if json:
        desk.console.json("prep.path/1", exercise=exercise.slug, path=str(folder))
    else:
        desk.console.line(str(folder))
    return 0
