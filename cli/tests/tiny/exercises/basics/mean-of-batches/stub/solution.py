from collections.abc import Iterable, Sequence


def mean(batches: Iterable[Sequence[float]]) -> float:
    """The mean of all values in `batches`."""
    raise NotImplementedError
