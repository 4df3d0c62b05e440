"""Intervals by resampling."""

import dataclasses
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graded_essays import certain_grades, noisy_grades, rater_pairs
from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation import bootstrap
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.figures import headline_figures
from gradewise.evaluation.results import METRICS, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights

FEW = Resampling(50, 0.95, 0, None)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 5))
def test_every_resample_is_as_large_as_the_sample(n: int, n_resamples: int, seed: int) -> None:
    """Rows are whole counts that sum to the number of essays, and there are as many as asked for."""
    weights = np.concatenate(list(bootstrap.resample_weights(n, n_resamples=n_resamples, seed=seed)))
    assert weights.shape == (n_resamples, n)
    assert (weights.sum(axis=1) == n).all()


def test_blocks_do_not_change_the_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows are held at once, the same seed draws the same rows."""
    whole = np.concatenate(list(bootstrap.resample_weights(7, n_resamples=20, seed=1)))
    monkeypatch.setattr(bootstrap, "_BLOCK", 21)
    blocks = list(bootstrap.resample_weights(7, n_resamples=20, seed=1))
    assert len(blocks) == 7
    np.testing.assert_array_equal(whole, np.concatenate(blocks))


def test_clusters_are_drawn_whole() -> None:
    """Essays of one cluster always come together."""
    clusters = ["a", "b", "a", "c", "b"]
    weights = np.concatenate(list(bootstrap.resample_weights(5, n_resamples=30, seed=0, clusters=clusters)))
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    np.testing.assert_array_equal(weights[:, 1], weights[:, 4])
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()


@settings(max_examples=40)
@given(rater_pairs(), st.integers(0, 3))
def test_intervals_hold_their_estimates(pair: tuple[Codes, Codes, int], seed: int) -> None:
    """Every interval with bounds holds its estimate; where that is nan there are none."""
    human, machine, n_grades = pair
    graded = certain_grades(human, machine, n_grades=n_grades)
    found = bootstrap.bootstrap_intervals(
        partial(headline_figures, graded), human.size, resampling=Resampling(20, 0.9, seed, None)
    )
    for name in METRICS:
        interval = found[name][0]
        if np.isnan(interval.estimate) or human.size == 1:
            assert np.isnan([interval.low, interval.high]).all()
        else:
            assert interval.low <= interval.estimate <= interval.high


def test_same_seed_same_intervals() -> None:
    """Intervals are a function of the seed."""
    measure = partial(headline_figures, noisy_grades(60))
    first = bootstrap.bootstrap_intervals(measure, 60, resampling=FEW)
    assert first == bootstrap.bootstrap_intervals(measure, 60, resampling=FEW)
    other = bootstrap.bootstrap_intervals(measure, 60, resampling=dataclasses.replace(FEW, seed=1))
    assert first != other


def test_replicates_are_metrics_of_repeated_rows() -> None:
    """A replicate equals the metric on the essays written as often as drawn."""
    graded = noisy_grades(30)
    replicates = bootstrap.replicate(partial(headline_figures, graded), 30, resampling=FEW)
    weights = next(bootstrap.resample_weights(30, n_resamples=50, seed=0)).astype(np.int64)
    expected = [
        quadratic_weighted_kappa(
            np.repeat(graded.true_codes, times), np.repeat(graded.predicted_codes, times), n_grades=9
        )
        for times in weights
    ]
    np.testing.assert_allclose(expected, replicates["qwk"], atol=1e-12)


def test_interval_of_a_mean_has_the_known_width() -> None:
    """The bootstrap of a mean comes close to the normal interval."""
    values = np.random.default_rng(0).normal(size=400)

    def mean(weights: Weights) -> dict[str, Floats]:
        return {"mean": weights @ values / weights.sum(axis=1)}

    resampling = Resampling(2000, 0.95, 0, None)
    interval = bootstrap.bootstrap_intervals(mean, 400, resampling=resampling)["mean"][0]
    expected = 2 * 1.96 * values.std() / 20
    assert expected == pytest.approx(interval.high - interval.low, rel=0.08)


def test_one_cluster_gives_no_bounds() -> None:
    """With nothing else to draw, the estimate stands alone."""
    found = bootstrap.bootstrap_intervals(
        partial(headline_figures, noisy_grades(10)), 10, resampling=FEW, clusters=["a"] * 10
    )
    assert np.isnan([found["mae"][0].low, found["mae"][0].high]).all()


def test_percentile_interval_reaches_to_a_biased_estimate() -> None:
    """Replicates that all lie above an estimate do not push it out of its interval."""
    assert Interval(1.0, 1.0, 4.0) == bootstrap.percentile_interval(1.0, np.array([2.0, 3, 4]), confidence=1)


def test_percentile_interval_ignores_undefined_replicates() -> None:
    """Replicates that are nan are left out; when all are, there are no bounds."""
    some = bootstrap.percentile_interval(2.0, np.array([np.nan, 1, 3]), confidence=1)
    assert Interval(2.0, 1.0, 3.0) == some
    none = bootstrap.percentile_interval(2.0, np.array([np.nan]))
    assert np.isnan([none.low, none.high]).all()


@pytest.mark.parametrize(("n_resamples", "confidence"), [(0, 0.95), (10, 1.0), (10, 0.0)])
def test_impossible_resampling_is_refused(n_resamples: int, confidence: float) -> None:
    """There must be a resample, and a confidence between 0 and 1."""
    with pytest.raises(InputError, match=r"n_resamples is 0|confidence is"):
        Resampling(n_resamples, confidence, 0)


def test_unknown_prompts_cannot_be_drawn() -> None:
    """Whole prompts are drawn where asked for, and refused where essays have none."""
    graded = noisy_grades(4)
    by_prompt = dataclasses.replace(FEW, clustered_by="prompt")
    assert graded.prompts == bootstrap.prompt_clusters(graded, by_prompt)
    assert bootstrap.prompt_clusters(graded, FEW) is None
    with pytest.raises(InputError, match="give prompts, or resample essays"):
        bootstrap.prompt_clusters(dataclasses.replace(graded, prompts=None), by_prompt)
