"""Hidden checks of the training loop: what the optimizer, the model and the loss get to see.

A falling loss proves little: without zero_grad it falls faster. So the checks record every
gradient at the moment of its step, replay the weights, and average losses that never move.
"""

from __future__ import annotations

import copy
import gc
import itertools

import torch
from prep import testing as kit
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
gc.freeze()  # what the frameworks made is no concern of a collection here
CPU = torch.device("cpu")
CLASSES = 3
CORNERS = torch.tensor([[0.0, 2.0], [1.7, -1.0], [-1.7, -1.0]])


# Data and models


def blobs(seed, count, noise=0.6):
    """Points around three corners of a triangle, one class each."""
    rng = torch.Generator().manual_seed(seed)
    y = torch.randint(CLASSES, (count,), generator=rng)
    x = CORNERS[y] + noise * torch.randn(count, 2, generator=rng)
    return x, y


def batches(x, y, size, rows=None):
    """A DataLoader in a fixed order; `rows` is what its sampler delivers (all by default)."""
    return DataLoader(TensorDataset(x, y), batch_size=size, sampler=rows)


def linear(scale=0.1):
    model = nn.Linear(2, CLASSES)
    with torch.no_grad():
        model.weight.copy_(scale * torch.randn(CLASSES, 2))
        model.bias.zero_()
    return model


def perceptron():
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, CLASSES))


class Watched(nn.Module):
    """A model that tells `before` and `after` about every forward pass."""

    def __init__(self, body, before=None, after=None):
        super().__init__()
        self.body, self.before, self.after = body, before, after

    def forward(self, x):
        if self.before is not None:
            self.before(self, x)
        out = self.body(x)
        return out if self.after is None else self.after(out)


class Unteachable(nn.Module):
    """Classifies the blobs well, and no gradient can change that: its losses are known."""

    def __init__(self):
        super().__init__()
        self.register_buffer("corners", CORNERS.clone())
        self.idle = nn.Parameter(torch.zeros(CLASSES))

    def forward(self, x):
        return x @ self.corners.T + 0.0 * self.idle


def mean_loss(model, x, y):
    with torch.no_grad():
        return F.cross_entropy(model(x), y).item()


def copied(model):
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


# Reading what train returns


def numbers(history, count):
    """The history as floats, for checks that are not about its type."""
    try:
        values = [float(v.detach() if isinstance(v, torch.Tensor) else v) for v in history]
    except (TypeError, ValueError, RuntimeError):
        kit.fail("train must return one number per epoch", seen=type(history).__name__)
    if len(values) != count:
        kit.fail("The history has the wrong length", expected=count, seen=len(values))
    return values


def shown(values):
    return ", ".join(f"{value:.4g}" for value in values)


def floats_per_epoch(history, epochs, batches_per_epoch):
    if isinstance(history, torch.Tensor) or type(history).__module__ == "numpy":
        kit.fail(
            "The history is one array, not a list of numbers",
            expected="list of float",
            seen=type(history).__name__,
            mistake="history_as_tensor",
        )
    kit.of_type(history, list, "The history")
    if len(history) == epochs * batches_per_epoch:
        kit.fail(
            "The history has one entry per batch",
            expected=f"{epochs} numbers for {epochs} epochs",
            seen=f"{len(history)} numbers",
            mistake="history_per_batch",
        )
    kit.expect(
        len(history) == epochs,
        "The history has the wrong length",
        expected=f"{epochs} numbers for {epochs} epochs",
        seen=f"{len(history)} numbers",
    )
    for value in history:
        if isinstance(value, torch.Tensor):
            kit.fail(
                "The history holds tensors",
                expected="float",
                seen="tensor with a graph" if value.requires_grad else "tensor",
                mistake="history_of_tensors" if value.requires_grad else "detached_history",
            )
        kit.of_type(value, float, "An entry of the history")


