"""`prep show`: the task."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.storage import announced
from prep.views.task import task_json, task_text


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="The Markdown as it is.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Show the task; plain Markdown when piped."""
    desk = desk_of(context)
    exercise = desk.exercise(name)
    prompt = announced.prompt_of(exercise)
    attempt = desk.session.attempt(exercise.slug)
    if json:
        checks = announced.checks_of(exercise)
        hints = announced.hints_of(exercise)
        desk.console.json("prep.show/1", **task_json(exercise, prompt, len(checks), len(hints)))
    elif raw:
        desk.console.line(prompt.rstrip())
    else:
        desk.console.markdown(task_text(exercise, prompt, attempt))
    return 0
