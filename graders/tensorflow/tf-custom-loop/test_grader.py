"""Hidden checks of `tf-custom-loop`."""

import contextlib
import re

import keras
import numpy as np
import tensorflow as tf

from prep import testing as kit

FEATURES, CLASSES = 4, 3
WEIGHTS = {"rtol": 1e-4, "atol": 3e-5}
NUMBERS = {"rtol": 2e-4, "atol": 2e-5}


# --- models, optimizers and data ---------------------------------------------------------


def mlp(*hidden, softmax=False, **dense):
    """A small dense model; `hidden` layers sit between its two dense ones."""
    return keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(6, activation="tanh", **dense),
            *hidden,
            keras.layers.Dense(CLASSES, activation="softmax" if softmax else None),
        ]
    )


def normed():
    """A model whose first layer is BatchNorm, and that layer."""
    norm = keras.layers.BatchNormalization(momentum=0.5)
    return keras.Sequential([keras.Input((FEATURES,)), norm, keras.layers.Dense(CLASSES)]), norm


def twin(model):
    """An equal model with variables of its own."""
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return clone


def built(optimizer, model):
    optimizer.build(model.trainable_variables)
    return optimizer


def sgd(model, rate=0.1, **options):
    return built(keras.optimizers.SGD(rate, **options), model)


def logits_loss():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def clusters(seed, rows):
    """Rows in three well separated clusters, and their labels (int64)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % CLASSES
    rng.shuffle(labels)
    centres = 2.0 * np.eye(CLASSES, FEATURES)
    return np.float32(centres[labels] + 0.4 * rng.normal(size=(rows, FEATURES))), labels


def batches(x, y, size=4):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(size)


# --- the same training, done by the grader -----------------------------------------------


def own_loss(model, loss_fn, x, y, training, penalties=True):
    loss = loss_fn(tf.constant(y), model(tf.constant(x), training=training))
    for penalty in model.losses if penalties else ():
        loss += penalty
    return loss


def own_step(model, optimizer, loss_fn, x, y, penalties=True):
    with tf.GradientTape() as tape:
        loss = own_loss(model, loss_fn, x, y, True, penalties)
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return float(loss)


def cut(x, y, size=4):
    return [(x[i : i + size], y[i : i + size]) for i in range(0, len(y), size)]


def own_fit(model, optimizer, loss_fn, parts, epochs):
    """Train; return each epoch's list of batch losses."""
    return [[own_step(model, optimizer, loss_fn, *part) for part in parts] for _ in range(epochs)]


def measured(model, loss_fn, parts):
    """Per batch: loss, accuracy and rows, in inference mode."""
    losses, right, rows = [], [], []
    for x, y in parts:
        losses.append(float(own_loss(model, loss_fn, x, y, False)))
        right.append(float(np.mean(np.argmax(model(x, training=False), axis=-1) == y)))
        rows.append(len(y))
    return losses, right, rows


def average(values, rows):
    return float(np.average(values, weights=rows))


# --- calling the learner's code ----------------------------------------------------------

NAMED_ERRORS = (
    (r"has no attribute '(step|zero_grad|backward)'", "torch_method_names"),
    (r"[Nn]o gradients provided", "forward_outside_tape"),
    (r"SymbolicTensor' object has no attribute '(numpy|item)'", "numpy_in_step"),
)
GRAPH_ERRORS = (
    (r"no attribute '_?(numpy|item)'|[Nn]um[Pp]y array|got a tensor instead", "numpy_in_step"),
    (r"singleton tf\.Variables", "variables_made_in_step"),
)
NO_VALIDATION_ERRORS = (
    *NAMED_ERRORS,
    (r"'NoneType' object is not iterable", "validation_not_optional"),
)


