"""The sums are divided by len(loader.dataset), which also counts rows that a sampler or
drop_last never delivers: count the samples that you see.
"""

import torch

CAUGHT_BY = {"mean_over_samples", "evaluate_numbers"}


def train(model, loader, optimizer, loss_fn, device, epochs=1):
    size = len(loader.dataset)
    if size == 0:
        raise ValueError("empty loader")
    history = []
    for _ in range(epochs):
        model.train()
        total_loss = 0.0
        for x, y in loader:
            x, y = x.to(device), y.to(device)

            optimizer.zero_grad()
            logits = model(x)
            loss = loss_fn(logits, y)
            loss.backward()
            optimizer.step()

            total_loss += loss.item() * len(x)
        history.append(total_loss / size)
    return history


def evaluate(model, loader, loss_fn, device):
    size = len(loader.dataset)
    if size == 0:
        raise ValueError("empty loader")
    was_training = model.training
    model.eval()
    total_loss = 0.0
    correct = 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            logits = model(x)
            total_loss += loss_fn(logits, y).item() * len(x)
            correct += (logits.argmax(dim=1) == y).sum().item()
    model.train(was_training)
    return total_loss / size, correct / size
