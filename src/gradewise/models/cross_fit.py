"""Cross-fitting: every essay is scored, calibrated and decided by what was learnt without it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.scales import Codes, Scale
from gradewise.features.schema import FeatureMatrix
from gradewise.models.boosters import Booster, BoosterParams, FittedBooster, Sample
from gradewise.models.calibration import CalibrationKind
from gradewise.models.decisions import DecisionKind
from gradewise.models.grader import Decoding, Grader, fit_decoding
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import GradePredictions, Scores

Rows = NDArray[np.int64]
"""Positions of rows in a feature matrix."""

STOPPING_SHARE = 0.15
"""How much of a fold's training part decides when to stop growing trees."""


@dataclass(frozen=True, slots=True, eq=False)
class FoldRows:
    """Which rows a fold learns from and which it is judged on."""

    train_rows: Rows
    """Rows to learn from: shape ``(n_train,)``."""
    validate_rows: Rows
    """Rows to score, none of them among the former: shape ``(n_validate,)``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Growing:
    """How a score function is learnt: the same in every fold and for the final model."""

    booster: Booster
    """Which engine."""
    params: BoosterParams
    """How it boosts; `params.rounds` is the most that a fold may use."""
    seed: int
    """Of the trees and of the split that stops them."""
    n_threads: int = 1
    """Folds grown at a time; they do not change the result.

    Each fold has one thread of the engine: several threads of one engine wait for each other at every split,
    on two busy cores 13.7 s instead of 1.5 s for 200 trees on 2,000 essays.
    """
    weights: Floats | None = None
    """How much each row counts, above 0: shape ``(n,)``; ``None`` is all alike."""
    groups: Sequence[str] | None = None
    """Rows of one group, such as copies of one text, stay on one side of the stopping split."""
    refit: bool = True
    """Whether a fold grows its trees again on its whole training part, once their number is known."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossFitted:
    """Scores of held-out rows by trees that were grown without them."""

    rows: Rows
    """The rows that some fold holds out, ascending: shape ``(n_held_out,)``."""
    scores: Scores
    """Their scores: shape ``(n_held_out,)``."""
    train_scores: tuple[Scores, ...]
    """For each fold the scores of its own ``train_rows``, to show how much was learnt by heart."""
    rounds: tuple[int, ...]
    """Trees used by each fold."""


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """What honest evaluation may look at: no row took part in anything that was fitted for it."""

    rows: Rows
    """The rows that some fold holds out, ascending: shape ``(n_held_out,)``."""
    predictions: GradePredictions
    """Scores, probabilities and grades of these rows, each decoded by what other folds' scores taught."""
    train_scores: tuple[Scores, ...]
    """For each fold the scores of its own ``train_rows``."""
    rounds: tuple[int, ...]
    """Trees used by each fold."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedGrader:
    """A model to ship, and how it did on essays that it had not seen."""

    grader: Grader
    """Grown on all rows; decodes by what all out-of-fold scores taught."""
    booster: FittedBooster
    """Its trees in the engine's own format too."""
    out_of_fold: OutOfFold
    """The honest predictions."""


def no_progress(fold: int) -> None:
    """Hear nothing of folds."""


def cross_fit(
    matrix: FeatureMatrix,
    codes: Codes,
    folds: Sequence[FoldRows],
    *,
    growing: Growing,
    views: Sequence[FeatureMatrix] | None = None,
    on_fold: Callable[[int], None] = no_progress,
) -> CrossFitted:
    """Score every held-out row by trees that were grown without it.

    Rows that no fold holds out only train: the earliest essays, where folds follow time.

    In each fold a seeded, stratified and grouped share of the training part (`STOPPING_SHARE`) decides how
    many trees there are; with `Growing.refit` they are then grown again on the whole training part, in that
    same number: what is chosen is what predicts. The held-out rows play no part in either. Measured on
    ELLIPSE (1,664 essays, three splits), growing again lowers the RMSE from .983 to .975 grades; scaling the
    number by the added rows changes less than .002 and is not done.

    Args:
        matrix: features of all rows.
        codes: the teacher's grades, shape ``(n,)``.
        folds: no row is held out twice; one that never is has no score.
        growing: how trees are grown.
        views: the matrix as each fold may see it, where some columns were learnt from grades themselves;
            ``None`` when every fold sees `matrix`.
        on_fold: told after each fold how many are done.

    Raises:
        TrainingError: folds overlap, or the booster failed.
    """
    rows = _held_out_rows(folds, n=len(codes))
    scores = np.zeros(len(codes), dtype=np.float32)
    train_scores: list[Scores] = []
    rounds: list[int] = []
    seen = [matrix] * len(folds) if views is None else views

    def fit(position: int) -> FittedBooster:
        return _fit_fold(seen[position], codes, folds[position].train_rows, growing=growing)

    with ThreadPoolExecutor(growing.n_threads) as pool:
        for position, fitted in enumerate(pool.map(fit, range(len(folds)))):
            fold, values = folds[position], seen[position].values
            scores[fold.validate_rows] = fitted.ensemble.predict(values[fold.validate_rows])
            train_scores.append(fitted.ensemble.predict(values[fold.train_rows]).astype(np.float32))
            rounds.append(fitted.rounds)
            on_fold(position + 1)
    return CrossFitted(rows, scores[rows], tuple(train_scores), tuple(rounds))


