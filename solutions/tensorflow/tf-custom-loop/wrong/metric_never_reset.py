"""The running averages are created once and never reset, so every epoch's number also contains all
earlier epochs."""

CAUGHT_BY = {"history", "validation_numbers"}

import keras
import tensorflow as tf


def train_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred) + sum(model.losses)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    train_loss = keras.metrics.Mean()
    val_loss = keras.metrics.Mean()
    val_accuracy = keras.metrics.SparseCategoricalAccuracy()
    history = {"loss": []}
    if val_dataset is not None:
        history.update(val_loss=[], val_accuracy=[])
    for _ in range(epochs):
        for x, y in dataset:
            loss = train_step(model, optimizer, loss_fn, x, y)
            train_loss.update_state(loss, sample_weight=len(x))
        history["loss"].append(float(train_loss.result()))
        if val_dataset is not None:
            for x, y in val_dataset:
                y_pred = model(x, training=False)
                loss = loss_fn(y, y_pred) + sum(model.losses)
                val_loss.update_state(loss, sample_weight=len(x))
                val_accuracy.update_state(y, y_pred)
            history["val_loss"].append(float(val_loss.result()))
            history["val_accuracy"].append(float(val_accuracy.result()))
    return history