def call(what, function, *args, errors=(), complaints=(), **options):
    """Call the learner's function; its error always names a line or a short reason.

    TensorFlow hides the learner's frames when it traces a function, and its messages are
    long, so those are told again in one sentence. What a spy among the arguments has
    complained of goes first: raised inside a traced function it would be lost.
    """
    try:
        result = function(*args, **options)
        if complaints:
            raise complaints[0]
        return result
    except kit.CheckFailed:
        raise
    except Exception as error:
        if complaints:
            raise complaints[0].with_traceback(error.__traceback__) from None
        text, frames = str(error), files(error)
        mistake = next((name for pattern, name in errors if re.search(pattern, text)), None)
        if isinstance(error, NotImplementedError):
            if frames[-1].endswith("solution.py"):
                raise
            if text.rstrip().endswith("NotImplementedError:") and is_tf_function(function):
                return function.python_function(*args, **options)
        theirs = any(name.endswith("solution.py") for name in frames)
        unknown = re.search(r"Unknown variable: <Variable path=([^,]+)", text)
        if theirs and mistake is None and unknown is None:
            raise
        reason = in_one_line(what, error, text, unknown, shown=theirs)
        failed = kit.CheckFailed(reason, mistake=mistake)
        raise failed.with_traceback(error.__traceback__) from None


def files(error):
    """File of every frame of the traceback, outermost first."""
    found, at = [], error.__traceback__
    while at is not None:
        found.append(at.tb_frame.f_code.co_filename)
        at = at.tb_next
    return found


def is_tf_function(function):
    return callable(getattr(function, "python_function", None))


def in_one_line(what, error, text, unknown, shown):
    """The gist of an error whose message may hold a whole traceback or a whole variable."""
    if unknown is not None:
        return f"{what} hands the optimizer {unknown[1]}, which is not a trainable variable"
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    gist = lines[-1] if lines[0].startswith("in user code") else lines[0]
    name = type(error).__name__
    gist = gist if gist.startswith(name) else f"{name}: {gist}"
    places = [] if shown else re.findall(r'File "[^"]*solution\.py", line (\d+)', text)
    return f"{what} raised {gist[:400]}" + (f" (your line {places[-1]})" if places else "")


def step(solution, model, optimizer, loss_fn, x, y, complaints=()):
    """One train_step; its loss as a Python float."""
    args = (model, optimizer, loss_fn, tf.constant(x), tf.constant(y))
    options = {"errors": NAMED_ERRORS, "complaints": complaints}
    return scalar(call("train_step", solution.train_step, *args, **options))


def scalar(loss, what="the loss that train_step returns"):
    kit.expect(loss is not None, f"{what} is missing", expected="a scalar tensor", seen="None")
    try:
        value = np.asarray(loss, dtype=np.float64)
    except (TypeError, ValueError):
        kit.fail(f"{what} is not a number", expected="a scalar tensor", seen=type(loss).__name__)
    kit.expect(value.shape == (), f"{what} is not a scalar", expected="()", seen=value.shape)
    return float(value)


def fit(solution, model, dataset, optimizer, loss_fn, epochs, errors=(), **options):
    """Run the learner's fit and return its history."""
    args = (model, dataset, optimizer, loss_fn, epochs)
    errors = (*errors, *(NAMED_ERRORS if options else NO_VALIDATION_ERRORS))
    history = call("fit", solution.fit, *args, errors=errors, **options)
    return kit.of_type(history, dict, "what fit returns")


def series(history, key, epochs):
    """`history[key]` as floats; the check `history` alone is strict about their type."""
    kit.expect(key in history, f"the history lacks the key {key!r}", seen=list(history))
    values = kit.of_type(history[key], (list, tuple), f"history[{key!r}]")
    kit.expect(
        len(values) == epochs,
        f"history[{key!r}] needs one value per epoch",
        expected=f"{epochs} values",
        seen=f"{len(values)} values",
    )
    return [scalar(v, f"a value of history[{key!r}]") for v in values]


