"""`prep dev`: for those who write exercises."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from prep.authoring import inspection, proof, trial
from prep.authoring.proof import Result
from prep.commands.desk import desk_of
from prep.commands.outcome import exit_code, waiting
from prep.errors import ExitCode
from prep.model import Kind
from prep.views import authoring as view
from prep.views.progress import Progress

app = typer.Typer(help="Write exercises: new, check, try.")
_Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TRACK/SLUG", help="The new exercise.")],
    kind: Annotated[Kind, typer.Option(help="What it asks for.")] = Kind.IMPLEMENT,
    file: Annotated[str | None, typer.Option(help="The file that the learner edits.")] = None,
    json: _Json = False,
) -> int:
    """Make a small exercise that works, to be edited.

    Its three folders are made in the checkout that prep runs from.
    """
    from prep.authoring import scaffold

    desk = desk_of(context)
    made = scaffold.new(desk.catalogue, name, kind=kind, file=file)
    if json:
        desk.console.json("prep.dev-new/1", **view.new_json(made))
    else:
        desk.console.show(view.new_page(desk.console.page(), made, desk.cwd))
    return 0


@app.command()
def check(
    context: typer.Context,
    slugs: Annotated[
        list[str] | None, typer.Argument(help="Exercises; all of them if left out.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("-j", "--jobs", min=1, help="Runs at a time.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="With one more seed.")] = False,
    require_all: Annotated[
        bool, typer.Option("--require-all", help="Fail where a framework is missing.")
    ] = False,
    cold: Annotated[
        bool, typer.Option("--cold", help="Use fresh processes, not the warm engine.")
    ] = False,
    json: _Json = False,
) -> int:
    """Prove that exercises work.

    The stub is not attempted, the reference and every accepted file pass, each wrong file
    fails exactly where it says and its own diagnosis is shown.
    """
    desk = desk_of(context)
    terminal = sys.stderr.isatty()
    progress = Progress(desk.console.err, "runs", terminal=terminal, width=desk.console.width)

    def show(done: int, total: int, result: Result) -> None:
        progress.show(done, total, f"{result.run.exercise.slug} {result.run.label}")

    seeds = proof.STRICT_SEEDS if strict else proof.SEEDS
    try:
        found = inspection.inspect(
            desk.catalogue,
            slugs or (),
            seeds=seeds,
            jobs=jobs,
            progress=None if json else show,
            warm=desk.warm(cold),
        )
    finally:
        progress.close()
    ok = found.ok(require_all=require_all)
    if json:
        desk.console.json("prep.dev-check/1", **view.check_json(found, ok=ok))
    else:
        page = view.check_page(desk.console.page(), found, require_all=require_all)
        desk.console.show(page)
    return ExitCode.OK if ok else ExitCode.NOT_PASSED


@app.command("try")
def try_(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="Exercise, or a unique prefix.")],
    wrong: Annotated[str | None, typer.Option(help="A file of its folder wrong.")] = None,
    accepted: Annotated[str | None, typer.Option(help="A file of its folder accepted.")] = None,
    stub: Annotated[bool, typer.Option("--stub", help="The untouched stub.")] = False,
    file: Annotated[Path | None, typer.Option(help="Any other file.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the hidden data.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every check.")] = False,
    json: _Json = False,
) -> int:
    """Show what a learner would see of one file.

    Of the reference, unless another file is named; nothing is recorded.
    """
    desk = desk_of(context)
    exercise = desk.catalogue.find(slug)
    candidate = trial.pick(exercise, accepted=accepted, wrong=wrong, stub=stub, file=file)
    with waiting(desk, f"grading {candidate.label} ...", quiet=json):
        report = trial.run(exercise, candidate, seed=seed)
    if json:
        desk.console.json("prep.dev-try/1", **view.try_json(candidate, report))
    else:
        page = desk.console.page()
        view.try_page(page, exercise, candidate, report, everything=verbose)
        desk.console.show(page)
    return exit_code(report.status)
