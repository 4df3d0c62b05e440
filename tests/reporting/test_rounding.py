"""Numbers that are shown add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.reporting.rounding import add_up

effects = st.floats(-5, 5)


@given(st.lists(effects, min_size=1, max_size=15), effects)
def test_what_is_shown_adds_up(parts: list[float], start: float) -> None:
    """Rounded start and rounded parts make the rounded end, and no part is off by more than a unit or so."""
    end = start + sum(parts)
    shown = add_up(parts, start=start, end=end)
    assert round(end, 2) == pytest.approx(round(start, 2) + sum(shown), abs=1e-9)
    assert all(abs(before - after) <= 0.0151 for before, after in zip(parts, shown, strict=True))


@pytest.mark.parametrize(
    ("parts", "start", "expected"),
    [
        ([0.25, -0.5], 1.0, (0.25, -0.5)),
        ([0.004, 0.004, 0.0], 0.004, (0.01, 0.0, 0.0)),
        ([-0.004, -0.004, 0.0], -0.004, (-0.01, 0.0, 0.0)),
        ([0.012, 0.014, 0.0], 0.0, (0.01, 0.02, 0.0)),
        ([-0.012, -0.014, 0.0], 0.0, (-0.01, -0.02, 0.0)),
        ([0.0, 0.01], 0.125, (0.0, 0.02)),  # 0.125 is shown as 0.12, 0.135 as 0.14
        ([], 1.0, ()),
    ],
)
def test_the_part_that_rounding_wronged_most_gives_way(
    parts: list[float], start: float, expected: tuple[float, ...]
) -> None:
    """What is exact stays, what has no effect is not given one."""
    assert expected == add_up(parts, start=start, end=start + sum(parts))


def test_digits_can_be_chosen() -> None:
    """One decimal where two say too much."""
    assert (0.3, 0.1) == add_up([0.26, 0.14], start=0.0, end=0.4, digits=1)


def test_a_lone_part_without_effect_takes_what_is_missing() -> None:
    """Where nothing else can give way, the sum still holds."""
    assert (0.01,) == add_up([0.0], start=0.0, end=0.01)
