"""Never waits within an epoch: detached losses, one tolist() at its end, a total on the device."""

import logging

import torch
from torch.nn import functional as F

log = logging.getLogger(__name__)


class Meter:
    def __init__(self):
        self.total = torch.zeros(())
        self.count = 0

    def update(self, loss, logits):
        self.total = self.total + loss.detach() * len(logits)
        self.count += len(logits)

    def mean(self):
        return (self.total / self.count).item()


def train(model, loader, optimizer, epochs):
    losses = []
    for epoch in range(epochs):
        model.train()
        recent, sizes = [], []
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            recent.append(loss.detach())
            sizes.append(len(x))
        values = torch.stack(recent).tolist()
        mean = sum(a * b for a, b in zip(values, sizes, strict=True)) / sum(sizes)
        log.info("epoch %d: mean loss %.4f", epoch + 1, mean)
        losses += values
    return losses


def validate(model, loader):
    model.eval()
    meter = Meter()
    with torch.inference_mode():
        for x, y in loader:
            logits = model(x)
            meter.update(F.cross_entropy(logits, y), logits)
    model.train()
    return meter.mean()
