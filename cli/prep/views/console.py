"""The one place that prints: answers on stdout, advice on stderr.

Whether something is a terminal is asked of the stream itself and not of rich, which lets
FORCE_COLOR talk it into colouring a pipe. rich is imported only when colours or Markdown are
really shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from prep.views.page import Page
from prep.views.streams import advise, columns


class Console:
    """Prints pages, tables, Markdown and JSON.

    Attributes:
        terminal: stdout is a terminal; else everything is plain and in full width.
        width: columns that a page may use.
    """

    def __init__(
        self, out: IO[str], err: IO[str], *, terminal: bool, colour: bool, width: int
    ) -> None:
        self.out, self.err = out, err
        self.terminal, self.colour, self.width = terminal, colour, width
        self._rich: Any = None

    @classmethod
    def for_streams(
        cls, out: IO[str], err: IO[str], env: Mapping[str, str], *, no_color: bool = False
    ) -> Console:
        """A console for these streams, obeying NO_COLOR and TERM=dumb."""
        terminal = out.isatty()
        dumb = env.get("TERM") == "dumb"
        colour = terminal and not no_color and not env.get("NO_COLOR") and not dumb
        width = columns(out, env) if terminal else 80
        return cls(out, err, terminal=terminal, colour=colour, width=width)

    def page(self) -> Page:
        """An empty page of this console's width."""
        return Page(self.width)

    def show(self, page: Page) -> None:
        """Print a page."""
        if not self.colour:
            print(page.plain(), file=self.out)
            return
        from rich.text import Text

        for line in page.lines:
            text = Text("", no_wrap=True)
            for span in line:
                text.append(span.text, span.style or None)
            self._terminal().print(text, soft_wrap=True)

    def markdown(self, text: str) -> None:
        """Print Markdown: rendered on a terminal, as it is when piped."""
        if not self.terminal:
            print(text.rstrip("\n"), file=self.out)
            return
        from rich.markdown import Markdown

        terminal = self._terminal()
        with terminal.capture() as shown:
            terminal.print(Markdown(text, code_theme="ansi_dark", hyperlinks=False))
        for line in shown.get().splitlines():
            print(line.rstrip(" "), file=self.out)  # rich fills every line up with blanks

    def rows(self, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
        """Print tab-separated values, for a pipe."""
        for row in (header, *rows):
            cells = (str(cell).replace("\t", " ").replace("\n", " ") for cell in row)
            print("\t".join(cells), file=self.out)

    def json(self, schema: str, **fields: object) -> None:
        """Print one JSON object that names its schema."""
        print(json.dumps({"schema": schema, **fields}, default=str), file=self.out)

    def line(self, text: str) -> None:
        """Print one line of an answer, as it is."""
        print(text, file=self.out)

    def note(self, text: str) -> None:
        """Print advice on stderr; wrapped on a terminal."""
        self.out.flush()
        advise(text, self.err)

    def _terminal(self) -> Any:
        """rich's console; ASCII only where the terminal's encoding has nothing else."""
        if self._rich is None:
            from rich.console import Console as Rich
            from rich.theme import Theme

            self._rich = Rich(
                file=self.out,
                width=max(30, min(self.width, 100)),
                force_terminal=True,
                no_color=not self.colour,
                highlight=False,
                markup=False,
                emoji=False,
                theme=Theme({"markdown.code": "bold cyan", "markdown.code_block": "none"}),
            )
        return self._rich
