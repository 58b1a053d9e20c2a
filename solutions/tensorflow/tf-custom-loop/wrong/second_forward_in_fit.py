"""The model runs twice in training mode on the same batch, so BatchNorm's statistics move twice:
reuse the scores of the first call."""

CAUGHT_BY = {"fit_updates"}

import keras
import tensorflow as tf


def train_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred)
        loss += sum(model.losses)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


def evaluate(model, dataset, loss_fn):
    total_loss, correct, seen = 0.0, 0, 0
    for x, y in dataset:
        y_pred = model(x, training=False)
        loss = loss_fn(y, y_pred) + sum(model.losses)
        predicted = tf.argmax(y_pred, axis=1, output_type=y.dtype)
        batch_size = int(tf.shape(x)[0])
        total_loss += float(loss) * batch_size
        correct += int(tf.reduce_sum(tf.cast(predicted == y, tf.int32)))
        seen += batch_size
    return total_loss / seen, correct / seen


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    history = {"loss": []}
    if val_dataset is not None:
        history["val_loss"] = []
        history["val_accuracy"] = []
    for epoch in range(epochs):
        total_loss, seen = 0.0, 0
        train_accuracy = keras.metrics.SparseCategoricalAccuracy()
        for x, y in dataset:
            loss = train_step(model, optimizer, loss_fn, x, y)
            batch_size = int(tf.shape(x)[0])
            total_loss += float(loss) * batch_size
            seen += batch_size
            train_accuracy.update_state(y, model(x, training=True))
        print(f"epoch {epoch}: accuracy {float(train_accuracy.result()):.3f}")
        history["loss"].append(total_loss / seen)
        if val_dataset is not None:
            val_loss, val_accuracy = evaluate(model, val_dataset, loss_fn)
            history["val_loss"].append(val_loss)
            history["val_accuracy"].append(val_accuracy)
    return history
