"""The smaller last batch counts as much as a full one: weight each batch's loss by its size and
divide by the number of samples.
"""

import torch

CAUGHT_BY = {"mean_over_samples", "evaluate_numbers"}


def train(model, loader, optimizer, loss_fn, device, epochs=1):
    history = []
    for _ in range(epochs):
        model.train()
        total_loss = 0.0
        batches = 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)

            optimizer.zero_grad()
            logits = model(x)
            loss = loss_fn(logits, y)
            loss.backward()
            optimizer.step()

            total_loss += loss.item()
            batches += 1
        if batches == 0:
            raise ValueError("empty loader")
        history.append(total_loss / batches)
    return history


def evaluate(model, loader, loss_fn, device):
    was_training = model.training
    model.eval()
    total_loss = 0.0
    correct = 0
    total_samples = 0
    batches = 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            logits = model(x)
            total_loss += loss_fn(logits, y).item()
            correct += (logits.argmax(dim=1) == y).sum().item()
            total_samples += len(x)
            batches += 1
    model.train(was_training)
    if total_samples == 0:
        raise ValueError("empty loader")
    return total_loss / batches, correct / total_samples
