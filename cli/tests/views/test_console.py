"""What is printed where, and how much a stream is trusted."""

from __future__ import annotations

import io
import json

import pytest

from prep.views.console import Console
from prep.views.page import BAD, Page, Span
from prep.views.streams import advise, columns, sentence


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def console(**options) -> Console:
    chosen = {"terminal": True, "colour": False, "width": 80, **options}
    return Console(Terminal(), Terminal(), **chosen)


def shown(made: Console) -> str:
    assert isinstance(made.out, Terminal)
    return made.out.getvalue()


class TestColour:
    @pytest.mark.parametrize(
        ("env", "colour"),
        [
            ({}, True),
            ({"NO_COLOR": "1"}, False),
            ({"NO_COLOR": ""}, True),
            ({"TERM": "dumb"}, False),
            ({"TERM": "xterm", "FORCE_COLOR": "1"}, True),
        ],
    )
    def test_on_a_terminal(self, env, colour):
        assert Console.for_streams(Terminal(), Terminal(), env).colour is colour

    def test_never_in_a_pipe(self):
        env = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}
        made = Console.for_streams(io.StringIO(), io.StringIO(), env)
        assert (made.colour, made.terminal, made.width) == (False, False, 80)

    def test_switched_off(self):
        assert not Console.for_streams(Terminal(), Terminal(), {}, no_color=True).colour

    def test_a_page_in_colour_reads_the_same(self):
        page = Page().line(Span("FAIL", BAD), "  [b]markup[/b] is not markup :smile:")
        made = console(colour=True)
        made.show(page)
        assert "\x1b[" in shown(made)
        assert "FAIL" in shown(made)
        assert "[b]markup[/b] is not markup :smile:" in shown(made)


class TestMarkdown:
    def test_as_it_is_in_a_pipe(self):
        made = console(terminal=False)
        made.markdown("# Title\n\n`code`\n\n")
        assert shown(made) == "# Title\n\n`code`\n"

    def test_lines_carry_no_blanks_at_their_end(self):
        made = console(width=60)
        made.markdown("# Title\n\nSome words.\n\n```python\nx = 1\n```\n")
        assert all(line == line.rstrip(" ") for line in shown(made).splitlines())
        assert "x = 1" in shown(made)


def test_rows_stay_one_line_each():
    made = console(terminal=False)
    made.rows(("a", "b"), [("x\ty", "1\n2"), (None, 3)])
    assert shown(made) == "a\tb\nx y\t1 2\nNone\t3\n"


def test_json_is_one_line_and_names_its_schema():
    made = console()
    made.json("prep.test/1", name="größe", when=None)
    assert json.loads(shown(made)) == {"schema": "prep.test/1", "name": "größe", "when": None}
    assert shown(made).isascii()
    assert shown(made).count("\n") == 1


def test_advice_goes_to_stderr_and_is_wrapped_on_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    made = console()
    made.note("prep: a sentence that is longer than forty columns are, by far")
    assert shown(made) == ""
    assert isinstance(made.err, Terminal)
    assert made.err.getvalue().splitlines()[1].startswith("  ")
    assert max(map(len, made.err.getvalue().splitlines())) <= 40


def test_advice_in_a_pipe_is_one_line():
    stream = io.StringIO()
    advise("  word" * 60, stream)
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("env", "expected"), [({"COLUMNS": "33"}, 33), ({"COLUMNS": "x"}, 80), ({"COLUMNS": "0"}, 80)]
)
def test_columns(env, expected):
    assert columns(io.StringIO(), env) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no such thing", "No such thing."),
        ("did you mean this?", "Did you mean this?"),
        ("sql-top-per-group was not started", "sql-top-per-group was not started."),
        ("query.sql is empty.", "query.sql is empty."),
        ("PREP_NOW is odd", "PREP_NOW is odd."),
        ("'x' is\nno time", "'x' is no time."),
        ("prep itself failed", "prep itself failed."),
        ("--time is odd", "--time is odd."),
    ],
)
def test_sentence(text, expected):
    assert sentence(text) == expected
