"""A hook that runs in every forked child throws the parent's pools away; no process id is kept."""

from __future__ import annotations

import os
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

_datasets: weakref.WeakSet[RemoteDataset] = weakref.WeakSet()


def _forget_pools() -> None:
    for ds in _datasets:
        ds._pool = None


os.register_at_fork(after_in_child=_forget_pools)


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.store = store
        self.readers = readers
        with ThreadPoolExecutor(max_workers=readers) as pool:
            pages = list(pool.map(store.read_page, range(store.pages)))
        self.keys = [key for page in pages for key in page][:n]
        self._pool: ThreadPoolExecutor | None = None
        _datasets.add(self)

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        return self._executor().submit(self._read, index).result()

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        return list(self._executor().map(self._read, indices))

    def _executor(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=self.readers)
        return self._pool

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_pool"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _pool=None)
        _datasets.add(self)

    def _read(self, index: int) -> Tensor:
        return torch.tensor(self.store.read(self.keys[index]), dtype=torch.float32)


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