def test_loss_per_epoch(solution, seed):
    """train returns one Python float per epoch, and on easy data the loss falls"""
    x, y = blobs(seed, 128)
    model = linear()
    before = mean_loss(model, x, y)
    loader = batches(x, y, 8)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    history = solution.train(model, loader, optimizer, nn.CrossEntropyLoss(), CPU, epochs=6)
    floats_per_epoch(history, 6, 16)
    kit.record("training loss", history)
    after = mean_loss(model, x, y)
    kit.expect(
        history[-1] < 0.6 * history[0],
        "The loss hardly falls on data that a line separates",
        expected="the last of 6 epochs below 60 % of the first",
        seen=f"first {history[0]:.4g}, last {history[-1]:.4g}",
    )
    kit.expect(
        after < 0.6 * before,
        "The history falls, but the model that was passed in got no better",
        expected="a loss measured afterwards below 60 % of the one before",
        seen=f"before {before:.4g}, after {after:.4g}",
    )
    default = solution.train(model, loader, optimizer, nn.CrossEntropyLoss(), CPU)
    kit.expect(
        len(default) == 1,
        "Without `epochs`, train makes one pass",
        expected="1 number",
        seen=f"{len(default)} numbers",
    )


# What each step is made of


class RecordingSGD(torch.optim.SGD):
    """SGD that notes the weights and gradients of every step before it is taken."""

    def __init__(self, model, lr, alarm=None):
        super().__init__(model.parameters(), lr=lr)
        self.parameters = list(model.parameters())
        self.alarm = alarm or {}
        self.weights = []
        self.gradients = []

    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.weights.append([p.detach().clone() for p in self.parameters])
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
        self.gradients.append(flat(grads))
        failure = self.alarm.get(len(self.gradients))
        if failure is not None:
            raise failure  # from here the learner's own line is in the traceback
        super().step()
        return loss


def flat(tensors):
    return torch.cat([t.detach().reshape(-1) for t in tensors])


def same(a, b):
    return torch.allclose(a, b, rtol=1e-3, atol=1e-5)


def steep_loss(logits, y):
    """Ten times the cross-entropy, so that clipping at any usual norm shows."""
    return 10.0 * F.cross_entropy(logits, y)


class Steps:
    """Two epochs of the learner's loop over three batches of 16, 16 and 8."""

    epochs = 2

    def __init__(self, solution, seed, alarm=None):
        torch.manual_seed(seed)
        x, y = blobs(seed, 40, noise=1.2)
        self.loader = batches(x, y, 16)
        self.data = list(self.loader) * self.epochs
        self.model = perceptron()
        self.start = flat(self.model.parameters())
        self.backwards = 0
        self.losses = 0
        self.model[0].weight.register_hook(self._count_backward)
        self.optimizer = RecordingSGD(self.model, lr=0.01, alarm=alarm)
        self.history = solution.train(
            self.model, self.loader, self.optimizer, self._loss, CPU, epochs=self.epochs
        )

    def _count_backward(self, grad):
        self.backwards += 1

    def _loss(self, logits, y):
        self.losses += 1
        return steep_loss(logits, y)

    @property
    def moved(self):
        return not torch.equal(self.start, flat(self.model.parameters()))

    def own(self):
        """The gradient of each batch alone, at the weights that its step started from."""
        model = copy.deepcopy(self.model)
        gradients = []
        for weights, (x, y) in zip(self.optimizer.weights, self.data, strict=False):
            with torch.no_grad():
                for parameter, value in zip(model.parameters(), weights, strict=True):
                    parameter.copy_(value)
            loss = steep_loss(model(x), y)
            gradients.append(flat(torch.autograd.grad(loss, list(model.parameters()))))
        return gradients


def wrong_step_count(steps):
    """The failure for a number of steps that is not the number of batches, or None."""
    taken, due = len(steps.optimizer.gradients), len(steps.data)
    if taken == due:
        return None
    mistake = None
    if taken == steps.epochs:
        mistake = "step_per_epoch"
    elif taken == 0 and steps.moved:
        mistake = "own_optimizer"
    elif taken == 0:
        falls = steps.losses >= due and differ(steps.history)
        mistake = "trains_a_copy" if falls else "no_step"
        if not falls and not steps.backwards:
            mistake = None
    return kit.CheckFailed(
        "The optimizer must take one step per batch",
        expected=f"{due} steps for {due} batches",
        seen="no step" if taken == 0 else f"{taken} steps",
        mistake=mistake,
    )


