"""Hidden checks of a leaking loop: they count what is alive, never the memory of the process.

A node of a batch's graph owns a small token, so the number of live tokens is the number of
live graphs. Other tensors are counted by walking what the garbage collector tracks.
"""

from __future__ import annotations

import copy
import gc
from contextlib import contextmanager, suppress

import torch
from prep import testing as kit
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
gc.freeze()  # what the frameworks made is no concern of any collection here
FEATURES, CLASSES = 6, 4


def batches(seed, count, size=8, last=None):
    """A DataLoader of `count` batches in a fixed order; the last one may be smaller."""
    rng = torch.Generator().manual_seed(seed)
    rows = (count - 1) * size + (last or size)
    x = torch.randn(rows, FEATURES, generator=rng)
    y = (x[:, :CLASSES] + 0.5 * torch.randn(rows, CLASSES, generator=rng)).argmax(dim=1)
    return DataLoader(TensorDataset(x, y), batch_size=size)


def perceptron(dropout=0.0):
    return nn.Sequential(
        nn.Linear(FEATURES, 16), nn.ReLU(), nn.Dropout(dropout), nn.Linear(16, CLASSES)
    )


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


class Watched(nn.Module):
    """A model that tells `before` and `after` about every forward pass."""

    def __init__(self, body, before=None, after=None):
        super().__init__()
        self.body, self.before, self.after = body, before, after

    def forward(self, x):
        if self.before is not None:
            self.before(self, x)
        out = Tie.apply(self.body(x))
        if self.after is not None:
            self.after(out)
        return out


class Graph:
    """Alive as long as the autograd graph that it was tied into.

    Each count is an era of its own: what an earlier one left behind does not disturb it.
    """

    alive = era = 0

    def __init__(self):
        self.era = Graph.era
        Graph.alive += 1

    def __del__(self):
        Graph.alive -= self.era == Graph.era


