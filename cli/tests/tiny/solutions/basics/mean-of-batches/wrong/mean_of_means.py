"""Each batch is averaged and then the averages are: a value of a small batch counts for more."""

CAUGHT_BY = {"uneven_batches"}


def mean(batches):
    means = [sum(batch) / len(batch) for batch in batches if batch]
    if not means:
        raise ValueError("no values")
    return sum(means) / len(means)
