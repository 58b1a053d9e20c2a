"""One private pass serves both functions; it trains when it is given an optimizer."""

import torch


def _pass(model, loader, loss_fn, device, optimizer=None):
    training = optimizer is not None
    model.train(training)
    mean_loss = accuracy = 0.0
    seen = 0
    with torch.set_grad_enabled(training):
        for x, y in loader:
            x = x.to(device)
            y = y.to(device)
            out = model(x)
            loss = loss_fn(out, y)
            if training:
                model.zero_grad()
                loss.backward()
                optimizer.step()
            # running means, so that there is no large sum to overflow or to lose digits in
            n = x.shape[0]
            seen += n
            mean_loss += (loss.item() - mean_loss) * n / seen
            accuracy += ((out.argmax(1) == y).float().mean().item() - accuracy) * n / seen
    if seen == 0:
        raise ValueError("empty loader")
    return mean_loss, accuracy


def train(model, loader, optimizer, loss_fn, device, epochs=1):
    return [_pass(model, loader, loss_fn, device, optimizer)[0] for _ in range(epochs)]


def evaluate(model, loader, loss_fn, device):
    before = model.training
    try:
        return _pass(model, loader, loss_fn, device)
    finally:
        model.train(before)
