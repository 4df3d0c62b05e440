"""Leaks into what models read: a grade that hides in a column, a fit that has looked at held-out essays."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import LeakError
from gradewise.essays.codes import Codes
from gradewise.evaluation.agreement import kappa_of_counts, spearman
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureMatrix
from gradewise.models.folds import FoldRows, Rows

LABEL_IN_FEATURE = "label_in_feature"
HELD_OUT_ROWS_SHAPE_TRAINING = "held_out_rows_shape_training"

GIVEAWAY_QWK = 0.9
"""No single measurement of a text tells its grade so well; two careful teachers agree less. A copy of the
grades is still above it with noise of half a step, and a copy under other names with a fifth."""
NEIGHBOURS = 3
"""Essays nearest in a column whose median grade is foretold: odd, and no more than a rare grade may have."""
FEWEST = 40
"""Essays below which such agreement may be chance."""

COPY_RANK_CORRELATION = 0.999
"""Above this a given column has the grades' very order, ties included: it is a copy of them."""
FEWEST_FOR_COPIES = 10
"""Essays below which a column of few values may have that order by chance, or be given to one grade alone."""

Inputs = Sequence[str] | NDArray[Any]
"""What is known of each essay: its text, or a row of an array."""
Fit = Callable[[Any, Codes], NDArray[np.float32]]
"""From what is known of all essays and their grades to columns for all of them: shape ``(n, n_columns)``."""


def refuse_giveaways(matrix: FeatureMatrix, codes: Codes, *, n_grades: int, seed: int = 0) -> None:
    """Pass when no single column foretells the grades of held-out essays nearly without fail.

    Args:
        matrix: any columns, measured or learnt out of fold.
        codes: grades, shape ``(n,)``.
        n_grades: of the scale.
        seed: of the halves.

    Raises:
        LeakError: a column does; the message names it.
    """
    found = held_out_kappas(matrix.values, codes, n_grades=n_grades, seed=seed)
    worst = int(np.argmax(found)) if len(found) else 0
    if len(found) and found[worst] > GIVEAWAY_QWK:
        raise LeakError(
            LABEL_IN_FEATURE,
            f"column {matrix.schema.names[worst]!r} alone foretells the grades of held-out essays with QWK "
            f"{found[worst]:.3f}, above {GIVEAWAY_QWK}: a grade must hide in it; leave it out "
            "(features.drop), or find out how it was measured",
        )


def refuse_copies(matrix: FeatureMatrix, codes: Codes) -> None:
    """Pass when no given column is the grades under another name, or says something of the grade alone.

    Args:
        matrix: any columns; those that were measured of texts are not looked at.
        codes: grades, shape ``(n,)``.

    Raises:
        LeakError: a column is; the message names it.
    """
    if len(codes) < FEWEST_FOR_COPIES:
        return
    for column, spec in enumerate(matrix.schema.specs):
        if spec.group != GIVEN:
            continue
        found = spearman(codes, matrix.values[:, column].astype(np.float64))
        if abs(found) > COPY_RANK_CORRELATION:
            raise LeakError(
                LABEL_IN_FEATURE,
                f"given column {spec.name!r} ranks the essays as their grades do (Spearman {found:.4f}): it "
                "is a copy of them; take it out of features.given",
            )
        if told := _grades_told(matrix.values[:, column], codes):
            raise LeakError(
                LABEL_IN_FEATURE,
                f"given column {spec.name!r} follows from the grade alone: each of its {told} values is held "
                f"by {FEWEST_FOR_COPIES} essays or more, and no grade has two of them; take it out of "
                "features.given",
            )


def _grades_told(column: NDArray[np.float32], codes: Codes) -> int:
    """How many values a column has, where every grade has but one of them; 0 where some grade has two.

    So it is with a mark of one grade, of all that pass, or of grades without their plus signs. Of 12,000
    honest columns with up to six values (10,000 unrelated to grades, 2,000 that follow them to a correlation
    of .95), each drawn for 40 to 300 essays, none was so.
    """
    values, counts = np.unique(column, return_counts=True)
    if len(values) == 1 or counts.min() < FEWEST_FOR_COPIES:
        return 0
    pairs = np.unique(np.stack([codes.astype(np.float64), column.astype(np.float64)]), axis=1)
    return len(values) if pairs.shape[1] == len(np.unique(codes)) else 0