def differ(history):
    if not isinstance(history, list) or not all(isinstance(v, float) for v in history):
        return False
    return len(history) > 1 and abs(history[0] - history[-1]) > 1e-6


def wrong_gradient(steps):
    """(step, failure) for the first step whose gradient is not its batch's own, or None."""
    seen, own = steps.optimizer.gradients, steps.own()
    bad = next((k for k, pair in enumerate(zip(seen, own, strict=True)) if not same(*pair)), None)
    if bad is None:
        return None
    per_epoch = len(own) // steps.epochs
    forever = list(itertools.accumulate(own))
    epochwise = [
        total
        for first in range(0, len(own), per_epoch)
        for total in itertools.accumulate(own[first : first + per_epoch])
    ]
    message, what, mistake = f"The gradient at step {bad + 1} is not that of its batch", "", None
    if not seen[bad].any():
        message = f"At step {bad + 1} there is no gradient to apply"
        mistake = "zero_grad_before_step" if steps.backwards else "no_backward"
    elif all(map(same, seen, forever)):
        message, what, mistake = added_up(bad, bad), "the sum of both", "no_zero_grad"
    elif all(map(same, seen, epochwise)):
        message, what = added_up(bad, bad % per_epoch), "their sum"
        mistake = "zero_grad_per_epoch"
    elif all(same(s, len(y) * o) for s, o, (_, y) in zip(seen, own, steps.data, strict=True)):
        what, mistake = f"{len(steps.data[bad][1])} times as long", "scaled_loss"
    elif clipped(seen, own):
        what, mistake = "in the same direction", "clips_gradients"
    failure = kit.CheckFailed(
        message,
        expected=f"gradient norm {own[bad].norm():.4g}, from batch {bad % per_epoch + 1} alone",
        seen=f"gradient norm {seen[bad].norm():.4g}" + (f", {what}" if what else ""),
        mistake=mistake,
    )
    return bad + 1, failure


def clipped(seen, own):
    """Whether every gradient is its own one, or that one shortened to a common norm."""
    pairs = list(zip(seen, own, strict=True))
    parallel = all(F.cosine_similarity(s, o, dim=0) > 0.9999 for s, o in pairs)
    norms = [s.norm() for s, o in pairs if s.norm() < 0.999 * o.norm()]
    return parallel and max(norms) - min(norms) < 1e-3 if norms else False


def added_up(bad, before):
    batch = "batch" if before == 1 else "batches"
    return f"At step {bad + 1} the gradient still holds what the {batch} before left in it"


def test_gradient_of_own_batch(solution, seed):
    """Each step sees the gradient of its own batch only"""
    steps = Steps(solution, seed)
    failure = wrong_step_count(steps)
    if failure is not None:
        raise failure
    found = wrong_gradient(steps)
    if found is None:
        return
    Steps(solution, seed, alarm=dict([found]))  # once more, to stop at the learner's line
    raise found[1]


@kit.needs("gradient_of_own_batch")
def test_weights_match(solution, seed):
    """Two epochs end in the weights and losses that the loop must give, with any optimizer"""
    x, y = blobs(seed + 1, 48, noise=1.2)
    loader = batches(x, y, 12)
    for name, make in (
        ("SGD with momentum", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01)),
        ("Adam", lambda p: torch.optim.Adam(p, 0.02)),
    ):
        mine = perceptron()
        theirs = copy.deepcopy(mine)
        losses, later = replay(mine, loader, make(mine.parameters()), epochs=2)
        optimizer = make(theirs.parameters())
        rate = optimizer.param_groups[0]["lr"]
        history = solution.train(theirs, loader, optimizer, F.cross_entropy, CPU, epochs=2)
        if optimizer.param_groups[0]["lr"] != rate:
            kit.fail(
                "The learning rate is not what it was",
                expected=f"{rate:g}",
                seen=f"{optimizer.param_groups[0]['lr']:.4g}",
                mistake="own_schedule",
            )
        for key, weights in mine.state_dict().items():
            seen = theirs.state_dict()[key]
            kit.close(seen, weights, f"{key} after 2 epochs of {name}", rtol=1e-3, atol=1e-5)
        kit.close(
            numbers(history, 2),
            losses,
            f"The history of 2 epochs of {name}",
            rtol=1e-3,
            mistakes={"loss_after_epoch": later, "sum_not_mean": [4 * v for v in losses]},
        )


