"""Screens of `prep dev`: for those who write exercises."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prep.model import Exercise, Report
from prep.views.next_steps import next_line
from prep.views.page import BAD, BOLD, DIM, GOOD, Page, Span, count
from prep.views.report import report_json, report_page

if TYPE_CHECKING:
    from prep.authoring.candidates import Candidate
    from prep.authoring.inspection import Inspection, Verdict
    from prep.authoring.problem import Problem
    from prep.authoring.scaffold import Made


def check_page(page: Page, found: Inspection, *, require_all: bool) -> Page:
    """A line per exercise, its problems below, and the sum."""
    width = max((len(v.name) for v in found.verdicts), default=0)
    for verdict in found.verdicts:
        _verdict(page, verdict, width, require_all=require_all)
    for problem in found.general:
        page.text(str(problem), label="FAIL  ")
    page.blank()
    page.text(_sum(found))
    bad = [v.name.rpartition("/")[2] for v in found.verdicts if v.problems]
    if bad:
        return next_line(page, f"prep dev try {bad[0]}", f"prep dev check {bad[0]}")
    return next_line(page, "prep dev check" if found.general else "prep list")


def _verdict(page: Page, verdict: Verdict, width: int, *, require_all: bool) -> None:
    left_out = f"not checked here: needs {' and '.join(verdict.needs)}"
    facts = [count(len(verdict.results), "run"), f"slowest {verdict.seconds:.1f} s"]
    if verdict.problems:
        word, style = "FAIL", BAD
        facts = [count(len(verdict.problems), "problem"), *(facts if verdict.results else ())]
    elif verdict.needs:
        word, style, facts = ("FAIL", BAD, [left_out]) if require_all else ("--", DIM, [left_out])
    else:
        word, style = "ok", GOOD
    name = f"{verdict.name:<{width}}"
    page.flow(Span(f"{word:<4}", style), name, ", ".join(facts), gap="  ")
    for problem in verdict.problems:
        page.text(str(problem), indent=6)


def _sum(found: Inspection) -> str:
    runs = sum(len(verdict.results) for verdict in found.verdicts)
    bad = sum(bool(verdict.problems) for verdict in found.verdicts)
    parts = [count(len(found.verdicts), "exercise"), count(runs, "run")]
    if found.unchecked:
        parts.append(f"{len(found.unchecked)} not checked here")
    if found.general:
        parts.append(count(len(found.general), "problem") + " outside of exercises")
    parts.append(f"{bad} failed" if bad else "no problems" if not found.general else "0 failed")
    return ", ".join(parts) + "."


def check_json(found: Inspection, *, ok: bool) -> dict[str, Any]:
    """The fields of `prep.dev-check/1`."""
    return {
        "ok": ok,
        "exercises": [
            {
                "exercise": verdict.name,
                "ok": not verdict.problems and not verdict.needs,
                "needs": list(verdict.needs),
                "problems": [_problem_json(problem) for problem in verdict.problems],
                "runs": [
                    {
                        "run": result.run.label,
                        "status": result.report.status.value if result.report else None,
                        "run_s": round(result.seconds, 3),
                    }
                    for result in verdict.results
                ],
            }
            for verdict in found.verdicts
        ],
        "general": [_problem_json(problem) for problem in found.general],
    }


def _problem_json(problem: Problem) -> dict[str, str | None]:
    return {"file": problem.file, "key": problem.key or None, "text": problem.text}


def try_page(
    page: Page, exercise: Exercise, candidate: Candidate, report: Report, *, everything: bool
) -> Page:
    """What a learner would see of this file."""
    page.line_of(f"{candidate.label} as a learner's file, seed {report.seed}", DIM).blank()
    report_page(page, exercise, report, None, everything=everything).blank()
    return next_line(page, f"prep dev check {exercise.slug}", "prep dev try -v")


def try_json(candidate: Candidate, report: Report) -> dict[str, Any]:
    """The fields of `prep.dev-try/1`."""
    return {**report_json(report, None), "tried": candidate.label, "recorded": False}


def new_page(page: Page, made: Made, here: Path) -> Page:
    """The files of a new exercise, in the order in which one edits them."""
    page.text(f"{made.folders.name} is there; it is small and passes its own check.")
    page.blank()
    for path in made.files:
        page.line_of(f"  {_below(path, here)}", BOLD)
    page.blank()
    return next_line(
        page, f"prep dev check {made.folders.slug}", f"prep dev try {made.folders.slug}"
    )


def new_json(made: Made) -> dict[str, Any]:
    """The fields of `prep.dev-new/1`."""
    return {"exercise": made.folders.name, "files": [str(path) for path in made.files]}


def _below(path: Path, here: Path) -> Path:
    try:
        return path.relative_to(here)
    except ValueError:
        return path