def refuse_class_copies(matrix: FeatureMatrix, codes: Codes) -> None:
    """Pass when no given column is the classes under other names: a number of its own for each.

    Args:
        matrix: any columns; those that were measured of texts are not looked at.
        codes: classes, shape ``(n,)``.

    Raises:
        LeakError: a column is; the message names it.
    """
    n_classes = len(np.unique(codes))
    for column, spec in enumerate(matrix.schema.specs):
        if spec.group != GIVEN or len(codes) < FEWEST_FOR_COPIES:
            continue
        _, values = np.unique(matrix.values[:, column], return_inverse=True)
        pairs = len(np.unique(values * (codes.max() + 1) + codes))
        if n_classes == values.max() + 1 == pairs:
            raise LeakError(
                LABEL_IN_FEATURE,
                f"given column {spec.name!r} has a value of its own for each of the {n_classes} classes: it "
                "is a copy of them; take it out of features.given",
            )


def held_out_kappas(
    values: NDArray[np.float32], codes: Codes, *, n_grades: int, seed: int = 0
) -> NDArray[np.float64]:
    """How well each column alone foretells grades: shape ``(n_columns,)``, quadratic weighted kappa.

    Essays are halved at random; an essay of one half is given the median grade of the `NEIGHBOURS` essays of
    the other half that lie nearest in the order of the column. So any one-to-one map of the grades is found
    out, whatever its shape. Below `FEWEST` essays, and where undefined, 0.
    """
    n = len(codes)
    if n < FEWEST:
        return np.zeros(values.shape[1])
    halves = np.array_split(np.random.default_rng(seed).permutation(n), 2)
    counts = np.stack(
        [_held_out_counts(column, codes, halves, n_grades=n_grades) for column in values.T]
        or [np.zeros((n_grades, n_grades), dtype=np.int64)]
    )[: values.shape[1]]
    return np.nan_to_num(kappa_of_counts(counts), nan=0.0)


def _held_out_counts(
    column: NDArray[np.float32], codes: Codes, halves: Sequence[Rows], *, n_grades: int
) -> NDArray[np.int64]:
    """Essays by (grade, grade foretold from the other half)."""
    counts = np.zeros(n_grades * n_grades, dtype=np.int64)
    for held, known in (halves, halves[::-1]):
        order = known[np.argsort(column[known], kind="stable")]
        low, high = (np.searchsorted(column[order], column[held], side) for side in ("left", "right"))
        first = (low + high) // 2 - NEIGHBOURS // 2
        # Where the other half has the very value, its own essays alone are asked: a grade may have but one.
        known_value = low < high
        least, most = np.where(known_value, low, 0), np.where(known_value, high, len(order)) - 1
        places = np.clip(first[:, None] + np.arange(NEIGHBOURS), least[:, None], most[:, None])
        foretold = np.sort(codes[order][places], axis=1)[:, NEIGHBOURS // 2]
        counts += np.bincount(codes[held] * n_grades + foretold, minlength=n_grades * n_grades)
    return counts.reshape(n_grades, n_grades)


def check_blindness(
    fit: Fit, known: Inputs, codes: Codes, fold: FoldRows, *, n_grades: int, what: str
) -> None:
    """Pass when what a fold holds out has no part in what is fitted for it.

    Fits three times: as things are; with other grades of the held-out essays, which must change nothing; and
    with other held-out essays, which must not change what is said of training essays. Equal means to the bit.

    Args:
        fit: learns from the fold's training rows and says something of every row.
        known: of each essay, what `fit` reads: texts, or rows of an array.
        codes: grades, shape ``(n,)``.
        fold: training rows and held-out rows, both not empty.
        n_grades: of the scale.
        what: is fitted, for a reader.

    Raises:
        LeakError: they have; the message says which.
    """
    train, held = fold.train_rows, fold.validate_rows
    plain = fit(known, codes)
    regraded = codes.copy()
    regraded[held] = n_grades - 1 - codes[held]
    regraded[held[regraded[held] == codes[held]]] = 0  # the middle of an odd scale is its own mirror image
    if not np.array_equal(plain, fit(known, regraded)):
        _refuse(what, "the grades of essays that a fold holds out")
    replaced = [known[int(row)] for row in range(len(codes))]
    for place, row in enumerate(held.tolist()):
        replaced[row] = known[int(train[place % len(train)])]
    exchanged = np.stack(replaced) if isinstance(known, np.ndarray) else replaced
    if not np.array_equal(plain[train], fit(exchanged, codes)[train]):
        _refuse(what, "essays that a fold holds out")


def _refuse(what: str, leaked: str) -> None:
    raise LeakError(
        HELD_OUT_ROWS_SHAPE_TRAINING,
        f"{what} changes with {leaked}: it was fitted on more than the fold's training part, so every figure "
        "out of fold would be too good; fit it within the fold",
    )
