"""For all tests: a tiny catalogue, and no warm parent is started behind a test's back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prep.model import Exercise
from prep.storage.content import Catalogue

os.environ["PREP_ENGINE"] = "off"

TINY = Path(__file__).with_name("tiny")
collect_ignore = ["tiny"]  # its graders are no tests of prep


@pytest.fixture(scope="session")
def tiny_catalogue() -> Catalogue:
    """Two whole exercises that need the standard library only."""
    return Catalogue(TINY)


@pytest.fixture(scope="session")
def mean_of_batches(tiny_catalogue: Catalogue) -> Exercise:
    """A Python exercise: `mean(batches)`, four checks."""
    return tiny_catalogue.find("mean-of-batches")


@pytest.fixture(scope="session")
def dearest_items(tiny_catalogue: Catalogue) -> Exercise:
    """An SQL exercise: two checks on `query.sql`."""
    return tiny_catalogue.find("dearest-items")
