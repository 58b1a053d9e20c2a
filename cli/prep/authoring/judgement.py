"""Whether one graded file did what its place in the exercise promises. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prep.authoring.candidates import Candidate, Role
from prep.model import CheckResult, Exercise, Mistake, Outcome, Report, Status
from prep.practice.diagnosis import not_held
from prep.storage import announced
from prep.storage.learner_files import stub_files

LINE = 25  # a shorter line of code is found by anybody
_FAILED = (Outcome.FAILED, Outcome.STOPPED)


class Facts(NamedTuple):
    """What of an exercise is needed to judge its runs.

    Attributes:
        mistakes: by name.
        secret: lines of the reference that a message must not hold.
        known: what the learner has read anyway: stub, prompt, examples.
    """

    exercise: Exercise
    mistakes: dict[str, Mistake]
    secret: tuple[str, ...]
    known: str

    @classmethod
    def of(cls, exercise: Exercise) -> Facts:
        """Read them.

        Raises:
            InternalError: the exercise is not complete.
        """
        from prep.practice.grading import reference_files

        reference = reference_files(exercise)[exercise.file].decode("utf-8", "replace")
        lines = (line.strip() for line in reference.splitlines())
        return cls(
            exercise,
            {mistake.name: mistake for mistake in announced.mistakes_of(exercise)},
            tuple(dict.fromkeys(line for line in lines if len(line) >= LINE)),
            "\n".join(b.decode("utf-8", "replace") for b in stub_files(exercise).values()),
        )


def complaints(
    candidate: Candidate, report: Report, facts: Facts, *, public: bool = False
) -> list[str]:
    """What is wrong with a run, a phrase each; nothing when it went as it must.

    Args:
        candidate: what was graded.
        report: what came of it.
        facts: about the exercise.
        public: the public examples were run, not the hidden grader.
    """
    if public:
        return list(_examples(candidate, report))
    judge = {Role.STUB: _stub, Role.WRONG: _wrong}.get(candidate.role, _right)
    found = [*judge(candidate, report, facts), *_messages(candidate, report, facts)]
    if too_slow(facts.exercise, report):
        found.append(
            f"the run took {report.seconds:.1f} s, over half of"
            f" the timeout of {facts.exercise.timeout:g} s"
        )
    return found


def too_slow(exercise: Exercise, report: Report | None) -> bool:
    """Whether a run comes near the limit; one that a limit stopped is as slow as it must be."""
    if report is None or report.status is Status.STOPPED:
        return False
    return report.seconds > exercise.timeout / 2


def _examples(candidate: Candidate, report: Report) -> Iterator[str]:
    passed = report.status is Status.PASSED
    if candidate.role is Role.STUB and passed:
        yield "the public examples pass on the stub"
    if candidate.role is Role.REFERENCE and not passed:
        yield f"the public examples do not pass on the reference: {_status(report)}"
    if report.status is Status.BROKEN and candidate.role is Role.STUB:
        yield f"the public examples break on the stub: {_status(report)}"


def _stub(candidate: Candidate, report: Report, facts: Facts) -> Iterator[str]:
    if report.status is not Status.NOT_ATTEMPTED:
        yield f"the stub must be 'not attempted', it is {_status(report)}"


def _right(candidate: Candidate, report: Report, facts: Facts) -> Iterator[str]:
    if report.status is not Status.PASSED:
        yield f"a right file must be 'passed', it is {_status(report)}"
    if report.diagnosis:
        yield f"a right file is diagnosed as {report.mistake}"


def _wrong(candidate: Candidate, report: Report, facts: Facts) -> Iterator[str]:
    mistake = facts.mistakes[candidate.name]
    stopped = any(result.outcome is Outcome.STOPPED for result in report.results)
    if report.status is not Status.FAILED and not (report.status is Status.STOPPED and stopped):
        yield f"a wrong file must be 'failed', it is {_status(report)}"
        return
    seen = not_held(report.results)
    if seen != mistake.caught_by:
        parts = [
            f"{what} {', '.join(sorted(ids))}"
            for what, ids in (
                ("also fails", seen - mistake.caught_by),
                ("does not fail", mistake.caught_by - seen),
            )
            if ids
        ]
        yield f"CAUGHT_BY is not what happens: the file {' and '.join(parts)}"
    if report.mistake != mistake.name and report.diagnosis != mistake.diagnosis:
        shown = f"the one of {report.mistake}" if report.mistake else "none"
        yield f"the learner must read its own diagnosis, not {shown}"


def _messages(candidate: Candidate, report: Report, facts: Facts) -> Iterator[str]:
    graded = candidate.files[facts.exercise.file].decode("utf-8", "replace")
    known = f"{graded}\n{facts.known}"
    secret = [line for line in facts.secret if line not in known]
    for result in report.results:
        if result.outcome is not Outcome.PASSED:
            yield from _message(result, secret)


def _message(result: CheckResult, secret: list[str]) -> Iterator[str]:
    evidence, check = result.evidence, result.check.id
    if evidence.expected.strip() and evidence.expected.strip() == evidence.seen.strip():
        yield f"{check} shows the same as expected and as seen: {evidence.seen.strip()[:80]}"
    text = "\n".join((evidence.message, evidence.expected, evidence.seen))
    for line in secret:
        if line in text:
            yield f"{check} shows a line of the reference: {line[:80]}"


def _status(report: Report) -> str:
    """The verdict with its first reason, short."""
    reason = report.reason
    for result in report.results:
        broken = result.outcome is Outcome.BROKEN
        if broken or (result.outcome in _FAILED and report.status is not Status.BROKEN):
            evidence = result.evidence
            reason = f"{result.check.id}: {evidence.exception} {evidence.message}"
            if evidence.expected or evidence.seen:
                reason += f" (expected {evidence.expected}, seen {evidence.seen})"
            break
    text = f"'{report.status.value}'" + (f" ({' '.join(reason.split())})" if reason else "")
    return text if len(text) <= 300 else text[:297] + "..."
