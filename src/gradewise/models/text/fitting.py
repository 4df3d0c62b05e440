"""Fitting text learners, so that no essay's column was learnt from its own grade."""

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.allocation import bind_units, deal_folds
from gradewise.models.folds import FoldRows
from gradewise.models.one_thread import one_blas_thread
from gradewise.models.piecewise import Floats
from gradewise.models.targets import OVERALL
from gradewise.models.text.learners import FittedTextLearner, Suggestions, rounded
from gradewise.models.text.ridge import solve_ridge
from gradewise.models.text.tables import Rows, TermTable, WeighedTexts, tabulate, weigh_texts
from gradewise.models.text.terms import TermKind

PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""From which, for each target, the one with the smallest error on held-out texts is taken."""

INNER_FOLDS = 5
"""Parts of the training texts, each scored by a learner of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class LearntColumns:
    """What one learner says of every text, and the learner."""

    values: Suggestions
    """Training texts by learners of other training texts, others by `learner`: shape ``(n, n_targets)``."""
    learner: FittedTextLearner
    """Learnt from all training texts."""


@dataclass(frozen=True, slots=True, eq=False)
class LearntWording:
    """Text learners, and their columns for the essays that they learnt from.

    Columns stand kind by kind, and within a kind target by target.
    """

    learners: tuple[FittedTextLearner, ...]
    """Learnt from all essays, one for each kind."""
    columns: NDArray[np.float32]
    """Each essay by learners that did not see it: shape ``(n, n_kinds * n_targets)``."""
    by_fold: tuple[NDArray[np.float32], ...]
    """The same for each fold, with nothing learnt from the essays that it holds out."""


@dataclass(frozen=True, slots=True, eq=False)
class _Fits:
    """Regressions of every target on the same texts with different penalties, as weights of those texts."""

    train: Rows
    """The texts: shape ``(n_train,)``."""
    coefficients: Floats
    """Shape ``(n_targets, n_fits, n_train)``."""
    means: Floats
    """Of the targets: shape ``(n_targets,)``."""
    intercepts: Floats
    """Shape ``(n_targets, n_fits)``."""


def fit_text_learner(
    kind: TermKind,
    texts: Sequence[str],
    codes: NDArray[Any],
    *,
    targets: tuple[str, ...] = (OVERALL,),
    seed: int = 0,
) -> FittedTextLearner:
    """Learn from texts and their grades (shape ``(n, n_targets)``) what wording suggests.

    >>> grades = np.repeat([[0], [4]], 6, axis=0)
    >>> learner = fit_text_learner("words", ["bad bad"] * 6 + ["good good"] * 6, grades)
    >>> learner.predict(["good", "bad", "neither"]).round().tolist()
    [[4.0], [0.0], [2.0]]
    """
    every = np.arange(len(texts))
    ties = [(position,) for position in range(len(texts))]
    return learn_columns(tabulate(kind, texts), codes, every, targets=targets, ties=ties, seed=seed).learner


def learn_wording(
    kinds: Sequence[TermKind],
    texts: Sequence[str],
    targets: tuple[str, ...],
    codes: NDArray[Any],
    folds: Sequence[FoldRows],
    *,
    source: str = "",
    ties: Sequence[Sequence[Hashable]],
    seed: int,
    n_threads: int = 1,
    on_step: Callable[[int], None],
) -> LearntWording:
    """Learn every kind on all essays, and anew on the training part of each fold.

    Args:
        kinds: which learners.
        texts: of all essays.
        targets: what is learnt, the first of which is kept even within inner parts.
        codes: grade codes or marks, shape ``(n, n_targets)``.
        folds: rows of the essays.
        source: whose essays these are: nothing for the plan's own, else the name of an auxiliary set.
        ties: what each essay must not be parted over, by position: its text, and what folds hold out whole.
        seed: of the parts within training parts.
        n_threads: parts that are learnt at a time; they do not change the result.
        on_step: told how many of ``len(kinds) * (len(folds) + 1)`` steps are done.
    """
    parts = [np.arange(len(texts)), *(fold.train_rows for fold in folds)]
    columns = np.zeros((len(parts), len(texts), len(kinds), len(targets)), dtype=np.float32)
    learners = []
    for position, kind in enumerate(kinds):
        table = tabulate(kind, texts)
        learn = partial(learn_columns, table, codes, targets=targets, source=source, ties=ties, seed=seed)
        # One thread of BLAS for each of ours: more would wait for each other, and round otherwise elsewhere.
        with one_blas_thread(), ThreadPoolExecutor(n_threads) as pool:
            for part, learnt in enumerate(pool.map(learn, parts)):
                columns[part, :, position] = learnt.values
                if part == 0:
                    learners.append(learnt.learner)
                on_step(position * len(parts) + part + 1)
    whole, *by_fold = columns.reshape(len(parts), len(texts), len(kinds) * len(targets))
    return LearntWording(tuple(learners), whole, tuple(by_fold))


