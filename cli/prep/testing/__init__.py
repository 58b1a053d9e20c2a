"""The kit that graders are written with; it runs beside the learner's code.

    from prep import testing as kit

Nothing of prep imports this package, and it imports nothing else of prep.
"""

from prep.testing.child import in_child
from prep.testing.comparison import close
from prep.testing.failures import (
    CheckFailed,
    CheckStopped,
    Unrunnable,
    expect,
    fail,
    needs,
    of_type,
    raises,
)
from prep.testing.frames import frame
from prep.testing.session import record
from prep.testing.tables import table

__all__ = [
    "CheckFailed",
    "CheckStopped",
    "Unrunnable",
    "close",
    "expect",
    "fail",
    "frame",
    "in_child",
    "needs",
    "of_type",
    "raises",
    "record",
    "table",
]
