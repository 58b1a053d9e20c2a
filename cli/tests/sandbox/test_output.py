"""What the learner's code prints is bounded and cannot harm a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.sandbox.output import KEEP, Capture, harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\x1b(B\x1b=x", "(B=x"),
        ("\x1b[2J\x1b[H", ""),
        ("\x1b]52;c;never ended", ""),
        ("\x1b", ""),
        ("a\r\nb\rc", "a\nb\nc"),
        ("bell\x07 back\x08 nul\x00 del\x7f", "bell back nul del"),
        ("\x9b31mC1\x85", "31mC1"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\udc80lone", "?lone"),
        ("gr\u00fc\u00dfe \U0001f600 \u05d0", "gr\u00fc\u00dfe \U0001f600 \u05d0"),
    ],
)
def test_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_harmless_text_can_be_printed_anywhere(text: str) -> None:
    found = harmless(text)
    found.encode("utf-8")
    assert not any(ord(c) < 32 and c not in "\n\t" for c in found)
    assert "\x7f" not in found and "\x1b" not in found
    assert harmless(found) == found


def test_little_output_is_kept_whole() -> None:
    capture = Capture()
    for part in (b"one\n", b"\xff", b"\xc3", b"\xbc two"):
        capture.add(part)
    assert capture.text() == "one\n\ufffd\u00fc two"
    assert capture.count == 11


@given(st.lists(st.integers(0, 3 * KEEP // 2), max_size=6))
def test_much_output_keeps_its_head_and_its_tail(sizes: list[int]) -> None:
    capture = Capture()
    whole = b"".join(bytes([65 + n]) * size for n, size in enumerate(sizes))
    start = 0
    for size in sizes:
        capture.add(whole[start : start + size])
        start += size
    text = capture.text()
    assert capture.count == len(whole)
    assert len(text) < 2 * KEEP
    if len(whole) <= KEEP:
        assert text == whole.decode()
    else:
        half = KEEP // 2
        assert text.startswith(whole[:half].decode())
        assert text.endswith(whole[-half:].decode())
