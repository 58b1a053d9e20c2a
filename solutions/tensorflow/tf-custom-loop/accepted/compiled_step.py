"""train_step is compiled with @tf.function; sums are kept as tensors until the epoch ends."""

import tensorflow as tf


@tf.function
def train_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss = tf.add_n([loss_fn(y, logits), *model.losses])
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


@tf.function
def val_step(model, loss_fn, x, y):
    logits = model(x, training=False)
    loss = tf.add_n([loss_fn(y, logits), *model.losses])
    right = tf.equal(tf.argmax(logits, -1, output_type=y.dtype), y)
    return loss, tf.math.count_nonzero(right)


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    history = (
        {"loss": []} if val_dataset is None else {"loss": [], "val_loss": [], "val_accuracy": []}
    )
    for _ in range(epochs):
        total = tf.constant(0.0)
        rows = tf.constant(0)
        for x, y in dataset:
            n = tf.shape(y)[0]
            total += train_step(model, optimizer, loss_fn, x, y) * tf.cast(n, tf.float32)
            rows += n
        history["loss"].append(float(total) / int(rows))
        if val_dataset is None:
            continue
        total, correct, rows = 0.0, 0, 0
        for x, y in val_dataset:
            loss, right = val_step(model, loss_fn, x, y)
            n = y.shape[0]
            total += loss.numpy().item() * n
            correct += right.numpy().item()
            rows += n
        history["val_loss"].append(total / rows)
        history["val_accuracy"].append(correct / rows)
    return history
