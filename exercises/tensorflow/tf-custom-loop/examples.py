"""Public examples: run them with `prep check`."""

import keras
import numpy as np
import tensorflow as tf
from solution import fit, train_step


def zero_model(features):
    model = keras.Sequential(
        [
            keras.Input((features,)),
            keras.layers.Dense(2, kernel_initializer="zeros"),
        ]
    )
    return model, keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def built(optimizer, model):
    optimizer.build(model.trainable_variables)
    return optimizer


def test_one_step_by_hand():
    model, loss_fn = zero_model(1)
    optimizer = built(keras.optimizers.SGD(1.0), model)
    loss = train_step(model, optimizer, loss_fn, tf.constant([[1.0]]), tf.constant([0]))
    assert abs(float(loss) - np.log(2)) < 1e-5, f"the loss is log 2 = 0.6931, got {float(loss)}"
    kernel, bias = model.get_weights()
    assert np.allclose(kernel, [[0.5, -0.5]], atol=1e-5), f"kernel [[0.5, -0.5]], got {kernel}"
    assert np.allclose(bias, [0.5, -0.5], atol=1e-5), f"bias [0.5, -0.5], got {bias}"


def test_history_without_validation():
    model, loss_fn = zero_model(2)
    data = tf.data.Dataset.from_tensor_slices(
        (np.float32([[1, 0], [0, 1], [1, 1], [2, 0], [0, 2]]), np.array([0, 1, 0, 0, 1]))
    ).batch(2)
    optimizer = built(keras.optimizers.Adam(0.1), model)
    history = fit(model, data, optimizer, loss_fn, epochs=3)
    assert list(history) == ["loss"], f"only the key 'loss', got {list(history)}"
    assert len(history["loss"]) == 3, f"one loss per epoch, got {history['loss']}"
    assert history["loss"][-1] < history["loss"][0], f"the loss must fall, got {history['loss']}"


def test_validation_keys():
    model, loss_fn = zero_model(2)
    data = tf.data.Dataset.from_tensor_slices(
        (np.float32([[1, 0], [0, 1], [3, 1]]), np.array([0, 1, 0]))
    ).batch(2)
    optimizer = built(keras.optimizers.SGD(0.5), model)
    history = fit(model, data, optimizer, loss_fn, epochs=2, val_dataset=data)
    assert set(history) == {"loss", "val_loss", "val_accuracy"}, f"got {sorted(history)}"
    assert history["val_accuracy"][-1] == 1.0, f"all three are right, got {history}"
