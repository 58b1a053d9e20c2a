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
    """Train `model` for `epochs` passes and return the mean loss per sample of each."""
    history = []
    for _ in range(epochs):
        model.train()
        total, count = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            count += len(y)
        history.append(_mean(total, count))
    return history


def evaluate(
    model: nn.Module,
    loader: DataLoader,
    loss_fn: LossFn,
    device: torch.device,
) -> tuple[float, float]:
    """Return the mean loss per sample and the accuracy; leave `model` as it was."""
    was_training = model.training
    model.eval()
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            logits = model(x)
            total += loss_fn(logits, y).item() * len(y)
            correct += int((logits.argmax(dim=1) == y).sum())
            count += len(y)
    model.train(was_training)
    return _mean(total, count), _mean(correct, count)


def _mean(total: float, count: int) -> float:
    """Divide, or say that there was nothing to divide by.

    Raises:
        ValueError: `count` is 0.
    """
    if count == 0:
        raise ValueError("the loader delivered no samples")
    return total / count
