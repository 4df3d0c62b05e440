"""Units keep their arm, shares only grow by adding units, and trials draw independently."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.scores.traffic import check_share, is_on_trial, place_of

SHARES = st.floats(0, 1)


@given(st.text(), st.text(), SHARES)
def test_the_same_unit_is_answered_alike(unit: str, salt: str, share: float) -> None:
    """Nothing but unit, salt and share decides."""
    first, again = (is_on_trial(unit, share=share, salt=salt) for _ in range(2))
    assert first == again


@given(st.text(), st.text(), SHARES, SHARES)
def test_a_larger_share_only_adds_units(unit: str, salt: str, one: float, other: float) -> None:
    """Whoever is on trial at 10 % still is at 20 %."""
    smaller, larger = sorted((one, other))
    assert is_on_trial(unit, share=smaller, salt=salt) <= is_on_trial(unit, share=larger, salt=salt)


@given(st.text(), st.text())
def test_nobody_and_everybody(unit: str, salt: str) -> None:
    """Shares 0 and 1 are exact."""
    assert not is_on_trial(unit, share=0, salt=salt)
    assert is_on_trial(unit, share=1, salt=salt)
    assert 0 <= place_of(unit, salt=salt) < 1


@pytest.mark.parametrize("share", [0.01, 0.1, 0.2, 0.5])
def test_the_share_is_the_share(share: float) -> None:
    """Of 20,000 units as many are on trial as chance allows: within five standard errors."""
    n = 20_000
    found = sum(is_on_trial(f"student {number}", share=share, salt="s") for number in range(n)) / n
    assert abs(found - share) < 5 * math.sqrt(share * (1 - share) / n)


def test_trials_draw_independently() -> None:
    """Of the units of one trial, another takes no more than of all."""
    n, share = 20_000, 0.2
    first = [number for number in range(n) if is_on_trial(f"{number}", share=share, salt="May")]
    both = sum(is_on_trial(f"{number}", share=share, salt="June") for number in first) / len(first)
    assert abs(both - share) < 5 * math.sqrt(share * (1 - share) / len(first))


def test_half_a_surrogate_is_a_unit() -> None:
    """A unit that no encoding knows has a place too."""
    assert 0 <= place_of("\ud800", salt="s") < 1


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan, math.inf])
def test_a_share_is_from_0_to_1(share: float) -> None:
    """Other shares are refused, with the offending value."""
    with pytest.raises(InputError, match=f"{share}"):
        check_share(share)


def test_a_share_is_itself() -> None:
    """A fit share is returned."""
    assert check_share(0.1) == 0.1
