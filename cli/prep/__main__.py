"""`prep`, also as `python -m prep`."""

import gc
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process, which ends with it.

    Of what a start makes nothing is garbage; looking for it would take a tenth of the start,
    and taking the interpreter apart at the end as much again.
    """
    gc.set_threshold(100_000)
    from prep.app import main as run

    code = run()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue  # closed by the caller, or by a reader that has seen enough
    os._exit(code)


if __name__ == "__main__":
    main()