def learn_columns(
    table: TermTable,
    codes: NDArray[Any],
    train: Rows,
    *,
    targets: tuple[str, ...],
    source: str = "",
    ties: Sequence[Sequence[Hashable]],
    seed: int,
) -> LearntColumns:
    """Learn from some texts what wording suggests, and say it of all texts.

    Terms are chosen and weighed by the training texts. These are dealt to `INNER_FOLDS` parts, even by the
    first target; each part's values come from the grades of the others. A target's penalty is the one that
    errs least there, and the learner for all other texts uses it on all training texts.

    Args:
        table: the terms of all texts.
        codes: grade codes or marks, shape ``(n, n_targets)``; only those of `train` are looked at.
        train: positions of the training texts, at least one.
        targets: what is learnt.
        source: whose essays these are.
        ties: what each text must not be parted over, by position: its text, perhaps its prompt.
        seed: of the dealing.

    Raises:
        InputError: grades are not one finite number for each text and target.
    """
    marks = _marks(codes, n_texts=table.damped.shape[0], targets=targets)
    weighed = weigh_texts(table, train)
    suggested = np.tile(marks[train].mean(axis=0)[:, None, None], (len(PENALTIES), len(marks)))
    tried = np.tile(PENALTIES, (len(targets), 1))
    for part in _inner_parts(train, marks[:, 0], ties, seed=seed):
        fits = _fit(weighed, np.setdiff1d(train, part), marks, tried)
        suggested[:, :, part] = _suggestions(weighed, fits, part)
    errors = ((suggested[:, :, train] - marks[train].T[:, None]) ** 2).mean(axis=2)
    best = errors.argmin(axis=1)
    fit = _fit(weighed, train, marks, np.array(PENALTIES)[best][:, None])
    rest = np.setdiff1d(np.arange(len(marks)), train)
    values = suggested[np.arange(len(targets)), best]
    values[:, rest] = _suggestions(weighed, fit, rest)[:, 0]
    learner = _as_learner(table, weighed, fit, np.array(PENALTIES)[best], targets=targets, source=source)
    return LearntColumns(rounded(values.T), learner)


def _marks(codes: NDArray[Any], *, n_texts: int, targets: tuple[str, ...]) -> Floats:
    if codes.shape != (n_texts, len(targets)) or not np.isfinite(codes).all():
        raise InputError(
            f"marks of shape {codes.shape} for {n_texts} texts and targets {', '.join(targets)}; give one "
            "finite number for each text and target, and leave essays without a mark out"
        )
    return codes.astype(np.float64)


def _inner_parts(train: Rows, marks: Floats, ties: Sequence[Sequence[Hashable]], *, seed: int) -> list[Rows]:
    """Parts that cover the training texts; none when everything is tied together."""
    strata = np.unique(marks, return_inverse=True)[1].tolist()
    units = bind_units(train.tolist(), ties, strata)
    if len(units) == 1:
        return []
    dealt = deal_folds(units, min(INNER_FOLDS, len(units)), np.random.default_rng(seed))
    return [np.array(part, dtype=np.int64) for part in dealt]


def _fit(weighed: WeighedTexts, train: Rows, marks: Floats, penalties: Floats) -> _Fits:
    """Fit every target with each of its penalties: shape ``(n_targets, n_fits)``."""
    kernel = weighed.times(train, train)
    coefficients = np.array(
        [solve_ridge(kernel, target, tried) for target, tried in zip(marks[train].T, penalties, strict=True)]
    )
    means = marks[train].mean(axis=0)
    shifts = [[(kernel @ each).mean() for each in fits] for fits in coefficients]
    return _Fits(train, coefficients, means, means[:, None] - np.array(shifts))


def _suggestions(weighed: WeighedTexts, fits: _Fits, rows: Rows) -> Floats:
    """What each fit says of `rows`: shape ``(n_targets, n_fits, n_rows)``."""
    kernel = weighed.times(rows, fits.train)
    said = np.array([[kernel @ each for each in target] for target in fits.coefficients])
    return np.where(weighed.known[rows], said + fits.intercepts[:, :, None], fits.means[:, None, None])


def _as_learner(
    table: TermTable,
    weighed: WeighedTexts,
    fit: _Fits,
    penalties: Floats,
    *,
    targets: tuple[str, ...],
    source: str,
) -> FittedTextLearner:
    """The same regressions as one weight for each term and target."""
    by_term = np.ascontiguousarray((weighed.vectors[fit.train].T @ fit.coefficients[:, 0].T).T)
    return FittedTextLearner(
        kind=table.kind,
        source=source,
        targets=targets,
        terms=tuple(table.terms[column] for column in weighed.columns),
        idf=weighed.idf.astype(np.float32),
        weights=(weighed.idf * by_term).astype(np.float32),
        intercepts=fit.intercepts[:, 0],
        means=fit.means,
        penalties=penalties,
    )
