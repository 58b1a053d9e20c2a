"""An imputer outside of the Pipeline takes its means from validation rows too, and a model
without one cannot take a row with NaN: make SimpleImputer a step of the Pipeline, and use it
nowhere else."""

CAUGHT_BY = {"raw_rows", "held_out", "fits", "balanced"}

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
            ("scale", StandardScaler()),
            ("select", SelectKBest(f_classif, k=k)),
            ("clf", LogisticRegression(max_iter=1000, class_weight="balanced")),
        ]
    )


def evaluate(X: np.ndarray, y: np.ndarray, seed: int = 0) -> np.ndarray:
    X = SimpleImputer(strategy="mean").fit_transform(X)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_score(build_model(), X, y, cv=folds)
