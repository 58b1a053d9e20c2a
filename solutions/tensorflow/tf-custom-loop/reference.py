"""A custom training loop with tf.GradientTape (Keras 3 on TensorFlow)."""

from collections.abc import Callable

import keras
import tensorflow as tf

LossFn = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def train_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    loss_fn: LossFn,
    x: tf.Tensor,
    y: tf.Tensor,
) -> tf.Tensor:
    """Make one update on one batch and return the loss it minimised."""
    with tf.GradientTape() as tape:
        loss = _total_loss(model, loss_fn, y, model(x, training=True))
    variables = model.trainable_variables
    grads = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(grads, variables))
    return loss


def fit(
    model: keras.Model,
    dataset: tf.data.Dataset,
    optimizer: keras.optimizers.Optimizer,
    loss_fn: LossFn,
    epochs: int,
    val_dataset: tf.data.Dataset | None = None,
) -> dict[str, list[float]]:
    """Train for `epochs` passes over `dataset`; validate after each one."""
    history: dict[str, list[float]] = {"loss": []}
    if val_dataset is not None:
        history |= {"val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        total, rows = 0.0, 0
        for x, y in dataset:
            total += float(train_step(model, optimizer, loss_fn, x, y)) * len(y)
            rows += len(y)
        history["loss"].append(total / rows)
        if val_dataset is not None:
            loss, accuracy = _measure(model, val_dataset, loss_fn)
            history["val_loss"].append(loss)
            history["val_accuracy"].append(accuracy)
    return history


def _total_loss(model: keras.Model, loss_fn: LossFn, y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """`loss_fn` plus the penalties that the forward pass just left in `model.losses`."""
    loss = loss_fn(y, scores)
    if model.losses:
        loss += tf.add_n(model.losses)
    return loss


def _measure(model: keras.Model, dataset: tf.data.Dataset, loss_fn: LossFn) -> tuple[float, float]:
    """Loss and accuracy over all rows, in inference mode."""
    total, correct, rows = 0.0, 0, 0
    for x, y in dataset:
        scores = model(x, training=False)
        total += float(_total_loss(model, loss_fn, y, scores)) * len(y)
        hits = tf.argmax(scores, axis=-1) == tf.cast(y, tf.int64)
        correct += int(tf.reduce_sum(tf.cast(hits, tf.int32)))
        rows += len(y)
    return total / rows, correct / rows
