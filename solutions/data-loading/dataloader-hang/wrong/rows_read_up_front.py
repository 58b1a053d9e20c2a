"""All rows are read by the parent while the dataset is built: the workers have nothing left to
read, building takes as long as an epoch, and every row has to fit in memory."""

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
    "reads_overlap",
    "building",
}


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        with ThreadPoolExecutor(max_workers=readers) as pool:
            pages = pool.map(store.read_page, range(store.pages))
            keys = [key for page in pages for key in page][:n]
            self.rows = torch.tensor(list(pool.map(store.read, keys)), dtype=torch.float32)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Tensor:
        return self.rows[index]

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        return [self.rows[index] for index in indices]


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
