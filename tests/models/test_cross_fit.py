"""Cross-fitting: nothing that is fitted sees the rows that it is judged on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import TrainingError
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureMatrix
from gradewise.models.boosters import BoosterParams, FittedBooster
from gradewise.models.cross_fit import cross_fit
from gradewise.models.folds import FoldRows
from gradewise.models.grader import EngineGrader, Grader, fit_decoding
from gradewise.models.grader_fitting import fit_grader
from gradewise.models.growing import Growing, stopping_rows
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.objectives import Objective
from gradewise.models.samples import Sample
from gradewise.models.score_models import Readings
from gradewise.testing.graders import PARAMS, SCALE, made_up_grader, made_up_matrix

GROWING = Growing(booster=LightGBMBooster(), params=PARAMS, seed=3)


class Recorder(LightGBMBooster):
    """Remembers which samples it was given, and with how many rounds."""

    def __init__(self) -> None:
        self.seen: list[tuple[Sample, Sample | None, int]] = []

    def fit(
        self,
        train: Sample,
        *,
        params: BoosterParams,
        seed: int,
        n_threads: int,
        valid: Sample | None = None,
        objective: Objective | None = None,
    ) -> FittedBooster:
        """Remember, then fit."""
        self.seen.append((train, valid, params.rounds))
        return super().fit(
            train, params=params, seed=seed, n_threads=n_threads, valid=valid, objective=objective
        )


def make_folds(n: int, n_folds: int = 4) -> list[FoldRows]:
    """Every fourth row is held out in turn."""
    rows = np.arange(n)
    return [FoldRows(rows[rows % n_folds != k], rows[rows % n_folds == k]) for k in range(n_folds)]


def test_held_out_rows_shape_nothing_that_scores_them() -> None:
    """With other features and grades in a fold's held-out rows, its trees stay the same."""
    matrix, codes = made_up_matrix()
    folds = make_folds(len(codes))
    first, held_out = cross_fit(matrix, codes, folds, growing=GROWING), folds[0].validate_rows
    values, other_codes = matrix.values.copy(), codes.copy()
    values[held_out] = 9.0
    other_codes[held_out] = 4 - codes[held_out]
    changed = FeatureMatrix(values, matrix.schema, matrix.essay_ids)
    second = cross_fit(changed, other_codes, folds, growing=GROWING)
    assert second.rounds[0] == first.rounds[0]
    np.testing.assert_array_equal(second.train_scores[0], first.train_scores[0])


