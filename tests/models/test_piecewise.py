"""Monotone curves: interpolation, ramps, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import TrainingError
from gradewise.models.piecewise import PiecewiseLinear

STEPS = st.lists(st.floats(0.01, 5), min_size=1, max_size=8)


@given(STEPS, st.data())
def test_sum_of_clipped_ramps_is_the_curve(widths: list[float], data: st.DataObject) -> None:
    """The formula that ONNX computes gives what interpolation gives, within and beyond the knots."""
    rises = data.draw(st.lists(st.floats(0, 2), min_size=len(widths), max_size=len(widths)))
    curve = PiecewiseLinear(np.cumsum([0.0, *widths]), np.cumsum([0.1, *rises]))
    points = np.linspace(-1, curve.x[-1] + 1, 50)
    ramps = np.clip(points[:, None] - curve.x[:-1], 0, curve.widths) @ curve.slopes
    np.testing.assert_allclose(curve(points), curve.y[0] + ramps, atol=1e-12)
    assert (np.diff(curve(points)) >= -1e-12).all()


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([0.0], [0.0], "two or more knots"),
        ([0.0, 1.0], [0.0], "two or more knots"),
        ([0.0, np.nan], [0.0, 1.0], "not finite"),
        ([0.0, 0.0], [0.0, 1.0], "must increase"),
        ([0.0, 1.0], [1.0, 0.0], "never fall"),
    ],
)
def test_refuses_what_is_no_monotone_curve(x: list[float], y: list[float], message: str) -> None:
    """Too few knots, special numbers, ties and falls are refused."""
    with pytest.raises(TrainingError, match=message):
        PiecewiseLinear(np.array(x), np.array(y))
