"""Hidden checks of pipeline-leakage."""

import functools
import warnings

import joblib
import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest, SelectorMixin, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from prep import testing as kit

# ---------------------------------------------------------------- data


def noise(seed, rows=100, features=2000):
    """Coin-flip labels, exactly half of each class."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, features)), rng.permutation(np.repeat([0, 1], rows // 2))


def spiked(seed, rows=200, noise_features=300):
    """One strong feature with missing cells and one absurd value, the rest weak or noise.

    A mean over all rows is spoilt by the absurd value in the one fold whose training rows do
    not hold it, and a selection over all rows finds noise that fits the validation rows.
    """
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat([0, 1], rows // 2))
    X = rng.normal(size=(rows, 6 + noise_features))
    X[:, :6] += np.outer(2 * y - 1, [1.5, 0.4, 0.4, 0.3, 0.3, 0.3])
    X[rng.random(X.shape) < 0.15] = np.nan
    X[rng.integers(rows), 0] = 1e6
    return X, y


def rare(seed, rows=100, share=0.2, features=20):
    """Some signal; `share` of the rows are of class 1."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(rows) < round(share * rows)).astype(int)
    X = rng.normal(size=(rows, features))
    X[:, :3] += y[:, None] * 0.9
    return X, y


def cancer(seed):
    """The breast-cancer data with a few missing cells."""
    X, y = load_breast_cancer(return_X_y=True)
    X = X.copy()
    X[np.random.default_rng(seed).random(X.shape) < 0.03] = np.nan
    return X, y


# ---------------------------------------------------------------- the learner's two functions


def model_of(solution, k=None, what="build_model()"):
    model = solution.build_model() if k is None else solution.build_model(k)
    return kit.of_type(model, Pipeline, what)


