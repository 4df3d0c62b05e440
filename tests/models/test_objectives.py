"""Objectives: derivatives that are derivatives, losses that weigh, links that fit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gradewise.models.links import LINKS
from gradewise.models.objectives import OBJECTIVES, find_objective
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import differences
from gradewise.models.samples import Sample

N_GRADES = 4


def made_up_sample(rng: np.random.Generator, *, n: int = 40, weighted: bool = False) -> Sample:
    """Codes of four grades, ten essays each or so."""
    codes = np.concatenate([np.repeat(np.arange(N_GRADES), 5), rng.integers(0, N_GRADES, n - 20)])
    weights = rng.uniform(0.5, 2, n) if weighted else None
    return Sample(np.zeros((n, 1), dtype=np.float32), codes.astype(np.float64), weights)


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("weighted", [False, True])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_gradients_are_derivatives_of_the_loss(name: str, seed: int, *, weighted: bool) -> None:
    """Up to one factor for all, slopes are the change of the training loss with each margin."""
    rng = np.random.default_rng(seed)
    sample = made_up_sample(rng, weighted=weighted)
    descent = OBJECTIVES[name](N_GRADES).begin(sample)
    margins = rng.normal(size=(40, OBJECTIVES[name](N_GRADES).n_outputs))
    slopes, _ = descent.gradients(margins)  # thresholds stay as this call leaves them
    numerical = np.zeros_like(margins)
    for row, column in np.ndindex(*margins.shape):
        little = np.zeros_like(margins)
        little[row, column] = 1e-5
        numerical[row, column] = (
            descent.loss(margins + little, sample) - descent.loss(margins - little, sample)
        ) / 2e-5
    factor = float(np.abs(slopes).sum() / np.abs(numerical).sum())
    assert_allclose(slopes, factor * numerical, atol=1e-5 * factor)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_bends_are_derivatives_of_slopes(name: str) -> None:
    """The second derivative is the change of the first, no essay's above 1."""
    rng = np.random.default_rng(0)
    sample = made_up_sample(rng, n=1000)
    objective = OBJECTIVES[name](N_GRADES)
    margins = rng.normal(size=(1000, objective.n_outputs))
    descent = objective.begin(sample)
    for _ in range(30):  # thresholds settle, so that they no longer move between the calls below
        descent.gradients(margins)
    _, bends = descent.gradients(margins)
    little = np.zeros_like(margins)
    little[7] = 1e-4
    change = np.zeros(objective.n_outputs)
    for column in range(objective.n_outputs):
        one = little * (np.arange(objective.n_outputs) == column)
        up, down = descent.gradients(margins + one)[0], descent.gradients(margins - one)[0]
        change[column] = (up - down)[7, column] / 2e-4
    assert_allclose(bends[7], change, rtol=0.01)
    assert (bends > 0).all()
    assert bends.max() <= 1


@pytest.mark.parametrize("name", OBJECTIVES)
def test_margins_of_nothing_mean_the_shares_of_grades(name: str) -> None:
    """Before any tree the link gives every essay the training grades' shares, weights counted."""
    codes = np.repeat([0, 1, 2, 3], [10, 20, 30, 40])
    weights = np.where(codes == 3, 3.0, 1.0)
    sample = Sample(np.zeros((100, 1), dtype=np.float32), codes.astype(np.float64), weights)
    objective = OBJECTIVES[name](N_GRADES)
    nothing = np.zeros((100, objective.n_outputs))
    link = objective.begin(sample).link(nothing)
    assert isinstance(link, LINKS[name])
    expected = np.bincount(codes, weights / weights.sum())
    assert_allclose(differences(link.cumulative(nothing))[0], expected, atol=0.01)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_grade_nobody_has_is_rare_and_left_alone(name: str) -> None:
    """It gets a little probability, and no gradient pushes its own forest anywhere."""
    codes = np.repeat([1, 2], 20)
    sample = Sample(np.zeros((40, 1), dtype=np.float32), codes.astype(np.float64))
    objective = OBJECTIVES[name](N_GRADES)
    descent = objective.begin(sample)
    margins: Floats = np.random.default_rng(0).normal(size=(40, objective.n_outputs))
    probabilities = differences(descent.link(margins).cumulative(margins))
    assert (probabilities > 0).all()
    slopes, bends = descent.gradients(margins)
    silent = {"cumulative_link": [], "frank_hall": [0, 2], "multiclass": [0, 3]}[name]
    assert not slopes[:, silent].any()
    assert (bends > 0).all()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_loss_of_another_sample_weighs_its_essays(name: str) -> None:
    """Essays of weight 3 count three times in what stops the growing."""
    rng = np.random.default_rng(4)
    train, valid = made_up_sample(rng), made_up_sample(rng)
    objective = OBJECTIVES[name](N_GRADES)
    descent = objective.begin(train)
    margins = rng.normal(size=(40, objective.n_outputs))
    heavy = np.where(np.arange(40) < 10, 3.0, 1.0)
    again = np.repeat(np.arange(40), heavy.astype(int))
    copies = Sample(valid.values[again], valid.targets[again])
    weighted = descent.loss(margins, replace(valid, weights=heavy))
    assert weighted == pytest.approx(descent.loss(margins[again], copies))


def test_objectives_are_found_as_plans_spell_them() -> None:
    """Squared error has none; the others have a forest or many, and only softmax knows no order."""
    assert find_objective("residuals", n_grades=5) is None
    found = [find_objective(kind, n_grades=5) for kind in ("cumulative_link", "frank_hall", "multiclass")]
    assert [(1, True), (4, True), (5, False)] == [(one.n_outputs, one.ordered) for one in found if one]
