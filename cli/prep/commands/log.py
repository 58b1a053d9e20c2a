"""`prep log`: what was recorded, and the versions of your files that are kept with it."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import Desk, desk_of
from prep.errors import UsageError
from prep.practice import moves, versions
from prep.views import log as view
from prep.views.attempt import move_json


def command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME] [A] [B]", help="Exercise; with --diff also numbers of versions."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff", help="What changed since the last grade, or from version A to B (or to now)."
        ),
    ] = False,
    restore: Annotated[
        int | None, typer.Option(metavar="A", help="Bring the files of version A back.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Show what was recorded; compare and restore files.

    The numbers are those of the list. `prep log --diff` compares the last grade with your file
    of now, or the last two grades when nothing has changed since.
    """
    desk = desk_of(context)
    name, numbers = _target(words or [])
    if restore is not None:
        _only(not diff and not numbers, "--restore takes one number and no other option")
        return _restore(desk, name, restore, json=json)
    if diff:
        _only(len(numbers) <= 2, "--diff compares two versions")
        return _diff(desk, name, numbers, json=json)
    _only(not numbers, "numbers of versions go with --diff or --restore")
    slug = _slug(desk, name)
    events = desk.session.log(slug, limit)
    if json:
        desk.console.json("prep.log/1", **view.log_json(events, slug))
    elif desk.console.terminal:
        page = view.log_page(desk.console.page(), events, slug, desk.session.now())
        desk.console.show(page)
    else:
        desk.console.rows(view.COLUMNS, view.log_rows(events))
    return 0


def _target(words: list[str]) -> tuple[str | None, list[int]]:
    """The exercise and the numbers of versions among the arguments."""
    names = [word for word in words if not word.isdecimal()]
    _only(len(names) <= 1, "one exercise at a time")
    return (names[0] if names else None), [int(word) for word in words if word.isdecimal()]


def _only(fine: bool, message: str) -> None:
    if not fine:
        raise UsageError(message, "prep log --help")


def _slug(desk: Desk, name: str | None) -> str | None:
    """The slug that is meant; what left the catalogue can still be looked up by its full name."""
    if name is None or name in desk.session.history.read().exercises():
        return name
    return desk.catalogue.find(name).slug


def _diff(desk: Desk, name: str | None, numbers: list[int], *, json: bool) -> int:
    if name is None and numbers:
        name = versions.saved(desk.session, numbers[0]).exercise
    exercise = desk.exercise(name)
    old, new = versions.pair(desk.session, exercise, numbers)
    if json:
        desk.console.json("prep.log-diff/1", **view.changes_json(exercise.slug, old, new))
    else:
        desk.console.show(view.changes_page(desk.console.page(), exercise.slug, old, new))
    return 0


def _restore(desk: Desk, name: str | None, number: int, *, json: bool) -> int:
    slug = desk.catalogue.find(name).slug if name is not None else None
    event = versions.saved(desk.session, number, slug)
    exercise = desk.catalogue.find(event.exercise)
    move = moves.restore(desk.session, exercise, str(event.snapshot))
    if json:
        desk.console.json(
            "prep.log-restore/1", number=number, **move_json(move, desk.session.now())
        )
    else:
        desk.console.show(view.restored_page(desk.console.page(), number, move))
    return 0
