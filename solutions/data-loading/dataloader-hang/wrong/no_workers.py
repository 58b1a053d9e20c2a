"""With no worker processes the hang is only hidden: the main process reads every row itself, while
the loader must keep its 2 workers and the dataset must survive the fork."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

CAUGHT_BY = {
    "rows_with_two_workers",
    "later_epochs",
    "used_in_the_parent",
    "any_loader",
    "no_process_left",
    "building",
    "pickling",
}


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.store = store
        self.pool = ThreadPoolExecutor(max_workers=readers)
        pages = self.pool.map(store.read_page, range(store.pages))
        self.keys = [key for page in pages for key in page][:n]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        """Return one row, float32, shape (length of a row,)."""
        return self.pool.submit(self._read, index).result()

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        """Return the rows of one batch, in the order of `indices`."""
        futures = [self.pool.submit(self._read, index) for index in indices]
        return [future.result() for future in futures]

    def _read(self, index: int) -> Tensor:
        return torch.tensor(self.store.read(self.keys[index]), dtype=torch.float32)


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 0, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