def test_held_out_grades_shape_nothing_that_decodes_them() -> None:
    """Probabilities and grades of a fold do not depend on the grades of its own rows."""
    matrix, codes = made_up_matrix()
    folds = make_folds(len(codes))
    rows = folds[0].validate_rows

    def decoded(grades: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[object, object]:
        crossed = cross_fit(matrix, codes, folds, growing=GROWING)
        learnt = np.setdiff1d(np.arange(len(codes)), rows)
        decoding = fit_decoding(
            crossed.readings.rows(learnt),
            grades[learnt],
            n_grades=5,
            calibration="sigmoid",
            decision="rescale",
        )
        found = decoding.decode(crossed.readings.rows(rows))
        return found.probabilities.tolist(), found.codes.tolist()

    fitted = fit_grader(
        matrix, codes, folds, scale=SCALE, growing=GROWING, calibration="sigmoid", decision="rescale"
    )
    honest = fitted.out_of_fold.predictions
    spoilt = codes.copy()
    spoilt[rows] = 0
    assert decoded(spoilt) == (honest.probabilities[rows].tolist(), honest.codes[rows].tolist())


def test_the_number_of_trees_chosen_is_the_number_used() -> None:
    """Each fold stops on part of its training rows, then grows that many trees on all of them."""
    matrix, codes = made_up_matrix(200)
    recorder = Recorder()
    weights = np.linspace(0.5, 1.5, 200)
    growing = replace(GROWING, booster=recorder, weights=weights)
    done: list[int] = []
    found = fit_grader(
        matrix, codes, make_folds(200), scale=SCALE, growing=growing,
        calibration="none", decision="rounding", on_fold=lambda fold, _reading: done.append(fold),
    )  # fmt: skip
    assert done == [0, 1, 2, 3]
    sizes = [
        (len(train.targets), None if valid is None else len(valid.targets))
        for train, valid, _ in recorder.seen
    ]
    assert sizes == [(127, 23), (150, None)] * 4 + [(200, None)]
    rounds = found.out_of_fold.rounds
    assert [seen[2] for seen in recorder.seen[1::2]] == list(rounds)
    assert recorder.seen[-1][2] == int(np.median(rounds)) == found.boosters[0].rounds
    final_weights = recorder.seen[-1][0].weights
    assert final_weights is not None
    np.testing.assert_array_equal(final_weights, weights)


def test_without_refit_the_stopped_trees_score() -> None:
    """By option a fold grows trees once only."""
    matrix, codes = made_up_matrix(120)
    recorder = Recorder()
    cross_fit(matrix, codes, make_folds(120), growing=replace(GROWING, booster=recorder, refit=False))
    assert len(recorder.seen) == 4


def test_cross_fitted_grades_agree_with_the_teacher() -> None:
    """On made-up essays the honest grades are mostly right or next to it, and training ones better."""
    matrix, codes = made_up_matrix()
    folds = make_folds(len(codes))
    fitted = fit_grader(
        matrix, codes, folds, scale=SCALE, growing=GROWING, calibration="isotonic", decision="cutpoints"
    )
    honest = fitted.out_of_fold
    assert np.abs(honest.predictions.codes - codes).mean() < 0.6
    np.testing.assert_allclose(honest.predictions.probabilities.sum(axis=1), 1, atol=1e-9)
    held_out = np.mean((honest.predictions.scores - codes) ** 2)
    train = np.mean((honest.train_scores[0] - codes[folds[0].train_rows]) ** 2)
    assert train < held_out
    assert len(fitted.grader.predict(matrix.values)) == len(codes)


@given(st.integers(20, 150), st.integers(0, 5), st.integers(1, 5))
def test_stopping_split_is_grouped_stratified_and_seeded(n: int, seed: int, copies: int) -> None:
    """About 15 % of the groups stop the trees, undivided, from every common grade, the same each time."""
    codes = np.arange(n) // copies % 2
    groups = [f"text {row // copies}" for row in range(n)]
    rows = np.arange(n)
    taken = stopping_rows(rows, codes, groups=groups, seed=seed)
    assert all(len(set(taken[np.array(groups) == name])) == 1 for name in set(groups))
    n_groups = len(set(groups))
    assert abs(len({groups[row] for row in rows[taken]}) - 0.15 * n_groups) <= 0.5
    for grade in (0, 1):
        members = {groups[row] for row in rows[codes == grade]}
        chosen = {groups[row] for row in rows[taken & (codes == grade)]}
        assert abs(len(chosen) - 0.15 * len(members)) <= 1
    np.testing.assert_array_equal(stopping_rows(rows, codes, groups=groups, seed=seed), taken)


def test_refuses_folds_that_are_not_folds() -> None:
    """Rows held out twice, or both training and held out, are refused; so is a single fold."""
    matrix, codes = made_up_matrix(40)
    good = make_folds(40)
    rows = np.arange(40)
    for folds in ([*good, good[0]], good[:1], []):
        with pytest.raises(TrainingError, match="no row held out twice"):
            cross_fit(matrix, codes, folds, growing=GROWING)
    leaking = [FoldRows(rows, good[0].validate_rows), *good[1:]]
    with pytest.raises(TrainingError, match="row 0 both trains and validates fold 0"):
        cross_fit(matrix, codes, leaking, growing=GROWING)


def test_rows_that_are_never_held_out_only_train() -> None:
    """With folds that follow time the first rows have no honest prediction, and teach nothing of decoding."""
    matrix, codes = made_up_matrix(200)
    blocks = np.split(np.arange(200), 4)
    folds = [FoldRows(np.concatenate(blocks[:k]), blocks[k]) for k in (1, 2, 3)]
    fitted = fit_grader(
        matrix, codes, folds, scale=SCALE, growing=GROWING, calibration="sigmoid", decision="rescale"
    )
    honest = fitted.out_of_fold
    assert honest.rows.tolist() == list(range(50, 200))
    assert honest.predictions.probabilities.shape == (150, 5)
    scores = honest.predictions.scores
    learnt = fit_decoding(
        Readings(scores[50:]), codes[100:], n_grades=5, calibration="sigmoid", decision="rescale"
    )
    first_fold = learnt.decode(Readings(scores[:50]))
    np.testing.assert_array_equal(honest.predictions.codes[:50], first_fold.codes)
    np.testing.assert_array_equal(honest.predictions.probabilities[:50], first_fold.probabilities)
    shipped = fit_decoding(
        Readings(scores), codes[50:], n_grades=5, calibration="sigmoid", decision="rescale"
    )
    np.testing.assert_array_equal(fitted.grader.decoding.cuts, shipped.cuts)


def test_predictions_follow_their_rows_when_folds_are_in_any_order() -> None:
    """Folds given in another order, rows shuffled, give each row what it had."""
    matrix, codes = made_up_matrix(120)
    folds = make_folds(120)
    shuffled = [
        FoldRows(fold.train_rows, np.random.default_rng(0).permutation(fold.validate_rows))
        for fold in reversed(folds)
    ]
    first, second = (
        fit_grader(
            matrix, codes, some, scale=SCALE, growing=GROWING, calibration="none", decision="rescale"
        ).out_of_fold
        for some in (folds, shuffled)
    )
    np.testing.assert_array_equal(first.predictions.codes, second.predictions.codes)
    np.testing.assert_array_equal(first.predictions.scores, second.predictions.scores)


def test_refuses_folds_too_small_to_stop_on() -> None:
    """Three training rows cannot spare one to stop on."""
    matrix, codes = made_up_matrix(4)
    with pytest.raises(TrainingError, match="use fewer folds"):
        cross_fit(matrix, codes, make_folds(4), growing=GROWING)


def test_a_grader_refuses_parts_that_do_not_fit() -> None:
    """A scale of another length and a schema of another width are refused."""
    grader, _ = made_up_grader()
    with pytest.raises(TrainingError, match="the decoding knows 5 grades, scale short has 2"):
        replace(grader, scale=Scale("short", ("F", "P")))
    narrow = made_up_matrix(n_features=3)[0].schema
    with pytest.raises(TrainingError, match="read 4 features, the schema has 3"):
        replace(grader, schema=narrow)


def test_readings_and_decoding_must_be_of_one_kind() -> None:
    """Probabilities come from residuals or from the model: decoding for one cannot read the other."""
    plain, linked = made_up_grader()[0], made_up_grader(probabilities="cumulative_link")[0]
    values = made_up_matrix(5)[0].values
    with pytest.raises(TrainingError, match="readings of the same kind"):
        plain.decoding.decode(linked.model.read(values))
    with pytest.raises(TrainingError, match="readings of the same kind"):
        linked.decoding.decode(plain.model.read(values))
    with pytest.raises(TrainingError, match="probabilities of 5 grades, decoding needs them of no grades"):
        replace(plain, model=linked.model)
    with pytest.raises(TrainingError, match="probabilities of no grades, decoding needs them of 5 grades"):
        replace(linked, model=plain.model)


def test_the_engine_grades_as_the_arrays_do() -> None:
    """LightGBM's own predictions lead to the same grades and probabilities as the trees as arrays."""
    grader, boosters = made_up_grader()
    values = made_up_matrix()[0].values
    assert isinstance(grader, Grader)
    found = EngineGrader(boosters, grader.model, grader.decoding).predict(values)
    np.testing.assert_array_equal(found.scores, grader.predict(values).scores)
