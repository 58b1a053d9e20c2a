"""A function per step: its locals, and with them the graph, are gone when it returns a float."""

import logging
from dataclasses import dataclass

import torch
from torch.nn import functional as F

log = logging.getLogger(__name__)


@dataclass
class Meter:
    total: float = 0.0
    count: int = 0

    def update(self, loss, logits):
        value = loss.item() if isinstance(loss, torch.Tensor) else loss
        self.total += value * logits.shape[0]
        self.count += logits.shape[0]
        return value

    def mean(self):
        return self.total / self.count


def _step(model, optimizer, meter, x, y):
    logits = model(x)
    loss = F.cross_entropy(logits, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return meter.update(loss, logits)


def train(model, loader, optimizer, epochs):
    losses = []
    for epoch in range(epochs):
        model.train()
        meter = Meter()
        losses.extend(_step(model, optimizer, meter, x, y) for x, y in loader)
        log.info("epoch %d: mean loss %.4f", epoch + 1, meter.mean())
    return losses


def validate(model, loader):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        model.eval()
        meter = Meter()
        for x, y in loader:
            logits = model(x)
            meter.update(F.cross_entropy(logits, y), logits)
        return meter.mean()
    finally:
        model.train()
        torch.set_grad_enabled(before)
