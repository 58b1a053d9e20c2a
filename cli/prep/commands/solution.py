"""`prep solution`: the reference, once it can do no harm."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.practice import grading, work
from prep.storage import announced
from prep.views.solution import diff_page, solution_text


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Your file beside the reference, as a diff.")
    ] = False,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Open it before a pass; this ends the attempt.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Show the reference and its notes after a pass, or with --give-up before."""
    desk = desk_of(context)
    exercise = desk.exercise(name)
    move = work.open_solution(desk.session, exercise.slug, give_up=give_up)
    reference = grading.reference_files(exercise)[exercise.file].decode("utf-8")
    notes = announced.notes_of(exercise)
    if json:
        desk.console.json(
            "prep.solution/1",
            exercise=exercise.slug,
            file=exercise.file,
            reference=reference,
            notes=notes,
            recorded=move.recorded,
        )
    elif diff:
        yours = desk.session.workspace.read(exercise)[exercise.file].decode("utf-8")
        desk.console.show(diff_page(desk.console.page(), exercise, yours, reference))
    else:
        desk.console.markdown(solution_text(exercise, reference, notes))
    return 0
