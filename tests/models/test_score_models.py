"""Score models: what they read, how they are stored, what is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from safetensors.numpy import load, save

from gradewise.errors import BundleError
from gradewise.models.linear_part import LinearPart
from gradewise.models.links import LINKS, BinaryLink, Link, OrderedLogitLink, SoftmaxLink
from gradewise.models.score_models import (
    LinkedScore,
    Readings,
    RegressionScore,
    ScoreModel,
    score_model_from_arrays,
)
from gradewise.models.shapley import Explainer
from gradewise.testing.forests import random_forest

KINDS = ("residuals", "blend", *LINKS)
seeds = st.integers(0, 2**32 - 1)


def made_up_link(kind: str, rng: np.random.Generator) -> Link:
    """A link over four grades."""
    thresholds = np.cumsum(rng.uniform(0.1, 2, 3)) - 2
    if kind == "multiclass":
        return SoftmaxLink(rng.normal(size=4))
    return OrderedLogitLink(thresholds) if kind == "cumulative_link" else BinaryLink(-thresholds)


def made_up_model(kind: str, rng: np.random.Generator) -> ScoreModel:
    """A score model of any kind over four features."""
    if kind == "residuals":
        return RegressionScore((random_forest(rng),))
    if kind == "blend":
        means, spreads, centres, coefficients = rng.uniform(0.5, 2, size=(4, 4))
        linear = LinearPart(means, spreads, centres, coefficients, float(rng.normal()))
        return RegressionScore((random_forest(rng),), linear, 0.3)
    link = made_up_link(kind, rng)
    return LinkedScore(tuple(random_forest(rng) for _ in range(link.n_margins)), link)


def rows(rng: np.random.Generator, *, n: int = 6) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Small integers, so that features meet thresholds."""
    return rng.integers(-4, 5, size=(n, 4)).astype(np.float32)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(seeds)
def test_storage_keeps_everything(kind: str, seed: int) -> None:
    """A model comes back from a safetensors file with its kind, and reads the same bits."""
    rng = np.random.default_rng(seed)
    model, values = made_up_model(kind, rng), rows(rng)
    again = score_model_from_arrays(load(save(model.to_arrays())))
    assert (model.kind, model.n_grades, model.n_features) == (again.kind, again.n_grades, again.n_features)
    expected, found = model.read(values), again.read(values)
    assert_array_equal(expected.scores, found.scores)
    assert_array_equal(expected.cumulative, found.cumulative)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(seeds)