def trying(action, what, mistake=None):
    """The value of `action()`; an error of the learner's model is a failed check."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return action()
    except NotImplementedError:
        raise
    except Exception as error:
        first = str(error).strip().partition("\n")[0]
        kit.fail(
            f"{what} raises {type(error).__name__}",
            expected="no error",
            seen=first,
            mistake=mistake if "NaN" in first else None,
        )


def scores_of(solution, X, y, *seed):
    """The learner's 5 scores, in one process so that spies see every fit."""
    with joblib.parallel_config(backend="sequential"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = solution.evaluate(X.copy(), y.copy(), *seed)
    kit.of_type(scores, (np.ndarray, list, tuple), "what evaluate returns")
    try:
        scores = np.array(scores, dtype=float)
    except (TypeError, ValueError):
        kit.fail("evaluate does not return numbers", expected="5 accuracies", seen=repr(scores))
    kit.expect(
        scores.shape == (5,),
        "evaluate returns another number of scores",
        expected="shape (5,)",
        seen=f"shape {scores.shape}",
    )
    inside = bool(np.all((scores >= 0) & (scores <= 1)))
    kit.expect(inside, "the scores are no accuracies", expected="0 to 1", seen=text(scores))
    return scores


def text(scores):
    return " ".join(f"{score:.3f}" for score in scores)


def honest(make, X, y, folds, rows="validation"):
    """Accuracies of fresh models on the folds; on their training rows if `rows` says so."""
    scores = []
    for train, test in folds.split(X, y):
        model = trying(lambda train=train: make().fit(X[train], y[train]), "fitting the model")
        judged = test if rows == "validation" else train
        labels = trying(lambda m=model, j=judged: m.predict(X[j]), "the model's predict")
        scores.append(accuracy_score(y[judged], labels))
    return np.array(scores)


def shuffled(seed):
    return StratifiedKFold(5, shuffle=True, random_state=seed)


def reference():
    return Pipeline(
        [
            ("impute", SimpleImputer()),
            ("scale", StandardScaler()),
            ("select", SelectKBest(f_classif, k=20)),
            ("clf", LogisticRegression(max_iter=1000, class_weight="balanced")),
        ]
    )


# ---------------------------------------------------------------- spies

FITS = ("fit", "fit_transform", "fit_predict", "partial_fit")
USES = ("transform", "predict", "predict_proba", "predict_log_proba", "decision_function", "score")


class Watch:
    """Records which estimators were fitted on more rows than a fold trains on, and then used.

    A model that is fitted on all rows and never asked again does no harm: only a use of it,
    or of one of its steps, outside of that fit counts.
    """

    def __init__(self, limit):
        self.limit = limit
        self.depth = 0  # of running fits on too many rows
        self.uses = 0  # of running uses of such a fit; what they call is no second leak
        self.pipelines = 0
        self.marked = {}
        self.leaks = []
        self.copying = False  # whether a pipeline was fitted on rows that repeat

    def __enter__(self):
        self.saved = []
        for owner in {base for kind in every_subclass(BaseEstimator) for base in kind.__mro__}:
            if owner.__module__ == "builtins":
                continue
            for name in FITS + USES:
                method = owner.__dict__.get(name)
                if method is not None and hasattr(method, "__get__"):
                    self.saved.append((owner, name, method))
                    setattr(owner, name, Spy(method, name, self))
        return self

    def __exit__(self, *error):
        for owner, name, method in self.saved:
            setattr(owner, name, method)

    def call(self, estimator, name, bound, args, kwargs):
        data = args[0] if args else kwargs.get("X")
        keys = row_keys(data)
        if keys is None:
            return bound(*args, **kwargs)
        if name in USES:
            mark = self.marked.get(id(estimator))
            if mark is not None and self.depth == 0 and self.uses == 0:
                self.leaks.append({**mark, "use": name})
            self.uses += mark is not None
            try:
                return bound(*args, **kwargs)
            finally:
                self.uses -= mark is not None
        unique, seen = len(set(keys)), len(keys)
        too_many = unique > self.limit
        mark = {
            "estimator": estimator,
            "rows": seen,
            "copies": seen > unique,
            "step": self.pipelines > 0,
            "use": name,
        }
        if not too_many:
            self.marked.pop(id(estimator), None)
        else:
            self.marked[id(estimator)] = mark
            if name in ("fit_transform", "fit_predict") and self.depth == 0:
                self.leaks.append(mark)
        is_pipeline = isinstance(estimator, Pipeline)
        self.copying |= is_pipeline and seen > unique
        self.depth += too_many
        self.pipelines += is_pipeline
        try:
            return bound(*args, **kwargs)
        finally:
            self.depth -= too_many
            self.pipelines -= is_pipeline


class Spy:
    """Stands in for a method; keeps its binding, so that hasattr and signatures stay right."""

    def __init__(self, method, name, watch):
        self.method, self.name, self.watch = method, name, watch

    def __get__(self, instance, owner=None):
        bound = self.method.__get__(instance, owner)
        if instance is None:
            return bound

        @functools.wraps(bound)
        def call(*args, **kwargs):
            return self.watch.call(instance, self.name, bound, args, kwargs)

        return call


def every_subclass(kind):
    for child in kind.__subclasses__():
        yield child
        yield from every_subclass(child)


def row_keys(data):
    """One key per row of a table of numbers; None for anything else (labels, texts)."""
    try:
        table = np.asarray(data.toarray() if hasattr(data, "toarray") else data, dtype=float)
    except (TypeError, ValueError):
        return None
    return [row.tobytes() for row in np.ascontiguousarray(table)] if table.ndim == 2 else None


def watched(solution, X, y):
    """Uses of estimators that were fitted on more than the training rows of a fold."""
    with Watch(limit=round(0.8 * len(y))) as watch:
        scores_of(solution, X, y)
    return watch.leaks


def name_of(leak):
    """The known mistake that a leak shows."""
    estimator = leak["estimator"]
    if leak["use"] not in FITS + ("transform",):
        return "training_scores"
    if isinstance(estimator, Pipeline) or leak["step"]:
        return "transformed_before_cv"
    if isinstance(estimator, SelectorMixin):
        return "selection_before_split"
    if isinstance(estimator, SimpleImputer):
        return "imputer_outside"
    return "scaler_outside" if type(estimator).__name__.endswith("Scaler") else None


# ---------------------------------------------------------------- checks


def test_model(solution, seed):
    """build_model() gives an unfitted Pipeline whose step `select` keeps k features"""
    model = model_of(solution)
    names = [name for name, _ in model.steps]
    kit.expect(
        "select" in names,
        "no step of the pipeline is called select",
        expected="a step select",
        seen=", ".join(names),
        mistake="select_not_named" if any(n.startswith("selectkbest") for n in names) else None,
    )
    for number in (7, 12):
        seen = model_of(solution, number, f"build_model({number})").get_params().get("select__k")
        kit.expect(
            seen == number,
            f"build_model({number}) does not select {number} features",
            expected=f"select__k = {number}",
            seen=f"select__k = {seen}",
            mistake="k_ignored",
        )
    for name, step in model.steps:
        kit.expect(not fitted(step), "the pipeline is fitted already", seen=f"step {name}")
    kit.expect(model_of(solution) is not model, "build_model() gives the same object twice")
    X, y = rare(seed, rows=80, share=0.5)
    small = trying(
        lambda: clone(model).set_params(select__k=5).fit(X, y), "a clone with select__k=5"
    )
    selector = small.named_steps["select"]
    kept = int(np.sum(selector.get_support())) if hasattr(selector, "get_support") else None
    kit.expect(
        kept == 5,
        "set_params(select__k=5) does not make the fitted model keep 5 features",
        expected=5,
        seen=kept,
    )


def fitted(step):
    try:
        check_is_fitted(step)
    except (NotFittedError, TypeError):
        return False
    return bool([name for name in vars(step) if name.endswith("_") and not name.startswith("__")])


def test_raw_rows(solution, seed):
    """The model alone copes with missing cells and with features in any unit"""
    rng = np.random.default_rng(seed)
    X, y = rare(seed, rows=120, share=0.5)
    X[rng.random(X.shape) < 0.1] = np.nan
    new = rare(seed + 1, rows=200, share=0.5)[0]
    new[rng.random(new.shape) < 0.1] = np.nan
    fit = "build_model() on rows with missing cells"
    model = model_of(solution, 10)
    model = trying(lambda: model.fit(X, y), fit, mistake="imputer_outside")
    right = decisions(model, new)
    unit = 2.0 ** rng.integers(-12, 13, X.shape[1])
    other = model_of(solution, 10)
    other = trying(lambda: other.fit(X * unit, y), fit, mistake="imputer_outside")
    seen = decisions(other, new * unit)
    moved = np.abs(seen - right) > 1e-4
    kit.expect(
        not moved.any(),
        "the model predicts something else when features are measured in other units",
        expected="the same predictions in every unit",
        seen=f"other predictions for {moved.sum()} of {len(new)} rows",
        mistake="scaler_outside",
    )


def decisions(model, X):
    """Probabilities of class 1, labels where the classifier has none."""
    if hasattr(model, "predict_proba"):
        return np.asarray(trying(lambda: model.predict_proba(X), "predict_proba"), float)[:, 1]
    return np.asarray(trying(lambda: model.predict(X), "predict"), float)


def test_noise(solution, seed):
    """On coin-flip labels the scores are those of guessing"""
    means = []
    for draw in range(5):
        X, y = noise(1000 * seed + draw)
        means.append(float(scores_of(solution, X, y, draw).mean()))
    kit.record("mean accuracy on noise", means)
    mean = float(np.mean(means))
    if not 0.35 <= mean <= 0.65:
        kit.fail(
            "the labels are coin flips, and still the model seems to know them",
            expected="a mean accuracy between 0.35 and 0.65 over 5 draws",
            seen=f"{mean:.2f}",
            mistake="selection_by_hand" if selected_by_hand(solution, seed) else None,
        )


def selected_by_hand(solution, seed):
    """Whether the scores are those of a selection over all rows that no estimator made."""
    X, y = noise(1000 * seed)
    kept = np.sort(np.argsort(-f_classif(X, y)[0])[:20])
    try:
        leaking = honest(solution.build_model, X[:, kept], y, shuffled(0))
    except kit.CheckFailed:
        return False
    same = np.abs(scores_of(solution, X, y, 0) - leaking).max() < 0.06  # one row of 20
    return bool(same) and not watched(solution, X, y)


@kit.needs("model", "raw_rows")
def test_held_out(solution, seed):
    """Each score is the accuracy of build_model() on a fold that it has not seen"""
    for X, y, what in (
        (*cancer(seed), "the breast-cancer data"),
        (*spiked(seed), "200 x 306 data with missing cells"),
        (*rare(seed, rows=150), "data with a rare class"),
    ):
        seen = scores_of(solution, X, y)
        right = honest(solution.build_model, X, y, shuffled(0))
        if np.allclose(seen, right, atol=1e-9):
            continue
        kit.fail(
            f"the scores on {what} are not those of build_model() on unseen rows",
            expected=text(right),
            seen=text(seen),
            mistake=recognised(solution, X, y, seen),
        )
    X, y = cancer(seed + 1)
    seen = scores_of(solution, X, y).mean()
    floor = honest(reference, X, y, shuffled(0)).mean() - 0.02
    kit.expect(
        bool(seen >= floor),
        "the model has become worse on the breast-cancer data",
        expected=f"a mean accuracy of {floor:.3f} or more",
        seen=f"{seen:.3f}",
        mistake="weak_model",
    )


def recognised(solution, X, y, seen):
    """The known mistake that gives exactly these scores, if any."""
    make, folds = solution.build_model, shuffled(0)
    filled = np.where(np.isnan(X), np.nanmean(X, axis=0), X)
    for name, scores in (
        ("training_scores", lambda: honest(make, X, y, folds, "training")),
        ("folds_not_shuffled", lambda: honest(make, X, y, StratifiedKFold(5))),
        ("filled_by_hand", lambda: honest(make, filled, y, folds)),
        ("validation_refitted", lambda: refitted(make, X, y, folds)),
    ):
        if np.allclose(seen, trying(scores, "build_model()"), atol=1e-9):
            return name if name != "filled_by_hand" or not watched(solution, X, y) else None
    return None


def refitted(make, X, y, folds):
    """Accuracies when the steps before the classifier are fitted on the validation rows again."""
    scores = []
    for train, test in folds.split(X, y):
        model = make().fit(X[train], y[train])
        ready = clone(model[:-1]).fit_transform(X[test], y[test])
        scores.append(accuracy_score(y[test], model[-1].predict(ready)))
    return np.array(scores)


def test_fits(solution, seed):
    """No step learns from the rows of a validation fold"""
    X, y = spiked(seed, rows=100, noise_features=60)
    leaks = watched(solution, X, y)
    if not leaks:
        return
    rank = ("selection_before_split", "transformed_before_cv", "training_scores")
    names = [name_of(leak) for leak in leaks]
    mistake = next((name for name in rank if name in names), names[0])
    leak = leaks[names.index(mistake)]
    kit.fail(
        f"{type(leak['estimator']).__name__} is fitted on more rows than a fold trains on",
        expected="80 of 100 rows in every fold",
        seen=f"{leak['rows']} rows",
        mistake=mistake,
    )


def test_copies(solution, seed):
    """No copy of a validation row is trained on"""
    X, y = rare(seed, rows=100, share=0.2)
    copied = [leak for leak in watched(solution, X, y) if leak["copies"]]
    kit.expect(
        not copied,
        "copies of one row are in the training and in the validation rows of a fold",
        expected="80 different rows in the training of a fold, 20 others in its validation",
        seen=f"more than 80 different rows among {copied[0]['rows'] if copied else 0}",
        mistake="oversampled_before_split",
    )


@kit.needs("model", "raw_rows")
def test_balanced(solution, seed):
    """A rare class weighs as much as the common one when the model is fitted"""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(1000) < 80).astype(int)
    X = rng.normal(size=(1000, 12))
    X[:, 0] += 1.5 * y
    model = model_of(solution, 12)
    model = trying(lambda: model.fit(X, y), "build_model() with a rare class")
    new = rng.normal(size=(1000, 12))
    new[:, 0] += 1.5
    found = np.mean(np.asarray(trying(lambda: model.predict(new), "predict")) == 1)
    if found >= 0.5:
        return
    with Watch(limit=80) as watch:
        scores_of(solution, *rare(seed))
    kit.fail(
        "build_model() hardly ever predicts the rare class, 8 % of its training rows",
        expected="at least 50 % of its new rows found",
        seen=f"{100 * found:.0f} %",
        mistake="oversampled_in_the_fold" if watch.copying else "balance_dropped",
    )


def test_seed(solution, seed):
    """The same seed gives the same scores, another seed cuts other folds"""
    X, y = noise(seed, rows=100, features=30)
    found = []
    for number in (1, 2, 33, 4):
        seen, again = (scores_of(solution, X, y, number) for _ in range(2))
        kit.expect(
            bool(np.allclose(seen, again, atol=1e-9)),
            f"two runs with seed {number} give different scores",
            expected=text(seen),
            seen=text(again),
            mistake="unseeded_folds",
        )
        found.append(seen)
    kit.expect(
        not all(np.allclose(found[0], other, atol=1e-9) for other in found[1:]),
        "every seed gives the same scores",
        expected="other folds for another seed",
        seen=f"{text(found[0])} for 4 seeds",
    )
