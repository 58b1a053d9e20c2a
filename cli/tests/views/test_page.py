"""Pages: what is wrapped, what is never broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.views.page import BOLD, Page, Span, count, minutes


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (-5, "0:00"), (59.9, "0:59"), (60, "1:00"), (754, "12:34"), (3600, "1:00:00")],
)
def test_minutes(seconds, text):
    assert minutes(seconds) == text


def test_count():
    assert count(1, "hint") == "1 hint"
    assert count(0, "hint") == "0 hints"
    assert count(2, "try", "tries") == "2 tries"


def test_text_hangs_under_its_label():
    page = Page(40).text("one two three four five six seven eight", indent=2, label="Likely  ")
    assert page.plain() == "  Likely  one two three four five six\n          seven eight"


def test_a_label_that_leaves_no_room_stands_alone():
    page = Page(40).text("some words", label="  a label of thirty characters  ")
    assert page.plain().splitlines() == ["  a label of thirty characters", "    some words"]


def test_a_path_is_never_broken():
    path = "/a/very/long/path/that/does/not/fit/into/forty/columns/at/all"
    assert path in Page(40).text(f"Your old files are kept in {path}").plain().splitlines()


def test_flow_takes_as_many_lines_as_it_needs():
    page = Page(40).flow("prep show", "prep check", "prep grade", gap=" | ", label="Next   ")
    assert page.plain().splitlines() == ["Next   prep show | prep check", "       prep grade"]


def test_flow_breaks_what_is_longer_than_a_line():
    page = Page(30).flow("prep", "words that are longer than thirty columns are")
    assert max(map(len, page.plain().splitlines())) <= 30


def test_code_is_cut_and_not_wrapped():
    page = Page(40).code("x = 1\n\ty = " + "1 + " * 20)
    first, second = page.plain().splitlines()
    assert first == "x = 1"
    assert second.startswith("    y = 1 +")
    assert second.endswith("...")
    assert len(second) == 40


def test_blank_lines_do_not_pile_up():
    page = Page().blank().line("a").blank().blank().line("b")
    assert page.plain() == "a\n\nb"


def test_the_width_has_bounds():
    assert Page(5).width == 30
    assert Page(500).width == 100


WORDS = st.text("abc -/\n", max_size=200)


@given(WORDS, st.integers(30, 100), st.integers(0, 10), st.sampled_from(["", "expected  "]))
def test_no_word_is_lost_and_no_line_too_long(text, width, indent, label):
    page = Page(width).text(text, indent=indent, label=label)
    lines = page.plain().splitlines()
    assert " ".join(lines).split() == (label + text).split()
    assert all(len(line) <= width or len(line.split()[-1]) > 20 for line in lines if line.strip())


@given(st.lists(st.text("ab c", min_size=1, max_size=60), max_size=6), st.integers(30, 80))
def test_flow_fits(words, width):
    page = Page(width).flow(*(Span(word, BOLD) for word in words))
    assert all(
        len(line) <= width or len(max(line.split(), key=len)) > 15
        for line in page.plain().splitlines()
    )
