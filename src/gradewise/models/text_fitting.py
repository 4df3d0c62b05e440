"""Fitting text learners, so that no essay's column was learnt from its own grade."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.allocation import bind_units, deal_folds
from gradewise.essays.scales import Codes
from gradewise.models.cross_fit import FoldRows
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import Scores
from gradewise.models.ridge import solve_ridge
from gradewise.models.text_learners import FittedTextLearner, rounded
from gradewise.models.text_tables import Rows, TermTable, WeighedTexts, tabulate, weigh_texts
from gradewise.models.text_terms import TermKind

PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""From which the one with the smallest error on held-out texts is taken."""

INNER_FOLDS = 5
"""Parts of the training texts, each scored by a learner of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class LearntColumn:
    """What one learner says of every text, and the learner."""

    values: Scores
    """Training texts by learners of other training texts, all others by `learner`: shape ``(n,)``."""
    learner: FittedTextLearner
    """Learnt from all training texts."""


@dataclass(frozen=True, slots=True, eq=False)
class LearntWording:
    """Text learners, and their columns for the essays that they learnt from."""

    learners: tuple[FittedTextLearner, ...]
    """Learnt from all essays, in the order of the columns."""
    columns: NDArray[np.float32]
    """Each essay by learners that did not see it: shape ``(n, n_learners)``."""
    by_fold: tuple[NDArray[np.float32], ...]
    """The same for each fold, with nothing learnt from the essays that it holds out."""


@dataclass(frozen=True, slots=True, eq=False)
class _Fits:
    """Regressions on the same texts with different penalties, as weights of those texts."""

    train: Rows
    """The texts: shape ``(n_train,)``."""
    coefficients: Floats
    """Shape ``(n_fits, n_train)``."""
    mean: float
    """Of the grades."""
    intercepts: Floats
    """Shape ``(n_fits,)``."""


def fit_text_learner(
    kind: TermKind, texts: Sequence[str], codes: Codes, *, seed: int = 0
) -> FittedTextLearner:
    """Learn from texts and their grades (shape ``(n,)``) what wording suggests.

    >>> learner = fit_text_learner("words", ["bad bad"] * 6 + ["good good"] * 6, np.repeat([0, 4], 6))
    >>> learner.predict(["good", "bad", "neither"]).round().tolist()
    [4.0, 0.0, 2.0]
    """
    ties = [(position,) for position in range(len(texts))]
    return learn_column(tabulate(kind, texts), codes, np.arange(len(texts)), ties=ties, seed=seed).learner


def learn_wording(
    kinds: Sequence[TermKind],
    texts: Sequence[str],
    codes: Codes,
    folds: Sequence[FoldRows],
    *,
    ties: Sequence[Sequence[Hashable]],
    seed: int,
    on_step: Callable[[int], None],
) -> LearntWording:
    """Learn every kind on all essays, and anew on the training part of each fold.

    Args:
        kinds: which learners.
        texts: of all essays.
        codes: their grades, shape ``(n,)``.
        folds: rows of the essays.
        ties: what each essay must not be parted over, by position: its text, and what folds hold out whole.
        seed: of the parts within training parts.
        on_step: told how many of ``len(kinds) * (len(folds) + 1)`` steps are done.
    """
    parts = [np.arange(len(texts)), *(fold.train_rows for fold in folds)]
    columns = np.zeros((len(parts), len(texts), len(kinds)), dtype=np.float32)
    learners = []
    for position, kind in enumerate(kinds):
        table = tabulate(kind, texts)
        for part, train in enumerate(parts):
            learnt = learn_column(table, codes, train, ties=ties, seed=seed)
            columns[part, :, position] = learnt.values
            if part == 0:
                learners.append(learnt.learner)
            on_step(position * len(parts) + part + 1)
    return LearntWording(tuple(learners), columns[0], tuple(columns[1:]))


def learn_column(
    table: TermTable, codes: Codes, train: Rows, *, ties: Sequence[Sequence[Hashable]], seed: int
) -> LearntColumn:
    """Learn from some texts what wording suggests, and say it of all texts.

    Terms are chosen and weighed by the training texts. These are dealt to `INNER_FOLDS` parts, even by grade;
    each part's values come from the grades of the others. The penalty is the one that errs least there, and
    the learner for all other texts uses it on all training texts.

    Args:
        table: the terms of all texts.
        codes: their grades, shape ``(n,)``; only those of `train` are looked at.
        train: positions of the training texts, at least one.
        ties: what each text must not be parted over, by position: its text, perhaps its prompt.
        seed: of the dealing.
    """
    weighed = weigh_texts(table, train)
    targets = codes.astype(np.float64)
    suggested = np.tile(targets[train].mean(), (len(PENALTIES), len(codes)))
    for part in _inner_parts(train, codes, ties, seed=seed):
        fits = _fit(weighed, np.setdiff1d(train, part), targets, PENALTIES)
        suggested[:, part] = _suggestions(weighed, fits, part)
    best = int(np.argmin(((suggested[:, train] - targets[train]) ** 2).mean(axis=1)))
    fit = _fit(weighed, train, targets, PENALTIES[best : best + 1])
    rest = np.setdiff1d(np.arange(len(codes)), train)
    suggested[best, rest] = _suggestions(weighed, fit, rest)
    return LearntColumn(rounded(suggested[best]), _as_learner(table, weighed, fit, PENALTIES[best]))


def _inner_parts(train: Rows, codes: Codes, ties: Sequence[Sequence[Hashable]], *, seed: int) -> list[Rows]:
    """Parts that cover the training texts; none when everything is tied together."""
    units = bind_units(train.tolist(), ties, codes.tolist())
    if len(units) == 1:
        return []
    dealt = deal_folds(units, min(INNER_FOLDS, len(units)), np.random.default_rng(seed))
    return [np.array(part, dtype=np.int64) for part in dealt]


def _fit(weighed: WeighedTexts, train: Rows, targets: Floats, penalties: Sequence[float]) -> _Fits:
    kernel = weighed.times(train, train)
    coefficients = solve_ridge(kernel, targets[train], penalties)
    mean = float(targets[train].mean())
    return _Fits(
        train, coefficients, mean, mean - np.array([(kernel @ each).mean() for each in coefficients])
    )


def _suggestions(weighed: WeighedTexts, fits: _Fits, rows: Rows) -> Floats:
    """What each fit says of `rows`: shape ``(n_fits, n_rows)``."""
    kernel = weighed.times(rows, fits.train)
    said = np.array([kernel @ each for each in fits.coefficients]) + fits.intercepts[:, None]
    return np.where(weighed.known[rows], said, fits.mean)


def _as_learner(table: TermTable, weighed: WeighedTexts, fit: _Fits, penalty: float) -> FittedTextLearner:
    """The same regression as one weight for each term."""
    by_term = weighed.vectors[fit.train].T @ fit.coefficients[0]
    return FittedTextLearner(
        kind=table.kind,
        terms=tuple(table.terms[column] for column in weighed.columns),
        idf=weighed.idf.astype(np.float32),
        weights=(weighed.idf * by_term).astype(np.float32),
        intercept=float(fit.intercepts[0]),
        mean=fit.mean,
        penalty=penalty,
    )
