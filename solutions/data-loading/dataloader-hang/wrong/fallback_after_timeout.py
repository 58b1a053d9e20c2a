"""Giving up on the dead pool after a while and reading the rows directly hides the hang: every
batch of every worker waits out the limit first, and then its rows are read one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

CAUGHT_BY = {"used_in_the_parent", "any_loader", "reads_bounded"}


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.store = store
        self.readers = readers
        with ThreadPoolExecutor(max_workers=readers) as pool:
            pages = list(pool.map(store.read_page, range(store.pages)))
        self.keys = [key for page in pages for key in page][:n]
        self._pool: ThreadPoolExecutor | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        return self._read(index)

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=self.readers)
        futures = [self._pool.submit(self._read, index) for index in indices]
        done, _ = wait(futures, timeout=0.1)
        return [
            future.result() if future in done else self._read(index)
            for future, index in zip(futures, indices, strict=True)
        ]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_pool": None}

    def _read(self, index: int) -> Tensor:
        return torch.tensor(self.store.read(self.keys[index]), dtype=torch.float32)


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
