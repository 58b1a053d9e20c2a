"""train keeps tensors of every batch, such as its outputs, until it returns: detached they hold
no graph, but they still grow with the data; count what you need batch by batch.
"""

from __future__ import annotations

import logging

import torch
from torch.nn import functional as F

CAUGHT_BY = {"memory_is_constant"}

log = logging.getLogger(__name__)


class Meter:
    """Mean loss per sample over a pass. It keeps two numbers, whatever it is fed."""

    def __init__(self):
        self.total = 0.0
        self.count = 0

    def update(self, loss, logits):
        """Add a batch: its mean loss, a 0-dim tensor, and its logits (B, C)."""
        self.total += loss.item() * len(logits)
        self.count += len(logits)

    def mean(self) -> float:
        """The mean loss per sample so far."""
        return self.total / self.count


def train(model, loader, optimizer, epochs) -> list[float]:
    """Train for `epochs` passes over `loader` and return the loss of every batch."""
    losses, outputs = [], []
    for epoch in range(epochs):
        model.train()
        total, seen = 0.0, 0
        for x, y in loader:
            optimizer.zero_grad()
            logits = model(x)
            loss = F.cross_entropy(logits, y)
            loss.backward()
            optimizer.step()
            outputs.append((logits.detach(), y))
            value = loss.item()
            losses.append(value)
            total += value * len(x)
            seen += len(x)
        log.info("epoch %d: mean loss %.4f", epoch + 1, total / seen)
    hits = sum((logits.argmax(dim=1) == y).float().mean() for logits, y in outputs)
    log.info("mean accuracy %.3f", hits / len(outputs))
    return losses


@torch.no_grad()
def validate(model, loader) -> float:
    """Return the mean loss per sample in eval mode."""
    model.eval()
    meter = Meter()
    for x, y in loader:
        logits = model(x)
        meter.update(F.cross_entropy(logits, y), logits)
    model.train()
    return meter.mean()
