"""How other pipelines spell kinds, learners, searches, figures and settings, and what we call them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from gradewise.models.classifiers.params import Balancing, Penalty
from gradewise.workflows.plans.spellings import Spellings

KINDS = {
    "string": "text", "str": "text", "float": "number", "double": "number", "int": "integer",
    "bool": "boolean", "datetime": "time", "timestamp": "time", "date": "time", "ISO 8601 string": "time",
    "list[float]": "vector", "list": "vector", "array": "vector", "embedding": "vector",
}  # fmt: skip

LEARNERS = {
    "LogisticRegression": "logistic_regression", "logreg": "logistic_regression",
    "LinearSVC": "linear_svm", "SVM": "linear_svm",
    "GradientBoostingClassifier": "gradient_boosting", "HistGradientBoostingClassifier": "gradient_boosting",
    "VotingClassifier": "voting", "StackingClassifier": "stacking",
}  # fmt: skip

SEARCHES = {
    "GridSearchCV": "grid", "RandomizedSearchCV": "random", "randomized": "random",
    "optuna": "bayesian", "tpe": "bayesian",
}  # fmt: skip

METRIC_NAMES = {
    "f1_macro": "macro_f1",
    "f1_weighted": "weighted_f1",
    "f1_micro": "accuracy",
    "neg_log_loss": "log_loss",
}

SETTINGS = {
    "penalty": "penalty", "C": "c", "l1_ratio": "l1_ratio", "max_iter": "most_steps",
    "n_estimators": "rounds", "learning_rate": "learning_rate",
    "max_leaf_nodes": "max_leaves", "min_samples_leaf": "min_child",
}  # fmt: skip
"""By key of `hyperparameters` the setting of the plan's `classifier`."""

LEVELS = {"warn": "warning", "critical": "error", "fatal": "error"}


PENALTIES = Spellings({"elasticnet": "elastic_net"}, nothing="none")

SpelledPenalty = Annotated[Penalty, PENALTIES]

SpelledBalancing = Annotated[
    Balancing,
    Spellings({"class_weight": "class_weights", "balanced": "class_weights"}, nothing="none"),
]

SpelledSolver = Annotated[
    Literal["auto", "lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"],
    Spellings(nothing="auto"),
]


def as_section(column: Any) -> Any:
    """`float` is a column of that kind."""
    return {"kind": column} if isinstance(column, str) else column


def as_mapping(schema: Any) -> Any:
    """A list of columns says that they are there; what is no list of names is left to be refused."""
    names = isinstance(schema, (list, tuple)) and not any(isinstance(each, (list, dict)) for each in schema)
    return dict.fromkeys(schema, "text") if names else schema


def as_address(push: Any) -> Any:
    """`gs://bucket/models` is the bucket and the folder in it."""
    if not isinstance(push, str):
        return push
    scheme, separator, place = push.partition("://")
    bucket, _, prefix = place.strip("/").partition("/")
    local = {"url": push}
    return (
        local if scheme == "file" or not prefix else {"url": f"{scheme}{separator}{bucket}", "prefix": prefix}
    )
