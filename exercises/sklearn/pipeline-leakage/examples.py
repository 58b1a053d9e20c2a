"""Public examples: run `pytest` in this folder. The hidden checks look at more."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from solution import build_model, evaluate


def test_breast_cancer_is_still_predicted_well():
    X, y = load_breast_cancer(return_X_y=True)
    scores = evaluate(X, y)
    assert np.shape(scores) == (5,), f"expected 5 scores, got shape {np.shape(scores)}"
    assert np.mean(scores) > 0.94, f"the mean accuracy is {np.mean(scores):.3f}"


def test_coin_flips_cannot_be_predicted():
    means = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(100, 1000))
        y = rng.permutation(np.repeat([0, 1], 50))
        means.append(np.mean(evaluate(X, y, seed=seed)))
    assert np.mean(means) < 0.67, f"the labels are coin flips, the score is {np.mean(means):.3f}"


def test_number_of_features_can_be_set():
    model = build_model().set_params(select__k=5)
    assert model.get_params()["select__k"] == 5, "select__k was not taken"
