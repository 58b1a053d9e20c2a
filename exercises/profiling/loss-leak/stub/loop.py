"""Training loop of the intent classifier."""

from __future__ import annotations

import logging

from torch.nn import functional as F

log = logging.getLogger(__name__)


class Meter:
    """Mean loss per sample over a pass."""

    def __init__(self):
        self.total = 0.0
        self.count = 0
        self.outputs = []  # for the confidence plot

    def update(self, loss, logits):
        """Add a batch: its mean loss, a 0-dim tensor, and its logits (B, C)."""
        self.total += loss * len(logits)
        self.count += len(logits)
        self.outputs.append(logits)

    def mean(self) -> float:
        """The mean loss per sample so far."""
        return self.total / self.count


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
            losses.append(loss)
            total += loss * len(x)
            seen += len(x)
        log.info("epoch %d: mean loss %.4f", epoch + 1, total / seen)
    return losses


def validate(model, loader) -> float:
    """Return the mean loss per sample in eval mode."""
    model.eval()
    meter = Meter()
    for x, y in loader:
        logits = model(x)
        meter.update(F.cross_entropy(logits, y), logits)
    model.train()
    return meter.mean()
