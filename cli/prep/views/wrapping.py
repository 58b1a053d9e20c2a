"""Lines that fit, with words whole: a long word is most often a path, to be copied."""

from __future__ import annotations


def wrap(text: str, room: int, *, margin: str = "", cut: bool = False) -> list[str]:
    """The text in lines of at most `room` columns; one empty line for an empty text.

    Args:
        text: one paragraph.
        room: columns; a longer word stands alone on its line.
        margin: what the lines after the first start with.
        cut: cut such a word instead, for a column of a table.
    """
    if len(text) <= room and "\t" not in text:
        return [text.rstrip()]
    import textwrap  # not needed for a short answer, and every command would pay for it

    return textwrap.wrap(
        text, room, subsequent_indent=margin, break_on_hyphens=False, break_long_words=cut
    ) or [""]
