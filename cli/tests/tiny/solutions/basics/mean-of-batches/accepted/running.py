"""A running mean: corrected by every value, no sum is kept."""


def mean(batches):
    found, count = 0.0, 0
    for batch in batches:
        for value in batch:
            count += 1
            found += (value - found) / count
    if count == 0:
        raise ValueError("no values")
    return found