def fit_grader(
    matrix: FeatureMatrix,
    codes: Codes,
    folds: Sequence[FoldRows],
    *,
    scale: Scale,
    growing: Growing,
    calibration: CalibrationKind,
    decision: DecisionKind,
    views: Sequence[FeatureMatrix] | None = None,
    on_fold: Callable[[int], None] = no_progress,
) -> FittedGrader:
    """Cross-fit, then train the model to ship on all rows with the median number of trees.

    `views` are the matrix as each fold may see it; see `cross_fit`.

    Raises:
        TrainingError: folds overlap, or the booster failed.
    """

    def learn(chosen: Rows) -> Decoding:
        return fit_decoding(
            crossed.scores[chosen],
            codes[crossed.rows[chosen]],
            n_grades=scale.n_grades,
            calibration=calibration,
            decision=decision,
        )

    crossed = cross_fit(matrix, codes, folds, growing=growing, views=views, on_fold=on_fold)
    predictions = _decode_held_out(crossed, folds, learn=learn, n_grades=scale.n_grades)
    params = replace(growing.params, rounds=int(np.median(crossed.rounds)))
    final = _grow(matrix, codes, np.arange(len(codes)), growing=replace(growing, params=params))
    grader = Grader(final.ensemble, learn(np.arange(len(crossed.rows))), scale, matrix.schema)
    out_of_fold = OutOfFold(crossed.rows, predictions, crossed.train_scores, crossed.rounds)
    return FittedGrader(grader, final, out_of_fold)


def stopping_rows(rows: Rows, codes: Codes, *, groups: Sequence[str] | None, seed: int) -> NDArray[np.bool_]:
    """Which of `rows` decide when to stop: about 15 %, of every grade, groups never divided.

    Groups are shuffled, ordered by the grade of their first row, and every seventh or so is taken, so that
    each grade gives its share.

    Args:
        rows: positions in `codes`, shape ``(n_train,)``.
        codes: grades of all rows, shape ``(n,)``.
        groups: group of each of all rows; ``None`` makes every row its own.
        seed: of the shuffle.

    Returns:
        Shape ``(n_train,)``.
    """
    names = rows if groups is None else np.array([groups[row] for row in rows])
    _, first, group = np.unique(names, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(first))
    by_grade = shuffled[np.argsort(codes[rows[first[shuffled]]], kind="stable")]
    share = np.floor(np.arange(len(first) + 1) * STOPPING_SHARE + 0.5)
    taken = np.zeros(len(first), dtype=np.bool_)
    taken[by_grade] = np.diff(share) > 0
    return np.asarray(taken[group], dtype=np.bool_)


def _fit_fold(matrix: FeatureMatrix, codes: Codes, rows: Rows, *, growing: Growing) -> FittedBooster:
    stops = stopping_rows(rows, codes, groups=growing.groups, seed=growing.seed)
    if not stops.any():
        raise TrainingError(f"a fold trains on {len(rows)} essays, too few to hold some out; use fewer folds")
    stopped = _grow(matrix, codes, rows[~stops], growing=growing, until=rows[stops])
    if not growing.refit:
        return stopped
    params = replace(growing.params, rounds=stopped.rounds)
    return _grow(matrix, codes, rows, growing=replace(growing, params=params))


def _grow(
    matrix: FeatureMatrix, codes: Codes, rows: Rows, *, growing: Growing, until: Rows | None = None
) -> FittedBooster:
    def sample(chosen: Rows) -> Sample:
        weights = None if growing.weights is None else growing.weights[chosen]
        return Sample(matrix.values[chosen], codes[chosen].astype(np.float64), weights)

    return growing.booster.fit(
        sample(rows),
        params=growing.params,
        seed=growing.seed,
        n_threads=1,
        valid=None if until is None else sample(until),
    )


def _decode_held_out(
    crossed: CrossFitted, folds: Sequence[FoldRows], *, learn: Callable[[Rows], Decoding], n_grades: int
) -> GradePredictions:
    """Decode each fold by what the held-out scores of the other folds teach; `learn` takes positions."""
    n = len(crossed.rows)
    cumulative, probabilities = np.zeros((n, n_grades - 1)), np.zeros((n, n_grades))
    codes = np.zeros(n, dtype=np.int64)
    for fold in folds:
        held_out = np.searchsorted(crossed.rows, fold.validate_rows)
        decoded = learn(np.setdiff1d(np.arange(n), held_out)).decode(crossed.scores[held_out])
        cumulative[held_out] = decoded.cumulative
        probabilities[held_out] = decoded.probabilities
        codes[held_out] = decoded.codes
    return GradePredictions(crossed.scores, cumulative, probabilities, codes)


def _held_out_rows(folds: Sequence[FoldRows], *, n: int) -> Rows:
    """The rows that some fold holds out, ascending, once the folds are known to be folds."""
    held_out = np.concatenate([np.empty(0, dtype=np.int64), *(fold.validate_rows for fold in folds)])
    rows = np.unique(held_out)
    if len(folds) <= 1 or len(rows) < len(held_out):
        raise TrainingError(
            f"{len(folds)} folds hold out {len(rows)} different rows of {n}, {len(held_out)} in all; "
            "two folds or more are needed, and no row held out twice"
        )
    for position, fold in enumerate(folds):
        shared = np.intersect1d(fold.train_rows, fold.validate_rows)
        if shared.size:
            raise TrainingError(f"row {shared[0]} both trains and validates fold {position}; split again")
    return rows
