"""Public examples: python -m pytest test_examples.py"""

from solution import mean


def test_one_batch():
    """One batch is its own mean."""
    assert mean([[1.0, 2.0, 6.0]]) == 3.0


def test_two_batches():
    """Two batches count by their values."""
    assert mean([[1.0, 2.0], [6.0]]) == 3.0
