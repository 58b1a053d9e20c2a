"""The training loop, and a function that measures without touching."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

LossFn = Callable[[Tensor, Tensor], Tensor]


def train(
    model: nn.Module,
    loader: DataLoader,
    optimizer: torch.optim.Optimizer,
    loss_fn: LossFn,
    device: torch.device,
    epochs: int = 1,
) -> list[float]:
    """Train `model` for `epochs` passes over `loader`.

    Args:
        model: maps x (B, F) to logits (B, C); already on `device`, in either mode.
        loader: batches of x (B, F) float32 and y (B,) int64, on the CPU.
        optimizer: over the model's parameters, none of which holds a gradient yet.
        loss_fn: (logits, y) -> mean loss of the batch, a 0-dim tensor.
        device: where the computation happens.
        epochs: number of passes, at least 1.

    Returns:
        The mean loss per sample of each epoch.

    Raises:
        ValueError: the loader delivered nothing.
    """
    raise NotImplementedError


def evaluate(
    model: nn.Module,
    loader: DataLoader,
    loss_fn: LossFn,
    device: torch.device,
) -> tuple[float, float]:
    """Measure `model` on `loader` and leave it as it was.

    Returns:
        The mean loss per sample, and the accuracy as a share from 0 to 1.

    Raises:
        ValueError: the loader delivered nothing.
    """
    raise NotImplementedError
