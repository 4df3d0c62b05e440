"""Tests of ranks: against the definition, whatever is equal."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.ranks import first_ranks, mean_ranks

VALUES = st.lists(st.sampled_from([-1.5, 0.0, 0.25, 3.0, 7.0]) | st.floats(-5, 5), max_size=12)


@given(VALUES)
def test_ranks_are_those_of_their_definition(values: list[float]) -> None:
    """The first rank is one more than how many are smaller, the mean one lies amid those that are equal."""
    first = [1 + sum(other < value for other in values) for value in values]
    assert first == first_ranks(np.array(values)).tolist()
    mean = [place + (values.count(value) - 1) / 2 for place, value in zip(first, values, strict=True)]
    assert mean == mean_ranks(np.array(values)).tolist()