@contextlib.contextmanager
def keras_loops_closed():
    """Let Keras' own loops fail the check while the learner's code runs."""

    def closed(name):
        def loop(self, *args, **options):
            kit.fail(
                f"the loop is yours to write: model.{name} was called",
                mistake="compile_and_fit",
            )

        return loop

    saved = {}
    for name in ("fit", "train_on_batch", "evaluate", "test_on_batch"):
        saved[name] = keras.Model.__dict__.get(name)
        setattr(keras.Model, name, closed(name))
    try:
        yield
    finally:
        for name, old in saved.items():
            if old is None:
                delattr(keras.Model, name)
            else:
                setattr(keras.Model, name, old)


# --- checks ------------------------------------------------------------------------------


def test_step_updates(solution, seed):
    """train_step returns the batch loss and moves the weights down its gradient."""
    keras.utils.set_random_seed(seed)
    model, (x, y) = mlp(), clusters(seed, 6)
    plain, doubled = twin(model), twin(model)
    keras_loss, complaints = logits_loss(), []

    @tf.autograph.experimental.do_not_convert
    def loss_fn(y_true, y_pred):
        labels_first = tf.as_dtype(getattr(y_true, "dtype", "float32")).is_integer
        scores_last = tf.as_dtype(getattr(y_pred, "dtype", "int32")).is_floating
        if not labels_first and not scores_last:
            complaints.append(
                kit.CheckFailed(
                    "loss_fn was called with its arguments in the wrong order",
                    expected="loss_fn(y_true, y_pred)",
                    seen="scores first, labels second",
                    mistake="swapped_arguments",
                )
            )
        return keras_loss(y_true, y_pred)

    returned = step(solution, model, sgd(model, 0.5), loss_fn, x, y, complaints)
    before = own_step(plain, sgd(plain, 0.5), keras_loss, x, y)
    after = float(own_loss(plain, keras_loss, x, y, True))
    own_step(doubled, sgd(doubled, 0.5), lambda t, p: keras_loss(t, tf.nn.softmax(p)), x, y)
    kit.close(
        model.get_weights(),
        plain.get_weights(),
        "the weights after one SGD step",
        **WEIGHTS,
        mistakes={"softmax_before_loss": doubled.get_weights()},
    )
    kit.close(
        returned,
        before,
        "the loss that train_step returns",
        **NUMBERS,
        mistakes={"loss_after_update": after},
    )


@kit.needs("step_updates")
def test_given_loss(solution, seed):
    """The loss is the given loss_fn of labels and scores, for logits, probabilities or your own."""
    keras.utils.set_random_seed(seed)
    x, y = clusters(seed + 1, 6)

    complaints, called = [], []

    @tf.autograph.experimental.do_not_convert
    def lopsided(y_true, y_pred):
        called.append(1)
        y_true = tf.convert_to_tensor(y_true)
        if not y_true.dtype.is_integer or y_true.shape.rank != 1:
            complaints.append(
                kit.CheckFailed(
                    "loss_fn must get the labels as they came",
                    expected="integers of shape (6,)",
                    seen=f"{y_true.dtype.name} of shape {tuple(y_true.shape)}",
                    mistake="labels_changed",
                )
            )
        gaps = tf.gather(y_pred, y_true, batch_dims=1) - 2.0
        return tf.reduce_mean(gaps**2) + 0.5 * tf.reduce_mean(y_pred[:, 0])

    cases = (
        ("from_logits=True on logits", mlp(), logits_loss()),
        (
            "from_logits=False on a softmax output",
            mlp(softmax=True),
            keras.losses.SparseCategoricalCrossentropy(),
        ),
        ("a plain Python loss function", mlp(), lopsided),
    )
    for name, model, loss_fn in cases:
        plain = twin(model)
        scores = np.asarray(model(x, training=True))
        built_in = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores)
        returned = step(solution, model, sgd(model), loss_fn, x, y, complaints)
        expected = own_step(plain, sgd(plain), loss_fn, x, y)
        mistakes = {"hard_coded_loss": float(tf.reduce_mean(built_in))}
        kit.close(returned, expected, f"the loss with {name}", **NUMBERS, mistakes=mistakes)
        kit.close(model.get_weights(), plain.get_weights(), f"the weights with {name}", **WEIGHTS)
    kit.expect(
        bool(called),
        "train_step never called the loss_fn it was given",
        expected="1 call",
        seen="0 calls",
    )


