"""Rules of stub, reference, accepted and wrong files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from prep.authoring.grader import Announced, parse
from prep.authoring.names import variant_problem
from prep.authoring.problem import Findings
from prep.errors import InternalError
from prep.model import Mistake
from prep.storage.announced import read_mistake
from prep.storage.learner_files import EXAMPLES, README

ACCEPTED = 2
WRONG = 1
DIAGNOSIS = 200  # characters
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|vs|cf|etc)\.")
_NEXT_SENTENCE = re.compile(r"[.!?]['\")]?\s+[A-Z`]")


def check(findings: Findings, file: str, grader: Announced) -> None:
    """Find what is wrong with the files that can stand in for the learner's `file`."""
    folders, suffix = findings.folders, Path(file).suffix
    _stub(findings, folders.exercise / "stub", file)
    _whole(findings, folders.solution / f"reference{suffix}")
    accepted = _variants(findings, "accepted", suffix, ACCEPTED)
    for path in accepted:
        _accepted(findings, path)
    wrong = _variants(findings, "wrong", suffix, WRONG)
    mistakes = [m for path in wrong if (m := _wrong(findings, path, grader)) is not None]
    _coverage(findings, grader, mistakes, {path.stem for path in wrong})


def _stub(findings: Findings, stub: Path, file: str) -> None:
    if not stub.is_dir():
        findings.add(stub, "is missing")
        return
    if not (stub / file).is_file():
        findings.add(stub / file, "is missing: the description calls it the file to edit")
    else:
        _whole(findings, stub / file)
    for name in (README, EXAMPLES):
        if (stub / name).exists():
            findings.add(stub / name, "would be overwritten: prep writes a file of this name")


def _whole(findings: Findings, path: Path) -> str:
    """The text of a file that must be there and, if it is Python, must parse; else empty."""
    if path.suffix != ".py":
        return findings.read(path)
    return "" if parse(findings, path) is None else path.read_text("utf-8")


def _variants(findings: Findings, folder: str, suffix: str, least: int) -> list[Path]:
    place = findings.folders.solution / folder
    found = sorted(place.glob(f"[!_.]*{suffix}"))
    if len(found) < least:
        findings.add(place, f"has {len(found)} files, at least {least} must be there")
    for path in found:
        if text := variant_problem(path.stem):
            findings.add(path, text)
    return found


def _accepted(findings: Findings, path: Path) -> None:
    text = _whole(findings, path)
    told = ast.get_docstring(ast.parse(text)) if path.suffix == ".py" else _comment(text)
    if text.strip() and not (told or "").strip():
        findings.add(path, "has no docstring that says what is different")


def _comment(sql: str) -> str:
    first = sql.lstrip().partition("\n")[0]
    return first.removeprefix("--") if first.startswith("--") else ""


def _wrong(findings: Findings, path: Path, grader: Announced) -> Mistake | None:
    if not _whole(findings, path).strip():
        return None
    try:
        mistake = read_mistake(path)
    except InternalError as error:
        key = "CAUGHT_BY" if "CAUGHT_BY" in error.message else "diagnosis"
        findings.add(path, "is missing", key)
        return None
    except (ValueError, TypeError):
        findings.add(path, "must be a set of names, written out", "CAUGHT_BY")
        return None
    for check in sorted(mistake.caught_by - set(grader.checks)):
        if grader.checks:
            findings.add(path, f"names '{check}', which is no check of the grader", "CAUGHT_BY")
    for text in _diagnosis_problems(mistake.diagnosis):
        findings.add(path, text, "diagnosis")
    return mistake


def _diagnosis_problems(text: str) -> Iterator[str]:
    if len(text) > DIAGNOSIS:
        yield f"has {len(text)} characters, {DIAGNOSIS} fit"
    if _NEXT_SENTENCE.search(_ABBREVIATION.sub("", text)):
        yield "must be one sentence"


def _coverage(
    findings: Findings, grader: Announced, mistakes: list[Mistake], there: set[str]
) -> None:
    named = frozenset[str]().union(*(m.caught_by for m in mistakes))
    for check in dict.fromkeys(grader.checks):
        if check not in named:
            text = "is failed by no wrong file, so nothing shows that it can fail"
            findings.add(grader.path, text, f"test_{check}")
    for name, line in grader.mistakes:
        if name not in there:
            text = f"recognises the mistake '{name}', which is no wrong file"
            findings.add(grader.path, text, f"line {line}")
