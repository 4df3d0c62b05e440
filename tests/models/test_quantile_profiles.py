"""The profile that quantiles of features tell of."""

import numpy as np

from gradewise.evaluation.data_profile import TextTable
from gradewise.evaluation.drift import measure_drift
from gradewise.models.bundles.files import describe_reference
from gradewise.models.bundles.quantile_profiles import profile_of_quantiles
from gradewise.testing.graders import SCALE, made_up_matrix

MATRIX, CODES = made_up_matrix(600)
REFERENCE = describe_reference(MATRIX, CODES, SCALE)
PROFILE = profile_of_quantiles(REFERENCE, MATRIX.schema.names)


def test_features_without_ties_are_told() -> None:
    """The last feature is full of ties, of which quantiles say too little; no other name is told."""
    assert ["measure_0", "measure_1", "measure_2"] == list(PROFILE.numbers)
    assert ["measure_1"] == list(profile_of_quantiles(REFERENCE, ["measure_1"]).numbers)


def test_counts_are_those_of_the_training() -> None:
    """Every essay stands in one stretch, a twentieth in each, and mean and spread are nearly right."""
    found = PROFILE.numbers["measure_0"]
    values = MATRIX.values[:, 0]
    assert {30} == set(found.counts)
    assert (600, 0) == (sum(found.counts), found.missing)
    assert np.isclose(values.mean(), found.mean, atol=0.05)
    assert np.isclose(values.std(), found.sd, atol=0.1)


def test_the_same_kind_is_alike_and_another_is_not() -> None:
    """New essays raise no alarm; essays half a deviation higher do."""
    generator = np.random.default_rng(1)
    column = generator.normal(size=400)
    reports = [measure_drift(PROFILE, TextTable(numbers={"measure_0": column + shift})) for shift in (0, 0.5)]
    assert ["alike", "drift"] == [report.verdict for report in reports]
    assert 400 == reports[0].n_now
