"""Which figures an evaluation has, by name, and which stand for all of them."""

METRICS = (
    "qwk", "accuracy", "adjacent_accuracy", "mae", "rmse", "macro_f1", "spearman", "brier", "ece", "rps",
)  # fmt: skip
"""Headline metrics, in the order in which they are shown; MAE and RMSE are in grade steps."""
CLASS_METRICS = (
    "macro_f1", "weighted_f1", "accuracy", "roc_auc", "pr_auc", "log_loss", "brier", "ece",
)  # fmt: skip
"""The same of classes that have no order. ``roc_auc`` and ``pr_auc`` (average precision) are about the second
class of two, and otherwise means over classes, each against the rest."""
COMPARED = ("qwk", "adjacent_accuracy", "accuracy", "mae", "rmse", "rps")
"""What graders of the same essays are compared by."""
HEADLINE = ("qwk", "adjacent_accuracy", "mae", "rps")
"""Those of them that stand for all where there is room for few."""
CLASS_COMPARED = ("macro_f1", "weighted_f1", "accuracy", "log_loss", "brier")
"""What graders of the same texts are compared by where there are classes."""
CLASS_HEADLINE = ("macro_f1", "accuracy", "log_loss")
"""Those of them that stand for all."""
ERRORS = frozenset({"mae", "rmse", "brier", "ece", "rps", "log_loss"})
"""Metrics of which less is better."""
