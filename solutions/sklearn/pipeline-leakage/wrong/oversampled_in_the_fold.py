"""The copies are made in evaluate, so the scores belong to another model than the one that is
shipped: the balance has to be part of build_model(), class_weight="balanced"."""

CAUGHT_BY = {"held_out", "balanced"}

import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def build_model(k: int = 20) -> Pipeline:
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="mean")),
            ("scale", StandardScaler()),
            ("select", SelectKBest(f_classif, k=k)),
            ("clf", LogisticRegression(max_iter=1000)),
        ]
    )


def evaluate(X: np.ndarray, y: np.ndarray, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scores = []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
        labels, counts = np.unique(y[train], return_counts=True)
        rare = train[y[train] == labels[counts.argmin()]]
        rows = np.concatenate([train, rng.choice(rare, size=counts.max() - counts.min())])
        scores.append(build_model().fit(X[rows], y[rows]).score(X[test], y[test]))
    return np.array(scores)
