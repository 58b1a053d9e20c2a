"""`prep doctor`: what is installed, what works here, and what to do about the rest."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import Desk, desk_of
from prep.errors import ExitCode
from prep.practice.health import Surroundings, examine
from prep.practice.machine import Finding, Verdict
from prep.views.doctor import doctor_json, finding_lines, summary_lines


def command(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Look at what is installed and what works here.

    Python, frameworks, folders, the history, the clock, the editor; and one real grading.
    Nothing is recorded. Exits with 4 when something fails.
    """
    desk = desk_of(context)
    findings: list[Finding] = []
    for finding in examine(_surroundings(desk)):
        findings.append(finding)
        if not json:
            desk.console.show(finding_lines(desk.console.page(), finding))
    if json:
        desk.console.json("prep.doctor/1", **doctor_json(findings))
    else:
        desk.console.show(summary_lines(desk.console.page(), findings))
    failed = any(finding.verdict is Verdict.FAIL for finding in findings)
    return ExitCode.ENVIRONMENT if failed else ExitCode.OK


def _surroundings(desk: Desk) -> Surroundings:
    return Surroundings(
        env=desk.env,
        catalogue=desk.catalogue,
        locations=lambda: desk.locations,
        session=lambda: desk.session,
        editor=lambda: desk.settings.editor or desk.env.get("VISUAL") or desk.env.get("EDITOR"),
    )
