"""The tape is managed by hand, and validation scores are joined and judged in one go."""

import tensorflow as tf


def forward(model, x, training):
    return model(x, training=training), tf.add_n(model.losses) if model.losses else 0.0


def train_step(model, optimizer, loss_fn, x, y):
    tape = tf.GradientTape()
    tape.__enter__()
    try:
        scores, penalty = forward(model, x, True)
        objective = loss_fn(y, scores) + penalty
    finally:
        tape.__exit__(None, None, None)
    sources = [variable.value for variable in model.trainable_variables]
    gradients = tape.gradient(objective, sources, unconnected_gradients="zero")
    optimizer.apply(gradients, model.trainable_variables)
    return objective


def validate(model, loss_fn, val_dataset):
    labels, outputs, penalty, rows = [], [], 0.0, 0
    for x, y in val_dataset:
        scores, extra = forward(model, x, False)
        labels.append(y)
        outputs.append(scores)
        penalty += float(extra) * y.shape[0]
        rows += y.shape[0]
    y, scores = tf.concat(labels, 0), tf.concat(outputs, 0)
    loss = float(loss_fn(y, scores)) + penalty / rows
    hits = tf.math.in_top_k(y, scores, 1)
    return loss, float(tf.reduce_mean(tf.cast(hits, tf.float64)))


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    history = {"loss": []}
    for epoch in range(epochs):
        weighted = dataset.map(lambda x, y: (x, y, tf.size(y)))
        batch_losses, batch_rows = [], []
        for x, y, n in weighted:
            batch_losses.append(train_step(model, optimizer, loss_fn, x, y))
            batch_rows.append(n)
        w = tf.cast(tf.stack(batch_rows), tf.float64)
        v = tf.cast(tf.stack(batch_losses), tf.float64)
        history["loss"].append(float(tf.tensordot(v, w, 1) / tf.reduce_sum(w)))
        if val_dataset is not None:
            loss, accuracy = validate(model, loss_fn, val_dataset)
            history["val_loss"] = [*history.get("val_loss", []), loss]
            history["val_accuracy"] = [*history.get("val_accuracy", []), accuracy]
    return history
