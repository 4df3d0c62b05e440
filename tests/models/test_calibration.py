"""Calibrators: proper distributions always, better ones where there is something to learn."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import expit

from gradewise.essays.codes import Codes
from gradewise.models.calibration import CalibrationKind, Curves, LogitLines, fit_calibrator, logits
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import differences

KINDS = get_args(CalibrationKind)


def log_loss(cumulative: Floats, codes: Codes) -> float:
    """Mean surprise at the true grade."""
    return float(-np.log(differences(cumulative)[np.arange(len(codes)), codes]).mean())


def overconfident(n: int, *, sharpness: float = 2.0, seed: int = 0) -> tuple[Floats, Codes]:
    """Cumulative probabilities whose logits are too large, with grades 0 … 3."""
    generator = np.random.default_rng(seed)
    true = expit(np.array([-1.5, 0.0, 1.5]) - generator.normal(0, 1.5, n)[:, None])
    codes = (generator.uniform(size=n)[:, None] > true).sum(axis=1).astype(np.int64)
    return expit(sharpness * logits(true)), codes


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_result_is_always_a_distribution(kind: CalibrationKind, data: st.DataObject) -> None:
    """Few essays, missing grades, ties, 0 and 1: rows stay distributions, without impossible grades."""
    n, n_thresholds = data.draw(st.integers(1, 30)), data.draw(st.integers(1, 5))
    shares = hnp.arrays(np.float64, (n, n_thresholds), elements=st.floats(0, 1, width=32))
    raw = np.sort(data.draw(shares), axis=1)
    codes = data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, n_thresholds)))
    calibrated = fit_calibrator(kind, raw, codes)(raw)
    probabilities = differences(calibrated)
    assert (np.diff(calibrated, axis=1) >= 0).all()
    assert calibrated.min() >= 0
    assert calibrated.max() <= 1
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


def test_none_changes_nothing() -> None:
    """Without calibration the probabilities stay as they are."""
    raw, codes = overconfident(50)
    np.testing.assert_array_equal(fit_calibrator("none", raw, codes)(raw), raw)


@pytest.mark.parametrize("kind", ["temperature", "sigmoid", "isotonic"])
def test_overconfidence_is_cured_on_new_essays(kind: CalibrationKind) -> None:
    """Logits that are twice too large are drawn in, and essays not seen are predicted better."""
    calibrator = fit_calibrator(kind, *overconfident(1500))
    raw, codes = overconfident(1500, seed=1)
    assert log_loss(calibrator(raw), codes) < log_loss(raw, codes) - 0.03


def test_temperature_finds_the_slope() -> None:
    """Logits that are twice too large call for a slope of one half, the same for all thresholds."""
    calibrator = fit_calibrator("temperature", *overconfident(4000))
    assert isinstance(calibrator, LogitLines)
    np.testing.assert_allclose(calibrator.slopes, 0.5, atol=0.04)
    assert calibrator.intercepts.tolist() == [0, 0, 0]


def test_sigmoid_leaves_a_threshold_without_evidence_at_the_shared_line() -> None:
    """A threshold that all essays are below or above of learns next to nothing of its own."""
    raw = np.tile([0.5, 0.99999], (60, 1))
    codes = np.tile([0, 1], 30).astype(np.int64)
    calibrator = fit_calibrator("sigmoid", raw, codes)
    assert isinstance(calibrator, LogitLines)
    assert abs(calibrator.intercepts[1]) < 0.01
    np.testing.assert_allclose(calibrator(raw)[:, 1], 0.99999, atol=1e-4)


def test_isotonic_with_little_evidence_stays_near_the_identity() -> None:
    """One essay above a threshold moves its curve by a tenth of the way at most."""
    raw = np.linspace(0.05, 0.95, 40)[:, None]
    codes = np.array([1] + [0] * 39, dtype=np.int64)
    calibrator = fit_calibrator("isotonic", raw, codes)
    assert isinstance(calibrator, Curves)
    assert np.abs(calibrator(raw) - raw).max() < 0.1


@pytest.mark.parametrize("kind", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("step", [1, -1], ids=["worst first", "best first"])
def test_essays_told_alike_are_calibrated_by_all_of_them(kind: CalibrationKind, step: int) -> None:
    """Equal probabilities become the share that came true, in whatever order essays stand."""
    raw = np.full((400, 1), 0.3)
    codes = np.repeat([0, 1], 200)[::step].astype(np.int64)
    assert 0.5 == pytest.approx(fit_calibrator(kind, raw, codes)(raw)[0, 0], abs=0.02)


def test_isotonic_keeps_few_values_apart() -> None:
    """A model that tells two probabilities alone gets two shares, each by its own essays."""
    raw = np.repeat([0.2, 0.7], [300, 700])
    codes = np.concatenate([np.repeat([1, 0], [210, 90]), np.repeat([0, 1], [420, 280])]).astype(np.int64)
    calibrated = fit_calibrator("isotonic", raw[:, None], codes)(np.array([[0.2], [0.7]]))
    assert [0.3, 0.6] == pytest.approx(calibrated.ravel().tolist(), abs=0.02)
