"""`prep check`: run the public examples."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.commands.outcome import crash_file_of, exit_code, waiting
from prep.practice import grading
from prep.storage import announced
from prep.views.report import check_page, report_json


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every example.")] = False,
    cold: Annotated[
        bool, typer.Option("--cold", help="Use a fresh process, not the warm engine.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Run the public examples only; never recorded."""
    desk = desk_of(context)
    exercise = desk.exercise(name)
    files = desk.session.workspace.read(exercise)
    hidden = len(announced.checks_of(exercise))
    with waiting(desk, f"checking {exercise.slug} ...", quiet=json):
        report = grading.check(exercise, files, warm=desk.warm(cold))
    crash = crash_file_of(report, exercise)
    if json:
        fields = {**report_json(report, None, crash), "recorded": False}
        desk.console.json("prep.check/1", **fields, hidden_not_run=hidden)
    else:
        page = check_page(desk.console.page(), exercise, report, hidden, crash, everything=verbose)
        desk.console.show(page)
    return exit_code(report.status)
