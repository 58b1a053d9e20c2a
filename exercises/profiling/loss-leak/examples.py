"""Public examples: run them with `prep check`, or with pytest. Change them as you like."""

import torch
from loop import Meter, train, validate
from torch import nn

DATA = [(torch.randn(size, 4), torch.arange(size) % 3) for size in (8, 8, 3)]


def test_train_returns_the_loss_of_every_batch_as_a_number():
    model = nn.Linear(4, 3)
    losses = train(model, DATA, torch.optim.SGD(model.parameters(), lr=0.1), epochs=2)
    assert len(losses) == 6, f"2 epochs of 3 batches, {len(losses)} losses"
    kinds = {type(value).__name__ for value in losses}
    assert kinds == {"float"}, f"the losses are of type {kinds}"


def test_validate_returns_a_number():
    value = validate(nn.Linear(4, 3), DATA)
    assert isinstance(value, float), f"validate returned a {type(value).__name__}"
    assert 0.1 < value < 10, f"a mean loss of {value}"


def test_meter_weighs_batches_by_their_size():
    meter = Meter()
    meter.update(torch.tensor(1.0), torch.zeros(3, 2))
    meter.update(torch.tensor(5.0), torch.zeros(1, 2))
    assert meter.mean() == 2.0, f"(3 * 1 + 1 * 5) / 4 is 2.0, got {meter.mean()}"
