"""Advisories on training essays, each by what was learnt without it; scoring does without this module."""

from collections.abc import Sequence

from gradewise.essays.records import Essay
from gradewise.features.advisories.advisory import Advisory
from gradewise.features.advisories.alerts import AlertPhrases
from gradewise.features.schema import FeatureMatrix
from gradewise.models.advising import find_advisories
from gradewise.models.essay_reference import describe_read, read_essays
from gradewise.models.folds import FoldRows


def advise_out_of_fold(
    essays: Sequence[Essay],
    matrix: FeatureMatrix,
    folds: Sequence[FoldRows],
    *,
    alerts: AlertPhrases | None = None,
) -> tuple[tuple[Advisory, ...], ...]:
    """Advisories on each training essay, by what was learnt without it: for an honest count of them.

    Args:
        essays: the training essays.
        matrix: what was measured of them, in the same order, without columns of text learners.
        folds: each learns from its training rows and speaks of the others; a row that no fold holds out gets
            no advisory.
        alerts: as for `describe_essays`.

    Raises:
        TrainingError: the matrix is of other essays, or a fold has too few.
        InputError: a text holds no word.
    """
    read = read_essays(essays, matrix)
    found: list[tuple[Advisory, ...]] = [() for _ in essays]
    for fold in folds:
        reference = describe_read(read.rows(fold.train_rows), alerts=alerts)
        for row in fold.validate_rows.tolist():
            found[row] = find_advisories(essays[row], matrix.values[row], reference)
    return tuple(found)