def replay(model, loader, optimizer, epochs):
    """Train; return the mean of the step losses per epoch, and the loss after each epoch."""
    losses, later = [], []
    for _ in range(epochs):
        values = []
        for x, y in loader:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            values.append(loss.item())
        losses.append(sum(values) / len(values))
        later.append(mean_loss(model, *loader.dataset.tensors))
    return losses, later


# What the numbers mean


def uneven(seed):
    """29 rows of which a sampler delivers 19, in batches of 8, 8 and 3; the last ones are hard."""
    x, y = blobs(seed + 2, 29)
    y[16:19] = (y[16:19] + 1) % CLASSES
    model = Unteachable()
    loader = batches(x, y, 8, rows=range(19))
    parts = [(mean_loss(model, a, b), len(b), hits(model, a, b)) for a, b in loader]
    return model, loader, parts


def hits(model, x, y):
    with torch.no_grad():
        return int((model(x).argmax(dim=1) == y).sum())


def test_mean_over_samples(solution, seed):
    """The epoch's loss is the mean over its samples, so a small last batch counts for less"""
    model, loader, parts = uneven(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    history = solution.train(model, loader, optimizer, F.cross_entropy, CPU, epochs=2)
    total = sum(loss * size for loss, size, _ in parts)
    seen = numbers(history, 2)
    kit.record("loss per epoch of a model that cannot learn", seen)
    kit.close(
        seen,
        [total / 19] * 2,
        "The history for batches of 8, 8 and 3 samples",
        rtol=1e-4,
        mistakes={
            "mean_of_batch_means": [sum(loss for loss, _, _ in parts) / 3] * 2,
            "divides_by_dataset": [total / 29] * 2,
            "sum_not_mean": [sum(loss for loss, _, _ in parts)] * 2,
            "last_batch_only": [parts[-1][0]] * 2,
        },
    )


def test_train_mode(solution, seed):
    """train trains in train mode, also when the model arrives in eval mode"""

    trained = 0

    def before(model, _):
        nonlocal trained
        if not torch.is_grad_enabled():
            return  # a measurement between two epochs is no training
        for name, module in model.named_modules():
            if not module.training:
                kit.fail(
                    f"In the training pass, {type(module).__name__} is in eval mode",
                    expected="training = True",
                    seen=f"training = False, {name or 'the model itself'}",
                    mistake="eval_mode_left_on" if trained else "never_train_mode",
                )
        trained += 1

    body = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 3))
    x, y = blobs(seed + 3, 24)
    for arrives_in_train_mode in (True, False):
        model = Watched(body, before).train(arrives_in_train_mode)
        trained = 0
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        solution.train(model, batches(x, y, 8), optimizer, F.cross_entropy, CPU, epochs=2)


def measured(value):
    """The loss and accuracy that evaluate returned."""
    pair = kit.of_type(value, tuple, "The result of evaluate")
    kit.expect(
        len(pair) == 2,
        "evaluate returns two numbers",
        expected="(mean loss, accuracy)",
        seen=f"{len(pair)} values",
    )
    for part, what in zip(pair, ("The loss", "The accuracy"), strict=True):
        kit.of_type(part, float, f"{what} that evaluate returns")
    return pair


def test_evaluate_numbers(solution, seed):
    """evaluate returns the mean loss and the accuracy over all samples, as Python floats"""
    model, loader, parts = uneven(seed)
    loss, accuracy = measured(solution.evaluate(model, loader, F.cross_entropy, CPU))
    total, right = sum(p[0] * p[1] for p in parts), sum(p[2] for p in parts)
    kit.close(
        loss,
        total / 19,
        "The loss over batches of 8, 8 and 3 samples",
        rtol=1e-4,
        mistakes={
            "mean_of_batch_means": sum(p[0] for p in parts) / 3,
            "divides_by_dataset": total / 29,
        },
    )
    kit.close(
        accuracy,
        right / 19,
        f"The accuracy with {right} of 19 right",
        rtol=1e-4,
        mistakes={
            "accuracy_in_percent": 100 * right / 19,
            "accuracy_of_batches": sum(p[2] / p[1] for p in parts) / 3,
            "divides_by_dataset": right / 29,
        },
    )


