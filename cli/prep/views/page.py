"""A page: lines of styled words, wrapped to a width. What every screen is made of."""

from __future__ import annotations

from typing import NamedTuple

from prep.views.wrapping import wrap

PLAIN = ""
GOOD = "green"
BAD = "bold red"
DIM = "dim"
BOLD = "bold"
LIKELY = "bold yellow"


_LEAST_ROOM = 20  # columns beside a label; with less the text goes below it


class Span(NamedTuple):
    """Some words in one style."""

    text: str
    style: str = PLAIN


Line = tuple[Span, ...]


class Page:
    """Lines to print, built from the top down."""

    def __init__(self, width: int = 80) -> None:
        self.width = max(30, min(width, 100))
        self.lines: list[Line] = []

    def line(self, *words: str | Span) -> Page:
        """One line as it is; a string is a plain span."""
        self.lines.append(tuple(w if isinstance(w, Span) else Span(w) for w in words))
        return self

    def flow(self, *words: str | Span, gap: str = "   ", label: str = "") -> Page:
        """Words beside each other, on as many lines as they need; `label` before the first."""
        spans = [piece for word in words for piece in self._pieces(word)]
        row: list[Span] = [Span(label, DIM)] if label else []
        used, empty = len(label), True
        for span in spans:
            if not empty and used + len(gap) + len(span.text) > self.width:
                self.line(*row)
                row, used, empty = [Span(" " * len(label))] if label else [], len(label), True
            if not empty:
                row.append(Span(gap, DIM))
                used += len(gap)
            row.append(span)
            used += len(span.text)
            empty = False
        return self.line(*row)

    def _pieces(self, word: str | Span) -> list[Span]:
        """A span, in pieces if it is longer than a line; a command is hardly ever."""
        span = word if isinstance(word, Span) else Span(word)
        if len(span.text) <= self.width:
            return [span]
        return [Span(row, span.style) for row in wrap(span.text, self.width)]

    def line_of(self, text: str, style: str = PLAIN) -> Page:
        """One line in one style."""
        return self.line(Span(text, style))

    def blank(self) -> Page:
        """An empty line, never two in a row."""
        if self.lines and self.lines[-1]:
            self.lines.append(())
        return self

    def text(self, text: str, *, indent: int = 0, label: str = "", style: str = PLAIN) -> Page:
        """A paragraph, wrapped; `label` stands before its first line, which hangs under it."""
        if label and self.width - indent - len(label) < _LEAST_ROOM:
            self.line(Span(" " * indent + label.rstrip(), DIM))
            label, indent = "", indent + 4
        margin = " " * (indent + len(label))
        room = max(_LEAST_ROOM // 2, self.width - len(margin))
        first = True
        for paragraph in text.splitlines() or [""]:
            for row in wrap(paragraph, room):
                head = " " * indent + label if first else margin
                self.line(Span(head, DIM if label else PLAIN), Span(row, style))
                first = False
        return self

    def code(self, text: str, *, indent: int = 0, style: str = PLAIN) -> Page:
        """Lines of code, cut and not wrapped."""
        for row in text.splitlines():
            shown = " " * indent + row.replace("\t", "    ")
            if len(shown) > self.width:
                shown = shown[: self.width - 3] + "..."
            self.line(Span(shown, style))
        return self

    def plain(self) -> str:
        """The page without styles."""
        rows = ["".join(span.text for span in line).rstrip() for line in self.lines]
        return "\n".join(rows)


def minutes(seconds: float) -> str:
    """A duration as `12:04`, from an hour on as `1:12:04`."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    head = f"{hours}:{rest // 60:02d}" if hours else f"{rest // 60}"
    return f"{head}:{rest % 60:02d}"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 hint`, `3 hints`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