@kit.needs("step_updates")
def test_trainable_only(solution, seed):
    """Only trainable variables change: a frozen layer keeps its weights."""
    keras.utils.set_random_seed(seed)
    model, (x, y) = mlp(keras.layers.Dense(5, activation="tanh")), clusters(seed + 3, 6)
    plain = twin(model)
    for m in (model, plain):
        m.layers[0].trainable = False
    optimizers = [sgd(m, 0.5) for m in (model, plain)]
    frozen = model.layers[0].get_weights()
    for _ in range(2):
        step(solution, model, optimizers[0], logits_loss(), x, y)
        own_step(plain, optimizers[1], logits_loss(), x, y)
    moved = max(
        float(np.abs(a - b).max())
        for a, b in zip(model.layers[0].get_weights(), frozen, strict=True)
    )
    kit.expect(
        moved == 0.0,
        "the weights of a layer with trainable=False have moved",
        expected="a change of 0",
        seen=f"a change of up to {moved:.3g}",
    )
    kit.close(
        model.get_weights(), plain.get_weights(), "the weights of the other layers", **WEIGHTS
    )


@kit.needs("step_updates")
def test_training_mode(solution, seed):
    """train_step calls the model once, in training mode: BatchNorm learns, dropout drops."""
    keras.utils.set_random_seed(seed)
    x, y = clusters(seed + 2, 8)
    x += 3.0
    mean = x.mean(axis=0)
    model, norm = normed()
    step(solution, model, sgd(model, 0.01), logits_loss(), x, y)
    kit.close(
        np.asarray(norm.moving_mean),
        0.5 * mean,
        "BatchNorm's moving mean after one train_step (momentum 0.5)",
        rtol=1e-3,
        atol=1e-3,
        mistakes={"training_flag_missing": 0.0 * mean, "second_forward_pass": 0.75 * mean},
    )
    model = mlp(keras.layers.Dropout(0.5, seed=seed + 1))
    still = sgd(model, 0.0)
    losses = [step(solution, model, still, logits_loss(), x, y) for _ in range(6)]
    kit.expect(
        max(losses) - min(losses) > 1e-6,
        "six steps at learning rate 0 on one batch, dropout 0.5: the loss never changes",
        expected="different losses, as dropout draws anew",
        seen=f"{losses[0]:.4g} every time",
        mistake="training_flag_missing",
    )


@kit.needs("step_updates")
def test_extra_losses(solution, seed):
    """model.losses are minimised with the loss, and reported for training and validation."""
    keras.utils.set_random_seed(seed)
    x, y = clusters(seed + 4, 6)
    loss_fn = logits_loss()
    model = mlp(kernel_regularizer=keras.regularizers.L2(0.1), activity_regularizer="l2")
    plain, without = twin(model), twin(model)
    returned = step(solution, model, sgd(model, 0.5), loss_fn, x, y)
    total = own_step(plain, sgd(plain, 0.5), loss_fn, x, y)
    data_only = own_step(without, sgd(without, 0.5), loss_fn, x, y, penalties=False)
    reported = abs(returned - total) < abs(returned - data_only)
    kit.close(
        model.get_weights(),
        plain.get_weights(),
        "the weights after a step with L2 regularisers (kernel and activity)",
        **WEIGHTS,
        mistakes={"penalty_outside_tape" if reported else "losses_ignored": without.get_weights()},
    )
    kit.close(returned, total, "the returned loss with L2 regularisers", **NUMBERS)

    # Learning rate 0 and equal batches: only the penalty makes a difference here.
    model = mlp(kernel_regularizer=keras.regularizers.L2(0.3))
    total = float(own_loss(model, loss_fn, x, y, False))
    penalty = sum(float(p) for p in model.losses)
    data, val_data = batches(x, y, 6), batches(x, y, 3)
    history = fit(solution, model, data, sgd(model, 0.0), loss_fn, 1, val_dataset=val_data)
    kit.close(
        series(history, "loss", 1)[0], total, "history['loss'] with an L2 regulariser", **NUMBERS
    )
    kit.close(
        series(history, "val_loss", 1)[0],
        total,
        "history['val_loss'] with an L2 regulariser",
        **NUMBERS,
        mistakes={"val_loss_without_penalty": total - penalty},
    )


