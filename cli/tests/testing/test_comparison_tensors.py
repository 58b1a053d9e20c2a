"""`kit.close` on torch and TensorFlow values."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from prep.testing import CheckFailed, close

pytestmark = pytest.mark.slow


def refused(actual: Any, expected: Any, **more: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        close(actual, expected, "it", **more)
    return caught.value


def library(name: str) -> Any:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name)


@pytest.fixture(scope="module")
def torch() -> Any:
    return library("torch")


@pytest.fixture(scope="module")
def tf() -> Any:
    return library("tensorflow")


def test_torch_right_values(torch: Any) -> None:
    ones = torch.ones(2, 3)
    grad = torch.ones(2, 3, requires_grad=True)
    for actual in (
        ones,
        grad,
        grad * 1.0,
        torch.nn.Parameter(ones.clone()),
        ones.double(),
        ones.half(),
        ones.bfloat16(),
        torch.ones(3, 2).T,
        torch.ones(4, 3)[::2],
    ):
        close(actual, ones, "it")
    close(torch.tensor(3), torch.tensor(3, dtype=torch.int32), "it")
    close(torch.tensor([True]), torch.tensor([True]), "it")
    close(torch.zeros(0, 3), torch.zeros(0, 3), "it")
    close(torch.ones(2).conj(), torch.ones(2), "it")
    close([ones, {"w": ones}], [ones, {"w": ones}], "it")
    close(ones.shape, (2, 3), "it")
    close((2, 3), ones.shape, "it")
    nothing = torch.tensor([float("nan"), float("-inf")])
    close(nothing, nothing.clone(), "it")


def test_torch_layers(torch: Any) -> None:
    ones = torch.ones(2, 3)
    assert refused(np.ones((2, 3)), ones).expected == "torch.Tensor"
    assert refused(1.0, torch.tensor(1.0)).seen == "float"
    assert refused(torch.tensor(1.0), 1.0).expected == "a Python float"
    assert refused(torch.ones(6), ones).message == "it has the wrong shape"
    assert refused(ones.int(), ones).seen == "torch.int32"
    assert refused(ones * float("nan"), ones).message == "it[0, 0] is not finite"
    wrong = ones.clone()
    wrong[1, 2] = 1.00002
    assert refused(wrong, ones).message == "it[1, 2] is wrong (1 of 6 values are)"
    assert refused(ones * 0, ones * float("-inf")).expected == "-inf"
    assert refused(ones.to_sparse(), ones).message == "it is not a dense tensor"
    assert refused(ones * 2, ones, mistakes={"twice": ones * 2}).mistake == "twice"


def test_torch_subclasses_cannot_answer_for_themselves(torch: Any) -> None:
    class Equal(torch.Tensor):  # type: ignore[misc,name-defined]
        @classmethod
        def __torch_function__(cls, *args: Any, **kwargs: Any) -> Any:
            return torch.ones(2)

    fake = torch.zeros(2).as_subclass(Equal)
    assert refused(fake, torch.ones(2)).seen == "Equal"
    Equal.__module__ = "torch"
    assert refused(fake, torch.ones(2)).message == "it is not a plain tensor"


def test_torch_function_modes_are_off(torch: Any) -> None:
    from torch.overrides import TorchFunctionMode

    class Ones(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, *args: Any, **kwargs: Any) -> Any:
            return torch.ones(2)

    zeros, ones = torch.zeros(2), torch.ones(2)
    with Ones():
        failure = refused(zeros, ones)
    assert "is wrong" in failure.message


def test_tensorflow_right_values_and_layers(tf: Any) -> None:
    ones = tf.ones((2, 3))
    close(tf.ones((2, 3)), ones, "it")
    close(tf.Variable(ones), ones, "it")
    close(tf.cast(ones, tf.bfloat16), ones, "it")
    close(tf.constant(3), tf.constant(3), "it")
    assert refused(np.ones((2, 3)), ones).expected == "tf.Tensor"
    assert refused(tf.ones(6), ones).seen == "(6,)"
    assert refused(tf.cast(ones, tf.int32), ones).seen == "int32"
    assert refused(ones * 2.0, ones).message == "it[0, 0] is wrong (6 of 6 values are)"


def test_keras_variables(tf: Any) -> None:
    import keras

    layer = keras.layers.Dense(2, kernel_initializer="ones")
    layer.build((None, 3))
    close(layer.kernel, tf.ones((3, 2)), "it")
    assert "is wrong" in refused(layer.kernel, tf.zeros((3, 2))).message
