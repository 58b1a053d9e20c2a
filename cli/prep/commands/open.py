"""`prep open`: open the file in your editor."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.commands.editor import open_in_editor
from prep.errors import NotFoundError


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    editor: Annotated[str | None, typer.Option(help="Editor to open it in.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Open your file in your editor.

    Prints its path when no editor is set.
    """
    desk = desk_of(context)
    exercise = desk.exercise(name)
    path = desk.session.workspace.folder(exercise.slug) / exercise.file
    if not path.is_file():
        raise NotFoundError(f"{path} is not there", f"prep start {exercise.slug}")
    opened = open_in_editor(desk, path, chosen=editor)
    if json:
        desk.console.json("prep.open/1", exercise=exercise.slug, path=str(path), opened=opened)
    elif not opened:
        desk.console.line(str(path))
    return 0
