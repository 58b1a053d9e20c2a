"""What the learner's code prints: bounded, decoded, harmless to a terminal."""

from __future__ import annotations

import re

KEEP = 64 << 10
_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])")
# ... and what makes a terminal write backwards.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Capture:
    """Head and tail of a stream of bytes."""

    def __init__(self) -> None:
        self.count = 0
        self._head = bytearray()
        self._tail = bytearray()

    def add(self, part: bytes) -> None:
        self.count += len(part)
        room = max(0, KEEP // 2 - len(self._head))
        self._head += part[:room]
        self._tail += part[room:]
        if len(self._tail) > KEEP:
            del self._tail[: -KEEP // 2]

    def text(self) -> str:
        kept = len(self._head) + len(self._tail)
        gap = b"\n... (more output was dropped) ...\n" if self.count > kept else b""
        return harmless((bytes(self._head) + gap + bytes(self._tail)).decode("utf-8", "replace"))


def harmless(text: str) -> str:
    """Without terminal escapes, control characters and lone surrogates; line ends normalised."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    return _CONTROL.sub("", text.replace("\r", "\n"))
