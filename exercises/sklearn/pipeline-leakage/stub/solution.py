"""Does the patient respond to the drug? Prepares the data, scores the classifier."""

import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def oversample(X: np.ndarray, y: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Copy rows of the rare class until both classes are equally frequent."""
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    rare = np.flatnonzero(y == labels[counts.argmin()])
    copies = rng.choice(rare, size=counts.max() - counts.min())
    rows = np.concatenate([np.arange(len(y)), copies])
    return X[rows], y[rows]


def prepare(X: np.ndarray, y: np.ndarray, k: int = 20) -> np.ndarray:
    """Fill missing cells, bring the features to one scale, keep the k best."""
    X = SimpleImputer(strategy="mean").fit_transform(X)
    X = StandardScaler().fit_transform(X)
    return SelectKBest(f_classif, k=k).fit_transform(X, y)


def build_model(k: int = 20) -> Pipeline:
    """Build the model.

    Args:
        k: number of features to keep.

    Returns:
        The unfitted model.
    """
    return Pipeline([("clf", LogisticRegression(max_iter=1000))])


def evaluate(X: np.ndarray, y: np.ndarray, seed: int = 0) -> np.ndarray:
    """Score the model by cross-validation.

    Args:
        X: (n, p) float64, may hold NaN.
        y: (n,) labels 0 and 1.
        seed: decides the folds.

    Returns:
        (5,) accuracies, one per fold.
    """
    X, y = oversample(X, y, seed)
    X = prepare(X, y)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_score(build_model(), X, y, cv=folds)
