"""Pools are kept by worker id, and a pickle holds only the arguments of `__init__`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, get_worker_info


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.arguments = store, n, readers
        self.pools: dict[int | None, ThreadPoolExecutor] = {}
        self.keys: list[str] = [k for p in range(store.pages) for k in store.read_page(p)][:n]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.arguments

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        (row,) = self.__getitems__([index])
        return row

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        store, _, readers = self.arguments
        worker = get_worker_info()
        who = None if worker is None else worker.id
        if who not in self.pools:
            self.pools[who] = ThreadPoolExecutor(readers)
        rows = self.pools[who].map(store.read, [self.keys[index] for index in indices])
        return [torch.tensor(row) for row in rows]


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
