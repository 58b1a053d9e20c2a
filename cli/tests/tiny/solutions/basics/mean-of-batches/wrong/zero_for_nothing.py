"""No values give 0.0 instead of ValueError: a loader that lost its data goes unnoticed."""

CAUGHT_BY = {"no_values"}


def mean(batches):
    values = [value for batch in batches for value in batch]
    return sum(values) / len(values) if values else 0.0
