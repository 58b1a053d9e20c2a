"""`prep engine`: the warm parents that make grades quick."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import desk_of
from prep.sandbox import engine
from prep.views.engine import engine_page

app = typer.Typer(help="See and stop the processes that keep frameworks in memory.")


@app.command()
def status(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Show the warm parents: frameworks, memory, time since the last run."""
    desk = desk_of(context)
    parents = engine.parents()
    if json:
        desk.console.json("prep.engine/1", parents=[parent._asdict() for parent in parents])
    else:
        desk.console.show(engine_page(desk.console.page(), parents, engine.can_be_warm()))
    return 0


@app.command()
def stop(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """End them all; the next grade starts one again."""
    desk = desk_of(context)
    stopped = engine.stop_all()
    if json:
        desk.console.json("prep.engine-stop/1", stopped=stopped)
    else:
        desk.console.show(desk.console.page().text(f"Stopped: {stopped}."))
    return 0
