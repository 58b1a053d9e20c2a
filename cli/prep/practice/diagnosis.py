"""Which known mistake a failed grading looks like. Pure; by behaviour, never by source text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prep.model import CheckResult, Mistake, Outcome

# Exceptions of a file that is not finished or has a typo; no known mistake is one.
_SLIPS = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "AttributeError")
_NOT_HELD = (Outcome.FAILED, Outcome.STOPPED, Outcome.WAITING, Outcome.NOT_RUN)


def diagnose(results: Sequence[CheckResult], mistakes: Iterable[Mistake]) -> Mistake | None:
    """The one mistake that the results point at, or None when they leave it open.

    A check that recognised a mistake by its value decides; the first one in the grader's
    order wins. Else the set of checks that do not hold must be exactly what one known
    mistake fails; when mistakes with different sentences fail that set, none is named. A set
    says nothing when a check was not run, or when a slip stands behind all that failed.
    """
    known = {mistake.name: mistake for mistake in mistakes}
    for result in results:
        if result.outcome in (Outcome.FAILED, Outcome.STOPPED):
            named = known.get(result.evidence.mistake)
            if named is not None:
                return named
    if any(r.outcome in (Outcome.NOT_WRITTEN, Outcome.NOT_RUN) for r in results):
        return None
    failed = [r for r in results if r.outcome in (Outcome.FAILED, Outcome.STOPPED)]
    if all(r.evidence.exception in _SLIPS for r in failed):
        return None
    exact = [m for m in known.values() if m.caught_by == not_held(results)]
    return exact[0] if len({m.diagnosis for m in exact}) == 1 else None


def not_held(results: Iterable[CheckResult]) -> frozenset[str]:
    """Ids of the checks that do not hold, those that wait for them included."""
    return frozenset(r.check.id for r in results if r.outcome in _NOT_HELD)