def test_evaluate_leaves_no_trace(solution, seed):
    """evaluate measures in eval mode and hands the model back as it was"""

    def before(model, _):
        if model.training:
            kit.fail(
                "evaluate runs the model in train mode",
                expected="training = False",
                seen="training = True",
                mistake="evaluate_in_train_mode",
            )

    body = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))
    model = Watched(body, before)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 0.5)
    was = copied(model)
    loader = batches(*blobs(seed + 4, 20), 8)
    for mode, mistake in ((True, "eval_mode_left_on"), (False, "evaluate_ends_in_train_mode")):
        model.train(mode)
        solution.evaluate(model, loader, F.cross_entropy, CPU)
        kit.expect(
            model.training is mode,
            f"After evaluate, a model that came in {'train' if mode else 'eval'} mode is not in it",
            expected=f"training = {mode}",
            seen=f"training = {model.training}",
            mistake=mistake,
        )
        for name, value in model.state_dict().items():
            kit.close(value, was[name], f"{name} after evaluate")
        for name, parameter in model.named_parameters():
            kit.expect(
                parameter.grad is not None and bool((parameter.grad == 0.5).all()),
                f"evaluate changed the gradient of {name}",
                expected="the 0.5 that stood there",
                seen="None" if parameter.grad is None else f"{parameter.grad.flatten()[0]:.4g}",
            )
            kit.expect(
                parameter.requires_grad,
                f"evaluate froze {name}",
                expected="requires_grad = True",
                seen="requires_grad = False",
            )


# Memory


class Graph:
    """Alive as long as the autograd graph that it was tied into."""

    alive = 0
    swept = False

    def __init__(self):
        Graph.alive += 1

    def __del__(self):
        Graph.alive -= 1


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


def graphs_alive(limit):
    """How many graphs live. Those in reference cycles are slow to go, but they are no leak."""
    if Graph.alive > limit and not Graph.swept:
        gc.collect()
        Graph.swept = Graph.alive > limit  # they are held: looking again costs time only
    return Graph.alive


def test_graphs_are_freed(solution, seed):
    """No batch's graph outlives its batch, and evaluate builds none"""
    most = 0

    def before(*_):
        nonlocal most
        most = max(most, graphs_alive(2))

    Graph.alive, Graph.swept = 0, False
    x, y = blobs(seed + 5, 64)
    loader = batches(x, y, 4)
    model = Watched(linear(), before, Tie.apply)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    history = solution.train(model, loader, optimizer, F.cross_entropy, CPU, epochs=2)
    tensors = isinstance(history, list) and any(isinstance(v, torch.Tensor) for v in history)
    Graph.swept = False
    left = graphs_alive(0)
    mistake = "history_of_tensors" if tensors else None if left else "total_keeps_graph"
    kit.expect(
        most <= 2,
        "Graphs of earlier batches are still alive while train runs",
        expected="at most the last batch's graph",
        seen=f"{most} graphs at once, of 32 batches",
        mistake=mistake,
    )
    kit.expect(
        left == 0,
        "Graphs are still alive after train has returned",
        expected="none",
        seen=f"{left} graphs",
        mistake="history_of_tensors" if tensors else None,
    )

    def after(out):
        if out.requires_grad:
            kit.fail(
                "evaluate runs the model with autograd on",
                expected="logits without a graph",
                seen="logits that require grad",
                mistake="evaluate_builds_graph",
            )
        return out

    watched = Watched(linear(), after=after)
    solution.evaluate(watched, loader, F.cross_entropy, CPU)


# Another device


