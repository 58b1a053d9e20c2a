def mean(batches):
    total, count = 0.0, 0
    for batch in batches:
        total += sum(batch)
        count += len(batch)
    if not count:
        raise ValueError("no values")
    return total / count
