"""`prep grade`: run the hidden checks and record the verdict."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.commands.outcome import crash_file_of, exit_code, waiting
from prep.practice import days, frameworks, grading, work
from prep.views.next_steps import after_grade
from prep.views.report import Clock, report_json, report_page


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Exercise; the current one if left out.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every check.")] = False,
    seed: Annotated[int | None, typer.Option(help="Seed of the hidden data.")] = None,
    cold: Annotated[
        bool, typer.Option("--cold", help="Use a fresh process, not the warm engine.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Run the hidden checks on your file and record the verdict."""
    desk = desk_of(context)
    exercise = desk.exercise(name)
    work.require_gradable(desk.session, exercise.slug)
    frameworks.require_frameworks(exercise)
    files = desk.session.workspace.read(exercise)
    with waiting(desk, f"grading {exercise.slug} ...", quiet=json):
        report = grading.grade(exercise, files, seed=seed, warm=desk.warm(cold))
    move = work.record_grade(desk.session, exercise, report, files)
    clock = Clock.of(move.attempt, move.attempt.active_seconds(desk.session.now()))
    streak = None
    if desk.settings.streak_shown:
        streak = days.current_streak(desk.session, desk.settings.rest_weekdays)
    crash = crash_file_of(report, exercise)
    if json:
        desk.console.json("prep.grade/1", **report_json(report, clock, crash))
    else:
        page = report_page(desk.console.page(), exercise, report, clock, crash, everything=verbose)
        desk.console.show(after_grade(page, report, move, streak))
    return exit_code(report.status)
