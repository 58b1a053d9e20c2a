"""No executor at all: a few threads per batch take the next position until none is left."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


class RemoteDataset(Dataset[Tensor]):
    """The first `n` rows of a store; row i belongs to the i-th key of the manifest."""

    def __init__(self, store: Any, n: int, readers: int = 4) -> None:
        self.store = store
        self.readers = readers
        pages = [store.read_page(page) for page in range(store.pages)]
        self.keys = list(itertools.islice(itertools.chain(*pages), n))

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Tensor:
        return torch.tensor(self.store.read(self.keys[index]), dtype=torch.float32)

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        rows: dict[int, Tensor] = {}
        todo = iter(list(enumerate(indices)))
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    position, index = next(todo, (None, None))
                if position is None or index is None:
                    return
                rows[position] = self[index]

        threads = [threading.Thread(target=work) for _ in range(min(self.readers, len(indices)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [rows[position] for position in range(len(indices))]


def make_loader(
    ds: Dataset[Tensor], num_workers: int = 2, batch_size: int = 8, **kw: Any
) -> DataLoader[Tensor]:
    """Return a loader over `ds`; further keyword arguments go to `DataLoader`."""
    if num_workers > 0:
        kw.setdefault("multiprocessing_context", "fork")  # the workers share the index
    return DataLoader(ds, batch_size=batch_size, num_workers=num_workers, **kw)