class Tie(torch.autograd.Function):
    """The identity; its node in the graph owns a `Graph`."""

    @staticmethod
    def forward(x):
        return x.view_as(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.graph = Graph()

    @staticmethod
    def backward(ctx, grad):
        return grad


class Newborn:
    """What the collector tracks of the objects made since `watching` began."""

    def __init__(self):
        self.collections = 0
        self.look = True

    def tensors(self):
        self.sweep()
        return [o for o in gc.get_objects() if issubclass(type(o), torch.Tensor)]

    def graphs(self, limit):
        """How many graphs live. Those in reference cycles are slow to go, but they are no leak."""
        if Graph.alive > limit and self.look:
            self.sweep()
            self.look = Graph.alive <= limit  # they are held: no need to look again
        return Graph.alive

    def sweep(self):
        seen = self.collections
        gc.collect()
        self.collections = seen  # that was us


@contextmanager
def watching():
    """Count collections that are asked for, and hide from gc all that is older than this."""
    born = Newborn()

    def count(phase, info):
        born.collections += phase == "start"

    Graph.era += 1
    Graph.alive = 0
    gc.disable()
    gc.freeze()
    gc.callbacks.append(count)
    try:
        yield born
    finally:
        gc.callbacks.remove(count)
        gc.enable()


def holds_tensors(losses):
    return isinstance(losses, list) and any(isinstance(v, torch.Tensor) for v in losses)


def kept_graph(losses):
    return holds_tensors(losses) and any(
        isinstance(v, torch.Tensor) and v.requires_grad for v in losses
    )


def numbers(losses, count):
    """The losses as floats, for checks that are not about their type."""
    try:
        values = [float(v.detach() if isinstance(v, torch.Tensor) else v) for v in losses]
    except (TypeError, ValueError, RuntimeError):
        kit.fail("train must return a list of losses", seen=type(losses).__name__)
    if len(values) != count:
        kit.fail("train returns the wrong number of losses", expected=count, seen=len(values))
    return values


# train


def test_losses_are_floats(solution, seed):
    """train returns the loss of every batch as a Python float"""
    model = perceptron()
    with watching() as born:
        losses = solution.train(model, batches(seed, 5, last=3), sgd(model), 2)
    if isinstance(losses, torch.Tensor) or type(losses).__module__ == "numpy":
        kit.fail(
            "train returns one array",
            expected="list of float",
            seen=type(losses).__name__,
            mistake="losses_as_tensor",
        )
    kit.of_type(losses, list, "What train returns")
    if len(losses) != 10:
        kit.fail(
            "train returns the wrong number of losses",
            expected="10, for 2 epochs of 5 batches",
            seen=len(losses),
            mistake="mean_per_epoch" if len(losses) == 2 else None,
        )
    if kept_graph(losses):
        kit.fail(
            "The list holds tensors, each with the graph of its batch",
            expected="float",
            seen=f"{type(losses[0]).__name__} with a grad_fn",
            mistake="gc_collect" if born.collections else "appends_loss",
        )
    if holds_tensors(losses):
        kit.fail(
            "The list holds tensors",
            expected="float",
            seen="Tensor, detached",
            mistake="appends_detached",
        )
    for value in losses:
        kit.of_type(value, float, "A loss in the list")


def test_training_is_unchanged(solution, seed):
    """The repair changes neither the losses nor the weights"""
    loader = batches(seed + 1, 6, last=5)
    mine = perceptron()
    theirs, lost = copy.deepcopy(mine), copy.deepcopy(mine)
    start = mine[0].weight.detach().clone()
    losses = replay(mine, loader, sgd(mine), epochs=2)
    without_clearing = replay(lost, loader, sgd(lost), epochs=2, clear=False)
    seen = numbers(solution.train(theirs, loader, sgd(theirs), 2), 12)
    kit.record("training loss", seen)
    if torch.equal(theirs[0].weight, start):
        kit.fail(
            "The weights do not move any more",
            expected="the weights of 12 steps",
            seen="the weights from before",
            mistake="no_grad_in_train",
        )
    kit.close(
        seen,
        losses,
        "The loss of each batch",
        rtol=1e-3,
        atol=1e-5,
        mistakes={"lost_zero_grad": without_clearing},
    )
    for name, weights in mine.state_dict().items():
        value = theirs.state_dict()[name]
        kit.close(value, weights, f"{name} after 12 steps", rtol=1e-3, atol=1e-5)


def replay(model, loader, optimizer, epochs, clear=True):
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            if clear:
                optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


def test_train_frees_graphs(solution, seed):
    """While train runs, no graph of an earlier batch is alive"""
    most = hoarded = 0

    def before(*_):
        nonlocal most, hoarded
        alive = born.graphs(2)
        if alive > most:
            most = alive
            hoarded = sum(t.requires_grad and t.numel() == 1 for t in born.tensors())

    model = Watched(perceptron(), before)
    loader = batches(seed + 2, 12)
    with watching() as born:
        losses = solution.train(model, loader, sgd(model), 2)
        born.look = True
        left = born.graphs(0)
    if kept_graph(losses):
        mistake = "gc_collect" if born.collections else "appends_loss"
    elif left:
        mistake = None  # held by something that outlives the call
    else:
        mistake = "converts_too_late" if hoarded > 6 else "total_chains"
    kit.expect(
        most <= 2,
        "Graphs of earlier batches are alive while train runs",
        expected="at most the last batch's graph",
        seen=f"{most} graphs at once, of 24 batches",
        mistake=mistake,
    )
    kit.expect(
        left == 0,
        "Graphs are still alive after train has returned",
        expected="none",
        seen=f"{left} graphs",
    )


# validate


class Saved:
    """A tensor that autograd saved for a backward pass."""

    total = alive = 0

    def __init__(self, tensor):
        self.tensor = tensor.detach()  # the tensor itself would close a reference cycle
        Saved.total += 1
        Saved.alive += 1

    def __del__(self):
        Saved.alive -= 1


def test_validate_builds_no_graph(solution, seed):
    """validate saves nothing for a backward pass"""
    loader = batches(seed + 3, 10)
    Saved.total = Saved.alive = 0
    with torch.autograd.graph.saved_tensors_hooks(Saved, lambda saved: saved.tensor):
        result = solution.validate(perceptron(), loader)
    saved, alive = Saved.total, Saved.alive
    del result
    if not saved:
        return
    failure = kit.CheckFailed(
        "validate runs the model with autograd on",
        expected="no tensor saved for backward",
        seen=f"{saved} saved in 10 batches, {alive} of them alive at the end",
        mistake="validate_with_grad",
    )

    def after(out):
        if out.requires_grad:
            raise failure  # from here the learner's own line is in the traceback

    solution.validate(Watched(perceptron(), after=after), loader)
    raise failure


def test_validation_mean(solution, seed):
    """validate returns the mean loss per sample, as a float, measured in eval mode"""

    def before(model, _):
        kit.expect(
            not any(m.training for m in model.modules()),
            "validate runs the model in train mode",
            expected="training = False",
            seen="training = True",
        )

    loader = batches(seed + 4, 3, last=3)
    x, y = loader.dataset.tensors
    y[16:] = (y[16:] + 1) % CLASSES  # the small last batch is the hard one
    body = perceptron(dropout=0.5)
    replay(body, batches(seed + 5, 20), sgd(body), epochs=1)
    body.eval()
    with torch.no_grad():
        losses = [F.cross_entropy(body(a), b).item() for a, b in loader]
        expected = F.cross_entropy(body(x), y).item()
    model = Watched(body, before).train()
    value = solution.validate(model, loader)
    if isinstance(value, torch.Tensor):
        mistake = "meter_returns_tensor" if meter_gives_tensor(solution) else "returns_tensor"
        kit.fail("validate returns a tensor", expected="float", seen="Tensor", mistake=mistake)
    kit.of_type(value, float, "What validate returns")
    kit.close(
        value,
        expected,
        "The mean loss over batches of 8, 8 and 3 samples",
        rtol=1e-4,
        mistakes={"mean_of_batches": sum(losses) / 3},
    )
    kit.expect(
        model.training is True,
        "validate no longer leaves the model in train mode",
        expected="training = True",
        seen="training = False",
        mistake="leaves_eval_mode",
    )


def meter_gives_tensor(solution):
    with suppress(Exception):
        meter = solution.Meter()
        meter.update(torch.tensor(1.0), torch.zeros(2, CLASSES))
        return isinstance(meter.mean(), torch.Tensor)
    return False


# Meter, and everything else


def feed(meter, model, count):
    """Show the meter `count` batches whose tensors carry a graph; return the mean loss."""
    total = 0.0
    for k in range(count):
        logits = model(torch.randn(8, FEATURES))
        loss = F.cross_entropy(logits, torch.arange(8) % CLASSES) + k
        total += loss.item()
        meter.update(loss, logits)
    return total / count


def test_meter_keeps_numbers(solution):
    """Meter keeps numbers, whatever it is fed"""
    model = Watched(perceptron())
    with watching() as born:
        meter = solution.Meter()
        expected = feed(meter, model, 20)
        graphs = born.graphs(0)
        kept = born.tensors()
    large = [t for t in kept if t.numel() > 1]
    if graphs:  # a graph holds the batches too: only logits tell that the meter kept those
        large = [t for t in large if t.shape == (8, CLASSES)]
    kit.expect(
        not large,
        "The meter keeps the tensors that it is shown",
        expected="no logits",
        seen=f"{len(large)} of shape {tuple(large[0].shape)} after 20 updates" if large else None,
        mistake="meter_keeps_outputs" if len(large) > 10 else None,
    )
    kit.expect(
        graphs == 0,
        "The meter's sum carries the graphs of all that was added to it",
        expected="no graph alive",
        seen=f"{graphs} graphs alive after 20 updates",
        mistake="meter_chains_graphs",
    )
    kit.expect(
        len(kept) <= 3,
        "The meter keeps a tensor per update",
        expected="numbers, or one running total",
        seen=f"{len(kept)} tensors after 20 updates",
        mistake="meter_keeps_scalars",
    )
    mean = meter.mean()
    kit.of_type(mean, float, "What Meter.mean returns")
    kit.close(mean, expected, "The mean of 20 batches", rtol=1e-4)


def test_memory_is_constant(solution, seed):
    """What train and validate keep alive does not grow with the number of batches"""

    def kept(name, count):
        loader = batches(seed + 6, count)
        sizes = []

        def before(*_):
            nonlocal passes
            passes += 1
            if passes == count:
                sizes.append(sum(t.numel() > 1 for t in born.tensors()))

        passes, model = 0, Watched(perceptron(), before)
        optimizer = sgd(model)
        with watching() as born:
            if name == "train":
                held = solution.train(model, loader, optimizer, 1)
            else:
                held = solution.validate(model, loader)
            del held
        return sizes[0] if sizes else 0

    for name in ("train", "validate"):
        few, many = kept(name, 4), kept(name, 24)
        kit.expect(
            many <= few + 4,
            f"At its last batch, {name} holds more tensors the more batches there were",
            expected=f"about {few} tensors, as after 4 batches",
            seen=f"{many} tensors after 24 batches",
            mistake=f"{name}_keeps_outputs",
        )


class Reads(TorchFunctionMode):
    """Counts reads of a tensor's value: on a GPU each of them waits for the device."""

    names = (
        *("item", "tolist", "numpy", "__float__", "__int__", "__bool__"),
        *("__index__", "__array__", "__format__", "__repr__"),
    )

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if getattr(func, "__name__", "") in self.names:
            self.count += 1
        return func(*args, **(kwargs or {}))


def test_one_read_per_batch(solution, seed):
    """Each batch is read from the device at most once"""
    loader = batches(seed + 7, 20)
    model = perceptron()
    for name, call in (
        ("train", lambda: solution.train(model, loader, sgd(model), 1)),
        ("validate", lambda: solution.validate(model, loader)),
    ):
        with Reads() as reads:
            call()
        kit.expect(
            reads.count <= 20 + 6,  # the log line, and the loader's own seed
            f"{name} reads more than one value per batch from the device",
            expected="about 20 reads for 20 batches",
            seen=f"{reads.count} reads",
        )


def test_no_forced_collection(solution, seed):
    """The leak is mended, not swept: nobody calls gc.collect()"""
    most = 0

    def before(*_):
        nonlocal most
        most = max(most, Graph.alive)

    model = Watched(perceptron(), before)
    loader = batches(seed + 8, 6)
    with watching() as born:
        losses = solution.train(model, loader, sgd(model), 1)
        solution.validate(model, loader)
    leaks = kept_graph(losses) or most > 2
    kit.expect(
        born.collections == 0,
        "The garbage collector is called while the loop runs",
        expected="no collection",
        seen=f"{born.collections} collections in 12 batches",
        mistake="gc_collect" if leaks else "collects_anyway",
    )
