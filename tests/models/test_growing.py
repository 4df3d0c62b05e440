"""Growing: members by seed and engine, averaged and mixed; what rare grades and order change."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradewise.errors import TrainingError
from gradewise.evaluation.probability import ranked_probability_score
from gradewise.features.schema import FeatureMatrix
from gradewise.models.band_weights import band_weights
from gradewise.models.boosters import BoosterParams, FittedBooster
from gradewise.models.cross_fit import cross_fit
from gradewise.models.folds import FoldRows
from gradewise.models.grader_fitting import fit_grader
from gradewise.models.growing import Growing, assemble, grow_again, grow_member
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.objectives import OBJECTIVES, Objective
from gradewise.models.samples import Sample
from gradewise.models.score_models import RegressionScore
from gradewise.models.xgboost_booster import XGBoostBooster
from gradewise.testing.graders import PARAMS, SCALE, made_up_matrix

GROWING = Growing(booster=LightGBMBooster(), params=PARAMS, seed=3)
MATRIX, CODES = made_up_matrix(200)
ROWS = np.arange(200)
FOLDS = [FoldRows(ROWS[ROWS % 4 != k], ROWS[ROWS % 4 == k]) for k in range(4)]


class Recorder(LightGBMBooster):
    """Remembers samples and parameters."""

    def __init__(self) -> None:
        self.seen: list[tuple[Sample, BoosterParams, int]] = []

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
        self.seen.append((train, params, seed))
        return super().fit(
            train, params=params, seed=seed, n_threads=n_threads, valid=valid, objective=objective
        )


def grown(growing: Growing) -> tuple[FittedBooster, ...]:
    """Every member on all rows."""
    return tuple(
        grow_again(MATRIX, CODES, ROWS, growing=growing, member=member, rounds=10)
        for member in range(len(growing.members))
    )


def test_members_are_seeds_by_engines() -> None:
    """Two seeds and two engines are four members; the first is what a single one would be."""
    growing = replace(GROWING, partners=(XGBoostBooster(),), n_seeds=2)
    found = [(booster.name, seed) for booster, seed in growing.members]
    assert [("lightgbm", 3), ("xgboost", 3), ("lightgbm", 4), ("xgboost", 4)] == found
    assert grown(GROWING)[0].native_text == grown(growing)[0].native_text


def test_members_speak_with_one_voice() -> None:
    """The score is the mean of the members' scores."""
    growing = replace(GROWING, partners=(XGBoostBooster(),), n_seeds=2)
    boosters = grown(growing)
    model = assemble(boosters, MATRIX, CODES, ROWS, growing=growing)
    expected = np.mean([booster.ensemble.predict(MATRIX.values) for booster in boosters], axis=0)
    assert_allclose(model.read(MATRIX.values).scores, expected, rtol=1e-6)


def test_a_share_of_the_score_is_linear() -> None:
    """With a linear share the same trees are mixed with a ridge regression on the same rows."""
    growing = replace(GROWING, linear_share=0.4)
    boosters = grown(growing)
    model = assemble(boosters, MATRIX, CODES, ROWS, growing=growing)
    assert isinstance(model, RegressionScore)
    assert model.linear is not None
    trees = boosters[0].ensemble.predict(MATRIX.values)
    expected = 0.6 * trees + 0.4 * model.linear.predict(MATRIX.values)
    assert_allclose(model.read(MATRIX.values).scores, expected, rtol=1e-6)


def test_the_linear_part_keeps_the_directions_of_the_trees() -> None:
    """A feature that may only lower trees may only lower the linear part."""
    params = replace(PARAMS, monotone=(-1, 0, 0, 0))  # measure 0 raises made-up grades
    growing = replace(GROWING, params=params, linear_share=0.5)
    model = assemble(grown(growing), MATRIX, CODES, ROWS, growing=growing)
    assert isinstance(model, RegressionScore)
    assert model.linear is not None
    assert model.linear.coefficients[0] == 0


def test_rare_grades_weigh_more_by_the_rows_at_hand() -> None:
    """Weights come from the rows that are learnt from, times what each row weighs anyway."""
    recorder = Recorder()
    given = np.linspace(0.5, 1.5, 200)
    rows = ROWS[CODES != 4]
    growing = replace(GROWING, booster=recorder, balanced=True, weights=given)
    grow_again(MATRIX, CODES, rows, growing=growing, member=0, rounds=3)
    weights = recorder.seen[0][0].weights
    assert weights is not None
    assert_allclose(weights, given[rows] * band_weights(CODES[rows]))
    grow_again(MATRIX, CODES, rows, growing=replace(growing, weights=None), member=0, rounds=3)
    unweighted = recorder.seen[1][0].weights
    assert unweighted is not None
    assert_allclose(unweighted, band_weights(CODES[rows]))


