"""A whole epoch is one tf.function that loops over the data set inside the graph."""

import tensorflow as tf


def train_step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred)
        if model.losses:
            loss += tf.math.add_n(model.losses)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    @tf.function
    def run(ds):
        total, n = 0.0, 0
        for x, y in ds:
            b = tf.shape(y)[0]
            total += train_step(model, optimizer, loss_fn, x, y) * tf.cast(b, tf.float32)
            n += b
        return total / tf.cast(n, tf.float32)

    @tf.function
    def val(ds):
        total, n, ok = 0.0, 0, 0
        for x, y in ds:
            b = tf.shape(y)[0]
            p = model(x, training=False)
            l = loss_fn(y, p)
            for extra in model.losses:
                l += extra
            total += l * tf.cast(b, tf.float32)
            ok += tf.reduce_sum(tf.cast(tf.cast(tf.argmax(p, -1), y.dtype) == y, tf.int32))
            n += b
        return total / tf.cast(n, tf.float32), ok / n

    h = {}

    for _ in range(epochs):
        h.setdefault("loss", []).append(run(dataset).numpy().item())
        if val_dataset:
            a, b = val(val_dataset)
            h.setdefault("val_loss", []).append(a.numpy().item())
            h.setdefault("val_accuracy", []).append(b.numpy().item())
    return h
