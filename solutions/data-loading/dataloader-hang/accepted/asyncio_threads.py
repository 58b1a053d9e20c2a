"""An event loop per batch with its own executor collects the reads; both end with the batch."""

from __future__ import annotations

import asyncio
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
        pages = asyncio.run(self._all(store.read_page, range(store.pages)))
        self.keys = [key for page in pages for key in page][:n]

    async def _all(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(self.readers) as pool:
            calls = [loop.run_in_executor(pool, function, item) for item in items]
            return await asyncio.gather(*calls)

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        return torch.tensor(self.store.read(self.keys[index]))

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        return asyncio.run(self._all(self.__getitem__, indices))


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
