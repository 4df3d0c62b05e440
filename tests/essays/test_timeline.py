"""Cutting a timeline."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import SplitError
from gradewise.essays.timeline import cut_timeline

START = datetime(2025, 1, 1, tzinfo=UTC)


def _days(days: list[int]) -> list[datetime]:
    return [START + timedelta(days=day) for day in days]


def test_blocks_are_about_the_wished_size() -> None:
    """Ten days in parts of six, two and two tenths."""
    assert cut_timeline(_days(list(range(10))), (0.6, 0.2, 0.2)) == (0, 0, 0, 0, 0, 0, 1, 1, 2, 2)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 6))
def test_every_block_is_later_than_the_one_before(days: list[int], n_blocks: int) -> None:
    """No instant is in two blocks, none is empty, and they follow each other in time."""
    instants = _days(days)
    if len(set(days)) < n_blocks:
        with pytest.raises(SplitError, match=f"cannot be cut into {n_blocks} consecutive parts"):
            cut_timeline(instants, [1 / n_blocks] * n_blocks)
        return
    blocks = cut_timeline(instants, [1 / n_blocks] * n_blocks)
    assert set(blocks) == set(range(n_blocks))
    for block in range(1, n_blocks):
        before = [instant for instant, each in zip(instants, blocks, strict=True) if each < block]
        after = [instant for instant, each in zip(instants, blocks, strict=True) if each >= block]
        assert max(before) < min(after)
