"""`prep list`: the exercises, and how you stand with each."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.practice import shelf
from prep.views import catalogue as view


def command(
    context: typer.Context,
    query: Annotated[
        list[str] | None, typer.Argument(help="Words of the name, title, track or topics.")
    ] = None,
    track: Annotated[list[str] | None, typer.Option(help="Only this track.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind: implement, fix, query, ...")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Only new, running, paused, passed or stopped ones.")
    ] = None,
    level: Annotated[
        list[str] | None, typer.Option(help="Only easy, medium or hard ones (or 1, 2, 3).")
    ] = None,
    slugs: Annotated[bool, typer.Option("--slugs", hidden=True)] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """List the exercises and how you stand with each.

    Options can be given several times, or with commas: --status new,paused. The list is
    tab-separated when piped.
    """
    desk = desk_of(context)
    if slugs:
        desk.console.line("\n".join(desk.catalogue.slugs()))
        return 0
    there = {folder.parent.name for folder in desk.catalogue.slugs().values()}
    wish = shelf.make_wish(
        there,
        words=query or (),
        tracks=track or (),
        kinds=kind or (),
        standings=status or (),
        levels=level or (),
    )
    exercises, problems = shelf.readable(desk.catalogue)
    for problem in problems:
        desk.console.note(f"prep: left out: {problem}")
    entries = shelf.narrow(shelf.entries(desk.session, exercises), wish)
    if json:
        desk.console.json("prep.list/1", **view.list_json(entries))
    elif desk.console.terminal:
        desk.console.show(view.list_page(desk.console.page(), entries))
    else:
        desk.console.rows(view.COLUMNS, view.list_rows(entries))
    return 0
