"""Which protections of a run hold on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator


def present() -> Iterator[tuple[str, bool, str]]:
    """Name, whether it holds, and what that means for a run."""
    groups = hasattr(os, "killpg")
    yield (
        "time limit",
        groups,
        "a run that hangs is ended with its process group"
        if groups
        else f"{sys.platform} has no process groups: a run that hangs may leave processes behind",
    )
    orphans = sys.platform == "linux" and _can_list_children()
    yield (
        "orphans",
        orphans,
        "processes that leave their group are adopted and ended too"
        if orphans
        else "processes that leave their group (daemons) are not found here",
    )
    memory = os.path.exists(f"/proc/{os.getpid()}/statm")
    yield (
        "memory",
        memory,
        "a run that takes too much memory is stopped"
        if memory
        else "no /proc here: a run that takes too much memory is not stopped",
    )


def _can_list_children() -> bool:
    """Whether /proc tells a process's children (some kernels are built without)."""
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")
