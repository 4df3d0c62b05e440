"""A grader out of cross-fitted scores: decoded honestly by what other folds taught, grown to ship on all."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureMatrix
from gradewise.models.boosters import FittedBooster
from gradewise.models.calibration import CalibrationKind
from gradewise.models.cross_fit import NOTHING_KNOWN, CrossFitted, FoldReading, cross_fit, not_kept
from gradewise.models.decisions import Cuts, DecisionKind
from gradewise.models.folds import FoldRows, Rows
from gradewise.models.grader import Decoding, Grader, fit_decoding
from gradewise.models.growing import Growing, assemble, grow_again
from gradewise.models.predictions import GradePredictions, Scores


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
    cuts: tuple[Cuts, ...]
    """For each fold where its grades end, as the other folds' scores taught."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedGrader:
    """A model to ship, and how it did on essays that it had not seen."""

    grader: Grader
    """Grown on all rows; decodes by what all out-of-fold scores taught."""
    boosters: tuple[FittedBooster, ...]
    """Its members, with their trees in the engines' own formats too."""
    out_of_fold: OutOfFold
    """The honest predictions."""


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
    known: Mapping[int, FoldReading] = NOTHING_KNOWN,
    on_fold: Callable[[int, FoldReading], None] = not_kept,
) -> FittedGrader:
    """Cross-fit, then train the model to ship on all rows, each member with its median number of trees.

    `views`, `known` and `on_fold`: see `cross_fit`.

    Raises:
        TrainingError: folds overlap, or the booster failed.
    """
    crossed = cross_fit(matrix, codes, folds, growing=growing, views=views, known=known, on_fold=on_fold)
    out_of_fold = decode_out_of_fold(
        crossed, codes, folds, n_grades=scale.n_grades, calibration=calibration, decision=decision
    )
    boosters = _grow_to_ship(matrix, codes, growing=growing, rounds=crossed.rounds)
    every = np.arange(len(codes))
    model = assemble(boosters, matrix, codes, every, growing=growing)
    decoding = _fit_decoding(
        crossed,
        codes,
        np.arange(len(crossed.rows)),
        n_grades=scale.n_grades,
        calibration=calibration,
        decision=decision,
    )
    grader = Grader(model, decoding, scale, matrix.schema)
    return FittedGrader(grader, boosters, out_of_fold)


def decode_out_of_fold(
    crossed: CrossFitted,
    codes: Codes,
    folds: Sequence[FoldRows],
    *,
    n_grades: int,
    calibration: CalibrationKind,
    decision: DecisionKind,
) -> OutOfFold:
    """Decode what each fold read of its held-out rows by what the other folds' held-out scores teach."""

    def learn(chosen: Rows) -> Decoding:
        return _fit_decoding(
            crossed, codes, chosen, n_grades=n_grades, calibration=calibration, decision=decision
        )

    predictions, cuts = _decode_held_out(crossed, folds, learn=learn, n_grades=n_grades)
    totals = tuple(sum(of_fold) for of_fold in crossed.rounds)
    return OutOfFold(crossed.rows, predictions, crossed.train_scores, totals, cuts)


def _fit_decoding(
    crossed: CrossFitted,
    codes: Codes,
    chosen: Rows,
    *,
    n_grades: int,
    calibration: CalibrationKind,
    decision: DecisionKind,
) -> Decoding:
    return fit_decoding(
        crossed.readings.rows(chosen),
        codes[crossed.rows[chosen]],
        n_grades=n_grades,
        calibration=calibration,
        decision=decision,
    )


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


def _decode_held_out(
    crossed: CrossFitted, folds: Sequence[FoldRows], *, learn: Callable[[Rows], Decoding], n_grades: int
) -> tuple[GradePredictions, tuple[Cuts, ...]]:
    """Decode each fold by what the held-out scores of the other folds teach; `learn` takes positions.

    Returns:
        What is said of the held-out rows, and the cuts of each fold.
    """
    n = len(crossed.rows)
    cumulative, probabilities = np.zeros((n, n_grades - 1)), np.zeros((n, n_grades))
    codes = np.zeros(n, dtype=np.int64)
    cuts: list[Cuts] = []
    for fold in folds:
        held_out = np.searchsorted(crossed.rows, fold.validate_rows)
        decoding = learn(np.setdiff1d(np.arange(n), held_out))
        cuts.append(decoding.cuts)
        decoded = decoding.decode(crossed.readings.rows(held_out))
        cumulative[held_out] = decoded.cumulative
        probabilities[held_out] = decoded.probabilities
        codes[held_out] = decoded.codes
    return GradePredictions(crossed.scores, cumulative, probabilities, codes), tuple(cuts)
