"""The batches are gone over twice, and a generator is empty the second time."""

CAUGHT_BY = {"generator"}


def mean(batches):
    total = sum(sum(batch) for batch in batches)
    count = sum(len(batch) for batch in batches)
    if not count:
        raise ValueError("no values")
    return total / count
