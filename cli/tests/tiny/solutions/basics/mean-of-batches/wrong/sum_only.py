"""The sum is returned and never divided by the number of values."""

CAUGHT_BY = {"equal_batches", "uneven_batches", "generator"}


def mean(batches):
    values = [value for batch in batches for value in batch]
    if not values:
        raise ValueError("no values")
    return sum(values)