@kit.needs("step_updates")
def test_in_tf_function(solution, seed):
    """train_step returns a tensor and works the same inside tf.function."""
    keras.utils.set_random_seed(seed)
    model, (x, y) = mlp(), clusters(seed + 5, 12)
    plain, loss_fn = twin(model), logits_loss()
    args = (model, sgd(model, 0.0), loss_fn, tf.constant(x), tf.constant(y))
    value = call("train_step", solution.train_step, *args)
    kit.expect(
        tf.is_tensor(value),
        "train_step must return a tensor",
        expected="a scalar tf.Tensor",
        seen=type(value).__name__,
        mistake="numpy_in_step" if isinstance(value, float | np.generic | np.ndarray) else None,
    )
    eagerly = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(False)
    try:
        compiled = tf.function(solution.train_step)
        optimizer, own = (sgd(m, 0.2, momentum=0.9) for m in (model, plain))
        for number, (xs, ys) in enumerate(cut(x, y), start=1):
            what = "train_step inside tf.function"
            args = (model, optimizer, loss_fn, tf.constant(xs), tf.constant(ys))
            value = call(what, compiled, *args, errors=GRAPH_ERRORS)
            returned = scalar(value, f"the loss of call {number} inside tf.function")
            expected = own_step(plain, own, loss_fn, xs, ys)
            what = f"the loss of call {number} inside tf.function"
            kit.close(returned, expected, what, **NUMBERS)
    finally:
        tf.config.run_functions_eagerly(eagerly)
    kit.close(
        model.get_weights(),
        plain.get_weights(),
        "the weights after 3 calls inside tf.function",
        **WEIGHTS,
    )


@kit.needs("step_updates")
def test_fit_updates(solution, seed):
    """fit makes one update per batch in every epoch, and the optimizer keeps its memory."""
    keras.utils.set_random_seed(seed)
    model, (x, y) = mlp(), clusters(seed + 6, 10)
    loss_fn, parts, starts = logits_loss(), cut(x, y), []

    def generator():
        starts.append(1)
        yield from parts

    signature = (
        tf.TensorSpec((None, FEATURES), tf.float32),
        tf.TensorSpec((None,), tf.int64),
    )
    dataset = tf.data.Dataset.from_generator(generator, output_signature=signature)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(len(parts)))
    plain, once, forgetful, joined = (twin(model) for _ in range(4))
    with keras_loops_closed():
        history = fit(solution, model, dataset, sgd(model, momentum=0.9), loss_fn, 2)
    series(history, "loss", 2)
    own_fit(plain, sgd(plain, momentum=0.9), loss_fn, parts, 2)
    own_fit(once, sgd(once, momentum=0.9), loss_fn, parts, 1)
    own_fit(joined, sgd(joined, momentum=0.9), loss_fn, [(x, y)], 2)
    for _ in range(2):
        own_fit(forgetful, sgd(forgetful, momentum=0.9), loss_fn, parts, 1)
    kit.close(
        model.get_weights(),
        plain.get_weights(),
        "the weights after 2 epochs of 3 batches (SGD with momentum)",
        **WEIGHTS,
        mistakes={
            "one_shot_iterator": once.get_weights(),
            "one_update_per_epoch": joined.get_weights(),
            "fresh_optimizer_per_epoch": forgetful.get_weights(),
        },
    )
    kit.expect(
        len(starts) >= 2,
        "fit read the data set once and kept the batches for the later epochs",
        expected="2 passes over the data set in 2 epochs",
        seen=f"{len(starts)} pass",
        mistake="batches_kept_in_a_list",
    )

    model, (x, y) = mlp(), clusters(seed + 7, 24)
    plain = twin(model)
    with keras_loops_closed():
        optimizer = built(keras.optimizers.Adam(0.03), model)
        history = fit(solution, model, batches(x, y, 8), optimizer, loss_fn, 7)
    own_fit(plain, built(keras.optimizers.Adam(0.03), plain), loss_fn, cut(x, y, 8), 7)
    kit.close(
        model.get_weights(),
        plain.get_weights(),
        "the weights after 7 epochs of a second model (Adam)",
        **WEIGHTS,
    )
    losses = series(history, "loss", 7)
    kit.record("loss", losses)
    kit.expect(
        losses[-1] < 0.6 * losses[0],
        "the loss of an easy problem must fall",
        expected=f"below {0.6 * losses[0]:.4g} after 7 epochs",
        seen=f"{losses[-1]:.4g}",
    )

    (model, norm), (plain, plain_norm) = normed(), normed()
    plain.set_weights(model.get_weights())
    fit(solution, model, batches(x, y, 24), sgd(model), loss_fn, 1)
    step(solution, plain, sgd(plain), loss_fn, x, y)
    mean = np.asarray(plain_norm.moving_mean)
    kit.close(
        np.asarray(norm.moving_mean),
        mean,
        "BatchNorm's moving mean after fit on one batch, against that after one train_step",
        rtol=1e-3,
        atol=1e-3,
        mistakes={"second_forward_pass": mean + 0.5 * (x.mean(axis=0) - mean)},
    )