class SecondDevice(TorchFunctionMode):
    """Lets a whole loop run on the meta device, where values do not exist: they read as 0.

    Kernels on meta refuse to mix devices, as those of a GPU do, so a tensor that stayed on
    the CPU is found on any machine.
    """

    reads = {
        "item": lambda t: 0.0,
        "__float__": lambda t: 0.0,
        "__int__": lambda t: 0,
        "__index__": lambda t: 0,
        "__bool__": lambda t: False,
        "tolist": lambda t: torch.zeros(t.shape, dtype=t.dtype).tolist(),
        "cpu": lambda t: torch.zeros(t.shape, dtype=t.dtype),
        "isfinite": lambda t: torch.ones(t.shape, dtype=torch.bool),
    }

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        first = args[0] if args else None
        if not isinstance(first, torch.Tensor):
            return func(*args, **kwargs)
        if first.device.type == "meta":
            if name in self.reads:
                return self.reads[name](first)
            if name == "__format__":
                return format(0.0, args[1])
            if name == "to" and _names_cpu(*args[1:], *kwargs.values()):
                return torch.zeros(first.shape, dtype=first.dtype)
            if name in ("numpy", "__array__"):
                raise TypeError("can't convert a device tensor to numpy: use Tensor.cpu() first")
        elif name in ("add_", "__iadd__", "sub_", "__isub__", "mul_", "__imul__") and any(
            isinstance(a, torch.Tensor) and a.device.type == "meta" for a in args[1:]
        ):
            kit.fail(
                "A CPU tensor is changed in place with a tensor on the device",
                expected="both on the device, or a Python number",
                seen="one on the CPU, one on the device",
                mistake="total_on_the_cpu",
            )
        try:
            return func(*args, **kwargs)
        except NotImplementedError:  # a result whose size depends on values: nonzero, a mask
            found = func(*_moved(args, _zeros), **{k: _moved(v, _zeros) for k, v in kwargs.items()})
            return _moved(found, lambda t: t.to("meta"))


def _moved(value, move):
    """`value` with `move` applied to the tensors in it."""
    if isinstance(value, tuple | list):
        return type(value)([_moved(v, move) for v in value])
    return move(value) if isinstance(value, torch.Tensor) else value


def _zeros(tensor):
    if tensor.device.type != "meta":
        return tensor
    return torch.zeros(tensor.shape, dtype=tensor.dtype)


def _names_cpu(*values):
    return any(str(v).startswith("cpu") for v in values if isinstance(v, str | torch.device))


def test_runs_on_device(solution, seed):
    """train and evaluate compute on the device that they are given"""
    device = torch.device("meta")

    def stayed(what):
        kit.fail(
            f"{what} on the CPU, the model is on the device",
            expected="x and y moved to the device",
            seen="a CPU tensor",
            mistake="batch_not_moved",
        )

    def before(_, x):
        if x.device != device:
            stayed("The model is given an x")

    def loss(logits, y):
        if y.device != device:
            stayed("The loss is given a y")
        kit.expect(
            logits.device == device,
            "The loss is given logits that left the device",
            expected="logits on the device",
            seen=f"logits on {logits.device}",
        )
        return F.cross_entropy(logits, y)

    x, y = blobs(seed + 6, 20)
    loader = batches(x, y, 8)
    with SecondDevice():
        model = Watched(perceptron(), before).to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        solution.train(model, loader, optimizer, loss, device, epochs=2)
        solution.evaluate(model, loader, loss, device)
    kit.expect(
        all(p.device == device for p in model.parameters()),
        "The model has left its device",
        expected="parameters on the device",
        seen="parameters elsewhere",
    )


def test_empty_loader(solution):
    """A loader that delivers nothing raises ValueError"""
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    empty = batches(torch.zeros(0, 2), torch.zeros(0, dtype=torch.long), 4)
    arguments = (model, empty)
    what = "an empty loader"
    kit.raises(
        ValueError,
        solution.train,
        *arguments,
        optimizer,
        F.cross_entropy,
        CPU,
        what=f"train on {what}",
    )
    kit.raises(
        ValueError, solution.evaluate, *arguments, F.cross_entropy, CPU, what=f"evaluate on {what}"
    )
