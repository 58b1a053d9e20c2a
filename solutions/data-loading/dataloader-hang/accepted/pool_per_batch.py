"""No pool outlives a batch, so there is nothing to fork and nothing to pickle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.store = store
        self.readers = readers
        self.keys = self._together(store.read_page, range(store.pages))
        self.keys = [key for page in self.keys for key in page][:n]

    def _together(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        with ThreadPoolExecutor(max_workers=self.readers) as pool:
            return list(pool.map(function, items))

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        return self._read(index)

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        return self._together(self._read, indices)

    def _read(self, index: int) -> Tensor:
        return torch.tensor(self.store.read(self.keys[index]), dtype=torch.float32)


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
