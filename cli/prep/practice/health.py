"""What `prep doctor` looks at. Every look is harmless, and no framework is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, timedelta
from importlib import metadata
from typing import NamedTuple

from prep import __version__
from prep.errors import PrepError
from prep.model import Status
from prep.practice import frameworks, grading, machine
from prep.practice.machine import Finding, Verdict
from prep.practice.session import Session
from prep.practice.shelf import readable
from prep.storage import database
from prep.storage.content import Catalogue
from prep.storage.locations import MOVE_HOME, MOVE_WORKSPACE, Locations

CLOCK_BEHIND = timedelta(minutes=5)


class Surroundings(NamedTuple):
    """What there is to look at; each is opened only when its turn comes.

    Attributes:
        session: opens the learner's desk.
        editor: the command that opens a file, if one is set.
    """

    env: Mapping[str, str]
    catalogue: Catalogue
    locations: Callable[[], Locations]
    session: Callable[[], Session]
    editor: Callable[[], str | None]


def examine(here: Surroundings) -> Iterator[Finding]:
    """Look at everything, one finding after the other; a look that fails is a finding."""
    looks: tuple[tuple[str, Callable[[Surroundings], Iterable[Finding]]], ...] = (
        ("Python", lambda here: [machine.python()]),
        ("prep", _content),
        ("frameworks", _frameworks),
        ("state", _state),
        ("workspace", _workspace),
        ("temporary", lambda here: [machine.temporary()]),
        ("history", _history),
        ("clock", _clock),
        ("editor", lambda here: [machine.editor(here.editor())]),
        ("git", lambda here: [machine.git()]),
        ("terminal", lambda here: [machine.terminal()]),
        ("limits", lambda here: machine.limits()),
        ("self-test", _self_test),
    )
    told = ""
    for name, look in looks:
        try:
            yield from look(here)
        except PrepError as error:
            if error.message != told:  # one broken config.toml is in the way of many looks
                yield Finding(name, Verdict.FAIL, error.message, error.hint)
            told = error.message
        except OSError as error:
            yield Finding(name, Verdict.FAIL, str(error))


def _content(here: Surroundings) -> Iterator[Finding]:
    folders = here.catalogue.slugs().values()
    tracks = len({folder.parent.name for folder in folders})
    text = f"{__version__}, {len(folders)} exercises in {tracks} tracks, {here.catalogue.root}"
    if not folders:
        fix = "reinstall prep, or run it from a whole checkout"
        yield Finding("prep", Verdict.FAIL, text, fix)
        return
    _, broken = readable(here.catalogue)
    if broken:
        yield Finding("prep", Verdict.FAIL, f"{text}; {'; '.join(broken)}", "prep dev check")
    else:
        yield Finding("prep", Verdict.OK, text)


def _frameworks(here: Surroundings) -> Iterator[Finding]:
    needs: dict[str, int] = dict.fromkeys(frameworks.FRAMEWORKS, 0)
    for exercise in readable(here.catalogue)[0]:
        for name in exercise.needs:
            needs[name] = needs.get(name, 0) + 1
    for name, number in needs.items():
        if number:
            yield _framework(name, number)
    yield Finding("pytest", Verdict.OK, metadata.version("pytest"))


def _framework(name: str, number: int) -> Finding:
    fix = frameworks.pip_line((name,))
    use = f"{number} exercise{'s' * (number != 1)} use{'s' * (number == 1)} it"
    if not frameworks.installed(name):
        return Finding(name, Verdict.WARN, f"not installed; {use}", fix)
    version = frameworks.version(name)
    if version is None:
        return Finding(name, Verdict.WARN, f"installed, its version is not known; {use}", fix)
    if frameworks.too_old(name, version):
        return Finding(name, Verdict.WARN, f"{version} is older than what is tested; {use}", fix)
    return Finding(name, Verdict.OK, f"{version}; {use}")


def _state(here: Surroundings) -> Iterator[Finding]:
    yield machine.writable("state", here.locations().data, MOVE_HOME)


def _workspace(here: Surroundings) -> Iterator[Finding]:
    yield machine.writable("workspace", here.session().workspace.root, MOVE_WORKSPACE)


def _history(here: Surroundings) -> Iterator[Finding]:
    history = here.session().history
    condition = database.probe(history.path)
    if condition is database.Condition.MISSING:
        yield Finding("history", Verdict.OK, "nothing is recorded yet")
        return
    records = history.read()
    if history.warnings:
        damaged = condition is database.Condition.DAMAGED
        verdict = Verdict.FAIL if damaged else Verdict.WARN
        fix = "the next prep start sets it aside" if damaged else "update prep"
        yield Finding("history", verdict, " ".join(history.warnings), fix)
        history.warnings.clear()  # told here, not again at the end
        return
    wrong = records.integrity()
    if wrong:
        text = f"{history.path} is damaged: {wrong[0]}"
        yield Finding("history", Verdict.FAIL, text, f"keep a copy of {history.path}")
        return
    last = records.last()
    number = last.seq if last is not None else 0
    yield Finding("history", Verdict.OK, f"{number} events, in order; {history.path}")


def _clock(here: Surroundings) -> Iterator[Finding]:
    session = here.session()
    now = session.now()
    text = f"{now:%a %d %b %Y %H:%M, UTC%z}, study day {session.today()}"
    last = session.history.read().last()
    session.history.warnings.clear()
    if here.env.get("PREP_NOW"):
        yield Finding("clock", Verdict.WARN, f"{text}; PREP_NOW fixes it", "unset PREP_NOW")
    elif last is not None and last.utc - now.astimezone(UTC) > CLOCK_BEHIND:
        behind = last.utc.astimezone(now.tzinfo)
        text = f"{text}; but the last event was recorded at {behind:%a %d %b %Y %H:%M}"
        yield Finding("clock", Verdict.WARN, text, "set the clock of this machine")
    else:
        yield Finding("clock", Verdict.OK, text)


def _self_test(here: Surroundings) -> Iterator[Finding]:
    """Grade the reference of the lightest exercise for real; nothing is recorded."""
    able = [e for e in readable(here.catalogue)[0] if not frameworks.missing(e)]
    if not able:
        text = "no exercise can be run here"
        yield Finding("self-test", Verdict.FAIL, text, "install a framework that is named above")
        return
    exercise = min(able, key=lambda e: (len(e.needs), e.timeout))
    report = grading.grade(exercise, grading.reference_files(exercise), seed=1)
    text = f"the reference of {exercise.slug} is {report.status}, {report.seconds:.2f} s"
    if report.status is Status.PASSED:
        yield Finding("self-test", Verdict.OK, text)
    else:
        why = f"{text}: {report.reason}".rstrip(": ")
        yield Finding("self-test", Verdict.FAIL, why, f"prep dev check {exercise.slug}")
