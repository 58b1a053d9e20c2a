"""The meter's sum is a tensor that carries the graph of every loss added to it: no_grad in
validate hides that, other callers still leak, so add loss.item().
"""

from __future__ import annotations

import logging

import torch
from torch.nn import functional as F

CAUGHT_BY = {"meter_keeps_numbers"}

log = logging.getLogger(__name__)


class Meter:
    """Mean loss per sample over a pass. It keeps two numbers, whatever it is fed."""

    def __init__(self):
        self.total = 0.0
        self.count = 0

    def update(self, loss, logits):
        """Add a batch: its mean loss, a 0-dim tensor, and its logits (B, C)."""
        self.total += loss * len(logits)
        self.count += len(logits)

    def mean(self) -> float:
        """The mean loss per sample so far."""
        return (self.total / self.count).item()


def train(model, loader, optimizer, epochs) -> list[float]:
    """Train for `epochs` passes over `loader` and return the loss of every batch."""
    losses = []
    for epoch in range(epochs):
        model.train()
        total, seen = 0.0, 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            value = loss.item()
            losses.append(value)
            total += value * len(x)
            seen += len(x)
        log.info("epoch %d: mean loss %.4f", epoch + 1, total / seen)
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
