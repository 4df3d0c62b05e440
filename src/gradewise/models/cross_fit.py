"""Cross-fitting: every essay is scored, calibrated and decided by what was learnt without it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np

from gradewise.errors import TrainingError
from gradewise.essays.scales import Codes, Scale
from gradewise.features.schema import FeatureMatrix
from gradewise.models.boosters import FittedBooster
from gradewise.models.calibration import CalibrationKind
from gradewise.models.decisions import DecisionKind
from gradewise.models.folds import FoldRows, Rows
from gradewise.models.grader import Decoding, Grader, fit_decoding
from gradewise.models.growing import Growing, assemble, grow_again, grow_member
from gradewise.models.predictions import GradePredictions, Scores
from gradewise.models.score_models import Readings


@dataclass(frozen=True, slots=True, eq=False)
class CrossFitted:
    """What is read of held-out rows by trees that were grown without them."""

    rows: Rows
    """The rows that some fold holds out, ascending: shape ``(n_held_out,)``."""
    readings: Readings
    """Their scores, and their probabilities where the model knows them: ``n_held_out`` rows."""
    train_scores: tuple[Scores, ...]
    """For each fold the scores of its own ``train_rows``, to show how much was learnt by heart."""
    rounds: tuple[tuple[int, ...], ...]
    """Rounds of each member in each fold."""

    @property
    def scores(self) -> Scores:
        """Scores of the held-out rows: shape ``(n_held_out,)``."""
        return self.readings.scores


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
    """Rounds of each fold, all members together: how many trees each of its forests holds."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedGrader:
    """A model to ship, and how it did on essays that it had not seen."""

    grader: Grader
    """Grown on all rows; decodes by what all out-of-fold scores taught."""
    boosters: tuple[FittedBooster, ...]
    """Its members, with their trees in the engines' own formats too."""
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

    Each member of each fold finds its own number of trees within the training part, see `grow_member`; the
    held-out rows play no part in it.

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
    seen = [matrix] * len(folds) if views is None else views
    n_members = len(growing.members)
    readings: list[Readings] = []
    train_scores: list[Scores] = []
    rounds: list[tuple[int, ...]] = []

    def grow(task: int) -> FittedBooster:
        fold, member = divmod(task, n_members)
        return grow_member(seen[fold], codes, folds[fold].train_rows, growing=growing, member=member)

    with ThreadPoolExecutor(growing.n_threads) as pool:
        grown = pool.map(grow, range(len(folds) * n_members))
        for position, (fold, view) in enumerate(zip(folds, seen, strict=True)):
            boosters = tuple(islice(grown, n_members))
            model = assemble(boosters, view, codes, fold.train_rows, growing=growing)
            readings.append(model.read(view.values[fold.validate_rows]))
            train_scores.append(model.read(view.values[fold.train_rows]).scores)
            rounds.append(tuple(booster.rounds for booster in boosters))
            on_fold(position + 1)
    return CrossFitted(rows, _in_row_order(readings, folds), tuple(train_scores), tuple(rounds))


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
    """Cross-fit, then train the model to ship on all rows, each member with its median number of trees.

    `views` are the matrix as each fold may see it; see `cross_fit`.

    Raises:
        TrainingError: folds overlap, or the booster failed.
    """

    def learn(chosen: Rows) -> Decoding:
        return fit_decoding(
            crossed.readings.rows(chosen),
            codes[crossed.rows[chosen]],
            n_grades=scale.n_grades,
            calibration=calibration,
            decision=decision,
        )

    crossed = cross_fit(matrix, codes, folds, growing=growing, views=views, on_fold=on_fold)
    predictions = _decode_held_out(crossed, folds, learn=learn, n_grades=scale.n_grades)
    boosters = _grow_to_ship(matrix, codes, growing=growing, rounds=crossed.rounds)
    every = np.arange(len(codes))
    model = assemble(boosters, matrix, codes, every, growing=growing)
    grader = Grader(model, learn(np.arange(len(crossed.rows))), scale, matrix.schema)
    totals = tuple(sum(of_fold) for of_fold in crossed.rounds)
    return FittedGrader(grader, boosters, OutOfFold(crossed.rows, predictions, crossed.train_scores, totals))


def _grow_to_ship(
    matrix: FeatureMatrix, codes: Codes, *, growing: Growing, rounds: Sequence[Sequence[int]]
) -> tuple[FittedBooster, ...]:
    """Every member on all rows, each with its median number of trees over the folds."""
    usual = np.median(rounds, axis=0).astype(np.int64).tolist()
    every = np.arange(len(codes))

    def grow(member: int) -> FittedBooster:
        return grow_again(matrix, codes, every, growing=growing, member=member, rounds=usual[member])

    with ThreadPoolExecutor(growing.n_threads) as pool:
        return tuple(pool.map(grow, range(len(usual))))


def _in_row_order(readings: Sequence[Readings], folds: Sequence[FoldRows]) -> Readings:
    """What was read fold by fold, ascending by row."""
    order = np.argsort(np.concatenate([fold.validate_rows for fold in folds]))
    known = [one.cumulative for one in readings if one.cumulative is not None]
    together = Readings(
        np.concatenate([one.scores for one in readings]), np.concatenate(known) if known else None
    )
    return together.rows(order)


def _decode_held_out(
    crossed: CrossFitted, folds: Sequence[FoldRows], *, learn: Callable[[Rows], Decoding], n_grades: int
) -> GradePredictions:
    """Decode each fold by what the held-out scores of the other folds teach; `learn` takes positions."""
    n = len(crossed.rows)
    cumulative, probabilities = np.zeros((n, n_grades - 1)), np.zeros((n, n_grades))
    codes = np.zeros(n, dtype=np.int64)
    for fold in folds:
        held_out = np.searchsorted(crossed.rows, fold.validate_rows)
        decoded = learn(np.setdiff1d(np.arange(n), held_out)).decode(crossed.readings.rows(held_out))
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
