"""`prep solution`: the reference, once it can do no harm."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import Desk, desk_of
from prep.model import Exercise
from prep.practice import grading, work
from prep.storage import announced
from prep.views.solution import diff_page, diff_rows, solution_text


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
    """Show the reference and its notes after a pass.

    Before a pass only with --give-up, which ends the attempt.
    """
    desk = desk_of(context)
    exercise = desk.exercise(name)
    # All is read first: what cannot be shown must not end the attempt.
    reference = grading.reference_files(exercise)[exercise.file].decode("utf-8")
    notes = announced.notes_of(exercise)
    work.require_readable(desk.session, exercise.slug, give_up=give_up)
    rows = diff_rows(exercise, _yours(desk, exercise), reference) if diff else []
    move = work.open_solution(desk.session, exercise.slug, give_up=give_up)
    if json:
        desk.console.json(
            "prep.solution/1",
            exercise=exercise.slug,
            file=exercise.file,
            reference=reference,
            notes=notes,
            diff="\n".join(rows) if diff else None,
            recorded=move.recorded,
        )
    elif diff:
        desk.console.show(diff_page(desk.console.page(), rows))
    else:
        desk.console.markdown(solution_text(exercise, reference, notes))
    return 0


def _yours(desk: Desk, exercise: Exercise) -> str:
    return desk.session.workspace.read(exercise)[exercise.file].decode("utf-8-sig")
