"""For all tests: no warm parent is started behind a test's back."""

from __future__ import annotations

import os

os.environ["PREP_ENGINE"] = "off"