@kit.needs("step_updates")
def test_history(solution, seed):
    """The history has the promised keys and floats; its loss is the average over samples."""
    keras.utils.set_random_seed(seed)
    model, (x, _) = mlp(), clusters(seed + 8, 10)
    loss_fn = logits_loss()
    x[8:] *= 3.0
    scores = np.asarray(model(x, training=False))
    y = np.concatenate([scores[:8].argmax(-1), scores[8:].argmin(-1)])  # a hard last batch
    plain = twin(model)
    history = fit(solution, model, batches(x, y), sgd(model), loss_fn, 2)
    kit.expect(
        set(history) == {"loss"},
        "the history without val_dataset has the wrong keys",
        expected="loss",
        seen=", ".join(map(str, history)),
        mistake="val_keys_without_validation" if "val_loss" in history else None,
    )
    per_batch = np.array(own_fit(plain, sgd(plain), loss_fn, cut(x, y), 2))
    rows = [4, 4, 2]
    first, second = (average(losses, rows) for losses in per_batch)
    kit.close(
        series(history, "loss", 2),
        [first, second],
        "history['loss'] for batches of 4, 4 and 2 rows",
        **NUMBERS,
        mistakes={
            "mean_of_batch_means": [float(v) for v in per_batch.mean(axis=1)],
            "metric_never_reset": [first, (first + second) / 2],
            "loss_of_last_batch": [float(v) for v in per_batch[:, -1]],
        },
    )
    model = mlp()
    history = fit(solution, model, batches(x, y), sgd(model), loss_fn, 1, val_dataset=batches(x, y))
    kit.expect(
        set(history) == {"loss", "val_loss", "val_accuracy"},
        "the history with val_dataset has the wrong keys",
        expected="loss, val_loss, val_accuracy",
        seen=", ".join(map(str, history)),
    )
    for key, values in history.items():
        kit.of_type(values, list, f"history[{key!r}]")
        for value in values:
            kit.expect(
                isinstance(value, float),
                f"history[{key!r}] holds something other than plain floats",
                expected="float",
                seen=type(value).__name__,
                mistake="tensors_in_history" if tf.is_tensor(value) else None,
            )


