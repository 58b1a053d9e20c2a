"""The features were picked by hand from all rows before the split: the choice saw the validation
labels, so noise scores 0.86; leave it to the SelectKBest inside the Pipeline."""

CAUGHT_BY = {"noise", "held_out"}

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
    filled = np.where(np.isnan(X), np.nanmean(X, axis=0), X)
    centred = filled - filled.mean(axis=0)
    correlation = centred.T @ (y - y.mean()) / np.sqrt((centred**2).sum(axis=0))
    best = np.argsort(np.abs(correlation))[::-1][:20]
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_score(build_model(), X[:, best], y, cv=folds)
