"""optimizer.apply (the Keras 3 name) and Keras metric objects, reset in every epoch."""

import keras
import tensorflow as tf


def train_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y_true=y, y_pred=y_pred) + sum(model.losses)
    weights = model.trainable_weights
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    mean_loss = keras.metrics.Mean()
    val_mean = keras.metrics.Mean()
    val_acc = keras.metrics.SparseCategoricalAccuracy()
    logs = {"loss": []}
    for _ in range(epochs):
        mean_loss.reset_state()
        for x, y in dataset:
            loss = train_step(model, optimizer, loss_fn, x, y)
            mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        logs["loss"].append(float(mean_loss.result()))
        if val_dataset is not None:
            val_mean.reset_state()
            val_acc.reset_state()
            for x, y in val_dataset:
                y_pred = model(x)
                val_mean.update_state(loss_fn(y, y_pred) + sum(model.losses), tf.shape(x)[0])
                val_acc.update_state(y, y_pred)
            logs.setdefault("val_loss", []).append(float(val_mean.result()))
            logs.setdefault("val_accuracy", []).append(float(val_acc.result()))
    return logs
