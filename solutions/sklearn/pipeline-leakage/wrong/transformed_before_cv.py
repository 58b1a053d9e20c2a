"""The rows were transformed by a pipeline fitted on all of them before the cross-validation: pass
the raw X and the whole unfitted Pipeline, each fold then fits every step on its own training
rows."""

CAUGHT_BY = {"noise", "held_out", "fits"}

import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
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
    model = build_model()
    model.fit(X, y)
    X_ready = model[:-1].transform(X)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_score(model[-1], X_ready, y, cv=folds)
