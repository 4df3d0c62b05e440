"""What scores are made of: shares that sum to one, and length told apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.errors import InputError
from gradewise.evaluation.construct_audit import ConstructAudit, audit_constructs
from gradewise.evaluation.results import Resampling

N = 400


def essays(*, vocabulary: float = 0.8, length: float = 1.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parts, grades and lengths; to the teacher vocabulary is worth 1.0 and length 0.5."""
    generator = np.random.default_rng(0)
    logs = generator.normal(6, 0.4, N)
    quality = generator.normal(0, 1, N)
    parts = np.column_stack([vocabulary * quality, length * (logs - 6)])
    codes = np.clip(np.round(4 + quality + 0.5 * (logs - 6) + generator.normal(0, 0.7, N)), 0, 8)
    return parts, codes.astype(np.int64), np.round(np.exp(logs)).astype(np.int64)


def audited(**changes: np.ndarray) -> ConstructAudit:
    """The audit of these essays, with changes."""
    parts, codes, word_counts = essays()
    given_ = {"parts": parts, "codes": codes, "word_counts": word_counts} | changes
    return audit_constructs(
        given_["parts"],
        ("vocabulary", "length"),
        given_["codes"],
        given_["word_counts"],
        resampling=Resampling(200),
    )


def test_figures_are_those_of_numpy() -> None:
    """Shares of variance, correlations and R² equal their definitions, and stand within their intervals."""
    parts, codes, word_counts = essays()
    logs, scores = np.log(word_counts), parts.sum(axis=1)
    audit = audited()
    rows = {row.construct: row for row in audit.rows}
    for column, name in enumerate(("vocabulary", "length")):
        part, row = parts[:, column], rows[name]
        share = np.cov(part, scores)[0, 1] / np.var(scores, ddof=1)
        assert share == pytest.approx(row.variance_share.estimate)
        assert np.abs(part).mean() / np.abs(parts).mean(axis=0).sum() == pytest.approx(row.weight.estimate)
        assert np.corrcoef(part, codes)[0, 1] == pytest.approx(row.grade_correlation.estimate)
        assert np.corrcoef(part, logs)[0, 1] == pytest.approx(row.length_correlation.estimate)
        assert row.variance_share.low < share < row.variance_share.high
    for values, found in ((scores, audit.score_length_r2), (codes, audit.grade_length_r2)):
        residuals = values - np.polyval(np.polyfit(logs - 6, values, 2), logs - 6)
        assert 1 - residuals.var() / values.var() == pytest.approx(found.estimate)
    expected = audit.grade_length_r2.estimate / np.corrcoef(scores, codes)[0, 1] ** 2
    assert expected == pytest.approx(audit.expected_length_r2.estimate)
    assert audit.score_length_r2.estimate - expected == pytest.approx(audit.length_excess.estimate)


def test_a_model_that_pays_for_length_is_found_out() -> None:
    """Length moves these scores far more than the teacher's grades: the excess is clear of zero."""
    audit = audited()
    assert audit.length_excess.low > 0.1


def test_a_fair_model_is_not_accused() -> None:
    """A score that is the mean grade of essays like this one has no excess: zero is in its interval."""
    parts, _, _ = essays(vocabulary=1.0, length=0.5)
    excess = audited(parts=parts).length_excess
    assert excess.low < 0 < excess.high
    assert abs(excess.estimate) < 0.02


def test_the_largest_share_comes_first() -> None:
    """Whatever the order of the columns."""
    parts, codes, word_counts = essays()
    turned = audit_constructs(
        parts[:, ::-1], ("length", "vocabulary"), codes, word_counts, resampling=Resampling(20)
    )
    assert ["vocabulary", "length"] == [row.construct for row in turned.rows]
    assert (N, 20) == (turned.n, turned.resampling.n_resamples)


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2), elements=st.floats(-9, 9))
)
def test_shares_sum_to_one(parts: np.ndarray) -> None:
    """Shares of variance and of size each sum to one, wherever they are defined."""
    n, k = parts.shape
    codes = np.arange(n, dtype=np.int64) % 3
    audit = audit_constructs(parts, [f"c{i}" for i in range(k)], codes, codes + 100, resampling=Resampling(5))
    variance = [row.variance_share.estimate for row in audit.rows]
    weight = [row.weight.estimate for row in audit.rows]
    if np.isfinite(variance).all():
        assert 1 == pytest.approx(sum(variance), abs=1e-6)
    if np.isfinite(weight).all():
        assert 1 == pytest.approx(sum(weight))
        assert all(0 <= share <= 1 + 1e-12 for share in weight)


def test_what_does_not_vary_has_no_figure() -> None:
    """One length, one grade or no effect at all: figures are undefined, and nothing fails."""
    same = audited(word_counts=np.full(N, 300))
    assert np.isnan(same.score_length_r2.estimate)
    assert all(np.isnan(row.length_correlation.estimate) for row in same.rows)
    still = audited(parts=np.zeros((N, 2)), codes=np.full(N, 3))
    assert np.isnan([still.rows[0].weight.estimate, still.rows[0].variance_share.estimate]).all()
    assert np.isnan(still.grade_length_r2.estimate)


def test_two_lengths_are_a_straight_line() -> None:
    """With two different lengths the parabola says what the line says."""
    parts, _, word_counts = essays()
    two = np.where(word_counts > 400, 500, 250)
    audit = audited(word_counts=two)
    expected = np.corrcoef(parts.sum(axis=1), np.log(two))[0, 1] ** 2
    assert expected == pytest.approx(audit.score_length_r2.estimate)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parts", np.zeros((N, 3))),
        ("codes", np.zeros(N - 1, dtype=np.int64)),
        ("word_counts", np.ones(N + 1, dtype=np.int64)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name: str, value: np.ndarray) -> None:
    """A row an essay, a column a construct."""
    with pytest.raises(InputError, match="give a row an essay and a column a construct"):
        audited(**{name: value})


def test_no_essay_is_refused() -> None:
    """Nothing can be said of nothing."""
    with pytest.raises(InputError, match="parts of \\(0, 1\\) do not fit"):
        audit_constructs(np.zeros((0, 1)), ("a",), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
