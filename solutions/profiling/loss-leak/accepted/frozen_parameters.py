"""No no_grad anywhere: validate measures with frozen parameters; deletes names it is done with."""

import logging

from torch.nn import functional as F

log = logging.getLogger(__name__)


class Meter:
    __slots__ = ("pairs",)

    def __init__(self):
        self.pairs = []

    def update(self, loss, logits):
        self.pairs.append((loss.detach().tolist(), logits.size(0)))

    def mean(self):
        return sum(loss * n for loss, n in self.pairs) / sum(n for _, n in self.pairs)


def train(model, loader, optimizer, epochs):
    losses = []
    for epoch in range(epochs):
        model.train()
        sizes = []
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            sizes.append(len(x))
            del loss, x, y
        last = losses[-len(sizes) :]
        mean = sum(a * b for a, b in zip(last, sizes, strict=True)) / sum(sizes)
        log.info("epoch %d: mean loss %.4f", epoch + 1, mean)
    return losses


def validate(model, loader):
    trainable = [p for p in model.parameters() if p.requires_grad]
    for parameter in trainable:
        parameter.requires_grad_(False)
    model.eval()
    meter = Meter()
    for x, y in loader:
        logits = model(x)
        meter.update(F.cross_entropy(logits, y), logits)
    model.train()
    for parameter in trainable:
        parameter.requires_grad_(True)
    return meter.mean()
