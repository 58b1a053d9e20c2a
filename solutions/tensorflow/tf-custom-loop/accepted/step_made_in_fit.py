"""fit compiles its own closure over model and optimizer; numpy counts the validation hits."""

import numpy as np
import tensorflow as tf


def _step(model, optimizer, loss_fn, x, y):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([v.value for v in model.trainable_variables])
        loss = loss_fn(y, model(x, training=True))
        for penalty in model.losses:
            loss = loss + penalty
    pairs = zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    optimizer.apply_gradients([(g, v) for g, v in pairs if g is not None])
    return loss


def train_step(model, optimizer, loss_fn, x, y):
    return tf.identity(_step(model, optimizer, loss_fn, x, y))


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    @tf.function(reduce_retracing=True)
    def step(x, y):
        return train_step(model, optimizer, loss_fn, x, y)

    epochs_log = []
    for _ in range(epochs):
        losses, sizes = zip(*[(step(x, y).numpy(), x.shape[0]) for x, y in dataset], strict=True)
        row = {"loss": np.average(losses, weights=sizes)}
        if val_dataset is not None:
            seen = []
            for x, y in val_dataset.as_numpy_iterator():
                scores = model(x, training=False)
                penalty = sum(float(p) for p in model.losses)
                seen.append(
                    (
                        len(y),
                        float(loss_fn(y, scores)) + penalty,
                        np.mean(np.argmax(scores, axis=1) == y),
                    )
                )
            n, loss, acc = np.array(seen, dtype=np.float64).T
            row["val_loss"] = n @ loss / n.sum()
            row["val_accuracy"] = n @ acc / n.sum()
        epochs_log.append(row)
    return {key: [float(row[key]) for row in epochs_log] for key in epochs_log[0]}
