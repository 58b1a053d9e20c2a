"""The features were selected before the split: the selector saw the validation labels, so pure
noise scores 0.86 instead of 0.50; make it a step of the Pipeline and score raw rows."""

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
    filled = SimpleImputer(strategy="mean").fit_transform(X)
    X = SelectKBest(f_classif, k=20).fit_transform(filled, y)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_score(build_model(), X, y, cv=folds)
