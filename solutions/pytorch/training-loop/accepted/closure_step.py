"""Hands step() a closure, as L-BFGS wants it; the loss is what step() returns."""

import math

import torch
from torch import nn


def train(model, loader, optimizer, loss_fn, device, epochs=1):
    def closure_for(x, y):
        def closure():
            optimizer.zero_grad(set_to_none=False)
            loss = loss_fn(model(x), y)
            loss.backward()
            return loss

        return closure

    model.train()
    history = []
    for _epoch in range(epochs):
        parts, sizes = [], []
        for x, y in loader:
            loss = optimizer.step(closure_for(x.to(device), y.to(device)))
            parts.append(float(loss) * len(x))
            sizes.append(len(x))
        if sum(sizes) == 0:
            raise ValueError("nothing to train on")
        history.append(math.fsum(parts) / sum(sizes))
    return history


class frozen:
    """Eval mode and no gradients inside a with block; the old mode after it."""

    def __init__(self, model: nn.Module):
        self.model = model
        self.no_grad = torch.no_grad()

    def __enter__(self):
        self.was = self.model.training
        self.model.eval()
        self.no_grad.__enter__()

    def __exit__(self, *error):
        self.no_grad.__exit__(*error)
        self.model.train(self.was)


def evaluate(model, loader, loss_fn, device):
    losses, hits, n = 0.0, 0.0, 0
    with frozen(model):
        for x, y in loader:
            y = y.to(device)
            logits = model(x.to(device))
            losses += loss_fn(logits, y).item() * len(x)
            hits += torch.eq(logits.max(dim=1).indices, y).float().mean().item() * len(x)
            n += len(x)
    if n == 0:
        raise ValueError("nothing to evaluate")
    return losses / n, hits / n
