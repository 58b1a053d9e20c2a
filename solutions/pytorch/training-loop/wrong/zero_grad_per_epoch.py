"""Gradients are cleared once per epoch, so within an epoch every step also applies the batches
before it: zero_grad() belongs inside the batch loop.
"""

import torch

CAUGHT_BY = {"gradient_of_own_batch", "weights_match"}


def train(model, loader, optimizer, loss_fn, device, epochs=1):
    history = []
    for _ in range(epochs):
        model.train()
        optimizer.zero_grad()
        total_loss = 0.0
        total_samples = 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)

            logits = model(x)
            loss = loss_fn(logits, y)
            loss.backward()
            optimizer.step()

            total_loss += loss.item() * len(x)
            total_samples += len(x)
        if total_samples == 0:
            raise ValueError("empty loader")
        history.append(total_loss / total_samples)
    return history


def evaluate(model, loader, loss_fn, device):
    was_training = model.training
    model.eval()
    total_loss = 0.0
    correct = 0
    total_samples = 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            logits = model(x)
            total_loss += loss_fn(logits, y).item() * len(x)
            correct += (logits.argmax(dim=1) == y).sum().item()
            total_samples += len(x)
    model.train(was_training)
    if total_samples == 0:
        raise ValueError("empty loader")
    return total_loss / total_samples, correct / total_samples
