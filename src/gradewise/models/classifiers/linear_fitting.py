"""Fitting linear classifiers by scikit-learn, whose settings keep their meaning."""

from typing import Any

import numpy as np

from gradewise.models.classifiers.linear import LinearClassifier
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.classifiers.scaled_rows import scale_rows
from gradewise.models.one_thread import without_warnings

SLOPE = 1e-4
"""Where lbfgs ends: the largest slope of the mean loss of a row.

On 8,002 texts of BANKING77 ten times as much saves half of the steps and costs up to .006 of macro-F1; with
many classes slopes are smaller than that from the start.
"""
CHANGE = 0.1
"""Where saga ends: the largest change of a coefficient in a pass, as a share of the largest coefficient."""


def fit_linear(rows: ClassRows, *, params: ClassifierParams, seed: int) -> LinearClassifier:
    """Logistic regression: a softmax of all classes, of two the sigmoid of the second.

    What is made small is scikit-learn's: ``c`` times the losses of all rows, plus half of the squared
    coefficients (l2), their sizes (l1), or both by ``l1_ratio``; intercepts are free. lbfgs where squares
    alone are held back, or nothing; else saga.

    Args:
        rows: to learn from, two classes or more, each with a row at least.
        params: penalty, ``c``, ``l1_ratio`` and ``most_steps``.
        seed: of the order in which saga goes through the rows.

    Source: Byrd, Lu, Nocedal & Zhu (1995), doi:10.1137/0916069; Defazio, Bach & Lacoste-Julien (2014), SAGA,
    NeurIPS 27.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - a second, and never to score

    share = {"l2": 0.0, "none": 0.0, "l1": 1.0, "elastic_net": params.l1_ratio}[params.penalty]
    model = LogisticRegression(
        C=np.inf if params.penalty == "none" else params.c_used,
        l1_ratio=share,
        solver="saga" if share else "lbfgs",
        tol=CHANGE if share else SLOPE,
        max_iter=params.most_steps,
        random_state=seed,
    )
    return learnt_by(model, rows, most_steps=params.most_steps, apart=0.5)


def learnt_by(model: Any, rows: ClassRows, *, most_steps: int, apart: float) -> LinearClassifier:
    """What a linear model of scikit-learn learns from rows.

    Args:
        model: not fitted yet.
        rows: of two classes or more.
        most_steps: steps that it may take; as many mean that it was cut off.
        apart: of two classes, how much of the one weighted sum that scikit-learn keeps goes to the second;
            the first gets as much of its negative.
    """
    scaled = scale_rows(rows.values)
    with without_warnings():
        model.fit(scaled.points, rows.codes, sample_weight=rows.weights)
    weights, starts = model.coef_.T, model.intercept_
    if len(starts) == 1:
        both = np.array([-apart, apart])
        weights, starts = weights * both, starts * both
    return scaled.classifier(weights, starts, settled=int(np.max(model.n_iter_)) < most_steps)
