"""Cross-fitting: every essay is scored by trees that were grown without it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

import numpy as np

from gradewise.errors import TrainingError
from gradewise.essays.codes import Codes
from gradewise.features.schema import FeatureMatrix
from gradewise.models.boosters import FittedBooster
from gradewise.models.folds import FoldRows, Rows
from gradewise.models.growing import Growing, assemble, grow_again, grow_member
from gradewise.models.predictions import Scores
from gradewise.models.score_models import Readings


@dataclass(frozen=True, slots=True, eq=False)
class FoldReading:
    """What the model of one fold says of essays."""

    held_out: Readings
    """Of the fold's ``validate_rows``: scores, and probabilities where the model knows them."""
    train_scores: Scores
    """Of its own ``train_rows``: shape ``(n_train,)``; none where nobody asked for them."""
    rounds: tuple[int, ...]
    """Rounds of each member."""


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


NOTHING_KNOWN: Mapping[int, FoldReading] = MappingProxyType({})
"""No fold's reading is known beforehand."""


def no_progress(done: int) -> None:
    """Hear nothing of what is done."""


def not_kept(fold: int, reading: FoldReading) -> None:
    """Keep no reading."""


def read_fold(
    view: FeatureMatrix,
    codes: Codes,
    fold: FoldRows,
    *,
    growing: Growing,
    rounds: Sequence[int] | None = None,
    train_too: bool = True,
) -> FoldReading:
    """Learn on a fold's training rows and read all its rows, in this thread.

    Args:
        view: the matrix as the fold may see it.
        codes: the teacher's grades, shape ``(n,)``; those held out are not looked at.
        fold: rows.
        growing: how trees are grown.
        rounds: trees of each member; each finds its own number when ``None``, see `grow_member`.
        train_too: whether the training rows are read as well, which is a tenth of the time.

    Raises:
        TrainingError: there are too few rows, or the booster failed.
    """
    members = range(len(growing.members))
    if rounds is None:
        boosters = [
            grow_member(view, codes, fold.train_rows, growing=growing, member=member) for member in members
        ]
    else:
        boosters = [
            grow_again(view, codes, fold.train_rows, growing=growing, member=member, rounds=rounds[member])
            for member in members
        ]
    return _read(boosters, view, codes, fold, growing=growing, train_too=train_too)


def _read(
    boosters: Sequence[FittedBooster],
    view: FeatureMatrix,
    codes: Codes,
    fold: FoldRows,
    *,
    growing: Growing,
    train_too: bool = True,
) -> FoldReading:
    model = assemble(boosters, view, codes, fold.train_rows, growing=growing)
    read_too = fold.train_rows if train_too else fold.train_rows[:0]
    return FoldReading(
        model.read(view.values[fold.validate_rows]),
        model.read(view.values[read_too]).scores,
        tuple(booster.rounds for booster in boosters),
    )


def join_readings(readings: Sequence[FoldReading], folds: Sequence[FoldRows], *, n: int) -> CrossFitted:
    """What every fold read, as one.

    Raises:
        TrainingError: folds overlap.
    """
    return CrossFitted(
        _held_out_rows(folds, n=n),
        _in_row_order([reading.held_out for reading in readings], folds),
        tuple(reading.train_scores for reading in readings),
        tuple(reading.rounds for reading in readings),
    )


def cross_fit(
    matrix: FeatureMatrix,
    codes: Codes,
    folds: Sequence[FoldRows],
    *,
    growing: Growing,
    views: Sequence[FeatureMatrix] | None = None,
    known: Mapping[int, FoldReading] = NOTHING_KNOWN,
    on_fold: Callable[[int, FoldReading], None] = not_kept,
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
        known: what folds, by number, are known to read; they are not learnt again.
        on_fold: given each fold, in order, with what it reads.

    Raises:
        TrainingError: folds overlap, or the booster failed.
    """
    _held_out_rows(folds, n=len(codes))
    seen = [matrix] * len(folds) if views is None else views
    n_members = len(growing.members)
    tasks = [(fold, member) for fold in range(len(folds)) if fold not in known for member in range(n_members)]

    def grow(task: tuple[int, int]) -> FittedBooster:
        fold, member = task
        return grow_member(seen[fold], codes, folds[fold].train_rows, growing=growing, member=member)

    readings: list[FoldReading] = []
    with ThreadPoolExecutor(growing.n_threads) as pool:
        grown = pool.map(grow, tasks)
        for number, (fold, view) in enumerate(zip(folds, seen, strict=True)):
            reading = known.get(number)
            if reading is None:
                reading = _read(tuple(islice(grown, n_members)), view, codes, fold, growing=growing)
            readings.append(reading)
            on_fold(number, reading)
    return join_readings(readings, folds, n=len(codes))


def _in_row_order(readings: Sequence[Readings], folds: Sequence[FoldRows]) -> Readings:
    """What was read fold by fold, ascending by row."""
    order = np.argsort(np.concatenate([fold.validate_rows for fold in folds]))
    known = [one.cumulative for one in readings if one.cumulative is not None]
    together = Readings(
        np.concatenate([one.scores for one in readings]), np.concatenate(known) if known else None
    )
    return together.rows(order)


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
