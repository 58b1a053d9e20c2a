"""train_step is a callable object on keras.ops; the built optimizer gets gradients alone."""

import tensorflow as tf
from keras import ops


class Step:
    def __call__(self, model, optimizer, loss_fn, x, y):
        with tf.GradientTape(persistent=True) as tape:
            loss = ops.sum(ops.stack([loss_fn(y, model(x, training=True)), *model.losses]))
        tvs = model.trainable_variables
        optimizer.apply([tape.gradient(loss, v) for v in tvs])
        return ops.stop_gradient(loss)


train_step = Step()


class Meter:
    def __init__(self):
        self.s = self.n = 0.0

    def add(self, v, n):
        self.s += ops.convert_to_numpy(v) * n
        self.n += n

    def get(self):
        return float(self.s / self.n)


def fit(model, dataset, optimizer, loss_fn, epochs, val_dataset=None):
    h = {"loss": []} | ({"val_loss": [], "val_accuracy": []} if val_dataset is not None else {})
    for e in range(epochs):
        m = Meter()
        for i, (x, y) in enumerate(dataset.prefetch(tf.data.AUTOTUNE)):
            m.add(train_step(model, optimizer, loss_fn, x, y), x.shape[0])
        h["loss"].append(m.get())
        if "val_loss" in h:
            l, a = Meter(), Meter()
            for x, y in val_dataset:
                p = model(x, training=False)
                l.add(ops.sum(ops.stack([loss_fn(y, p), *model.losses])), x.shape[0])
                a.add(ops.mean(ops.equal(ops.argmax(p, -1), ops.cast(y, "int32"))), x.shape[0])
            h["val_loss"].append(l.get())
            h["val_accuracy"].append(a.get())
    return h
