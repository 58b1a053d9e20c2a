"""Public examples: run them with `prep check`, or with pytest. Change them as you like."""

import torch
from solution import evaluate, train
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

CPU = torch.device("cpu")


def two_clouds():
    """64 points around (-2, -2) with label 0 and around (2, 2) with label 1."""
    y = torch.arange(64) % 2
    x = torch.randn(64, 2) + (4.0 * y - 2.0).unsqueeze(1)
    return DataLoader(TensorDataset(x, y), batch_size=16)


def test_training_separates_two_clouds():
    torch.manual_seed(0)
    model, loader = nn.Linear(2, 2), two_clouds()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    history = train(model, loader, optimizer, nn.CrossEntropyLoss(), CPU, epochs=3)
    assert len(history) == 3, f"3 epochs, {len(history)} numbers in the history"
    assert history[2] < history[0], f"the loss does not fall: {history}"
    accuracy = evaluate(model, loader, nn.CrossEntropyLoss(), CPU)[1]
    assert accuracy > 0.9, f"accuracy {accuracy} on data that a line separates"


def test_evaluate_on_logits_that_we_know():
    model = nn.Linear(2, 2, bias=False)
    nn.init.eye_(model.weight)  # the logits are x itself
    logits = torch.tensor([[2.0, 0.0], [0.0, 2.0], [0.0, 2.0], [2.0, 0.0]])
    labels = torch.tensor([0, 1, 1, 1])  # the last one is wrong
    loader = DataLoader(TensorDataset(logits, labels), batch_size=2)
    loss, accuracy = evaluate(model, loader, nn.CrossEntropyLoss(), CPU)
    assert accuracy == 0.75, f"3 of 4 are right, accuracy is {accuracy}"
    assert abs(loss - 0.6269) < 1e-3, f"mean loss 0.6269 expected, got {loss}"


def test_a_small_last_batch_counts_for_less():
    class Fixed(nn.Module):
        """Returns what it is given, plus a weight that stays zero."""

        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return x + self.weight

    model = Fixed()
    losses = torch.tensor([[1.0], [1.0], [1.0], [5.0]])
    loader = DataLoader(TensorDataset(losses, torch.zeros(4, dtype=torch.long)), batch_size=3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    history = train(model, loader, optimizer, lambda out, y: out.mean(), CPU)
    assert abs(history[0] - 2.0) < 1e-6, f"(3 * 1 + 1 * 5) / 4 is 2.0, got {history[0]}"