def test_contributions_add_up_to_the_score(kind: str, seed: int) -> None:
    """With the expected value they sum to the score, to single precision, whatever makes it."""
    rng = np.random.default_rng(seed)
    model, values = made_up_model(kind, rng), rows(rng)
    explainer = Explainer(model)
    sums = explainer.expected_value + explainer.contributions_many(values).sum(axis=1)
    assert_allclose(model.read(values).scores, sums, rtol=1e-6, atol=3e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_is_its_rows(kind: str) -> None:
    """Rows are read and explained as each is alone; none give none."""
    rng = np.random.default_rng(1)
    model, values = made_up_model(kind, rng), rows(rng)
    explainer = Explainer(model)
    together = explainer.contributions_many(values)
    assert_allclose([explainer.contributions(row) for row in values], together, atol=1e-12)
    assert (0, 4) == explainer.contributions_many(values[:0]).shape
    alone = np.concatenate([model.read(row[None, :]).scores for row in values])
    assert_allclose(alone, model.read(values).scores, rtol=1e-6)
    assert len(model.read(values[:0])) == 0


def test_a_blend_is_the_weighted_mean_of_its_parts() -> None:
    """Three tenths of the line and seven of the trees, in scores and in contributions."""
    rng = np.random.default_rng(2)
    blend, values = made_up_model("blend", rng), rows(rng)
    assert isinstance(blend, RegressionScore)
    assert blend.linear is not None
    plain = RegressionScore(blend.forests)
    line, trees = blend.linear.predict(values), plain.read(values).scores
    assert_allclose(blend.read(values).scores, 0.7 * trees + 0.3 * line, rtol=1e-6)
    parts = 0.7 * Explainer(plain).contributions_many(values) + 0.3 * blend.linear.contributions(values)
    assert_allclose(Explainer(blend).contributions_many(values), parts, atol=1e-12)


def test_one_margin_is_rescaled() -> None:
    """A cumulative link multiplies every tree contribution of an essay by one number."""
    rng = np.random.default_rng(3)
    model, values = made_up_model("cumulative_link", rng), rows(rng)
    plain = Explainer(RegressionScore(model.forests)).contributions_many(values)
    ratios = Explainer(model).contributions_many(values) / np.where(plain == 0, np.nan, plain)
    assert_allclose(np.nanmax(ratios, axis=1), np.nanmin(ratios, axis=1))


def test_readings_can_be_picked() -> None:
    """Rows of readings are picked with their probabilities, where there are any."""
    scores, chosen = np.arange(3, dtype=np.float32), np.array([2, 0])
    assert_array_equal(Readings(scores).rows(chosen).scores, [2, 0])
    assert Readings(scores).rows(chosen).cumulative is None
    found = Readings(scores, np.arange(6.0).reshape(3, 2)).rows(chosen).cumulative
    assert_array_equal(found, [[4, 5], [0, 1]])


def damaged(kind: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Arrays of a sound model with some changed, or (``None``) left out."""
    arrays = made_up_model(kind, np.random.default_rng(0)).to_arrays() | changes
    return {name: array for name, array in arrays.items() if array is not None}


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        (
            "residuals",
            {"kind": np.frombuffer(b"magic", dtype=np.uint8)},
            "'magic' is unknown; use resid",
        ),
        ("residuals", {"kind": None}, "by '' is unknown"),
        ("residuals", {"more": np.zeros(1)}, "'more' does not belong to a score by residuals"),
        ("residuals", {"forest_000.value": None}, "tree array 'value' is missing"),
        ("residuals", {"linear_share": np.array([0.5])}, "'linear_share' does not belong"),
        ("blend", {"linear_share": None}, r"'linear_share' has shape \(0,\)"),
        ("blend", {"linear_share": np.array([1.0])}, r"linear share 1\.0 is not within"),
        ("blend", {"linear_share": np.array([0.0])}, r"linear share of 0\.0"),
        ("blend", {"linear.intercept": None}, "'intercept' is missing"),
        ("cumulative_link", {"link.thresholds": None}, "not made of nothing"),
        ("cumulative_link", {"link.more": np.zeros(1)}, "not made of more, thresholds"),
        ("frank_hall", {"link.intercepts": np.array([0.0, -1.0])}, "3 forests for a link of 2 margins"),
        ("multiclass", {"linear_share": np.array([0.5])}, "does not belong to a score by multiclass"),
    ],
)
def test_damaged_arrays_are_refused(kind: str, changes: dict[str, Any], message: str) -> None:
    """Whatever makes no score model is refused, with what is odd."""
    with pytest.raises(BundleError, match=message):
        score_model_from_arrays(damaged(kind, changes))


def test_parts_of_different_widths_are_refused() -> None:
    """Forests and linear part must read the same features; there must be one forest for a regression."""
    rng = np.random.default_rng(0)
    narrow, wide = random_forest(rng, n_features=3), random_forest(rng, n_features=4)
    four = np.ones(4)
    linear = LinearPart(four, four, four, four, 0.0)
    with pytest.raises(BundleError, match=r"widths \[3, 4\]"):
        LinkedScore((narrow, wide), SoftmaxLink(np.zeros(2)))
    with pytest.raises(BundleError, match="forest reads 3 features, the linear part 4"):
        RegressionScore((narrow,), linear, 0.5)
    with pytest.raises(BundleError, match="2 forests"):
        RegressionScore((wide, wide))
    with pytest.raises(BundleError, match="linear share of 0.5"):
        RegressionScore((wide,), None, 0.5)
