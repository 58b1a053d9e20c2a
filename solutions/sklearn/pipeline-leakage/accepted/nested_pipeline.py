"""A pipeline inside the pipeline, cross_validate on two processes, train scores left unused."""

import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


def build_model(k: int = 20) -> Pipeline:
    prepare = make_pipeline(SimpleImputer(), StandardScaler())
    classifier = LogisticRegression(class_weight={0: 1.0, 1: 1.0}, max_iter=1000)
    classifier.set_params(class_weight="balanced")
    return Pipeline([("prepare", prepare), ("select", SelectKBest(k=k)), ("classify", classifier)])


def evaluate(X: np.ndarray, y: np.ndarray, seed: int = 0) -> np.ndarray:
    result = cross_validate(
        build_model(),
        X,
        y,
        cv=StratifiedKFold(5, shuffle=True, random_state=seed),
        scoring="accuracy",
        return_train_score=True,
        n_jobs=2,
    )
    return result["test_score"]
