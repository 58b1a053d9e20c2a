"""Validation runs before the epoch's updates, so every val entry lags one epoch behind its
loss."""

CAUGHT_BY = {"validation_numbers", "validation_mode"}

import tensorflow as tf


def train_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


def run_epoch(model, dataset, loss_fn, optimizer=None):
    total_loss, correct, seen = 0.0, 0, 0
    for x, y in dataset:
        y_pred = model(x, training=False)
        correct += int(tf.reduce_sum(tf.cast(tf.argmax(y_pred, 1, y.dtype) == y, tf.int32)))
        if optimizer is None:
            loss = loss_fn(y, y_pred) + sum(model.losses)
        else:
            loss = train_step(model, optimizer, loss_fn, x, y)
        total_loss += float(loss) * len(x)
        seen += len(x)
    return total_loss / seen, correct / seen


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    history = {"loss": []}
    for _ in range(epochs):
        if val_dataset is not None:
            val_loss, val_accuracy = run_epoch(model, val_dataset, loss_fn)
            history.setdefault("val_loss", []).append(val_loss)
            history.setdefault("val_accuracy", []).append(val_accuracy)
        loss, _ = run_epoch(model, dataset, loss_fn, optimizer)
        history["loss"].append(loss)
    return history