@pytest.mark.parametrize(
    ("kind", "kept"), [("frank_hall", True), ("cumulative_link", True), ("multiclass", False)]
)
def test_only_an_order_can_be_monotone(kind: str, *, kept: bool) -> None:
    """Constraints on margins that do not stand for better grades are not passed on."""
    recorder = Recorder()
    growing = replace(
        GROWING,
        booster=recorder,
        params=replace(PARAMS, monotone=(1, 0, 0, 0)),
        objective=OBJECTIVES[kind](SCALE.n_grades),
    )
    grow_again(MATRIX, CODES, ROWS, growing=growing, member=0, rounds=3)
    assert kept == (recorder.seen[0][1].monotone is not None)


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_every_way_to_probabilities_is_honest_and_useful(kind: str) -> None:
    """Cross-fitted probabilities beat the shares of grades by far, and score as they were read."""
    objective = OBJECTIVES[kind](SCALE.n_grades)
    growing = replace(GROWING, objective=objective, n_seeds=2, n_threads=2)
    fitted = fit_grader(
        MATRIX, CODES, FOLDS, scale=SCALE, growing=growing, calibration="sigmoid", decision="rescale"
    )
    honest = fitted.out_of_fold
    shares = np.tile(np.bincount(CODES, minlength=5) / 200, (200, 1))
    found = ranked_probability_score(honest.predictions.probabilities, CODES)
    assert found < 0.65 * ranked_probability_score(shares, CODES)
    assert [2, 2] == [len(fitted.boosters), len({booster.native_text for booster in fitted.boosters})]
    assert fitted.grader.decoding.cdf is None
    shipped = fitted.grader.predict(MATRIX.values)
    assert ranked_probability_score(shipped.probabilities, CODES) < found


@pytest.mark.parametrize("kind", [None, *OBJECTIVES])
def test_held_out_rows_shape_nothing_that_reads_them(kind: str | None) -> None:
    """Other features and grades in held-out rows leave what their fold has learnt as it was."""
    objective = None if kind is None else OBJECTIVES[kind](SCALE.n_grades)
    share = 0.5 if kind is None else 0.0
    growing = replace(GROWING, objective=objective, balanced=True, linear_share=share)
    held_out = FOLDS[0].validate_rows
    values, codes = MATRIX.values.copy(), CODES.copy()
    values[held_out], codes[held_out] = 9.0, 4 - codes[held_out]
    changed = FeatureMatrix(values, MATRIX.schema, MATRIX.essay_ids)
    first = cross_fit(MATRIX, CODES, FOLDS, growing=growing)
    second = cross_fit(changed, codes, FOLDS, growing=growing)
    assert first.rounds[0] == second.rounds[0]
    assert_array_equal(first.train_scores[0], second.train_scores[0])


def test_threads_and_members_change_no_result() -> None:
    """Grown one at a time or four, members give the same scores, and each fold is told of once."""
    growing = replace(GROWING, n_seeds=2, linear_share=0.3)
    done: list[int] = []
    one = cross_fit(MATRIX, CODES, FOLDS, growing=growing, on_fold=lambda fold, _reading: done.append(fold))
    four = cross_fit(MATRIX, CODES, FOLDS, growing=replace(growing, n_threads=4))
    assert [0, 1, 2, 3] == done
    assert one.rounds == four.rounds
    assert {2} == {len(members) for members in one.rounds}
    assert_array_equal(one.scores, four.scores)


def test_each_member_ships_with_its_own_median_of_trees() -> None:
    """The number of trees is the median over folds, member by member."""
    growing = replace(GROWING, n_seeds=3)
    crossed = cross_fit(MATRIX, CODES, FOLDS, growing=growing)
    fitted = fit_grader(
        MATRIX, CODES, FOLDS, scale=SCALE, growing=growing, calibration="none", decision="rounding"
    )
    expected = [int(np.median(rounds)) for rounds in zip(*crossed.rounds, strict=True)]
    assert expected == [booster.rounds for booster in fitted.boosters]
    assert tuple(sum(rounds) for rounds in crossed.rounds) == fitted.out_of_fold.rounds


def test_members_stop_on_different_rows() -> None:
    """Each seed holds out its own share of the training rows, so that one odd share is averaged away."""
    recorder = Recorder()
    growing = replace(GROWING, booster=recorder, n_seeds=2)
    for member in range(2):
        grow_member(MATRIX, CODES, ROWS, growing=growing, member=member)
    first, second = (recorder.seen[call][0].values for call in (0, 2))
    assert len(first) == len(second)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_seeds": 0}, "0 seeds"),
        ({"linear_share": 1.0}, r"linear share of 1\.0"),
        (
            {"linear_share": 0.5, "objective": OBJECTIVES["frank_hall"](5)},
            "needs probabilities from residuals",
        ),
    ],
)
def test_impossible_wishes_are_refused(changes: dict[str, Any], message: str) -> None:
    """No member, no tree, or a line where there is no score to mix it with."""
    with pytest.raises(TrainingError, match=message):
        replace(GROWING, **changes)
