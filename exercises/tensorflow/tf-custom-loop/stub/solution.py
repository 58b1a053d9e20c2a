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
    """Make one update on one batch and return the loss it minimised.

    Args:
        model: built; maps (batch, features) to (batch, classes) scores.
        optimizer: built for the model's variables.
        loss_fn: loss_fn(y_true, y_pred) -> scalar, the mean over the batch.
        x: (batch, features), float32.
        y: (batch,), integer class labels.

    Returns:
        Scalar tensor: the loss of this batch before the update, with `model.losses`.
    """
    raise NotImplementedError


def fit(
    model: keras.Model,
    dataset: tf.data.Dataset,
    optimizer: keras.optimizers.Optimizer,
    loss_fn: LossFn,
    epochs: int,
    val_dataset: tf.data.Dataset | None = None,
) -> dict[str, list[float]]:
    """Train for `epochs` passes over `dataset`; validate after each one.

    Args:
        dataset: batches (x, y); the last one may be smaller.
        val_dataset: batches (x, y) that are only measured, or None.

    Returns:
        {"loss": [...]}, and with `val_dataset` also "val_loss" and "val_accuracy":
        one Python float per epoch.
    """
    raise NotImplementedError
