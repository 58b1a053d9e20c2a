"""The hidden grader of mean-of-batches."""

import random

from prep import testing as kit


def _drawn(seed, sizes):
    numbers = random.Random(seed)
    return [[numbers.uniform(-9.0, 9.0) for _ in range(size)] for size in sizes]


def _mean(batches):
    values = [value for batch in batches for value in batch]
    return sum(values) / len(values)


def test_equal_batches(solution, seed):
    """Equal batches give the mean of all values"""
    batches = _drawn(seed, (4, 4, 4))
    found = kit.of_type(solution.mean(batches), float, "the mean of three batches")
    kit.close(found, _mean(batches), "the mean of three batches")


@kit.needs("equal_batches")
def test_uneven_batches(solution, seed):
    """Every value counts the same, however large its batch"""
    batches = _drawn(seed, (1, 6, 2))
    of_means = sum(sum(b) / len(b) for b in batches) / len(batches)
    kit.close(
        solution.mean(batches),
        _mean(batches),
        "the mean of batches of 1, 6 and 2 values",
        mistakes={"mean_of_means": of_means},
    )


@kit.needs("equal_batches")
def test_generator(solution, seed):
    """A generator of batches is read once"""
    batches = _drawn(seed, (3, 3))
    found = kit.in_child(
        lambda: solution.mean(batch for batch in batches), seconds=1.0, what="a generator's mean"
    )
    kit.close(found, _mean(batches), "the mean of a generator's batches")


def test_no_values(solution):
    """No values raise ValueError"""
    kit.raises(ValueError, solution.mean, [], what="no batch")
    kit.raises(ValueError, solution.mean, [[], []], what="two empty batches")
