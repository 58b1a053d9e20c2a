"""What `prep doctor` found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prep.practice.machine import Finding, Verdict
from prep.views.next_steps import next_line
from prep.views.page import BAD, BOLD, GOOD, LIKELY, Page, Span, count

_STYLES = {Verdict.OK: GOOD, Verdict.WARN: LIKELY, Verdict.FAIL: BAD}
_WIDEST = 10  # the longest name of a finding


def finding_lines(page: Page, finding: Finding) -> Page:
    """One finding; its fix below."""
    first = len(page.lines)
    label = f"{finding.verdict.value:<4}  {finding.name:<{_WIDEST}}  "
    page.text(finding.text, label=label)
    head, *rest = page.lines[first]
    word, name = head.text[:4], head.text[4:]
    page.lines[first] = (Span(word, _STYLES[finding.verdict]), Span(name), *rest)
    if finding.fix:
        page.text(finding.fix, indent=6, style=BOLD)
    return page


def summary_lines(page: Page, findings: Sequence[Finding]) -> Page:
    """How many are not well, and what to do next."""
    failed = sum(f.verdict is Verdict.FAIL for f in findings)
    warned = sum(f.verdict is Verdict.WARN for f in findings)
    words = [f"{failed} failed" if failed else "", count(warned, "warning") if warned else ""]
    told = ", ".join(word for word in words if word)
    page.line()
    page.text(f"{told}." if told else "All is well.")
    return next_line(page, *(("prep doctor",) if failed else ("prep start", "prep list")))


def doctor_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The fields of `prep.doctor/1`."""
    return {
        "healthy": not any(f.verdict is Verdict.FAIL for f in findings),
        "findings": [
            {"name": f.name, "verdict": f.verdict.value, "text": f.text, "fix": f.fix or None}
            for f in findings
        ],
    }
