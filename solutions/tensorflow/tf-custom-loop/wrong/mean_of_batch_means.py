"""The epoch's numbers are plain means over batches, so a small last batch counts too much: weight
each batch by its rows."""

CAUGHT_BY = {"history", "validation_numbers"}

import numpy as np
import tensorflow as tf


def train_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred)
        loss += sum(model.losses)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    history = {"loss": []}
    for _ in range(epochs):
        losses = [float(train_step(model, optimizer, loss_fn, x, y)) for x, y in dataset]
        history["loss"].append(float(np.mean(losses)))
        if val_dataset is not None:
            val_losses, val_accuracies = [], []
            for x, y in val_dataset:
                y_pred = model(x, training=False)
                val_losses.append(float(loss_fn(y, y_pred) + sum(model.losses)))
                val_accuracies.append(np.mean(np.argmax(y_pred, axis=1) == y.numpy()))
            history.setdefault("val_loss", []).append(float(np.mean(val_losses)))
            history.setdefault("val_accuracy", []).append(float(np.mean(val_accuracies)))
    return history
