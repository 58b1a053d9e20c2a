"""The pool is part of the pickled state and cannot be pickled, so no spawned or forkserver worker
(Linux's default since Python 3.14) can get the dataset: drop it in `__getstate__`."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

CAUGHT_BY = {"pickling"}


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.store = store
        self.readers = readers
        with ThreadPoolExecutor(max_workers=readers) as pool:
            pages = list(pool.map(store.read_page, range(store.pages)))
        self.keys = [key for page in pages for key in page][:n]
        self._pool: ThreadPoolExecutor | None = None
        self._owner = 0

    def __len__(self) -> int:
        return len(self.keys)

    def _own_pool(self) -> ThreadPoolExecutor:
        """The pool of this process; one that came along with a fork has no threads."""
        if self._pool is None or self._owner != os.getpid():
            self._pool = ThreadPoolExecutor(max_workers=self.readers)
            self._owner = os.getpid()
        return self._pool

    def __getitem__(self, index: int) -> Tensor:
        return self._read(index)

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        pool = self._own_pool()
        futures = [pool.submit(self._read, index) for index in indices]
        return [future.result() for future in futures]

    def _read(self, index: int) -> Tensor:
        return torch.tensor(self.store.read(self.keys[index]), dtype=torch.float32)


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