@kit.needs("step_updates")
def test_validation_numbers(solution, seed):
    """val_loss and val_accuracy count every validation row, after the epoch's updates."""
    keras.utils.set_random_seed(seed)
    model, (x, y) = mlp(), clusters(seed + 9, 8)
    loss_fn = logits_loss()
    xv, _ = clusters(seed + 10, 11)
    plain, ahead = twin(model), twin(model)
    own_fit(ahead, sgd(ahead, 0.5), loss_fn, cut(x, y), 2)
    scores = np.asarray(ahead(xv, training=False))
    yv = np.concatenate([scores[:8].argmax(-1), scores[8:].argmin(-1)])  # 8 of 11 at the end
    parts = cut(xv, yv)
    optimizer = sgd(plain, 0.5)
    at = [measured(plain, loss_fn, parts)]
    on_train = []
    for _ in range(2):
        own_fit(plain, optimizer, loss_fn, cut(x, y), 1)
        at.append(measured(plain, loss_fn, parts))
        losses, right, rows = measured(plain, loss_fn, cut(x, y))
        on_train.append(average(right, rows))

    leaky, leaks = twin(model), []
    optimizer = sgd(leaky, 0.5)
    for _ in range(2):
        own_fit(leaky, optimizer, loss_fn, cut(x, y), 1)
        (losses,) = own_fit(leaky, optimizer, loss_fn, parts, 1)
        leaks.append(average(losses, [4, 4, 3]))

    def at_times(which, first=1, mean=average):
        return [mean(a[which], a[2]) for a in at[first : first + 2]]

    def unweighted(values, rows):
        return float(np.mean(values))

    def running(values):
        return [values[0], (values[0] + values[1]) / 2]

    history = fit(
        solution, model, batches(x, y), sgd(model, 0.5), loss_fn, 2, val_dataset=batches(xv, yv)
    )
    for which, key in enumerate(("val_loss", "val_accuracy")):
        right = at_times(which)
        mistakes = {
            "metric_never_reset": running(right),
            "validates_before_training": at_times(which, first=0),
        }
        if key == "val_loss":
            mistakes["mean_of_batch_means"] = at_times(which, mean=unweighted)
            mistakes["validation_updates_model"] = leaks
        else:
            mistakes["accuracy_on_training_data"] = on_train
        mistakes = {n: v for n, v in mistakes.items() if not np.allclose(v, right, **NUMBERS)}
        what = f"history[{key!r}] for batches of 4, 4 and 3 rows"
        kit.close(series(history, key, 2), right, what, **NUMBERS, mistakes=mistakes)

    model = twin(ahead)
    history = fit(
        solution,
        model,
        batches(x, y.astype(np.int32)),
        sgd(model, 0.0),
        loss_fn,
        1,
        val_dataset=batches(xv, yv.astype(np.int32)),
        errors=[(r"int32.*int64|int64.*int32", "label_dtype")],
    )
    kit.close(
        series(history, "val_accuracy", 1),
        [8 / 11],
        "history['val_accuracy'] with int32 labels",
        **NUMBERS,
    )


@kit.needs("step_updates")
def test_validation_mode(solution, seed):
    """Validation runs in inference mode and leaves the model as it was."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    alone = mlp(layers.BatchNormalization(momentum=0.5), layers.Dropout(0.5, seed=seed + 1))
    model = twin(alone)
    loss_fn, (x, y) = logits_loss(), clusters(seed + 11, 8)
    xv, yv = clusters(seed + 12, 12)
    xv += 2.0
    data, val_data = batches(x, y), batches(xv, yv)
    fit(solution, alone, data, sgd(alone), loss_fn, 1)
    history = fit(solution, model, data, sgd(model), loss_fn, 1, val_dataset=val_data)
    pairs = zip(alone.trainable_variables, model.trainable_variables, strict=True)
    updated = not all(np.allclose(a, b, **WEIGHTS) for a, b in pairs)
    only_statistics = {} if updated else {"validation_in_training_mode": model.get_weights()}
    kit.close(
        model.get_weights(),
        alone.get_weights(),
        "the weights and BatchNorm statistics after an epoch with validation",
        **WEIGHTS,
        mistakes=only_statistics,
    )
    losses, _, rows = measured(model, loss_fn, cut(xv, yv))
    kit.close(
        series(history, "val_loss", 1)[0],
        average(losses, rows),
        "history['val_loss'] of a model with BatchNorm and dropout",
        **NUMBERS,
    )
