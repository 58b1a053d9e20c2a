"""The validation rows were prepared by a fit on themselves, fit_transform instead of transform:
their means, scales and selected features are then others than those that the classifier learnt
from."""

CAUGHT_BY = {"held_out"}

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
            ("clf", LogisticRegression(max_iter=1000, class_weight="balanced")),
        ]
    )


def evaluate(X: np.ndarray, y: np.ndarray, seed: int = 0) -> np.ndarray:
    scores = []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
        model = build_model()
        prepare, classifier = model[:-1], model[-1]
        classifier.fit(prepare.fit_transform(X[train], y[train]), y[train])
        scores.append(classifier.score(prepare.fit_transform(X[test], y[test]), y[test]))
    return np.array(scores)
