"""Columns that say the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from gradewise.evaluation.twins import nearest_columns


def test_a_column_finds_its_double_upright_or_upside_down() -> None:
    """Any rising or falling change of a column is its twin; one that never varies has none."""
    values = np.random.default_rng(0).normal(size=(50, 2))
    columns = np.stack(
        [values[:, 0], np.exp(values[:, 0]), values[:, 1], -values[:, 1], 0 * values[:, 0]], axis=1
    )
    found = nearest_columns(columns.astype(np.float32), ["a", "exp a", "b", "minus b", "flat"])
    assert {"a": "exp a", "exp a": "a", "b": "minus b", "minus b": "b"} == {
        name: twin.name for name, twin in found.items()
    }
    assert [1.0, 1.0, -1.0, -1.0] == [twin.correlation for twin in found.values()]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=4, max_size=30))
def test_likeness_is_spearmans_correlation(rows: list[tuple[int, int]]) -> None:
    """Ties share their mean rank."""
    values = np.array(rows, dtype=np.float32)
    found = nearest_columns(values, ["a", "b"])
    if (values == values[0]).all(axis=0).any():
        assert {} == found
    else:
        expected = spearmanr(values[:, 0], values[:, 1]).statistic
        np.testing.assert_allclose(expected, found["a"].correlation if found else 0.0, atol=1e-8)


def test_one_column_is_alone() -> None:
    """It has nobody to be like."""
    assert {} == nearest_columns(np.arange(3, dtype=np.float32)[:, None], ["a"])
