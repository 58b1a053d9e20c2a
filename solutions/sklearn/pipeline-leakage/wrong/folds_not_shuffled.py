"""The folds are cut in the order of the rows: cv=5 does not shuffle, and the seed has no effect;
pass StratifiedKFold(5, shuffle=True, random_state=seed)."""

CAUGHT_BY = {"held_out", "seed"}

import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
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
    return cross_val_score(build_model(), X, y, cv=5)
