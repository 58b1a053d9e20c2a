"""The pools live in a cached function keyed by process id; the dataset holds plain data only."""

from __future__ import annotations

import functools
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


@functools.cache
def pool_of(pid: int, readers: int) -> ThreadPoolExecutor:
    """The pool of process `pid`; the id is what makes a worker miss its parent's entry."""
    return ThreadPoolExecutor(max_workers=readers)


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.store, self.readers = store, readers
        keys: list[str] = []
        for page in range(store.pages):
            keys += store.read_page(page)
        self.keys = keys[:n]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        pool = pool_of(os.getpid(), self.readers)
        rows = pool.map(self.store.read, [self.keys[index] for index in indices])
        return list(map(torch.tensor, rows))


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
