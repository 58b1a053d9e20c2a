"""`prep start`: put an exercise into the workspace and start its clock."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from prep.commands.desk import Desk, desk_of
from prep.commands.editor import find_editor
from prep.errors import NotFoundError, UsageError
from prep.model import Exercise
from prep.practice import frameworks, moves
from prep.practice.proposal import propose
from prep.storage import announced
from prep.views.attempt import move_json, start_page

_TIME = re.compile(r"(?:(?P<hours>[0-9]+)h)?(?:(?P<minutes>[0-9]+)m?)?")


def command(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Exercise, or a unique prefix.")] = None,
    time: Annotated[str | None, typer.Option(help="Time limit: 25m, 1h, 1h30m.")] = None,
    untimed: Annotated[bool, typer.Option("--untimed", help="No time limit.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew from the stub; your old file is kept.")
    ] = False,
    open_: Annotated[
        bool, typer.Option("--open", help="Open the file in your editor at once.")
    ] = False,
    editor: Annotated[str | None, typer.Option(help="Editor to open it in.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Put an exercise into your workspace and start the clock.

    An attempt that is under way goes on where it was.
    """
    desk = desk_of(context)
    if time is not None and untimed:
        raise UsageError("--time and --untimed contradict each other", "prep start --help")
    limit = None if time is None else seconds_of(time)
    exercise = desk.exercise(name) if name is not None else _proposed(desk)
    frameworks.require_frameworks(exercise)
    opener = find_editor(desk, editor) if open_ or editor is not None else None
    checks = announced.checks_of(exercise)
    hints = announced.hints_of(exercise)
    move = moves.start(desk.session, exercise, time_seconds=limit, untimed=untimed, fresh=fresh)
    if desk.warm():
        from prep.practice import grading

        grading.warm_up(exercise)
    if json:
        desk.console.json("prep.start/1", **move_json(move, desk.session.now()))
    else:
        page = start_page(
            desk.console.page(), exercise, move, desk.session.now(), len(checks), len(hints)
        )
        desk.console.show(page)
    if opener is not None:
        opener.open(move.folder / exercise.file)
    return 0


def _proposed(desk: Desk) -> Exercise:
    """What to start when nothing is named: go on, else the next new one, if that is wanted.

    Raises:
        NotFoundError: nobody can be asked, or the answer was no.
    """
    slugs = desk.catalogue.slugs()
    current = desk.session.current(desk.cwd, slugs)
    if current is not None and current in slugs:
        return desk.catalogue.find(current)
    proposal = propose(desk.catalogue, desk.session.attempts())
    if proposal is None:
        raise NotFoundError("every exercise was started before", "prep list, then prep start NAME")
    question = f"Start {proposal.slug} ({proposal.title})?"
    if desk.may_ask and typer.confirm(question, default=True, err=True):
        return proposal
    raise NotFoundError("no exercise was named", f"prep start {proposal.slug}   or: prep list")


def seconds_of(text: str) -> float:
    """`25m`, `25`, `1h` or `1h30m` in seconds.

    Raises:
        UsageError: it is none of them, or no time at all.
    """
    match = _TIME.fullmatch(text.strip())
    hours = int(match["hours"] or 0) if match else 0
    minutes = int(match["minutes"] or 0) if match else 0
    seconds = hours * 3600.0 + minutes * 60.0
    if not 0 < seconds <= 24 * 3600:
        raise UsageError(f"'{text}' is not a time limit", "write it like 25m, 1h or 1h30m")
    return seconds
