"""The crash file: what a bug report needs, written where it cannot hurt."""

from __future__ import annotations

import os
import platform
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from prep import __version__
from prep.storage.locations import Locations


def write_crash_file(error: BaseException, arguments: Sequence[str], more: str = "") -> Path | None:
    """Write a crash file and return its path; None where no file can be written."""
    try:
        folder = Locations.from_env(os.environ).crash
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.strftime('%Y-%m-%dT%H%M%S')}-{os.getpid()}.txt"
        lines = [
            f"prep {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: prep {' '.join(arguments)}",
            "",
            "".join(traceback.format_exception(error)),
            more,
        ]
        path.write_text("\n".join(lines), "utf-8")
    except Exception:
        return None
    return path
